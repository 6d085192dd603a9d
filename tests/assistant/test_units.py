from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.units import (
    Unit,
    compatible,
    known_unit,
    leading_unit,
    parse_number,
    parse_unit,
    plain_ordinals,
    split_scale,
    with_scale,
)


@pytest.mark.parametrize(
    ("text", "dimension", "factor"),
    [
        ("元", "CNY", 1),
        ("万元", "CNY", 1e4),
        ("亿元", "CNY", 1e8),
        ("億元", "CNY", 1e8),
        ("萬元", "CNY", 1e4),
        ("万亿元", "CNY", 1e12),
        ("百万元", "CNY", 1e6),
        ("（人民幣億元）", "CNY", 1e8),
        ("人民币百万元", "CNY", 1e6),
        ("亿元人民币", "CNY", 1e8),
        ("亿美元", "USD", 1e8),
        ("%", "percent", 1),
        ("％", "percent", 1),
        ("百分比", "percent", 1),
        ("‰", "percent", 0.1),
        ("个百分点", "percentage point", 1),
        ("個百分點", "percentage point", 1),
        ("bp", "percentage point", 0.01),
        ("万", "count", 1e4),
        ("萬人次", "person-time", 1e4),
        ("人/次", "person-time", 1),
        ("噸", "tonne", 1),
        ("公斤", "tonne", 1e-3),
        ("噸 / 人", "tonne per person", 1),
        ("吨二氧化碳当量/百万元", "tco2e per CNY", 1e-6),
        ("tCO2e", "tco2e", 1),
        ("兆瓦時", "kWh", 1e3),
        ("万千瓦时", "kWh", 1e4),
        ("㎡", "m2", 1),
        ("元/股", "CNY per share", 1),
        ("小時", "hour", 1),
    ],
)
def test_units_are_read(text: str, dimension: str, factor: float) -> None:
    unit = parse_unit(text)
    assert unit is not None
    assert unit.dimension == dimension
    assert unit.factor == pytest.approx(factor)


@pytest.mark.parametrize("text", ["", "   ", "（）"])
def test_no_unit(text: str) -> None:
    assert parse_unit(text) is None


def test_an_unknown_unit_keeps_its_word() -> None:
    assert parse_unit("馬力") == Unit("马力", 1.0)
    assert not known_unit("馬力")
    assert known_unit("萬噸")


@pytest.mark.parametrize(
    ("asked", "given", "fitting"),
    [
        ("亿元", "万元", True),
        ("万", "人", True),
        ("户", "个", True),
        ("吨", "吨二氧化碳当量", True),
        ("", "%", True),
        ("吨", "吨/人", True),
        ("吨", "吨二氧化碳当量/平方米", True),
        ("%", "个百分点", False),
        ("元", "人", False),
        ("元", "美元", False),
        ("人", "人次", False),
        ("人", "户", False),
        ("次", "小时", False),
        ("万", "元", False),
        ("吨/人", "吨", False),
        ("岁", "年", False),
    ],
)
def test_which_unit_answers(asked: str, given: str, fitting: bool) -> None:
    assert compatible(parse_unit(asked), parse_unit(given)) is fitting


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("万人次培训", "万人次"),
        ("亿元，", "亿元"),
        ("个百分点", "个百分点"),
        ("%。", "%"),
        ("百分点", "百分点"),
        ("百万元", "百万元"),
        ("tco2/mwh", "tco2/mwh"),
        ("t钢", "t"),
        ("tb存储", ""),  # no tonnes
        ("的", ""),
        ("", ""),
    ],
)
def test_the_longest_unit_at_the_start(text: str, unit: str) -> None:
    assert leading_unit(text) == unit


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,924.37", 1924.37),
        ("３，５００", 3500),
        ("−25.1", -25.1),
        ("–3", -3),
        ("0", 0),
        ("1410.88", 1410.88),
        ("1,92", None),
        ("8,278,39", None),
        ("1.2.3", None),
        ("/", None),
        ("", None),
        ("约3", None),
        ("9（满分10分）", None),
    ],
)
def test_numbers(text: str, value: float | None) -> None:
    assert parse_number(text) == value


@given(st.text(max_size=30))
def test_any_text_is_a_unit_or_none(text: str) -> None:
    unit = parse_unit(text)
    assert unit is None or unit.factor > 0


@given(st.decimals(-(10**9), 10**9, places=2))
def test_a_number_is_read_as_printed(number: object) -> None:
    assert parse_number(f"{number:,}") == float(str(number))


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("连续第八年", "连续第8年"),
        ("第十二届", "第12届"),
        ("第二十一次", "第21次"),
        ("第三十份", "第30份"),
        ("第十年", "第10年"),
        ("第6份", "第6份"),
        ("第一百", "第一百"),
    ],
)
def test_ordinals_in_digits(text: str, plain: str) -> None:
    assert plain_ordinals(text) == plain


def test_a_counter_is_not_the_beginning_of_another_word() -> None:
    assert leading_unit("通咨询电话") == "通"
    assert leading_unit("通过认证") == leading_unit("组织的活动") == leading_unit("例会") == ""


def test_scales_are_taken_off_and_put_back() -> None:
    assert split_scale("亿元") == (1e8, "元")
    assert split_scale("户") == (1, "户")
    assert with_scale(1e4, "元") == "万元"
    assert with_scale(1, "元") == "元"
    assert with_scale(1e5 / 3, "元") is None


def test_an_upgrade_is_no_litre() -> None:
    assert leading_unit("升级改版") == ""
    assert leading_unit("升柴油") == "升"


def test_a_measure_has_no_scale_to_take_off() -> None:
    assert split_scale("千瓦时") == (1, "千瓦时")
    assert leading_unit("通讯设备") == leading_unit("组长") == leading_unit("城中村") == ""
