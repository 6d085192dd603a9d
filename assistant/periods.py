"""Which periods a question asks for, and whether a cell's period is one of them.

A period is written "2024" (the year, or its end), "2024-06" (the month, or its end), "2024-H1", "2024-Q3"; a span from
the year's beginning ("前8个月", "January-November") is the month it ends in, with `cumulative` set.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_YEAR = r"(?<!\d)(?<!\d[.,])(20\d\d|19\d\d)"
_DASH = r"\s*(?:-|—|–|~|至|到|和|与|、|及)\s*"
_CHINESE_DIGITS = {
    "一": 1,
    "二": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
    "十": 10,
    "十一": 11,
    "十二": 12,
}
_MONTH = r"(1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"

_RANGE = re.compile(rf"{_YEAR}\s*年?\s*(?:-|—|–|~|至|到)\s*{_YEAR}\s*年?")
_TO_MONTH = re.compile(
    rf"(?:{_YEAR}\s*年?\s*)?(?:(?:前|头)\s*{_MONTH}\s*个?月|1\s*月?\s*(?:-|—|–|~|至|到)\s*{_MONTH}\s*月)"
)
_HALF = re.compile(rf"(?:{_YEAR}\s*年?\s*)?(上半年|下半年)")
_QUARTER = re.compile(rf"(?:{_YEAR}\s*年?\s*)?(前三季度|前三个季度|第?([一二三四1-4])季度)")
_QUARTER_END = re.compile(rf"(?:{_YEAR}\s*年?\s*)?第?([一二三四1-4])季度?[末底]")
_LATIN_PART = re.compile(rf"{_YEAR}\s*年?\s*-?([hq][1-4])(?![a-z\d])|(?<![a-z\d])([hq][1-4])\s*(?:of\s*)?{_YEAR}")
_YEAR_MONTH = re.compile(rf"{_YEAR}\s*年\s*{_MONTH}\s*月(?!\s*\d)")
_MONTH_ALONE = re.compile(
    rf"(?<![\d年第.一二三四五六七八九十]){_MONTH}\s*月(?=末|底|份|时|的|，|,|比|较|至|到|和|与|、|之|相|$|[^\d])(?!\s*\d+\s*日)"
)
# Without 年, what follows may show that it is a number: 2024人, 2024.5.
_YEAR_ALONE = re.compile(
    rf"{_YEAR}(?:\s*(?:年度|年末|年底|年)|(?!\d|[.,]\d|\s?(?:[万亿元家户次件吨名%]|人(?!均)|个(?!月))))"
)
_YEAR_IN_WORDS = re.compile(r"[一二][〇零○一二三四五六七八九]{3}(?=\s*年)")
_DIGIT_WORDS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
# The last day of a month stands for the month; 31 December for the year.
_MONTH_END = re.compile(
    rf"{_YEAR}\s*年\s*(?:0?2\s*月\s*2[89]|(?:0?[469]|11)\s*月\s*30|(?:0?[13578]|10)\s*月\s*31)\s*日"
)
# "自2013年以来" names where a span begins, not the period of the figure.
_SINCE = re.compile(r"(?:自|从)$")
_ONWARD = re.compile(r"(?:[^\d,。?;]{0,24}?)(?:以来|至今|到现在|到目前)|起|开始")
_UNTIL_NOW = re.compile(r"(?:成立|创立|设立|创办|组建|启动|开始|开展|实施|推出|上线)?(?:以来|至今|到现在|到目前)")
# Between two periods: what is compared or listed, so that each counts for itself.
_JOINED = re.compile(r"[比较与和及、;]|到|至|相")
_SAME_PERIOD = re.compile(r"一年[以之]?前|上年|去年|前一年|上一年|较上年|比上年|同比")


@dataclass(frozen=True)
class Asked:
    """A period the question names, where (start, end in the normalised question), and whether from 1 January on."""

    period: str
    start: int
    end: int
    cumulative: bool = False


def _number(text: str) -> int:
    return int(text) if text.isdigit() else _CHINESE_DIGITS[text]


def find_periods(text: str) -> list[Asked]:
    """The periods named in a normalised Chinese question, in order. A month without a year takes the year before it."""
    text = _YEAR_IN_WORDS.sub(lambda match: match[0].translate(_DIGIT_WORDS), text)
    found: list[Asked] = []
    taken: list[tuple[int, int]] = []

    def free(match: re.Match[str]) -> bool:
        return all(match.end() <= start or match.start() >= end for start, end in taken)

    def year_for(match: re.Match[str], year: str | None) -> str | None:
        if year:
            return year
        before = [match_.group(1) for match_ in _YEAR_ALONE.finditer(text[: match.start()])]
        after = [match_.group(1) for match_ in _YEAR_ALONE.finditer(text[match.end() :])]
        return before[-1] if before else after[0] if after else None

    def add(match: re.Match[str], period: str, cumulative: bool = False) -> None:
        found.append(Asked(period, match.start(), match.end(), cumulative))
        if (match.start(), match.end()) not in taken:
            taken.append((match.start(), match.end()))

    for match in _RANGE.finditer(text):
        first, last = int(match[1]), int(match[2])
        if first < last <= first + 10:
            for each in range(first, last + 1):
                add(match, str(each))
    for match in _TO_MONTH.finditer(text):
        year = year_for(match, match[1])
        if free(match) and year:
            add(match, f"{year}-{_number(match[2] or match[3]):02d}", cumulative=True)
    for match in _HALF.finditer(text):
        year = year_for(match, match[1])
        if free(match) and year:
            add(match, f"{year}-H{1 if match[2] == '上半年' else 2}", cumulative=True)
    for match in _QUARTER_END.finditer(text):
        year = year_for(match, match[1])
        if free(match) and year:
            add(match, f"{year}-{3 * _number(match[2]):02d}")
    for match in _QUARTER.finditer(text):
        year = year_for(match, match[1])
        if free(match) and year:
            if match[3]:
                add(match, f"{year}-Q{_number(match[3])}")
            else:
                add(match, f"{year}-09", cumulative=True)
    for match in _LATIN_PART.finditer(text):
        part, year = match[2] or match[3], match[1] or match[4]
        if free(match) and part not in ("h3", "h4"):
            add(match, f"{year}-{part.upper()}", cumulative=part[0] == "h")
    for match in _MONTH_END.finditer(text):
        if free(match):
            month = re.search(r"年\s*(\d+)", match[0])
            assert month is not None
            add(match, f"{match[1]}-{int(month[1]):02d}")
    for match in _YEAR_MONTH.finditer(text):
        if free(match):
            add(match, f"{match[1]}-{_number(match[2]):02d}")
    for match in _MONTH_ALONE.finditer(text):
        year = year_for(match, None)
        if free(match) and year:
            add(match, f"{year}-{_number(match[1]):02d}")
    for match in _YEAR_ALONE.finditer(text):
        if free(match) and not _lends_year(match, text, found):
            add(match, match[1])
    found = [
        asked
        for asked in found
        if not _UNTIL_NOW.match(text[asked.end :])
        and (not _SINCE.search(text[: asked.start]) or not _ONWARD.match(text[asked.end :]))
    ]
    found.sort(key=lambda asked: (asked.start, asked.period))
    return found


def _lends_year(match: re.Match[str], text: str, found: Sequence[Asked]) -> bool:
    """Whether a plain year only says of which year the next month, quarter or half is: "2024年山西省3月末"."""
    later = [asked for asked in found if asked.start >= match.end()]
    if match[0].endswith(("末", "底", "度")) or not later:
        return False
    first = min(later, key=lambda asked: asked.start)
    between = text[match.end() : first.start]
    return first.period[:4] == match[1] and not (
        _YEAR_ALONE.search(text[first.start : first.end]) or _JOINED.search(between)
    )


def asks_previous_year(text: str) -> bool:
    """Whether the question compares with the year before without naming it."""
    return bool(_SAME_PERIOD.search(text))


def year_of(period: str) -> str:
    """The year of a period; "" for none."""
    return period[:4]


def end_of(period: str) -> str:
    """The last month of a period, 2024-12 for 2024, by which periods are put in order."""
    year, _, part = period.partition("-")
    length = {"H": 6, "Q": 3}.get(part[:1], 0)
    month = length * int(part[1]) if length else int(part or 12)
    return f"{year}-{month:02d}"


def previous(period: str) -> str:
    """The same period one year earlier."""
    return f"{int(period[:4]) - 1}{period[4:]}"


def step(earlier: str, later: str) -> str:
    """Whether one period is a "year" or a "month" after another of its kind; "" for another distance."""
    if len(earlier) != len(later) or not (earlier + later).replace("-", "").isdigit():
        return ""
    if earlier[4:] == later[4:] and int(later[:4]) == int(earlier[:4]) + 1:
        return "year"
    months = [int(period[:4]) * 12 + int(period[5:] or 0) for period in (earlier, later)]
    return "month" if len(later) == 7 and months[1] == months[0] + 1 else ""


def fits(asked: str, given: str) -> bool:
    """Whether a cell of period `given` is what `asked` means: a year ends in December, its first half in June."""
    if asked == given:
        return True
    same = {
        (f"{asked[:4]}-H1", f"{asked[:4]}-06"),
        (f"{asked[:4]}", f"{asked[:4]}-12"),
        (f"{asked[:4]}-Q1", f"{asked[:4]}-03"),
        (f"{asked[:4]}-12", f"{asked[:4]}"),
    }
    return (asked, given) in same
