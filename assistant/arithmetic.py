"""Differences, growth, ratios, shares, sums and averages: computed in code from cited figures, with their formula."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal

from assistant.units import Unit, compatible, parse_number, parse_unit, split_scale, with_scale
from index.text import normalise

OPERATIONS = ("difference", "growth", "growth since", "share", "ratio", "sum", "average")
_PER_CENT = Decimal(100)
_MINUS = str.maketrans("-–", "−−")
_TWELVE = Context(prec=12)  # hides what binary fractions such as 1/60 leave behind


@dataclass(frozen=True)
class Operand:
    """A number as printed, with its unit."""

    text: str
    value: float
    unit_text: str
    unit: Unit | None


@dataclass(frozen=True)
class Computed:
    """A result in `unit`, rounded to `decimals`, and the formula that a reader can check.

    contrary: "rise" or "fall", where the question asks by how much something fell or rose and it did the other thing.
    """

    value: float
    unit: str
    formula: str
    contrary: str = ""


def compute(
    operation: str, operands: Sequence[Operand], decimals: int | None = None, *, fall: bool = False
) -> Computed | None:
    """Apply an operation of OPERATIONS; None when units do not allow it or a divisor is zero.

    difference: second − first (first is the base); growth: (second − first) / |first|; growth since: the same from what
    was reached and the change that led to it, second / (first − second); share: first / second in %; ratio: first /
    second; sum, average: of all. Percentages differ by percentage points (个百分点). fall: the question asks by how
    much something fell, so a fall is a positive number (base − new).
    """
    if operation not in OPERATIONS or len(operands) < 2 or not _same_measure(operands, operation):
        return None
    if operation not in ("sum", "average") and len(operands) > 2:
        return None
    numbers, shown = _in_one_unit(operands, operation)
    unit = operands[0].unit_text
    places = max(_places(number) for number in numbers)
    first, second = numbers[0], numbers[1]
    change = first - second if fall else second - first
    subtraction = f"{shown[0]} − {shown[1]}" if fall else f"{shown[1]} − {shown[0]}"
    if operation == "difference":
        if operands[0].unit is not None and operands[0].unit.dimension == "percent":
            unit = "个百分点"
        return _done(change, unit, places if decimals is None else decimals, subtraction)
    if operation == "growth":
        if first == 0:
            return None
        base = f"|{shown[0].strip('()')}|" if first < 0 else shown[0]
        formula = f"({subtraction}) ÷ {base}"
        return _done(change / abs(first) * _PER_CENT, "%", 2 if decimals is None else decimals, formula)
    if operation == "growth since":
        if second >= first:
            return None  # it began at nothing
        formula = f"{shown[1]} ÷ ({shown[0]} − {shown[1]})"
        return _done(second / (first - second) * _PER_CENT, "%", 2 if decimals is None else decimals, formula)
    if operation in ("share", "ratio"):
        if second == 0:
            return None
        formula = f"{shown[0]} ÷ {shown[1]}"
        if operation == "share":
            if operands[0].unit is not None and operands[0].unit.dimension == "percent":
                return None  # two percentages have no part and whole
            if not 0 <= first <= second:
                return None  # the second figure is not the whole of which the first is a part
            return _done(first / second * _PER_CENT, "%", 2 if decimals is None else decimals, formula)
        places = _shown_places(first / second) if decimals is None else decimals
        if first and abs(first / second) < Decimal(1).scaleb(-places) / 2:
            return None  # nothing that "0.00" would say
        return _done(first / second, _ratio_unit(operands), places, formula)
    total = sum(numbers, Decimal(0))
    if operation == "sum":
        return _done(total, unit, places if decimals is None else decimals, " + ".join(shown))
    formula = f"({' + '.join(shown)}) ÷ {len(numbers)}"
    return _done(total / len(numbers), unit, places + 2 if decimals is None else decimals, formula)


def _in_one_unit(operands: Sequence[Operand], operation: str) -> tuple[list[Decimal], list[str]]:
    """The numbers in the first operand's unit, and how a formula shows them: as printed where nothing was converted."""
    numbers = [_decimal(operand) for operand in operands]
    factors = [_factor(operand.unit) for operand in operands]
    points = operation == "difference" and operands[0].unit is not None and operands[0].unit.dimension == "percent"
    base = Decimal(1) if points else factors[0]  # ‰ differ by percentage points, too
    per = operation == "ratio" and not _alike(operands[0].unit, operands[1].unit)  # 万吨 per 人: each in its own unit
    if not per and any(factor != base for factor in factors):
        pairs = zip(numbers, factors, strict=True)
        numbers = [_TWELVE.plus(number * factor / base).normalize() for number, factor in pairs]
        shown = [f"{number:,f}" for number in numbers]
    else:
        shown = [normalise(o.text) if _plain(o) else f"{n:,f}" for o, n in zip(operands, numbers, strict=True)]
    signed = [text.translate(_MINUS) for text in shown]
    return numbers, [f"({text})" if number < 0 else text for text, number in zip(signed, numbers, strict=True)]


def _plain(operand: Operand) -> bool:
    return parse_number(operand.text) is not None


def _decimal(operand: Operand) -> Decimal:
    """The number as printed; where more than a number is printed (9（满分10分）), the value that was read from it."""
    if not _plain(operand):
        return Decimal(str(operand.value))
    return Decimal(re.sub(r"[,\s]", "", normalise(operand.text)).replace("−", "-").replace("–", "-"))


def _factor(unit: Unit | None) -> Decimal:
    return Decimal(str(unit.factor)) if unit else Decimal(1)


def _alike(first: Unit | None, second: Unit | None) -> bool:
    """Whether two figures can be added: one dimension (tonnes of paper and of CO2 are two), or counts of things."""
    if first is None or second is None:
        return first is second
    return first.dimension == second.dimension or (first.is_count() and second.is_count() and compatible(first, second))


def _same_measure(operands: Sequence[Operand], operation: str) -> bool:
    first = operands[0].unit
    if operation == "ratio":  # may divide tonnes by people
        return all((first is None) == (operand.unit is None) for operand in operands[1:])
    return all(_alike(first, operand.unit) for operand in operands[1:])


def _ratio_unit(operands: Sequence[Operand]) -> str:
    first, second = operands[0], operands[1]
    if _alike(first.unit, second.unit):
        return "倍"
    (scale, own), (by, per) = split_scale(first.unit_text), split_scale(second.unit_text)
    reduced = with_scale(scale / by, own) if own and by > 1 else None  # 亿元/万户 are 万元/户
    if reduced is None:
        return f"{first.unit_text}/{second.unit_text}"
    return f"{reduced}/{per}" if per else reduced


def _places(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _shown_places(ratio: Decimal) -> int:
    """Two decimals, and as many as show three digits of a ratio below a tenth: 0.0809 吨/人."""
    return 2 if ratio == 0 or abs(ratio) >= Decimal("0.1") else 2 - ratio.adjusted()


def _done(result: Decimal, unit: str, decimals: int, formula: str) -> Computed:
    rounded = result.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    text = f"{rounded:,f}".replace("-", "−")
    joint = "" if unit in ("%", "") else " "
    equals = "=" if rounded == result else "≈"
    return Computed(float(rounded), unit, f"{formula} {equals} {text}{joint}{unit}")


def operand(text: str, value: float, unit_text: str) -> Operand:
    """An operand from a printed number and unit."""
    return Operand(text, value, unit_text, parse_unit(unit_text))
