"""Columns of tables whose fields are divided: names over one to three lines, spanning cells, periods, units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from index.tables.lexicon import HEADER_WORDS, UNIT_HEADS
from index.tables.periods import read_period, with_year
from index.tables.stub import plain
from index.tables.units import is_unit, split_bracket_unit
from index.tables.values import read_value

_MAX_HEAD = 3


@dataclass(frozen=True)
class Fields:
    """One printed line: its position, its 1-based number, its fields (as many as the table has columns)."""

    position: int
    number: int
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Column:
    """A column of figures. path: names above it, outermost first; period: "" when none of them is one."""

    period: str
    path: tuple[str, ...]
    unit: str
    line: int


@dataclass(frozen=True)
class Head:
    """A header: columns of figures by place, the place of the unit column, the number of stub columns."""

    columns: dict[int, Column]
    unit_column: int | None
    stub: int
    lines: int

    @property
    def dated(self) -> bool:
        """True when the columns are periods."""
        return any(column.period for column in self.columns.values())


def read_head(lines: Sequence[Fields], year: int | None) -> Head | None:
    """The header at the start of a run of lines; None when there is none."""
    size = 0
    while size < min(_MAX_HEAD, len(lines)) and _is_head_line(lines[size], year):
        size += 1
    if size > 1 and any(len(_periods(line, year)) >= 2 for line in lines[:size]):
        # A line of periods ends the header unless the next one names measures under each of them.
        first = next(at for at in range(size) if len(_periods(lines[at], year)) >= 2)
        below = lines[first + 1] if first + 1 < size else None
        spans = below is not None and sum(bool(field) for field in below.fields[1:]) > len(_periods(lines[first], year))
        size = first + (2 if spans else 1)
    if size == 0 or size == len(lines):
        return None
    head, width = lines[:size], len(lines[0].fields)
    columns: dict[int, Column] = {}
    unit_column: int | None = None
    dated = any(len(_periods(line, year)) >= 2 for line in head)
    stub = width
    for place in range(width):
        names = _names(head, place, year)
        if not names or (place == 0 and not any(period for _, period, _ in names)):
            continue
        if any(plain(name) in UNIT_HEADS for name, _, _ in names):
            unit_column = place
            continue
        period = next((period for _, period, _ in names if period), "")
        plainer = [(name, line) for name, found, line in names if not found]
        undated = dated and not period
        if undated and (place < stub or not columns or plain(plainer[-1][0]) in HEADER_WORDS):
            continue
        label, unit = split_bracket_unit(plainer[-1][0]) if plainer else ("", "")
        path = (*(split_bracket_unit(name)[0] for name, _ in plainer[:-1]), *((label,) if label else ()))
        columns[place] = Column(period, path, unit, names[-1][2])
        stub = min(stub, place)
    if not dated:
        columns = {place: column for place, column in columns.items() if _holds_figures(lines[size:], place)}
        stub = min(columns, default=width)
    if len(columns) < 2 or stub == 0:
        return None
    if unit_column is None and stub > 1 and _holds_units(lines[size:], stub - 1):
        unit_column = stub - 1
    if unit_column is not None and unit_column >= stub:
        return None
    return Head(columns, unit_column, stub, size)


def _periods(line: Fields, year: int | None) -> dict[int, str]:
    found = {}
    for place, field in enumerate(line.fields):
        period = read_period(field) if field else None
        whole = with_year(period, year) if period else None
        if whole:
            found[place] = whole
    return found


def _is_head_line(line: Fields, year: int | None) -> bool:
    periods = _periods(line, year)
    filled = [place for place, field in enumerate(line.fields) if field]
    if any(read_value(line.fields[place]) is not None and place not in periods for place in filled):
        return False
    return len(periods) >= 2 or (len(periods) < 2 and len(filled) >= 2 and 0 not in periods)


def _names(head: Sequence[Fields], place: int, year: int | None) -> list[tuple[str, str, int]]:
    """(name, period or "", line) over a column: a name spans the blanks to its right that have names under them."""
    names: list[tuple[str, str, int]] = []
    for depth, line in enumerate(head):
        at = place
        below = any(lower.fields[place] for lower in head[depth + 1 :])
        while at > 0 and not line.fields[at] and below:
            at -= 1
        field = line.fields[at] if at > 0 or place == 0 else ""
        if field:
            names.append((field, _periods(line, year).get(at, ""), line.number))
    return names


def _holds_figures(body: Sequence[Fields], place: int) -> bool:
    fields = [line.fields[place] for line in body if line.fields[place]]
    return bool(fields) and all(read_value(field) is not None for field in fields)


def _holds_units(body: Sequence[Fields], place: int) -> bool:
    fields = [line.fields[place] for line in body if line.fields[place]]
    return len(fields) > 1 and all(is_unit(field) for field in fields)
