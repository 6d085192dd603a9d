"""The cell of a column that a question names by its very label."""

from __future__ import annotations

from assistant.columns import named_alone
from assistant.question import understand
from tests.assistant.small_library import Library, ScriptedModel


def test_the_row_that_the_question_names_outweighs_its_neighbour(small: Library) -> None:
    assistant = small.assistant(ScriptedModel("[1] 女性 500"))
    question = understand("甲银行2024年男性员工有多少？", "甲银行2024年男性员工有多少？", "zh-Hans", small.catalog)
    hits = assistant._retriever.search(question, 40)
    ranked = assistant._lookup.candidates(question, "2024", hits)
    men, women = (next(c for c in ranked if c.figure.label == label) for label in ("男性", "女性"))
    assert named_alone("甲银行男性员工", ranked, women) == men
    assert named_alone("甲银行男性员工", ranked, men) is None
    assert named_alone("甲银行男性和女性员工", ranked, women) is None
    assert named_alone("甲银行不是男性的员工", ranked, women) is None
