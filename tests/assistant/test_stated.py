"""Whether a printed figure is itself what would have to be worked out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.figures import Figure
from assistant.stated import RATE, states
from tests.assistant.small_library import Library


def printed(small: Library, words: str) -> Figure:
    """A figure of prose that stands in `words`."""
    figure = small.assistant().ranked("甲银行2024年绿色贷款余额是多少亿元？")[0].figure
    return replace(figure, row=None, label=words, sentence=words)


@pytest.mark.parametrize(
    ("question", "words", "compared", "stated"),
    [
        ("甲银行2024年绿色贷款余额增加了多少亿元？", "绿色贷款余额较年初净增12.5亿元", False, True),
        ("甲银行2024年绿色贷款余额增加了多少亿元？", "绿色贷款余额112.08亿元", False, False),
        ("甲银行2024年绿色贷款净增额比计划高多少亿元？", "绿色贷款余额较年初净增12.5亿元", True, False),
        ("甲银行2024年绿色贷款净增额比计划高多少亿元？", "绿色贷款净增额高出计划2.5亿元", True, True),
        ("甲银行2024年绿色贷款余额是多少亿元？", "绿色贷款余额112.08亿元", False, True),
    ],
)
def test_a_change_or_a_comparison_must_be_printed_as_one(
    small: Library, question: str, words: str, compared: bool, stated: bool
) -> None:
    understood = small.assistant()._understand_chinese(question, ())
    assert states(understood, printed(small, words), compared=compared) is stated


@pytest.mark.parametrize(
    ("label", "stated"),
    [("不良贷款率", True), ("承诺书签署率", True), ("贷款加权平均利率", False), ("员工流失率", False)],
)
def test_a_rate_that_is_a_share(label: str, stated: bool) -> None:
    assert bool(RATE.search(label)) is stated


@pytest.mark.parametrize(
    ("question", "stated"),
    [
        ("甲银行的信息安全和数据安全制度体系里，一共有多少份文件？", True),
        ("甲银行信息安全和数据安全的文件一共有多少份？", False),
        ("甲银行境外和境内一共有多少份文件？", False),
    ],
)
def test_where_things_are_counted_is_no_list_of_them(small: Library, question: str, stated: bool) -> None:
    understood = small.assistant()._understand_chinese(question, ())
    assert states(understood, printed(small, "该制度体系包含24份文件")) is stated


def test_a_band_over_the_lpr_holds_a_share(small: Library) -> None:
    question = small.assistant()._understand_chinese("甲银行2024年刚好按LPR定价的贷款占多大比例？", ())
    rate = small.figure("alpha", 8, "2024")
    assert states(question, replace(rate, label="LPR"))
    assert not states(question, replace(rate, label="资本充足"))
