from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.arithmetic import OPERATIONS, Computed, compute, operand
from assistant.units import parse_number


def worked(
    operation: str, *operands: tuple[str, str], decimals: int | None = None, fall: bool = False
) -> Computed | None:
    made = [operand(text, parse_number(text) or 0.0, unit) for text, unit in operands]
    return compute(operation, made, decimals, fall=fall)


def test_percentages_differ_by_percentage_points() -> None:
    assert worked("difference", ("9.0", "%"), ("8.1", "%")) == Computed(-0.9, "个百分点", "8.1 − 9.0 = −0.9 个百分点")


def test_a_fall_asked_for_is_positive() -> None:
    assert worked("difference", ("9.0", "%"), ("8.1", "%"), fall=True) == Computed(
        0.9, "个百分点", "9.0 − 8.1 = 0.9 个百分点"
    )


def test_a_fall_asked_for_that_was_a_rise_is_negative() -> None:
    result = worked("difference", ("8", "吨"), ("9", "吨"), fall=True)
    assert result is not None
    assert result.value == -1


def test_growth() -> None:
    assert worked("growth", ("1,000", "人"), ("1,125", "人")) == Computed(12.5, "%", "(1,125 − 1,000) ÷ 1,000 = 12.50%")
    assert worked("growth", ("8", "元"), ("6", "元")) == Computed(-25.0, "%", "(6 − 8) ÷ 8 = −25.00%")
    assert worked("growth", ("8", "元"), ("6", "元"), fall=True) == Computed(25.0, "%", "(8 − 6) ÷ 8 = 25.00%")


def test_growth_from_the_change_that_led_to_a_level() -> None:
    assert worked("growth since", ("18.01", "亿元"), ("12.32", "亿元")) == Computed(
        216.52, "%", "12.32 ÷ (18.01 − 12.32) ≈ 216.52%"
    )
    assert worked("growth since", ("12.32", "亿元"), ("12.32", "亿元")) is None


def test_growth_on_a_loss_divides_by_its_size() -> None:
    assert worked("growth", ("-10", "亿元"), ("5", "亿元")) == Computed(150.0, "%", "(5 − (−10)) ÷ |−10| = 150.00%")


@pytest.mark.parametrize(("operation", "operands"), [
    ("growth", (("0", "元"), ("5", "元"))),
    ("share", (("5", "元"), ("0", "元"))),
    ("ratio", (("5", "元"), ("0.00", "人"))),
])  # fmt: skip
def test_nothing_is_divided_by_zero(operation: str, operands: tuple[tuple[str, str], ...]) -> None:
    assert worked(operation, *operands) is None


def test_share_and_ratio() -> None:
    assert worked("share", ("1", "人"), ("3", "人")) == Computed(33.33, "%", "1 ÷ 3 ≈ 33.33%")
    assert worked("ratio", ("5", "元"), ("2", "元")) == Computed(2.5, "倍", "5 ÷ 2 = 2.50 倍")


def test_a_ratio_of_two_measures_keeps_their_units() -> None:
    assert worked("ratio", ("100", "万吨"), ("200", "人")) == Computed(0.5, "万吨/人", "100 ÷ 200 = 0.50 万吨/人")
    assert worked("ratio", ("100", "吨"), ("2", "万人")) == Computed(50.0, "吨/万人", "100 ÷ 2 = 50.00 吨/万人")


def test_a_small_ratio_keeps_three_digits() -> None:
    assert worked("ratio", ("229.10", "吨"), ("2,832", "人")) == Computed(
        0.0809, "吨/人", "229.10 ÷ 2,832 ≈ 0.0809 吨/人"
    )
    assert worked("ratio", ("229.10", "吨"), ("2,832", "人"), decimals=2) == Computed(
        0.08, "吨/人", "229.10 ÷ 2,832 ≈ 0.08 吨/人"
    )


def test_a_ratio_that_rounds_to_nothing_is_declined() -> None:
    assert worked("ratio", ("3", "个"), ("4,268", "名"), decimals=2) is None
    assert worked("ratio", ("0", "个"), ("4,268", "名"), decimals=2) is not None


def test_scales_are_brought_to_the_first_operand_s() -> None:
    assert worked("difference", ("8,000", "万元"), ("9", "亿元")) == Computed(
        82000, "万元", "90,000 − 8,000 = 82,000 万元"
    )
    assert worked("share", ("1", "亿元"), ("30,000", "万元")) == Computed(33.33, "%", "1 ÷ 3 ≈ 33.33%")
    assert worked("sum", ("3.5", "万吨"), ("2,000", "噸")) == Computed(3.7, "万吨", "3.5 + 0.2 = 3.7 万吨")
    assert worked("sum", ("30", "分钟"), ("2", "小时")) == Computed(150, "分钟", "30 + 120 = 150 分钟")
    assert worked("difference", ("3", "‰"), ("1", "%")) == Computed(0.7, "个百分点", "1 − 0.3 = 0.7 个百分点")


def test_sum_and_average() -> None:
    assert worked("sum", ("1.5", "吨"), ("2", "吨"), ("3", "吨")) == Computed(6.5, "吨", "1.5 + 2 + 3 = 6.5 吨")
    assert worked("average", ("1", "次"), ("2", "次"), ("2", "次")) == Computed(1.67, "次", "(1 + 2 + 2) ÷ 3 ≈ 1.67 次")


@pytest.mark.parametrize(("operands", "decimals", "value"), [
    ((("0.5", "元"), ("0.75", "元")), 1, 0.6),  # 0.625
    ((("1", "人"), ("2", "人")), 0, 2),  # 1.5; half to even gives 2 as well
    ((("2", "人"), ("3", "人")), 0, 3),  # 2.5; half to even would give 2
    ((("-2", "人"), ("-3", "人")), 0, -3),
    ((("1.00", "元"), ("1.01", "元")), 2, 1.01),  # 1.005, which binary floats round down
])  # fmt: skip
def test_halves_are_rounded_up(operands: tuple[tuple[str, str], ...], decimals: int, value: float) -> None:
    result = worked("average", *operands, decimals=decimals)
    assert result is not None
    assert result.value == value


@pytest.mark.parametrize("operation", [operation for operation in OPERATIONS if operation != "ratio"])
@pytest.mark.parametrize(
    "units", [("吨", "吨/人"), ("吨", "吨二氧化碳当量"), ("元", "人"), ("个百分点", "%"), ("元", "美元"), ("元", "")]
)
def test_what_cannot_be_compared_is_not_computed(operation: str, units: tuple[str, str]) -> None:
    assert worked(operation, ("1", units[0]), ("2", units[1])) is None


def test_figures_without_units_are_of_one_measure() -> None:
    assert worked("sum", ("1", ""), ("2", "")) == Computed(3, "", "1 + 2 = 3")


def test_counts_of_things_can_be_added() -> None:
    assert worked("sum", ("1", "家"), ("2", "个")) == Computed(3, "家", "1 + 2 = 3 家")


@pytest.mark.parametrize("operation", OPERATIONS)
def test_one_figure_is_not_enough(operation: str) -> None:
    assert worked(operation, ("1", "元")) is None


@pytest.mark.parametrize("operation", ["difference", "growth", "share", "ratio"])
def test_three_figures_are_too_many_for_two(operation: str) -> None:
    assert worked(operation, ("1", "元"), ("2", "元"), ("3", "元")) is None


def test_an_operation_that_does_not_exist() -> None:
    assert worked("median", ("1", "元"), ("2", "元")) is None


def test_numbers_as_reports_print_them() -> None:
    assert worked("difference", ("３，５００", "人"), ("3,600", "人")) == Computed(100, "人", "3,600 − 3,500 = 100 人")
    assert worked("sum", ("−25.1", "%"), ("–3", "%")) == Computed(-28.1, "%", "(−25.1) + (−3) = −28.1%")
    mixed = compute("sum", [operand("9（滿分10分）", 9.0, "分"), operand("8.5", 8.5, "分")])
    assert mixed == Computed(17.5, "分", "9.0 + 8.5 = 17.5 分")


@given(st.lists(st.decimals(-(10**9), 10**9, places=2), min_size=2, max_size=2), st.sampled_from(OPERATIONS))
def test_the_formula_says_what_was_done(numbers: list[object], operation: str) -> None:
    """Whoever types the formula into a calculator gets the value."""
    result = worked(operation, *((f"{number:,}", "亿元") for number in numbers))
    if result is None:
        assert operation in ("growth", "growth since", "share", "ratio")
        return
    left, _, right = result.formula.replace("≈", "=").partition(" = ")
    left = left.replace(",", "").replace("−", "-").replace("÷", "/")
    if "|" in left:
        before, inside, after = left.split("|")
        left = f"{before}abs({inside}){after}"
    percent = 100 if operation in ("growth", "growth since", "share") else 1
    assert result.value == pytest.approx(eval(left) * percent, abs=0.0051)
    assert parse_number(right.removesuffix(result.unit).strip()) == result.value


def test_a_share_of_what_is_no_whole_is_declined() -> None:
    assert compute("share", [operand("9,317.47", 9317.47, "吨"), operand("158.76", 158.76, "吨")]) is None


@pytest.mark.parametrize(("number", "unit"), [("80", "万户"), ("80", "万")])
def test_scales_of_a_ratio_are_worked_into_one(number: str, unit: str) -> None:
    computed = compute("ratio", [operand("834", 834.0, "亿元"), operand(number, 80.0, unit)], 1)
    assert computed is not None
    assert (computed.value, computed.unit) == (10.4, "万元/户" if unit == "万户" else "万元")
