"""Reading units and figures: scales, full-width digits, words, and what is no figure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.figures import figures, han_number, loose_numbers
from eval.formula import FormulaError, evaluate, is_rounded, one_step
from eval.periods import months_in, periods, years_in
from eval.units import Unit, fits, parse_unit
from eval.wording import plain, sentences


@pytest.mark.parametrize(
    ("text", "dimension", "factor"),
    [
        ("亿元", "CNY", 1e8),
        ("億元", "CNY", 1e8),
        ("CNY 100 million", "CNY", 1e8),
        ("万亿元", "CNY", 1e12),
        ("CNY 10,000", "CNY", 1e4),
        ("亿美元", "USD", 1e8),
        ("RMB billion", "CNY", 1e9),
        ("兆瓦时", "energy", 1000),
        ("度", "energy", 1),
        ("千瓦時", "energy", 1),
        ("千克", "mass", 0.001),
        ("万吨", "mass", 1e4),
        ("tCO2e", "CO2e", 1),
        ("吨二氧化碳当量", "CO2e", 1),
        ("%", "percent", 1),
        ("‰", "percent", 0.1),
        ("个百分点", "percentage point", 1),
        ("basis points", "percentage point", 0.01),
        ("万人次", "attendance", 1e4),
        ("名", "person", 1),
        ("enquiries", "thing", 1),
    ],
)
def test_units_have_a_dimension_and_a_factor(text, dimension, factor):
    unit = parse_unit(text)
    assert (unit.dimension, unit.factor) == (dimension, pytest.approx(factor))


@pytest.mark.parametrize(("zh", "en"), [("兆瓦時/人", "MWh per person"), ("千瓦時 / 平方米", "kWh per square metre")])
def test_compound_units_are_the_same_in_both_languages(zh, en):
    a, b = parse_unit(zh), parse_unit(en)
    assert (a.dimension, a.factor, a.per) == (b.dimension, b.factor, b.per) and a.per


@pytest.mark.parametrize(
    ("said", "gold", "fit"),
    [
        ("%", "个百分点", False),
        ("个百分点", "%", False),
        ("美元", "元", False),
        ("吨", "吨二氧化碳当量", True),
        ("吨二氧化碳当量", "吨", False),
        ("人", "人次", False),
        ("家", "个", True),
        ("%", "家", False),
        ("千瓦时/人", "千瓦时/平方米", False),
        ("千瓦时", "千瓦时/平方米", True),
    ],
)
def test_which_units_can_answer_which(said, gold, fit):
    assert fits(parse_unit(said), parse_unit(gold)) is fit


@pytest.mark.parametrize(
    ("text", "size", "dimension"),
    [
        ("总资产6393亿元", 6393e8, "CNY"),
        ("CNY 639.30 billion", 639.3e9, "CNY"),
        ("RMB2.78bn", 2.78e9, "CNY"),
        ("126.11 x CNY 10,000", 1261100, "CNY"),
        ("2,484.34 hundred million yuan", 2484.34e8, "CNY"),
        ("US$1.81 billion", 1.81e9, "USD"),
        ("3，500人", 3500, "person"),
        ("１２３吨", 123, "mass"),
        ("5,025,928.11千瓦时", 5025928.11, "energy"),
        ("百分之一点", None, None),
        ("百分之3.5", 3.5, "percent"),
        ("268.20万戶", 2682000, "household"),
        ("1,469 in 10,000 tonnes", 14690000, "mass"),
    ],
)
def test_figures_are_read_in_the_base_of_their_dimension(text, size, dimension):
    found = [f for f in figures(plain(text)) if not f.weak]
    if size is None:
        assert not [f for f in found if f.number > 1]
    else:
        assert [(f.size, f.unit.dimension) for f in found] == [(pytest.approx(size), dimension)]


@pytest.mark.parametrize(
    "text",
    [
        "2024年12月31日",
        "31 December 2024",
        "in 2024 and 2023",
        "1—11月",
        "ISO 27001 and GB/T29490-2013",
        "A4纸, CO2, Scope 2, 第3章, H1 2024",
        "见[1][2]（第4303行）",
        "lines [12]",
        "5G, 80后",
        "aged 31 to 50",
        "前8个月",
    ],
)
def test_dates_names_and_marks_are_no_figures(text):
    assert [f for f in figures(plain(text)) if not f.weak] == []


def test_a_year_without_separator_before_a_unit_is_a_figure():
    assert [f.number for f in figures(plain("志愿服务2081人次，其中2024年新增1990人"))] == [2081, 1990]


def test_a_minus_is_a_sign_and_a_hyphen_between_numbers_is_not():
    assert [f.sign for f in figures(plain("增速为-2.9%"))] == [-1]
    assert [f.sign for f in figures(plain("1.77%-1.80%"))] == [1, 1]


def test_figures_inside_a_quotation_are_quoted_but_an_emphasised_figure_is_not():
    assert [f.quoted for f in figures(plain("原文“不良贷款率 1.77 1.78”"))] == [True, True]
    assert [f.quoted for f in figures(plain("为“1.77%”"))] == [False]


@pytest.mark.parametrize(
    ("text", "number"), [("三", 3), ("二十一", 21), ("十二", 12), ("三千二百", 3200), ("百", None), ("亿", None)]
)
def test_han_numbers(text, number):
    assert han_number(text) == number


@given(st.decimals(min_value=0, max_value=10**9, places=2))
def test_any_amount_survives_separators_and_scales(amount):
    number = float(amount)
    (plain_figure,) = [f for f in figures(plain(f"共{number:,.2f}万元。")) if not f.weak]
    assert plain_figure.size == pytest.approx(number * 1e4)
    assert loose_numbers(f"{number:.2f}") == [pytest.approx(number)]


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(text):
    folded = plain(text)
    assert len(periods(folded)) == len(figures(folded))
    assert "".join(sentences(folded)).strip() == folded.strip() or not folded.strip()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024年为1.77%，2023年为1.78%，2022年为1.80%。", [2024, 2023, 2022]),
        ("The ratio was 1.77% in 2024, 1.78% in 2023 and 1.80% in 2022.", [2024, 2023, 2022]),
        ("In 2022 it was 1.80%, in 2023 1.78%, and in 2024 1.77%.", [2022, 2023, 2024]),
        ("2022、2023、2024年分别为1.80%、1.78%、1.77%。", [2022, 2023, 2024]),
        ("1.80%, 1.78% and 1.77% in 2022, 2023 and 2024 respectively.", [2022, 2023, 2024]),
        ("1.77% (2024), 1.78% (2023)", [2024, 2023]),
        ("In 2024, the ratio was 1.77%, up from 1.78% in 2023.", [2024, 2023]),
        ("截至2024年末，余额为5亿元。2023年末为4亿元。", [2024, 2023]),
        ("2024年男性7,953人、女性2,974人。", [2024, 2024]),
    ],
)
def test_each_figure_has_its_own_year(text, expected):
    assert [period.years for period in periods(plain(text))] == [{year} for year in expected]


def test_the_year_compared_with_is_not_the_year_of_the_difference():
    period = periods(plain("2024年公益总投入178.39万元，比2022年的126.11万元多52.28万元。"))
    assert [p.years for p in period] == [{2024}, {2022}, {2024}]


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("6月末", {6}),
        ("1—11月", {11}),
        ("前8个月", {8}),
        ("上半年", {6}),
        ("H1 2024", {6}),
        ("end-November 2024", {11}),
        ("前三季度", {9}),
        ("January-August 2024", {8}),
        ("first eight months", {8}),
        ("年末", {12}),
        ("it may be", set()),
        ("12个月", set()),
    ],
)
def test_months_are_read_as_the_month_they_end_in(text, months):
    assert months_in(plain(text)) == months


def test_years_within_a_span_count():
    assert years_in("2022-2024年") == {2022, 2023, 2024}


def test_formulas_are_plain_arithmetic():
    assert evaluate("(82,511.95-76,780.80)/76,780.80*100") == pytest.approx(7.4643, abs=1e-3)
    for bad in ("1/0", "a+1", "2**3", "1+", "().__class__"):
        with pytest.raises(FormulaError):
            evaluate(bad)


def test_rounding_is_half_either_way_at_the_places_of_the_value():
    assert is_rounded(29.95, 29.9528) and not is_rounded(29.96, 29.9528) and is_rounded(-2.9, 2.9)


def test_one_step_finds_the_calculation():
    assert one_step(52.28, [178.39, 126.11]) is not None
    assert one_step(53.0, [178.39, 126.11]) is None


def test_a_unit_of_nothing_is_not_measured():
    assert not Unit().measured and parse_unit("%").measured and not parse_unit("家").measured
