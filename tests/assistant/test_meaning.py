from __future__ import annotations

from assistant.meaning import UNKNOWN, Meaning
from assistant.question import understand
from index import retriever
from index.retriever.encoder import StaticEncoder
from tests.assistant.small_library import Library


def test_the_metric_asked_for_is_nearer_than_another(small: Library) -> None:
    meaning = Meaning(StaticEncoder(retriever.NAME, retriever.MODEL))
    text = "甲银行2024年有多大比例的员工离开？"
    question = understand(text, text, "zh-Hans", small.catalog)
    turnover, headcount = small.figure("alpha", 8, "2024"), small.figure("alpha", 7, "2024")
    near = meaning.nearness(question, [turnover, headcount])
    assert near[0] > near[1]
    assert near == meaning.nearness(question, [turnover, headcount]), "what is kept says the same"


def test_without_an_encoder_every_figure_is_as_near(small: Library) -> None:
    question = understand("员工流失率", "员工流失率", "zh-Hans", small.catalog)
    figures = [small.figure("alpha", 8, "2024"), small.figure("alpha", 7, "2024")]
    assert Meaning(None).nearness(question, figures) == [UNKNOWN, UNKNOWN]
