from __future__ import annotations

import math

import pytest

from assistant.bands import ages, plain_ages, rates, same, same_age


@pytest.mark.parametrize(
    ("text", "band"),
    [
        ("未满55岁的成员", (0, 55)),
        ("不到30岁的年轻员工", (0, 30)),
        ("30岁以下(不含30岁)", (0, 30)),
        ("30 岁及以下", (0, 30)),
        ("51岁及以上员工", (51, math.inf)),
        ("55-60岁董事人数", (55, 60)),
        ("三十多岁(30至40岁)的员工", (30, 40)),
        ("年龄在30-50之间", (30, 50)),
        ("30岁以上50岁以下的员工", (30, 50)),
        ("30岁(含)-50岁(不含)", (30, 50)),
        ("50岁(含)及以上", (50, math.inf)),
        ("年龄在50以上", (50, math.inf)),
        ("十八岁以下", (0, 18)),
    ],
)
def test_age_groups(text: str, band: tuple[float, float]) -> None:
    assert ages(text) == {band}


@pytest.mark.parametrize("text", ["平均年龄43岁", "30至40万元", "员工总数", "成立30年以上"])
def test_what_is_no_age_group(text: str) -> None:
    assert not ages(text)


def test_age_groups_are_the_same_whether_or_not_the_end_itself_counts() -> None:
    assert same_age(ages("30岁到50岁的员工"), ages("31 岁至 50 岁"))
    assert not same_age(ages("30岁到40岁的员工"), ages("40 至 50 岁"))
    assert not same_age(ages("未满55岁"), ages("55-60岁董事人数"))


@pytest.mark.parametrize(
    ("asked", "printed"),
    [
        ("一般贷款利率比lpr高出至少5个百分点", "lpr+5%及以上"),
        ("加点幅度在1.5到3个百分点之间", "[lpr+1.5%, lpr+3%)"),
        ("加点50到150个基点", "[lpr+0.5%, lpr+1.5%)"),
        ("利率低于lpr的贷款", "lpr减点"),
        ("利率正好等于lpr", "lpr"),
        ("加点不到0.5个百分点", "(lpr, lpr+0.5%)"),
        ("加点3到1.5个百分点", "[lpr+1.5%, lpr+3%)"),
        ("减点50个基点以内", "lpr减点"),
        ("lpr+50bp到lpr+150bp", "[lpr+0.5%, lpr+1.5%)"),
        ("高于lpr的贷款", "lpr加点"),
        ("加点的贷款占比超过50%", "lpr加点"),
    ],
)
def test_bands_of_rates(asked: str, printed: str) -> None:
    assert same(rates(asked), rates(printed))
    assert not same(rates(asked), rates("[lpr+3%, lpr+5%)"))


def test_a_text_without_the_lpr_names_no_band() -> None:
    assert not rates("利率下降了1.5到3个百分点")
    assert not rates("一般贷款加权平均利率")


@pytest.mark.parametrize("text", ["年过五十的员工", "年逾50岁的员工", "年满五十岁以上的员工"])
def test_an_age_in_words(text: str) -> None:
    assert plain_ages(text) == "50岁以上的员工"
    assert plain_ages("20年过三年") == "20年过三年"


def test_neither_above_nor_below_the_lpr() -> None:
    assert rates("不加点也不减点、按lpr定价") == {(0.0, 0.0)}
