from __future__ import annotations

import pytest

from assistant.periods import asks_previous_year, end_of, find_periods, fits, previous, step, year_of
from index.text import normalise


def periods(text: str) -> list[str]:
    return [asked.period for asked in find_periods(normalise(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024年", ["2024"]),
        ("2024年末不良贷款率", ["2024"]),
        ("2024年度", ["2024"]),
        ("2024 年底", ["2024"]),
        ("２０２４年", ["2024"]),
        ("在2024的营收", ["2024"]),
        ("2024年甲省3月末的存款", ["2024-03"]),
        ("在2024年,甲省上半年的存款", ["2024-H1"]),
        ("2024年甲省第一季度的增加值", ["2024-Q1"]),
        ("2024年末贷款余额比6月末多多少", ["2024", "2024-06"]),
        ("2024年贷款余额与6月末相差多少", ["2024", "2024-06"]),
        ("2023年和2024年6月", ["2023", "2024-06"]),
        ("1999年", ["1999"]),
        ("二〇二四年末", ["2024"]),
        ("二零二三年", ["2023"]),
        ("2024年12月31日", ["2024"]),
        ("2024年6月", ["2024-06"]),
        ("2024年06月末", ["2024-06"]),
        ("2024 年 6 月", ["2024-06"]),
        ("2024年十二月", ["2024-12"]),
        ("2024年6月30日的余额", ["2024-06"]),
        ("2024年2月29日", ["2024-02"]),
        ("2024年3月15日", ["2024"]),
        ("2024年上半年", ["2024-H1"]),
        ("2024下半年", ["2024-H2"]),
        ("2024H1", ["2024-H1"]),
        ("2024年第二季度", ["2024-Q2"]),
        ("2024年四季度", ["2024-Q4"]),
        ("2024年Q3", ["2024-Q3"]),
        ("2024年前三季度", ["2024-09"]),
        ("2024年前8个月", ["2024-08"]),
        ("2024年1-6月", ["2024-06"]),
        ("2024年1—11月", ["2024-11"]),
        ("2024年1月至10月", ["2024-10"]),
        ("2022-2024年", ["2022", "2023", "2024"]),
        ("从2022年到2024年", ["2022", "2023", "2024"]),
        ("2022、2023和2024年", ["2022", "2023", "2024"]),
        ("2023年和2024年", ["2023", "2024"]),
        ("2024年9月比8月", ["2024-09", "2024-08"]),
        ("2024年6月比2023年6月", ["2024-06", "2023-06"]),
        ("自2013年以来", []),
        ("从2020年起", []),
        ("2018年至今", []),
        ("没有年份", []),
        ("", []),
    ],
)
def test_periods_are_found(text: str, expected: list[str]) -> None:
    assert periods(text) == expected


@pytest.mark.parametrize("text", ["12,024吨", "2024人", "2024.5吨", "1.2024", "2024家", "120245", "代码 002024"])
def test_numbers_are_no_years(text: str) -> None:
    assert periods(text) == []


@pytest.mark.parametrize("text", ["2024人均用水", "2024年人均用水", "2024个月均"])
def test_a_year_before_a_word_that_only_looks_like_a_counter(text: str) -> None:
    assert periods(text) == ["2024"]


@pytest.mark.parametrize("text", ["2024年前8个月", "2024年1-6月", "2024年上半年", "2024年前三季度"])
def test_spans_from_january_on_are_cumulative(text: str) -> None:
    assert [asked.cumulative for asked in find_periods(text)] == [True]


@pytest.mark.parametrize("text", ["2024年6月", "2024年", "2024年第二季度"])
def test_single_periods_are_not_cumulative(text: str) -> None:
    assert [asked.cumulative for asked in find_periods(text)] == [False]


def test_the_place_covers_the_words() -> None:
    text = "晋商银行二〇二四年末与2023年6月30日"
    assert [text[asked.start : asked.end] for asked in find_periods(text)] == ["二〇二四年末", "2023年6月30日"]


@pytest.mark.parametrize(
    ("asked", "given", "fitting"),
    [
        ("2024", "2024", True),
        ("2024", "2024-12", True),
        ("2024-12", "2024", True),
        ("2024-H1", "2024-06", True),
        ("2024-Q1", "2024-03", True),
        ("2024", "2023", False),
        ("2024", "2024-06", False),
        ("2024-06", "2024", False),
        ("2024-06", "2023-06", False),
        ("2024-H2", "2024-12", False),
        ("2024-Q2", "2024-06", False),
        ("2024", "", False),
    ],
)
def test_which_cell_is_meant(asked: str, given: str, fitting: bool) -> None:
    assert fits(asked, given) is fitting


def test_year_and_the_same_period_a_year_before() -> None:
    assert [previous(period) for period in ("2024", "2024-06", "2024-H1")] == ["2023", "2023-06", "2023-H1"]
    assert (year_of("2024-06"), year_of("")) == ("2024", "")


@pytest.mark.parametrize(
    ("text", "expected"), [("比上年增长", True), ("同比", True), ("较去年", True), ("2024年余额", False)]
)
def test_comparison_with_the_year_before(text: str, expected: bool) -> None:
    assert asks_previous_year(text) is expected


def test_ten_thousand_characters_are_read_in_a_moment() -> None:
    assert len(find_periods("2024年6月" * 1400)) == 1400
    assert find_periods("一" * 10_000) == []


@pytest.mark.parametrize(
    ("earlier", "later", "size"),
    [
        ("2023", "2024", "year"),
        ("2024-09", "2024-10", "month"),
        ("2023-12", "2024-01", "month"),
        ("2023-10", "2024-10", "year"),
        ("2022", "2024", ""),
        ("2024-09", "2024-11", ""),
        ("2023-12", "2024", ""),
        ("2024-Q1", "2024-Q2", ""),
    ],
)
def test_one_period_after_another(earlier: str, later: str, size: str) -> None:
    assert step(earlier, later) == size


@pytest.mark.parametrize(
    ("text", "periods"),
    [
        ("2024年三季度末住户存款比二季度末多了多少", ["2024-09", "2024-06"]),
        ("2024年第四季度末的余额", ["2024-12"]),
        ("2024年一季度的收入", ["2024-Q1"]),
    ],
)
def test_the_end_of_a_quarter_is_that_of_its_last_month(text: str, periods: list[str]) -> None:
    assert [asked.period for asked in find_periods(text)] == periods


def test_the_end_of_a_year_comes_after_its_months() -> None:
    assert sorted(["2024", "2024-11", "2024-H1", "2023", "2024-Q3"], key=end_of) == [
        "2023",
        "2024-H1",
        "2024-Q3",
        "2024-11",
        "2024",
    ]
