"""Layout: fields divided by tabs, one row a line; one or two header lines, spanning cells, stacked periods."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from index.records import Cell, Row
from index.tables.basis import Measured, currency, section_basis, settle_currency
from index.tables.headings import is_title, unit_line
from index.tables.layout import Block
from index.tables.periods import read_period, with_year, year_in
from index.tables.source import Source
from index.tables.stub import is_of_which, join, plain, strip_lead_in, strip_marks
from index.tables.units import split_bracket_unit
from index.tables.values import read_value
from index.text import normalise

LAYOUT = "tab"
_MIN_TABS, _MIN_ROWS = 2, 2


@dataclass(frozen=True)
class _Line:
    position: int
    fields: tuple[str, ...]


@dataclass(frozen=True)
class _Caption:
    title: str
    title_line: int | None
    unit: str
    unit_line: int | None
    year: int | None


def read(source: Source) -> Iterator[Block]:
    """Rows of every run of lines with the same number of tabs."""
    for run in _runs(source):
        caption = _caption(source, run[0].position)
        rows = _read_periods(source, run, caption) or _read_named(source, run, caption)
        if rows:
            yield Block(run[0].position, run[-1].position, tuple(rows), LAYOUT, 0.98)


def _runs(source: Source) -> Iterator[list[_Line]]:
    run: list[_Line] = []
    for position, line in enumerate(source.lines):
        fields = tuple(field.strip() for field in line.raw.rstrip("\n").split("\t"))
        tabs = len(fields) - 1
        if tabs >= _MIN_TABS and sum(bool(field) for field in fields) >= 1:
            run.append(_Line(position, fields))
            continue
        if not line.text and run:
            continue
        yield from _checked(run)
        run = []
    yield from _checked(run)


def _checked(run: list[_Line]) -> Iterator[list[_Line]]:
    # Trailing empty fields may be dropped by an extraction; the width is what most lines have.
    if len(run) <= _MIN_ROWS:
        return
    width = max(len(line.fields) for line in run)
    filled = sum(sum(read_value(field) is not None for field in line.fields) >= 2 for line in run)
    if filled < _MIN_ROWS or any(len(line.fields) < width - 2 and len(line.fields) != width for line in run[1:]):
        return
    yield [replace(line, fields=line.fields + ("",) * (width - len(line.fields))) for line in run]


def _caption(source: Source, first: int) -> _Caption:
    title, title_line, unit, unit_at = "", None, "", None
    place = next((at for at, position in enumerate(source.content) if position >= first), 0)
    for at in range(place - 1, max(-1, place - 4), -1):
        position = source.content[at]
        text = source.text(position)
        found = unit_line(text)
        if found and not unit:
            unit, unit_at = found, source.number(position)
            continue
        if is_title(source.raw(position), text):
            title, title_line = re.sub(r"\s+", " ", source.raw(position)).strip(), source.number(position)
        break
    if title and not unit:
        _, unit = split_bracket_unit(title)
        unit_at = title_line if unit else None
    return _Caption(title, title_line, unit, unit_at, year_in(normalise(title)) if title else None)


def _period_columns(source: Source, line: _Line, year: int | None) -> dict[int, tuple[str, int]]:
    found: dict[int, tuple[str, int]] = {}
    for column, field in enumerate(line.fields):
        period = read_period(field) if field else None
        whole = with_year(period, year) if period else None
        if whole:
            found[column] = (whole, source.number(line.position))
    if len(found) < 2 or len({period for period, _ in found.values()}) != len(found):
        return {}
    others = [field for column, field in enumerate(line.fields) if field and column not in found]
    return {} if any(read_value(field) is not None for field in others) else found


def _read_periods(source: Source, run: list[_Line], caption: _Caption) -> list[Row]:
    columns: dict[int, tuple[str, int]] = {}
    rows: list[Measured] = []
    section: tuple[str, str, int] | None = None
    stub: list[str] = []
    stub_lines: list[int] = []
    parents: dict[str, str] = {}
    parent = ""
    unit = ""
    for line in run:
        header = _period_columns(source, line, caption.year or source.year)
        if header:
            columns, stub, stub_lines = header, [], []
            continue
        if not columns:
            return []
        width = min(columns)
        filled = [(column, field) for column, field in enumerate(line.fields) if field]
        values = {column: read_value(line.fields[column]) for column in columns}
        if len(filled) == 1 and all(value is None for value in values.values() if value is not None):
            column, field = filled[0]
            if read_value(field) is None:
                label, section_unit = split_bracket_unit(field)
                section = (section_basis(label), section_unit, source.number(line.position))
                parent, unit = "", section_unit or unit
                continue
        if any(line.fields[column] and value is None for column, value in values.items()):
            return []  # text where a figure should stand: not a table of this kind
        stub, stub_lines = _carry(list(line.fields[:width]), stub, stub_lines, source.number(line.position))
        parts = [(field, at) for field, at in zip(stub, stub_lines, strict=True) if field]
        if not parts:
            continue
        raw_label = parts[-1][0]
        label, own_unit = split_bracket_unit(strip_marks(raw_label))
        basis = next((currency(field) for field, _ in parts[:-1] if currency(field)), "")
        groups = [(field, at) for field, at in parts[:-1] if not currency(field)]
        of_which = is_of_which(raw_label)
        label = strip_lead_in(label)
        child, parent = _place(label, own_unit, of_which, parent, parents, section)
        unit = own_unit or (unit if child or not section else section[1]) or ""
        group = (*(_plain_group(field) for field, _ in groups), *((child,) if child else ()))
        used_unit = own_unit or (section[1] if section else "") or (unit if child else "") or caption.unit
        cells = tuple(
            Cell(
                columns[column][0],
                value.value,
                value.text,
                source.number(line.position),
                columns[column][1],
                value.unit,
            )
            for column, value in values.items()
            if value is not None and value.kind != "bad"
        )
        if not cells:
            continue
        number = source.number(line.position)
        row = Row(
            report=source.report,
            table=caption.title,
            group=group,
            label=label,
            unit=used_unit,
            basis=" ".join(part for part in (basis, section[0] if section else "") if part),
            cells=cells,
            label_line=number,
            unit_line=_unit_line(number, own_unit, section, used_unit, caption),
            title_line=caption.title_line,
            group_lines=tuple(at for _, at in parts[:-1]),
            layout=LAYOUT,
            confidence=0.98,
        )
        rows.append(Measured(row, basis, bool(child)))
    return settle_currency(rows)


def _unit_line(number: int, own: str, section: tuple[str, str, int] | None, used: str, caption: _Caption) -> int | None:
    if own or not used:
        return number if own else None
    if section and section[1] == used:
        return section[2]
    return caption.unit_line if used == caption.unit else None


def _plain_group(text: str) -> str:
    return strip_marks(strip_lead_in(text))


def _carry(fields: list[str], before: list[str], lines: list[int], number: int) -> tuple[list[str], list[int]]:
    # A blank stub cell under a filled one repeats it, as long as a cell to its right is filled.
    if not before:
        before, lines = [""] * len(fields), [number] * len(fields)
    last = max((column for column, field in enumerate(fields) if field), default=-1)
    whole, at = [], []
    for column, field in enumerate(fields):
        if field:
            whole.append(field)
            at.append(number)
        elif column < last and before[column]:
            whole.append(before[column])
            at.append(lines[column])
        else:
            whole.append("")
            at.append(number)
    return whole, at


def _place(
    label: str,
    own_unit: str,
    of_which: bool,
    parent: str,
    parents: dict[str, str],
    section: tuple[str, str, int] | None,
) -> tuple[str, str]:
    """Which row this one is part of ("" for none), and the parent of rows to come.

    A row marked 其中, or one without a unit under one with, is part of the row above; the same label met again in a
    later section of the table is part of the same row there.
    """
    key = plain(label)
    if own_unit and not of_which:
        parents.setdefault(key, "")
        return "", label
    if of_which or (parent and not (section and section[1])):
        parents.setdefault(key, parent)
        return parent, parent
    if section and section[1]:
        known = parents.get(key, "")
        return (known, parent) if known else ("", label)
    return "", parent


def _read_named(source: Source, run: list[_Line], caption: _Caption) -> list[Row]:
    """Tables whose columns are named measures: one Row a cell, its label the column's name."""
    body = next((at for at, line in enumerate(run) if _figures(line) >= 2), None)
    if not body or body > 3:
        return []
    columns = _named_columns(source, run[:body])
    year = caption.year or source.year
    rows: list[Row] = []
    for line in run[body:]:
        values = {column: read_value(line.fields[column]) for column in columns}
        names = [field for column, field in enumerate(line.fields) if field and column not in columns]
        if not names or any(line.fields[column] and value is None for column, value in values.items()):
            return []
        number = source.number(line.position)
        for column, value in values.items():
            if value is None or value.kind == "bad":
                continue
            path, label, unit, header_line = columns[column]
            cell = Cell(str(year) if year else "", value.value, value.text, number, header_line, value.unit)
            rows.append(
                Row(
                    report=source.report,
                    table=caption.title,
                    group=(*path, strip_marks(join(names[-1].split()))),
                    label=label,
                    unit=unit or caption.unit,
                    basis="",
                    cells=(cell,),
                    label_line=header_line,
                    unit_line=header_line if unit else caption.unit_line,
                    title_line=caption.title_line,
                    group_lines=(number,),
                    layout=LAYOUT,
                    confidence=0.97,
                )
            )
    return rows


def _figures(line: _Line) -> int:
    return sum(field != "" and read_value(field) is not None for field in line.fields[1:])


def _named_columns(source: Source, head: list[_Line]) -> dict[int, tuple[tuple[str, ...], str, str, int]]:
    """Column → (path above it, name, unit, line): a name spans the blanks to its right that have names under them."""
    width = len(head[0].fields)
    found: dict[int, tuple[tuple[str, ...], str, str, int]] = {}
    for column in range(1, width):
        path: list[str] = []
        line_number = source.number(head[-1].position)
        for depth, line in enumerate(head):
            at = column
            below = any(lower.fields[column] for lower in head[depth + 1 :])
            while at > 0 and not line.fields[at] and below:
                at -= 1
            field = line.fields[at] if at > 0 else ""
            if field:
                path.append(field)
                line_number = source.number(line.position)
        if not path:
            continue
        label, unit = split_bracket_unit(path[-1])
        found[column] = (tuple(split_bracket_unit(name)[0] for name in path[:-1]), label, unit, line_number)
    return found
