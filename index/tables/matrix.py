"""Layout: one row a line under columns that are measures, not periods: 分类 × 百分比（%）…, or target × result."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from index.records import Cell, Row
from index.tables.by_line import own_units
from index.tables.headings import clean_title, is_title, unit_line
from index.tables.layout import Block
from index.tables.lexicon import DONE_TAILS, HEADER_WORDS, PAGE_HEADS, TARGET_HEADS, UNIT_HEADS
from index.tables.periods import read_period, year_in
from index.tables.source import Source, is_note, is_prose
from index.tables.stub import plain, read_stub, strip_marks
from index.tables.units import split_bracket_unit
from index.tables.values import Printed, read_value
from index.text import normalise

LAYOUT = "matrix"
_MIN_ROWS, _MAX_COLUMNS, _MAX_NAME, _TITLE_REACH = 2, 8, 16, 4
_GLUED = re.compile(r"^(?P<name>.*?[^\d.,≥≤><=~约超])(?P<figure>[≥≤><]?=?\d.*)$")


@dataclass(frozen=True)
class _Column:
    label: str
    unit: str
    year: int | None


@dataclass(frozen=True)
class _Head:
    """by_row: the rows are measures with units of their own, the columns places or people (指标 单位 北京 上海)."""

    columns: tuple[_Column, ...]
    has_stub: bool
    stub_title: str = ""
    by_row: bool = False


def read(source: Source) -> Iterator[Block]:
    """Rows of every table whose columns are measures with their units."""
    content = source.content
    place = 0
    while place < len(content):
        head = _read_head(source.raw(content[place]), source.text(content[place]))
        if head is None:
            place += 1
            continue
        head = _dated(source, place, head)
        rows, last = _read_rows(source, place, head) if head is not None else ([], place)
        if rows:
            yield Block(content[place], content[last], tuple(rows), LAYOUT, 0.93)
        place = last + 1


def _read_head(raw: str, text: str) -> _Head | None:
    words = raw.split()
    if not 2 <= len(words) <= _MAX_COLUMNS + 1 or len(raw) > 120 or is_prose(text) or is_note(text):
        return None
    if any(read_value(word) is not None or len(word) > 2 * _MAX_NAME for word in words):
        return None
    if any(plain(word) in PAGE_HEADS for word in words):
        return None
    units = [at for at, word in enumerate(words) if plain(word) in UNIT_HEADS]
    if units and units[0] >= 1 and all(plain(word) in HEADER_WORDS for word in words[: units[0]]):
        names = words[units[0] + 1 :]
        if len(names) >= 2 and all(_is_name(name) for name in names) and len(set(names)) == len(names):
            return _Head(tuple(_Column(name, "", None) for name in names), True, by_row=True)
        return None
    split = [split_bracket_unit(word) for word in words]
    bearing = [at for at, (_, unit) in enumerate(split) if unit]
    targets = [at for at, word in enumerate(words) if any(mark in plain(word) for mark in TARGET_HEADS)]
    if len(bearing) >= 2 and bearing == list(range(bearing[0], len(words))) and bearing[0] <= 1:
        columns = [_Column(label, unit, year_in(normalise(label))) for label, unit in split[bearing[0] :]]
        stub = words[0] if bearing[0] == 1 and plain(words[0]) not in HEADER_WORDS and len(words[0]) > 5 else ""
        return _Head(tuple(columns), bearing[0] == 1, stub)
    if len(targets) >= 2 and targets == list(range(targets[0], len(words))) and targets[0] <= 1:
        if targets[0] == 1 and plain(words[0]) not in HEADER_WORDS:
            return None
        columns = [
            _Column(word, "", year_in(normalise(re.sub(r"(\d{4})年.*", r"\1年", word)))) for word in words[targets[0] :]
        ]
        return _Head(tuple(columns), targets[0] == 1)
    return None


def _dated(source: Source, place: int, head: _Head) -> _Head | None:
    """The same measures under several years: each column with the year above it. None where that cannot be told."""
    names = [column.label for column in head.columns]
    if len(set(names)) == len(names):
        return head
    above = source.raw(source.content[place - 1]).split() if place else []
    years = [period for word in above if (period := read_period(word)) is not None]
    each, rest = divmod(len(names), len(years)) if years else (0, 1)
    if rest or each < 2 or any(len(year) != 4 for year in years) or len(set(years)) != len(years):
        return None
    if len(above) - len(years) > 1 or names != names[:each] * len(years):
        return None
    return replace(
        head,
        columns=tuple(replace(column, year=int(years[at // each])) for at, column in enumerate(head.columns)),
    )


def _read_rows(source: Source, place: int, head: _Head) -> tuple[list[Row], int]:
    content = source.content
    found: list[tuple[int, str, list[Printed]]] = []
    at = place + 1
    while at < len(content):
        row = _read_row(source.raw(content[at]).split(), head)
        if row is None:
            break
        found.append((content[at], *row))
        at += 1
    if len(found) < _MIN_ROWS + head.by_row:
        return [], place
    title, title_line, unit, year = _caption(source, place)
    if not title and head.stub_title:
        title, title_line = head.stub_title, source.number(content[place])
    if head.by_row:
        return _by_name(source, place, head, found, (title, title_line), year), at - 1
    dated = [read_period(name) for _, name, _ in found]
    if all(period and not period.startswith("?") for period in dated) and len(set(dated)) == len(dated):
        return _by_period(source, place, head, found, unit, (title, title_line)), at - 1
    rows = []
    for position, name, values in found:
        for column, value in zip(head.columns, values, strict=True):
            own = value.unit or column.unit or unit
            if value.kind == "bad" or (value.kind == "figure" and not own):
                continue
            period = str(column.year or year or source.year or "")
            number, header = source.number(position), source.number(content[place])
            cell = Cell(period, value.value, value.text, number, header, value.unit if column.unit or unit else None)
            rows.append(
                Row(
                    report=source.report,
                    table=title,
                    group=(name,),
                    label=column.label,
                    unit=column.unit or unit or value.unit or "",
                    basis="",
                    cells=(cell,),
                    label_line=header,
                    unit_line=header if column.unit else number if value.unit else None,
                    title_line=title_line,
                    group_lines=(number,),
                    layout=LAYOUT,
                    confidence=0.93 if year or column.year else 0.88,
                )
            )
    return rows, at - 1


def _is_name(word: str) -> bool:
    return 2 <= len(word) <= 10 and not word.isascii() and read_period(word) is None and plain(word) not in HEADER_WORDS


def _by_name(
    source: Source,
    place: int,
    head: _Head,
    found: Sequence[tuple[int, str, list[Printed]]],
    title: tuple[str, int | None],
    year: int | None,
) -> list[Row]:
    """Rows that are measures, columns that are places or people: the column's name is the group."""
    header = source.number(source.content[place])
    period = str(year or source.year or "")
    rows = []
    for position, name, values in found:
        number = source.number(position)
        stub = read_stub(name.split(), True, False)
        for column, value in zip(head.columns, values, strict=True):
            if value.kind == "bad":
                continue
            unit, cells = own_units(stub.unit, (Cell(period, value.value, value.text, number, header, value.unit),))
            rows.append(
                Row(
                    report=source.report,
                    table=title[0],
                    group=(column.label,),
                    label=stub.label,
                    unit=unit,
                    basis="",
                    cells=cells,
                    label_line=number,
                    unit_line=number,
                    title_line=title[1],
                    group_lines=(header,),
                    layout=LAYOUT,
                    confidence=0.93 if year else 0.88,
                )
            )
    return rows


def _by_period(
    source: Source,
    place: int,
    head: _Head,
    found: Sequence[tuple[int, str, list[Printed]]],
    unit: str,
    title: tuple[str, int | None],
) -> list[Row]:
    """Rows that are periods: one Row a column."""
    header = source.number(source.content[place])
    rows = []
    for at, column in enumerate(head.columns):
        cells = tuple(
            Cell(read_period(name) or "", values[at].value, values[at].text, number, number, values[at].unit)
            for position, name, values in found
            if values[at].kind != "bad" and (number := source.number(position))
        )
        used, cells = own_units(column.unit or unit, cells)
        if cells and used:
            rows.append(
                Row(
                    report=source.report,
                    table=title[0],
                    group=(),
                    label=column.label,
                    unit=used,
                    basis="",
                    cells=cells,
                    label_line=header,
                    unit_line=header if column.unit else None,
                    title_line=title[1],
                    layout=LAYOUT,
                    confidence=0.93,
                )
            )
    return rows


def _read_row(words: Sequence[str], head: _Head) -> tuple[str, list[Printed]] | None:
    count = len(head.columns)
    if len(words) == count and not head.has_stub:
        glued = _GLUED.match(words[0])
        if glued is None:
            return None
        words = [glued["name"], glued["figure"], *words[1:]]
    if len(words) <= count:
        return None
    if head.by_row:
        stub = read_stub(words[:-count], True, False)
        if not stub.unit or not stub.label or read_value(words[-count - 1]) is not None:
            return None
    name, figures = " ".join(words[:-count]), [_read_figure(word) for word in words[-count:]]
    name = name if head.by_row else strip_marks(name)
    if (
        not name
        or len(name) > 2 * _MAX_NAME
        or (read_value(name) is not None and not read_period(name))
        or is_prose(normalise(name))
    ):
        return None
    values = [value for value in figures if value is not None]
    return (name, values) if len(values) == count else None


def _read_figure(word: str) -> Printed | None:
    value = read_value(word)
    if value is None or value.kind == "bad":
        tail = next((tail for tail in DONE_TAILS if plain(word).endswith(tail)), "")
        cut = read_value(word[: len(word) - len(tail)]) if tail else None
        return Printed(cut.kind, word, cut.value, cut.unit) if cut is not None else value
    return value


def _caption(source: Source, place: int) -> tuple[str, int | None, str, int | None]:
    """Title and its line, table-wide unit, and the year a title near the table names."""
    title, title_line, unit, year = "", None, "", None
    for above in range(place - 1, max(-1, place - 1 - _TITLE_REACH), -1):
        position = source.content[above]
        text = source.text(position)
        found = unit_line(source.raw(position))
        if found:
            unit = unit or found
        elif is_title(source.raw(position), text):
            title, title_line = clean_title(source.raw(position)), source.number(position)
            year = year_in(text)
            break
        else:
            break
    return title, title_line, unit, year
