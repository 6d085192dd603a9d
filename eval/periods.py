"""Which year and month each figure of a text is stated for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from eval.figures import Figure, figures, han_number
from eval.wording import pattern, sentences, table

_MONTHS = table("months")
_NAMES = "|".join(sorted((name.capitalize() for name in _MONTHS), key=len, reverse=True))
_SPAN = r"[-–—~至到]|\s+to\s+|\s+through\s+"
_YEARS = re.compile(
    r"(?<![\d.])(?<!\d,)(?:19[5-9]\d|20[0-4]\d)(?![\d]|[.,]\d|\s*(?:[%万亿吨元人名位]|tonnes|tons|people))"
)
_YEAR_SPAN = re.compile(rf"((?:19|20)\d\d)\s*年?\s*(?:{_SPAN})\s*((?:19|20)\d\d)(?!\d)")
_HAN = "一二三四五六七八九十"
_MONTH_FORMS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(rf"(?:\d{{1,2}}|[{_HAN}]+)\s*月?\s*(?:{_SPAN})\s*(\d{{1,2}}|[{_HAN}]+)\s*月"), "number"),
    (re.compile(rf"前\s*(\d{{1,2}}|[{_HAN}]+)\s*个?月"), "number"),
    (re.compile(rf"(?<!个)(?<![\d{_HAN}])(\d{{1,2}}|[{_HAN}]{{1,2}})\s*月(?!均|度)"), "number"),
    (re.compile(r"(?:19|20)\d\d[-/.](0?[1-9]|1[0-2])(?![\d%])"), "number"),
    (re.compile(rf"\b(?:{_NAMES})\.?(?:{_SPAN}|–)({_NAMES})\b"), "name"),
    (re.compile(rf"\b({_NAMES})\b(?!\s+(?:not|be|have)\b)"), "name"),
    (re.compile(r"\bfirst\s+(\w+)\s+months\b", re.IGNORECASE), "word"),
    (re.compile(r"前三季度|三季度末?|\bQ3\b|first (?:three|3) quarters|third quarter|nine months", re.IGNORECASE), "9"),
    (re.compile(r"[一1]季度|\bQ1\b|first quarter", re.IGNORECASE), "3"),
    (re.compile(r"[二2]季度|上半年|\bH1\b|\bQ2\b|first half|second quarter|half-year|half year", re.IGNORECASE), "6"),
    (
        re.compile(
            r"四季度|\bQ4\b|\bH2\b|下半年|fourth quarter|second half|年末|年底|期末|全年"
            r"|year[- ]end|end of the year|\bend[- ](?:of )?(?=(?:19|20)\d\d)",
            re.IGNORECASE,
        ),
        "12",
    ),
)
_DELIMITER = re.compile(
    r"[,;，；、]|\band\b|\bwhile\b|\bcompared\b|\bversus\b|\bvs\b|\bfrom\b|\bthan\b|\bup\b|\bdown\b|较|比|而"
)
_RESPECTIVELY = re.compile(r"分别|依次|respectively", re.IGNORECASE)
_LATIN_BEFORE = re.compile(r"(?:\b(?:in|at|for|of|during|by|on|end|the)|[A-Z][a-z]+|[(/-])[\s-]*$")

Kind = Literal["year", "month", "other"]


@dataclass(frozen=True, slots=True)
class _Mention:
    kind: Kind
    value: int
    start: int
    end: int
    base: bool


@dataclass
class Period:
    """Years and end-months a figure is stated for; `other`: stated for "the previous year" and the like.

    own: whether the period stands beside the figure; otherwise it carried over from before. base: it is only what the
    figure is compared with ("than in 2023"); frame: the years that carried over then.
    """

    years: set[int] = field(default_factory=set)
    months: set[int] = field(default_factory=set)
    other: bool = False
    own: bool = False
    base: bool = False
    frame: set[int] = field(default_factory=set)


def years_in(text: str) -> set[int]:
    """Every year a plain text names; the years within a span count."""
    found = {int(match.group()) for match in _YEARS.finditer(text)}
    for match in _YEAR_SPAN.finditer(text):
        first, last = int(match.group(1)), int(match.group(2))
        found.update(range(first, last + 1) if last - first < 12 else ())
    return found


def months_in(text: str) -> set[int]:
    """The end-months a plain text names: 6月末 → 6, 1—11月 → 11, H1 → 6, year-end → 12."""
    return {mention.value for mention in _months(text)}


def _months(text: str) -> list[_Mention]:
    found: list[_Mention] = []
    for form, kind in _MONTH_FORMS:
        for match in form.finditer(text):
            if any(a.start < match.end() and match.start() < a.end for a in found):
                continue
            value = _month_value(kind, match)
            if value and 1 <= value <= 12:
                found.append(_Mention("month", value, match.start(), match.end(), False))
    return found


def _month_value(kind: str, match: re.Match[str]) -> int | None:
    if kind.isdigit():
        return int(kind)
    word = match.group(1)
    if kind == "name":
        return _MONTHS[word.lower()]
    if kind == "word":
        return int(word) if word.isdigit() else table("number_words").get(word.lower())
    return int(word) if word.isdigit() else han_number(word)


def _mentions(text: str, taken: Sequence[Figure]) -> list[_Mention]:
    free = [
        _Mention("year", int(match.group()), match.start(), match.end(), False)
        for match in _YEARS.finditer(text)
        if not any(f.start <= match.start() < f.end for f in taken)
    ]
    free += _months(text)
    free += [_Mention("other", 0, m.start(), m.end(), False) for m in pattern("other_year").finditer(text.lower())]
    return sorted((_with_base(text, mention) for mention in free), key=lambda mention: mention.start)


def _with_base(text: str, mention: _Mention) -> _Mention:
    before = text[max(0, mention.start - 14) : mention.start].lower().rstrip(" (（")
    base = any(match.end() == len(before) for match in pattern("base").finditer(before))
    return _Mention(mention.kind, mention.value, mention.start, mention.end, base or mention.kind == "other")


@lru_cache(maxsize=1024)
def periods(text: str) -> tuple[Period, ...]:
    """The period of each of `figures(text)`, in the same order."""
    every = figures(text)
    result: dict[Figure, Period] = {}
    carried = Period()
    offset = 0
    for sentence in sentences(text):
        start = text.index(sentence, offset)
        offset = start + len(sentence)
        inside = [figure for figure in every if start <= figure.start < offset]
        mentions = [m for m in _mentions(text, inside) if start <= m.start < offset]
        carried = _assign(text, inside, mentions, result, carried, (start, offset))
    return tuple(result.get(figure, Period()) for figure in every)


def _assign(
    text: str,
    inside: list[Figure],
    mentions: list[_Mention],
    result: dict[Figure, Period],
    carried: Period,
    span: tuple[int, int],
) -> Period:
    years = [m for m in mentions if m.kind == "year"]
    if inside and len(years) == len(inside) > 1 and _RESPECTIVELY.search(text[span[0] : span[1]]):
        for figure, year in zip(inside, years, strict=True):
            result[figure] = Period({year.value}, set(), False, True)
        return Period({years[-1].value}, set())
    for position, figure in enumerate(inside):
        left = inside[position - 1].end if position else span[0]
        right = inside[position + 1].start if position + 1 < len(inside) else span[1]
        before = [
            m
            for m in mentions
            if left <= m.start and m.end <= figure.start and _is_ahead(text, left, m, bool(position))
        ]
        after = [
            m
            for m in mentions
            if figure.end <= m.start and m.end <= right and _is_behind(text, figure.end, m, right == span[1])
        ]
        own = after if any(m.kind != "month" for m in after) or not before else before
        period = _collect(own)
        plain = [m for m in before + after if not m.base]
        if plain and any(m.kind == "year" for m in plain):
            carried = _collect(plain)
        if not own:
            period = Period(set(carried.years), set(carried.months))
        elif not period.years and not period.other:
            period.years = set(carried.years)
        elif period.base:
            period.frame = set(carried.years)
        result[figure] = period
    only = {m.value for m in years if not m.base}
    if len(only) == 1:
        for figure in inside:
            if not result[figure].years and not result[figure].other:
                result[figure].years = set(only)
    if not inside and years:
        carried = _collect([m for m in mentions if not m.base])
    return carried


def _is_behind(text: str, start: int, mention: _Mention, last: bool) -> bool:
    """Whether a mention after a figure belongs to it: "1.77% in 2024", "1.77%（2024年）", or nothing else follows."""
    between = text[start : mention.start]
    if _DELIMITER.search(between):
        return last and not mention.base and mention.kind == "year" and text[mention.end : mention.end + 1] != "年"
    if re.match(r"\s?\(", between):
        bracket = text[mention.end :].split(")")[0]
        return not re.search(r"\d", bracket)  # 1.77%（2023年：1.78%）: the year belongs to the figure in the brackets
    return _LATIN_BEFORE.search(between) is not None and not mention.base


def _is_ahead(text: str, left: int, mention: _Mention, follows_figure: bool) -> bool:
    """Whether a mention between two figures belongs to the second one."""
    return not (follows_figure and _is_behind(text, left, mention, False))


def _collect(mentions: Sequence[_Mention]) -> Period:
    """The period of the mentions nearest to the figure; a base ("than in 2023") counts where it stands alone."""
    chosen = [m for m in mentions if not m.base] or list(mentions)
    years = [m.value for m in chosen if m.kind == "year"]
    months = [m.value for m in chosen if m.kind == "month"]
    return Period(
        set(years), set(months), any(m.kind == "other" for m in chosen), bool(chosen), all(m.base for m in chosen)
    )
