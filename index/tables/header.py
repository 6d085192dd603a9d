"""Header lines of tables whose columns are periods."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, replace

from index.tables.lexicon import (
    CATEGORY_HEADS,
    CHANGE_HEADS,
    GROUP_HEADS,
    HEADER_WORDS,
    LAST_YEAR,
    NUMBER_HEADS,
    REMARK_HEADS,
    SKIP_HEADS,
    THIS_YEAR,
    UNIT_HEADS,
)
from index.tables.periods import is_bare_year, read_period, with_year, year_in
from index.tables.source import Source
from index.tables.units import is_unit
from index.text import normalise

_SPACED = re.compile(r"(?<=(?<![^\s])[\u3400-\u9fff])[ \u3000](?=[\u3400-\u9fff](?!\S))")  # "单 位" → "单位"
_FIGURES = r"(?:披露)?(?:数据|数值|绩效|表现|实绩|实际|实际值|数)"
_DRESSED = re.compile(
    rf"(?P<year>(?:19|20)\d{{2}}年?度?){_FIGURES}|{_FIGURES}\((?P<in_brackets>(?:19|20)\d{{2}}年?度?)\)"
)
_TRAILING_HEAD = re.compile(r"(?:指[标標]|[项項]目|[类類][别別]|名[称稱])+$")
_MAX_LEAD, _MAX_EXTRA, _MAX_JOIN, _MAX_HEAD = 60, 3, 6, 24


@dataclass(frozen=True)
class Column:
    """One column: a period, or (`name`) something else that stands beside the periods. line: 1-based."""

    period: str
    name: str
    line: int


@dataclass(frozen=True)
class Header:
    """A header: its columns in printed order and what stands before them. first, last: positions it covers.

    remarks: a last column holds words, in some rows or all. unit: printed under every period (人民币千元 人民币千元).
    """

    first: int
    last: int
    lead: tuple[str, ...]
    columns: tuple[Column, ...]
    unit_last: bool = False
    remarks: bool = False
    unit: str = ""

    @property
    def has_unit(self) -> bool:
        """True when a column of units is announced."""
        return self.unit_last or any(_word(word) in UNIT_HEADS for word in self.lead)

    @property
    def has_category(self) -> bool:
        """True when the first column holds themes above the groups (指标类别, 议题 …)."""
        return any(_word(word) in CATEGORY_HEADS for word in self.lead)

    @property
    def has_number(self) -> bool:
        """True when the first column numbers the rows (序号, 编号)."""
        return bool(self.lead) and _word(self.lead[0]) in NUMBER_HEADS

    @property
    def stub_columns(self) -> int:
        """How many label columns the header announces (units not counted)."""
        return sum(_word(word) in HEADER_WORDS - UNIT_HEADS - NUMBER_HEADS for word in self.lead)

    @property
    def has_group(self) -> bool:
        """True when a column of groups is announced."""
        return any(_word(word) in GROUP_HEADS | CATEGORY_HEADS for word in self.lead) and self.stub_columns > 1

    @property
    def title(self) -> str:
        """Words glued in front of the header that are no column heads."""
        words = [_TRAILING_HEAD.sub("", word) for word in self.lead if _word(word) not in HEADER_WORDS]
        return " ".join(word for word in words if word)

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for a header and its repetition on the next page."""
        return self.has_unit, tuple((column.period, normalise(column.name)) for column in self.columns)


def split_periods(tokens: list[str]) -> list[tuple[str, str | None]]:
    """Tokens with the pieces of one period joined ("2024", "年" → "2024 年"), each with its period or None."""
    found: list[tuple[str, str | None]] = []
    start = 0
    while start < len(tokens):
        for stop in range(min(len(tokens), start + _MAX_JOIN), start, -1):
            joined = " ".join(tokens[start:stop])
            period = read_period(joined)
            if period is not None and not (stop - start > 1 and _swallows(tokens[start:stop])):
                break
        else:
            stop, period, joined = start + 1, None, tokens[start]
        found.append((joined, period))
        start = stop
    return found


def _swallows(tokens: list[str]) -> bool:
    # "2024年 12月" is one period only when its pieces are not periods of the same kind already.
    whole = [read_period(token) for token in tokens]
    return all(period is not None and not period.startswith("????") for period in whole)


def read_header(source: Source, position: int, year: int | None) -> Header | None:
    """The header on one line, or None. year: fills in heads that leave the year out ("1月")."""
    raw = source.raw(position)
    if len(raw) > 400 or not any(character.isdigit() or character in "年月〇零期季" for character in raw):
        return None
    pieces = [_relative(source, *piece) for piece in split_periods(_SPACED.sub("", raw).split())]
    places = [place for place, (_, period) in enumerate(pieces) if period is not None]
    if not places:
        return None
    first, last = places[0], places[-1]
    lead = tuple(text for text, _ in pieces[:first])
    if len(places) < 2 and not _announces(lead):
        return None
    between = [text for text, period in pieces[first : last + 1] if period is None]
    if any(not _is_change(text) for text in between) or len(pieces) - last - 1 > _MAX_EXTRA:
        return None
    extra = tuple(text for text, _ in pieces[last + 1 :])
    if len("".join(lead)) > _MAX_LEAD or any(not _is_extra(text) for text in extra):
        return None
    if re.search(r"[，。；,;]", "".join(lead)):
        return None
    known = any(_word(word) in HEADER_WORDS for word in lead)
    printed = [pieces[place][0] for place in places]
    if lead and not known and (any(is_bare_year(text) for text in printed) or len(lead) > 2):
        return None
    filled = _fill_years([pieces[place][1] or "" for place in places], year)
    if filled is None or len(set(filled)) != len(filled):
        return None
    if not known and all(is_bare_year(text) for text in printed) and not _is_sequence(filled):
        return None
    number = source.number(position)
    period_of = dict(zip(places, filled, strict=True))
    columns = [Column(period_of.get(place, ""), pieces[place][0], number) for place in range(first, last + 1)]
    remarks = bool(extra) and _word(extra[-1]) in REMARK_HEADS
    kept = extra[:-1] if remarks else extra
    columns += [Column("", text, number) for text in kept if _word(text) not in UNIT_HEADS]
    unit_last = bool(kept) and _word(kept[-1]) in UNIT_HEADS
    return Header(position, position, lead, tuple(columns), unit_last, remarks)


def find_headers(source: Source) -> list[Header]:
    """All headers of a report in order, those printed one cell a line included."""
    headers: list[Header] = []
    content = source.content
    place = 0
    while place < len(content):
        position = content[place]
        header = read_header(source, position, None) if _may_be_header(source.raw(position)) else None
        if header is None and _may_be_header(source.raw(position)):
            header = read_header(source, position, _year_above(source, place))
        if header is None:
            header = _vertical(source, place)
        if header is not None:
            header = _with_units_below(source, place, _with_parts_below(source, place, header))
            header = _with_lead_above(source, place, header)
            headers.append(header)
            while place < len(content) and content[place] <= header.last:
                place += 1
            continue
        place += 1
    return headers


def _vertical(source: Source, place: int) -> Header | None:
    # One period a line: 指标 / 单位 / 2022年 / 2023年 / 2024年.
    columns: list[Column] = []
    content = source.content
    at = place
    while at < len(content):
        raw = source.raw(content[at]).strip()
        period = read_period(raw)
        if period is None or is_bare_year(raw) or period.startswith("????"):
            break
        columns.append(Column(period, raw, source.number(content[at])))
        at += 1
    periods = [column.period for column in columns]
    if len(columns) < 2 or len(set(periods)) != len(periods) or not _is_sequence(periods):
        return None
    return Header(content[place], content[at - 1], (), tuple(columns))


def _with_parts_below(source: Source, place: int, header: Header) -> Header:
    # Years over halves or quarters: "2023年 2024年" above "上半年 下半年 上半年 下半年".
    below = next((at for at in range(place + 1, len(source.content)) if source.content[at] > header.last), None)
    years = [column.period for column in header.columns]
    if below is None or any(len(year) != 4 for year in years):
        return header
    position = source.content[below]
    parts = split_periods(source.raw(position).split())
    if not parts or len(parts) % len(years) or any(part is None or not part.startswith("????-") for _, part in parts):
        return header
    each = len(parts) // len(years)
    columns = tuple(
        Column(f"{years[at // each]}{(part or '')[4:]}", text, source.number(position))
        for at, (text, part) in enumerate(parts)
    )
    if each < 2 or len({column.period for column in columns}) != len(columns):
        return header
    return replace(header, last=position, columns=columns)


def _with_units_below(source: Source, place: int, header: Header) -> Header:
    # The same unit under every period, and perhaps what stands beside them: "百万元 百万元 变动%".
    below = next((at for at in range(place + 1, len(source.content)) if source.content[at] > header.last), None)
    if below is None or header.has_unit:
        return header
    words = source.raw(source.content[below]).split()
    count = sum(bool(column.period) for column in header.columns)
    units, beside = words[:count], words[count:]
    if len(units) < max(2, count) or len(set(units)) > 1 or not is_unit(units[0]):
        return header
    if any(not _is_change(word) for word in beside) or (beside and count < len(header.columns)):
        return header
    position = source.content[below]
    columns = (*header.columns, *(Column("", word, source.number(position)) for word in beside))
    return replace(header, last=position, columns=columns, unit=units[0])


def _with_lead_above(source: Source, place: int, header: Header) -> Header:
    # Column heads printed on the lines above: "指标 单位", or one a line.
    if header.lead:
        return header
    lead: tuple[str, ...] = ()
    first = header.first
    for above in range(place - 1, max(-1, place - 5), -1):
        position = source.content[above]
        words = tuple(source.raw(position).split())
        if not words or not all(_word(word) in HEADER_WORDS for word in words):
            break
        lead, first = words + lead, position
    return replace(header, first=first, lead=lead) if lead else header


def _year_above(source: Source, place: int) -> int | None:
    # Heads such as "1月" take their year from the nearest line above that names exactly one.
    for above in range(place - 1, max(-1, place - 25), -1):
        text = source.text(source.content[above])
        if len(text) <= 40:
            year = year_in(text)
            if year is not None:
                return year
    return source.year


def _fill_years(periods: list[str], year: int | None) -> list[str] | None:
    filled: list[str] = []
    current = year
    for period in periods:
        if not period.startswith("????"):
            current = int(period[:4])
        whole = with_year(period, current)
        if whole is None:
            return None
        filled.append(whole)
    return filled


def _is_sequence(periods: list[str]) -> bool:
    years = [int(period[:4]) for period in periods]
    if any(len(period) > 4 for period in periods):
        return True
    steps = {after - before for before, after in itertools.pairwise(years)}
    return steps in ({1}, {-1})


def _is_extra(text: str) -> bool:
    word = _word(text)
    return (
        word in UNIT_HEADS | REMARK_HEADS
        or _is_change(text)
        or (len(word) <= 12 and any(mark in word for mark in SKIP_HEADS))
    )


def _is_change(text: str) -> bool:
    word = _word(text)
    return len(word) <= _MAX_HEAD and any(mark in word for mark in CHANGE_HEADS)


def _announces(lead: tuple[str, ...]) -> bool:
    # "指标 单位" before a single year: a table of one year, and no mere line that ends in one.
    words = {_word(word) for word in lead}
    return len(words) > 1 and words <= HEADER_WORDS and bool(words & UNIT_HEADS)


def _relative(source: Source, text: str, period: str | None) -> tuple[str, str | None]:
    # "本年度" beside "上年度": years only where the report says which calendar year it covers.
    word = _word(text)
    if period is None and (dressed := _DRESSED.fullmatch(word)):  # 2024年数据, 数值(2024年)
        return text, read_period(dressed["year"] or dressed["in_brackets"])
    if period is not None or word not in THIS_YEAR | LAST_YEAR or source.full_year is None:
        return text, period
    return text, str(source.full_year - (word in LAST_YEAR))


def _may_be_header(raw: str) -> bool:
    return bool(re.search(r"[12１２]\d{3}|[〇零二]{2}|\d\s*月|[季半]|本[年期报報]|[报報]告期", raw))


def _word(text: str) -> str:
    return re.sub(r"[\s:：/]+", "", normalise(text))
