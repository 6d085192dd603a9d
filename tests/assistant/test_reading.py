from __future__ import annotations

import pytest

from assistant.prompts import load_prompt
from assistant.reading import MAX_CHARS, Evidence, cell_line, figure_line, prose_line, read
from tests.assistant.small_library import PROMPTS, Library, ScriptedModel, prose_passage


def reply(small: Library, text: str, lines: int = 2):  # type: ignore[no-untyped-def]
    evidence = [Evidence(f"证据{place}", small.passages[place]) for place in range(lines)]
    llm = ScriptedModel(text)
    return read(llm, load_prompt(PROMPTS, "extract"), "问题？", evidence), llm


@pytest.mark.parametrize(
    ("said", "text", "marks", "refused"),
    [
        ("36.5万户 [1]", "36.5万户", (0,), False),
        ("36.5万户[2]。", "36.5万户", (1,), False),
        ("甲 [1][2]", "甲", (0, 1), False),
        ("甲 [1] [1]", "甲", (0,), False),
        ("甲 [7]", "甲", (), False),
        ("甲 [0]", "甲", (), False),
        ("甲", "甲", (), False),
        ("甲 [1]\n乙 [2]", "甲", (0,), False),
        ("未披露", "未披露", (), True),
        ("证据中未提及 [1]", "证据中未提及", (0,), True),
        ("", "", (), True),
        ("[1]", "", (0,), True),
        (" \n ", "", (), True),
    ],
)
def test_replies(small: Library, said: str, text: str, marks: tuple[int, ...], refused: bool) -> None:
    answer, _ = reply(small, said)
    assert (answer.text, answer.marks, answer.refused) == (text, marks, refused)


def test_evidence_is_numbered_from_one(small: Library) -> None:
    _, llm = reply(small, "甲 [1]")
    assert llm.calls[0][1] == {"evidence": "[1] 证据0\n[2] 证据1", "question": "问题？"}


def test_a_row_as_the_model_reads_it(small: Library) -> None:
    line = cell_line([small.figure("alpha", 7, "2024")])
    assert "女性" in line
    assert "员工总数" in line
    assert line.endswith("2024年 500人")
    assert figure_line(small.figure("alpha", 8, "2023")) == "员工流失率 2023年 9.0%"


def test_prose_is_cut_around_the_figure() -> None:
    text = "前" * 300 + "余额62.88亿元" + "后" * 300
    line = prose_line(prose_passage("alpha", 1, 1, text, ()), "62.88")
    assert "余额62.88亿元" in line
    assert len(line) <= MAX_CHARS


def test_short_prose_carries_its_heading() -> None:
    assert prose_line(prose_passage("alpha", 1, 1, "举办85场", ("培训", "安全生产"))) == "安全生产:举办85场"
    assert prose_line(prose_passage("alpha", 1, 1, "安全生产培训85场", ("安全生产",))) == "安全生产培训85场"
