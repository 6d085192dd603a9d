"""Differences, growth, ratios, shares, sums and averages: computed in code from cited figures, with their formula."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from assistant.units import Unit, compatible, parse_unit

_PER_CENT = Decimal(100)


@dataclass(frozen=True)
class Operand:
    """A number as printed, with its unit."""

    text: str
    value: float
    unit_text: str
    unit: Unit | None


@dataclass(frozen=True)
class Computed:
    """A result in `unit`, rounded to `decimals`, and the formula that a reader can check."""

    value: float
    unit: str
    formula: str


def compute(
    operation: str, operands: Sequence[Operand], decimals: int | None = None, *, fall: bool = False
) -> Computed | None:
    """Apply an operation of OPERATIONS; None when units do not allow it or a divisor is zero.

    difference: second − first (first is the base); growth: (second − first) / |first|; share: first / second in %;
    ratio: first / second; sum, average: of all. Percentages differ by percentage points (个百分点). fall: the question
    asks by how much something fell, so a fall is a positive number (base − new).
    """
    if len(operands) < 2 or not _same_measure(operands, operation):
        return None
    numbers = [Decimal(operand.text.replace(",", "").replace("−", "-")) for operand in operands]
    factors = [Decimal(str(operand.unit.factor)) if operand.unit else Decimal(1) for operand in operands]
    if operation in ("growth", "share", "ratio") or len(set(factors)) > 1:
        base = factors[0]
        numbers = [number * factor / base for number, factor in zip(numbers, factors, strict=True)]
    shown = [operand.text for operand in operands] if len(set(factors)) == 1 else [f"{n.normalize():f}" for n in numbers]
    unit = operands[0].unit_text
    places = max(_places(number) for number in numbers)
    first, second = numbers[0], numbers[1]
    if operation == "difference":
        percent = operands[0].unit is not None and operands[0].unit.dimension == "percent"
        unit = "个百分点" if percent else unit
        result, formula = (first - second, f"{shown[0]} − {shown[1]}") if fall else (second - first, f"{shown[1]} − {shown[0]}")
        return _done(result, unit, places if decimals is None else decimals, formula)
    if operation == "growth":
        if first == 0:
            return None
        change = first - second if fall else second - first
        formula = f"({shown[0]} − {shown[1]}) ÷ {shown[0]}" if fall else f"({shown[1]} − {shown[0]}) ÷ {shown[0]}"
        return _done(change / abs(first) * _PER_CENT, "%", 2 if decimals is None else decimals, formula)
    if operation in ("share", "ratio"):
        if second == 0:
            return None
        formula = f"{shown[0]} ÷ {shown[1]}"
        if operation == "share":
            return _done(first / second * _PER_CENT, "%", 2 if decimals is None else decimals, formula)
        return _done(first / second, _ratio_unit(operands), 2 if decimals is None else decimals, formula)
    total = sum(numbers, Decimal(0))
    if operation == "sum":
        return _done(total, unit, places if decimals is None else decimals, " + ".join(shown))
    if operation == "average":
        formula = f"({' + '.join(shown)}) ÷ {len(numbers)}"
        return _done(total / len(numbers), unit, places + 2 if decimals is None else decimals, formula)
    return None


OPERATIONS = ("difference", "growth", "share", "ratio", "sum", "average")


def _same_measure(operands: Sequence[Operand], operation: str) -> bool:
    # A ratio may divide tonnes by people; anything else needs one measure.
    first = operands[0].unit
    return operation == "ratio" or all(compatible(first, operand.unit) for operand in operands[1:])


def _ratio_unit(operands: Sequence[Operand]) -> str:
    first, second = operands[0], operands[1]
    if compatible(first.unit, second.unit):
        return "倍"
    return f"{first.unit_text}/{second.unit_text}"


def _places(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _done(result: Decimal, unit: str, decimals: int, formula: str) -> Computed:
    rounded = result.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    text = f"{rounded:,f}".replace("-", "−")
    joint = "" if unit in ("%", "") else " "
    equals = "=" if rounded == result else "≈"
    return Computed(float(rounded), unit, f"{formula} {equals} {text}{joint}{unit}")


def operand(text: str, value: float, unit_text: str) -> Operand:
    """An operand from a printed number and unit."""
    return Operand(text, value, unit_text, parse_unit(unit_text))
