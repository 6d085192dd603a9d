"""The figures a text states: numbers with sign, scale and unit; dates, ages of names, citation marks left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from eval.units import Unit, fold, prefix_before, unit_at
from eval.wording import pattern, table

_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?|(?<![\d.])\.\d+")
_SIGN = re.compile(r"(?:^|(?<=[^\dA-Za-z%.)]))[-+]\s?$")
_HAN_NUMBER = re.compile(r"[零〇一二两兩三四五六七八九十百千万萬亿億]+")
_HAN_DIGITS = {
    "零": 0,
    "〇": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "兩": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_HAN_STEPS = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "萬": 10_000, "亿": 10**8, "億": 10**8}
_HAN_REST = re.compile(r"亿(\d{1,4})万")
_PERCENT_WORD = re.compile(r"(百|千)分之\s*$")
_QUOTED = re.compile(r"“[^”]*”|「[^」]*」|『[^』]*』|\"[^\"\n]*\"|«[^»]*»")
_YEAR = re.compile(r"^(?:19[5-9]|20[0-4])\d$")
_ORDINAL = re.compile(r"(?:st|nd|rd|th)\b")
_MONTH_WORDS = "|".join(sorted(table("months"), key=len, reverse=True))
_DATES = re.compile(
    rf"""
    (?:19|20)\d\d[-/.](?:0?[1-9]|1[0-2])(?:[-/.](?:0?[1-9]|[12]\d|3[01]))?(?![\d.,%])   # 2024-06-30, 2024/5
    | \d{{1,2}}\s*(?:[-–—~至到]\s*\d{{1,2}}\s*)?(?:月份|月(?!度?均))                      # 6月, 1—8月
    | (?<=月)\s*\d{{1,2}}\s*[日号]
    | (?<=前)\s*\d{{1,2}}\s*个?月 | 前[一二三四五六七八九十\d]+个?(?:月|季度)
    | \b(?:{_MONTH_WORDS})\b\.?\s+\d{{1,2}}(?:st|nd|rd|th)?\b(?![,.]?\d|\s*%)             # December 31
    | \b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?(?:{_MONTH_WORDS})\b                          # 31 December
    | \b[HQ][1-4]\b | \b(?:FY|fy)\s?\d{{2,4}}\b
    | 第[一二三四1-4]季度 | [一二三四1-4]季度
    """,
    re.VERBOSE | re.IGNORECASE,
)
_AGES = re.compile(
    r"\bage[sd]?\s+(?:between\s+)?\d+(?:\s*(?:to|and|-|–)\s*\d+)?|\b\d+\s*(?:to|-|–)\s*\d+[- ]year-olds?"
    r"|\b\d+\s+(?:or|and)\s+(?:over|above|under|below|younger|older)\b",
    re.IGNORECASE,
)
_NAME_BEFORE = re.compile(r"[A-Za-z][-–/.]?$")
_CURRENCY_BEFORE = re.compile(r"(?:RMB|CNY|USD|HKD|EUR|US\$|HK\$|CN¥)$", re.IGNORECASE)
_NAME_AFTER = re.compile(r"(?:[A-Z]{1,3}\b|[GD]\b|s\b|后|年生|期(?!末|间|限|货)|-year|-day|-month|[号級级](?!文))")


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure in a plain text. `number` is as printed, `sign` -1 only where a minus sign is printed.

    decimals: places printed. weak: written in words (三家, seven meetings), so it may be no figure at all.
    quoted: stands in quotation marks with other words, so it is quoted and not stated.
    """

    number: float
    sign: int
    decimals: int
    unit: Unit
    start: int
    end: int
    weak: bool = False
    quoted: bool = False

    @property
    def size(self) -> float:
        """The number without sign in the base of its dimension; a "per" is not divided out."""
        return self.number * self.unit.factor

    @property
    def resolution(self) -> float:
        """One unit of the last printed place, in the base of the dimension."""
        return float(10.0**-self.decimals * self.unit.factor)

    def same_as(self, other: Figure) -> bool:
        """Whether two figures say the same amount in the same dimension, or one of them has no unit."""
        alike = self.unit.dimension == other.unit.dimension or not (self.unit.dimension and other.unit.dimension)
        return alike and close(self.size, other.size)


def close(a: float, b: float) -> bool:
    """Equal but for floating-point noise."""
    return abs(a - b) <= 1e-9 * max(abs(a), abs(b), 1e-12)


def han_number(text: str) -> int | None:
    """三 → 3, 二十一 → 21, 三千二百 → 3200; None where the text is not a number (a lone 百, 亿 …)."""
    total = section = digit = 0
    seen_digit = False
    for character in text:
        if character in _HAN_DIGITS:
            digit, seen_digit = _HAN_DIGITS[character], True
            continue
        step = _HAN_STEPS[character]
        if not seen_digit and step != 10:
            return None
        seen_digit = True
        if step < 10_000:
            section += (digit or 1) * step
        else:
            total = (total + section + digit) * step
            section = 0
        digit = 0
    return total + section + digit if seen_digit else None


def loose_numbers(text: str) -> list[float]:
    """Every number in a text, without unit or scale: digits, separators or not, full-width, and Han numerals."""
    text = fold(text)
    found = [float(match.group().replace(",", "")) for match in _NUMBER.finditer(text)]
    for match in _HAN_NUMBER.finditer(text):
        number = han_number(match.group())
        if number is not None:
            found.append(float(number))
    return found


@lru_cache(maxsize=2048)
def figures(text: str) -> tuple[Figure, ...]:
    """All figures of a plain text (see wording.plain) in order of place."""
    dates = [match.span() for form in (_DATES, _AGES) for match in form.finditer(text)]
    quotes = [match.span() for match in _QUOTED.finditer(text)]
    found: list[Figure] = []
    end = 0
    for match in _NUMBER.finditer(text):
        if match.start() < end or any(a <= match.start() < b for a, b in dates):
            continue
        figure = _read(text, match)
        if figure is not None:
            found.append(_mark_quoted(figure, quotes, text))
            end = figure.end
    taken = [(figure.start, figure.end) for figure in found] + dates
    for figure in _in_words(text):
        if not any(a < figure.end and figure.start < b for a, b in taken):
            found.append(_mark_quoted(figure, quotes, text))
    return tuple(sorted(found, key=lambda figure: figure.start))


def _read(text: str, match: re.Match[str]) -> Figure | None:
    """The figure at a number, None where the number belongs to a name, a year or a place."""
    start, end = match.span()
    digits = match.group()
    before = text[:start]
    dimension, mark_start = prefix_before(text, start)
    if _NAME_BEFORE.search(before) and not dimension and not _CURRENCY_BEFORE.search(before):
        return None
    if _follows_label(before) and not _is_rank(text, end):
        return None
    sign = -1 if (shown := _SIGN.search(before[:mark_start] if dimension else before)) and "-" in shown.group() else 1
    if dimension and not shown:
        sign = -1 if before[mark_start:].strip().endswith("-") or _SIGN.search(before[:mark_start]) else 1
    number, decimals = float(digits.replace(",", "")), len(digits.split(".")[1]) if "." in digits else 0
    rest = _HAN_REST.match(text, end)
    if rest:  # 2484亿3400万元
        number, decimals, end = number + float(rest.group(1)) / 1e4, 4, rest.end()
    unit, stop = unit_at(text, end, dimension)
    if rest:
        unit = replace(unit, factor=unit.factor * 1e8, scaled=True)
    of = _PERCENT_WORD.search(before)
    if of:
        unit = Unit("percent", 1.0 if of.group(1) == "百" else 0.1, word="%")
        start = of.start()
    if (
        _YEAR.match(digits)
        and (unit == Unit() or unit.dimension == "months" or text[end : end + 1] in "年-/")
        and not dimension
    ):
        return None
    if text[end : end + 1] == "年" and _YEAR.match(digits):
        return None
    ordinal = _ORDINAL.match(text, end)
    if ordinal:
        stop = ordinal.end()
    elif stop == end and _NAME_AFTER.match(text, end):
        return None
    return Figure(number, sign, decimals, unit, mark_start if dimension else start, stop)


def _follows_label(before: str) -> bool:
    """Whether a word such as "Scope" or 第 stands right before, which makes the number a name."""
    tail = before[-10:].rstrip().lower()
    return any(match.end() == len(tail) for match in pattern("labels").finditer(tail))


def _is_rank(text: str, end: int) -> bool:
    return re.match(r"\s?[名位]", text[end:]) is not None


def _mark_quoted(figure: Figure, quotes: list[tuple[int, int]], text: str) -> Figure:
    for start, end in quotes:
        if start <= figure.start and figure.end <= end:
            rest = text[start + 1 : figure.start] + text[figure.end : end - 1]
            if len(rest.strip()) > 3:
                return Figure(
                    figure.number,
                    figure.sign,
                    figure.decimals,
                    figure.unit,
                    figure.start,
                    figure.end,
                    figure.weak,
                    True,
                )
    return figure


def _in_words(text: str) -> Iterator[Figure]:
    for match in _HAN_NUMBER.finditer(text):
        number = han_number(match.group())
        if number is None:
            continue
        of = _PERCENT_WORD.search(text[: match.start()])
        unit, end = unit_at(text, match.end())
        if of:
            yield Figure(
                float(number), 1, 0, Unit("percent", 1.0 if of.group(1) == "百" else 0.1, word="%"), of.start(), end
            )
        elif unit.dimension:
            yield Figure(float(number), 1, 0, unit, match.start(), end, weak=True)
        elif _is_rank(text, match.end()):
            yield Figure(float(number), 1, 0, Unit("person", word="名"), match.start(), match.end() + 1, weak=True)
    for match in _WORDS.finditer(text):
        unit, end = unit_at(text, match.end())
        parts = [table("number_words")[part] for part in re.split(r"[ -]", match.group().lower())]
        yield Figure(float(sum(parts)), 1, 0, unit, match.start(), max(end, match.end()), weak=True)


_UNITS_IN_WORDS = "|".join(sorted(table("number_words"), key=len, reverse=True))
_WORDS = re.compile(
    r"\b(?:(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)[ -]"
    rf"(?:one|two|three|four|five|six|seven|eight|nine)|{_UNITS_IN_WORDS})\b",
    re.IGNORECASE,
)
