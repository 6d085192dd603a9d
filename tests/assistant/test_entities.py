"""A figure of another subsidiary, bank, rater, place or product than the question's does not answer it."""

from __future__ import annotations

import pytest

from assistant.contrasts import Contrasts
from assistant.grounding import Grounding
from assistant.question import understand
from tests.assistant.small_library import PROMPTS, Library, fit, prose_passage, row_figure


def test_a_subsidiary_without_a_name_is_not_the_institution(small: Library) -> None:
    figure = row_figure(small, "资产总额", "亿元")
    assert fit(small, "甲银行的资产管理子公司2024年末资产总额是多少？", figure).clash
    for words in ("及子公司", "及其子公司", "以及全资子公司", "拥有的子公司的数量和"):
        assert not fit(small, f"甲银行{words}2024年末的资产总额是多少？", figure).clash, words


def test_a_name_within_a_remark_need_not_stand_beside_the_figure(small: Library) -> None:
    index = small.index(prose_passage("alpha", 14, 14, "gamma平台覆盖5省"))
    grounding = Grounding(index.idf, small.glossary, Contrasts.load(PROMPTS / "contrasts.txt"))
    figure = small.figure("alpha", 4, "2024")
    for text, clash in (
        ("甲银行2024年员工总数（含gamma、delta等）是多少？", 0),
        ("甲银行2024年gamma员工总数是多少？", 1),
    ):
        question = understand(text, text, "zh-Hans", small.catalog)
        assert grounding.fit(question, figure, "2024", 2024).clash == clash


def test_another_institution_named_in_the_question(small: Library) -> None:
    text = "甲银行2024年子公司示范村镇银行的员工总数是多少人？"
    assert fit(small, text, small.figure("alpha", 4, "2024")).clash


@pytest.mark.parametrize(
    ("words", "clash"),
    [
        ("员工总数", 0),
        ("中国员工总数", 0),
        ("香港员工总数", 1),
        ("太原市员工总数", 1),
        ("gamma平台员工总数", 1),
        ("delta平台员工总数", 0),  # no report knows it: more likely a word of the asker's
    ],
)
def test_a_place_or_product_that_nothing_around_the_figure_names(small: Library, words: str, clash: int) -> None:
    index = small.index(prose_passage("alpha", 14, 14, "gamma平台覆盖5省"))
    grounding = Grounding(index.idf, small.glossary, Contrasts.load(PROMPTS / "contrasts.txt"))
    text = f"甲银行2024年{words}是多少？"
    question = understand(text, text, "zh-Hans", small.catalog)
    assert grounding.fit(question, small.figure("alpha", 4, "2024"), "2024", 2024).clash == clash


def test_hong_kong_and_macao_may_be_abbreviated(small: Library) -> None:
    figure = row_figure(small, "港澳台员工", "人")
    assert not fit(small, "甲银行2024年在香港、澳门和台湾有多少员工？", figure).clash
    assert fit(small, "甲银行2024年在深圳有多少员工？", figure).clash


def test_another_securities_firm_is_no_word_before_a_term(small: Library) -> None:
    own = row_figure(small, "证券经纪业务收入", "亿元")
    assert fit(small, "甲银行和中信证券经纪业务收入是多少亿元？", own).clash
    assert not fit(small, "甲银行2024年从事证券经纪业务的收入是多少亿元？", own).clash


def test_another_rater_is_not_the_one_asked_about(small: Library) -> None:
    entities = small.grounding().entities
    assert entities.lacks_institution("明晟给出的esg评级", "华证esg评级a级")
    assert not entities.lacks_institution("明晟给出的esg评级", "msci esg评级a级")


def test_institutions_of_a_kind_need_not_be_named(small: Library) -> None:
    entities = small.grounding().entities
    assert not entities.lacks_institution("明晟、标普这类评级机构的评级", "评级机构给出的评级")
    assert entities.lacks_institution("明晟的评级", "评级机构给出的评级")


@pytest.mark.parametrize(
    "asked", ["施工行业贷款余额", "助农行动次数", "上海银行间同业拆放利率", "北京大学生志愿者人数", "江苏银行业资产"]
)
def test_part_of_a_word_is_no_institution(small: Library, asked: str) -> None:
    assert not small.grounding().entities.lacks_institution(asked, "")


def test_what_every_firm_has_is_the_reporting_firm_s(small: Library) -> None:
    text = "甲银行旗下某某资管2024年末的{}是多少？"
    assert fit(small, text.format("资产规模"), row_figure(small, "资产总额", "万元")).clash
    assert not fit(small, text.format("碳酸锂期权成交手数"), row_figure(small, "碳酸锂期权成交手数", "手")).clash


def test_the_text_before_may_name_whom_a_figure_is_about(small: Library) -> None:
    lines = ("子公司某某证券作为独家主承销商完成了低碳债的发行。", "本期债券发行规模为5亿元，期限5年。")
    named, bare = (small.printed("alpha", line) for line in lines)
    question = "甲银行子公司某某证券2024年承销的低碳债发行规模是多少亿元？"
    for printed, found in (((named, bare), 5), ((bare,), None)):
        assistant = small.assistant(None, *printed)
        asked = understand(question, question, "zh-Hans", small.catalog)
        usable = assistant._lookup.usable(asked, "2024", assistant._retriever.search(asked, 40))
        assert (
            next((c.figure.value for c in usable if c.figure.unit_text == "亿元" and c.figure.value == 5), None)
            == found
        )
