"""Layout: fields divided by tabs (or the strokes of Markdown), one row a line; spanning cells, stacked periods."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from index.records import Cell, Row
from index.tables.basis import Measured, currency, section_basis, settle_currency
from index.tables.by_line import own_units
from index.tables.headings import is_title, unit_line
from index.tables.layout import Block
from index.tables.lexicon import CHANGE_HEADS
from index.tables.periods import read_period, with_year, year_in
from index.tables.source import Source
from index.tables.stub import is_group, is_of_which, join, plain, strip_lead_in, strip_marks
from index.tables.tab_columns import Column, Fields, Head, read_head
from index.tables.units import split_bracket_unit
from index.tables.values import Printed, read_value
from index.text import normalise

LAYOUT = "tab"
_MIN_FIELDS, _MIN_ROWS, _TITLE_REACH = 3, 2, 4
_RULE = re.compile(r"^[\s|:\-–—]+$")


@dataclass(frozen=True)
class _Caption:
    title: str
    title_line: int | None
    unit: str
    unit_line: int | None
    year: int | None


def read(source: Source) -> Iterator[Block]:
    """Rows of every run of lines with the same number of fields."""
    for run in _runs(source):
        caption = _caption(source, run[0].position)
        rows = _Reader(source, caption).read(run)
        if rows:
            yield Block(run[0].position, run[-1].position, tuple(rows), LAYOUT, 0.98)


def split_fields(raw: str) -> tuple[str, ...]:
    """The fields of a line; one field when nothing divides it."""
    if "\t" in raw:
        return tuple(part.strip() for part in raw.rstrip("\n").split("\t"))
    stripped = raw.strip()
    if stripped.startswith("|") and stripped.endswith("|") and stripped.count("|") > 2:
        return tuple(part.strip() for part in stripped[1:-1].split("|"))
    return (stripped,)


def _runs(source: Source) -> Iterator[list[Fields]]:
    run: list[Fields] = []
    for position, line in enumerate(source.lines):
        fields = split_fields(line.raw)
        if len(fields) >= _MIN_FIELDS and any(fields):
            if not _RULE.match(line.raw):
                run.append(Fields(position, line.number, fields))
            continue
        if not line.text and run:
            continue
        yield from _checked(run)
        run = []
    yield from _checked(run)


def _checked(run: list[Fields]) -> Iterator[list[Fields]]:
    # Trailing empty fields may be dropped by an extraction; the width is what the widest line has.
    if len(run) <= _MIN_ROWS:
        return
    width = max(len(line.fields) for line in run)
    filled = sum(sum(read_value(part) is not None for part in line.fields) >= 2 for line in run)
    if filled < _MIN_ROWS or any(len(line.fields) < width - 2 for line in run[1:]):
        return
    yield [replace(line, fields=line.fields + ("",) * (width - len(line.fields))) for line in run]


def _caption(source: Source, first: int) -> _Caption:
    title, title_line, unit, unit_at = "", None, "", None
    place = next((at for at, position in enumerate(source.content) if position >= first), 0)
    for at in range(place - 1, max(-1, place - _TITLE_REACH), -1):
        position = source.content[at]
        text = source.text(position)
        found = unit_line(source.raw(position))
        if found and not unit:
            unit, unit_at = found, source.number(position)
            continue
        raw = source.raw(position).lstrip("# ").strip()
        if is_title(raw, text.lstrip("# ")):
            title, title_line = re.sub(r"\s+", " ", raw), source.number(position)
        break
    if title and not unit:
        _, unit = split_bracket_unit(title)
        unit_at = title_line if unit else None
    return _Caption(title, title_line, unit, unit_at, year_in(normalise(title)) if title else None)


@dataclass
class _Section:
    """A line that names the basis (and unit) of the rows under it."""

    basis: str
    unit: str
    line: int


@dataclass
class _Reader:
    source: Source
    caption: _Caption
    rows: list[Measured] = field(default_factory=list)
    section: _Section | None = None
    group: tuple[str, int] | None = None
    stub: list[str] = field(default_factory=list)
    stub_lines: list[int] = field(default_factory=list)
    parent: tuple[str, int, str] | None = None  # label, line, unit
    parents: dict[str, tuple[str, int, str] | None] = field(default_factory=dict)

    def read(self, run: Sequence[Fields]) -> list[Row]:
        """Rows of one run of lines; none at all when it turns out to be no table of figures."""
        year = self.caption.year or self.source.year
        head: Head | None = None
        at = 0
        while at < len(run):
            found = read_head(run[at:], year)
            if found is not None and (head is None or found.dated):
                head, self.stub, self.stub_lines = found, [], []
                at += found.lines
                continue
            if head is None or not self._line(run[at], head):
                return []
            at += 1
        return settle_currency(self.rows)

    def _line(self, line: Fields, head: Head) -> bool:
        values = {place: read_value(line.fields[place]) for place in head.columns}
        filled = [part for part in line.fields if part]
        if len(filled) == 1 and not any(values.values()):
            self._heading(filled[0], line.number)
            return True
        if any(line.fields[place] and value is None for place, value in values.items()):
            # Text where a figure should stand: fine in a column of remarks, not in a table of figures.
            return False
        fields = [part for place, part in enumerate(line.fields[: head.stub]) if place != head.unit_column]
        self.stub, self.stub_lines = _carry(fields, self.stub, self.stub_lines, line.number)
        parts = [(part, at) for part, at in zip(self.stub, self.stub_lines, strict=True) if part]
        if not parts:
            return True
        unit = line.fields[head.unit_column] if head.unit_column is not None else ""
        if head.dated and not any(column.path for column in head.columns.values()):
            self._dated(line, head, values, parts, unit)
        else:
            self._named(line, head, values, parts, unit)
        return True

    def _heading(self, text: str, number: int) -> None:
        label, unit = split_bracket_unit(text)
        basis = section_basis(label)
        if basis or unit:
            self.section, self.parent = _Section(basis, unit, number), None
        self.group = None if basis else (strip_marks(label), number)

    def _dated(
        self,
        line: Fields,
        head: Head,
        values: dict[int, Printed | None],
        parts: list[tuple[str, int]],
        unit: str,
    ) -> None:
        raw_label = parts[-1][0]
        label, bracket = split_bracket_unit(strip_marks(raw_label))
        own = unit or bracket
        block = next((currency(part) for part, _ in parts[:-1] if currency(part)), "")
        heads = [(part, at) for part, at in parts[:-1] if not currency(part)]
        if self.group is not None and not heads:
            heads = [self.group]
        label = strip_lead_in(label)
        parent = self._place(label, own, is_of_which(raw_label), line.number, head)
        used = own or (self.section.unit if self.section else "") or (parent[2] if parent else "") or self.caption.unit
        periods = {place: column for place, column in head.columns.items() if column.period}
        cells = tuple(
            Cell(column.period, value.value, value.text, line.number, column.line, value.unit)
            for place, column in periods.items()
            if (value := values[place]) is not None and value.kind != "bad"
        )
        if not cells or not label:
            return
        used, cells = own_units(used, cells)
        section = self.section
        lines = (
            [at for _, at in heads]
            + ([parent[1]] if parent else [])
            + [at for part, at in parts[:-1] if currency(part)]
        )
        row = Row(
            report=self.source.report,
            table=self.caption.title,
            group=(*(strip_marks(strip_lead_in(part)) for part, _ in heads), *((parent[0],) if parent else ())),
            label=label,
            unit=used,
            basis=" ".join(part for part in (block, section.basis if section else "") if part),
            cells=cells,
            label_line=line.number,
            unit_line=self._unit_line(line.number, own, used, parent),
            title_line=self.caption.title_line,
            group_lines=tuple(lines),
            layout=LAYOUT,
            confidence=0.98,
        )
        self.rows.append(Measured(row, block, parent is not None))
        for place, column in head.columns.items():
            value = values[place]
            if column.period or value is None or value.kind == "bad" or not column.path:
                continue
            change_unit = value.unit or column.unit
            if change_unit and any(word in plain(column.path[-1]) for word in CHANGE_HEADS):
                latest = max(cells, key=lambda cell: cell.period).period
                cell = Cell(latest, value.value, value.text, line.number, column.line)
                change = replace(row, basis=column.path[-1], unit=change_unit, unit_line=column.line, cells=(cell,))
                self.rows.append(Measured(change, "", parent is not None))

    def _unit_line(self, number: int, own: str, used: str, parent: tuple[str, int, str] | None) -> int | None:
        if own or not used:
            return number if own else None
        if self.section and self.section.unit == used:
            return self.section.line
        if parent and parent[2] == used:
            return parent[1]
        return self.caption.unit_line if used == self.caption.unit else number

    def _place(self, label: str, own: str, of_which: bool, number: int, head: Head) -> tuple[str, int, str] | None:
        """The row this one is part of: the one above when marked 其中, or when only that one prints a unit.

        The same label met again in a later section of the table is part of the same row there.
        """
        key = plain(label)
        if head.unit_column is not None:
            if not of_which:
                self.parent = (label, number, own)
            return self.parent if of_which else None
        if own and not of_which:
            self.parents.setdefault(key, None)
            self.parent = (label, number, own)
            return None
        in_section = self.section is not None and bool(self.section.unit)
        if self.parent and (of_which or (not in_section and self.parent[2])):
            self.parents.setdefault(key, self.parent)
            return self.parent
        if in_section and self.section is not None:
            known = self.parents.get(key)
            if known is None:
                self.parent = (label, number, self.section.unit)
            return known
        return None

    def _named(
        self,
        line: Fields,
        head: Head,
        values: dict[int, Printed | None],
        parts: list[tuple[str, int]],
        unit: str,
    ) -> None:
        """Columns that are measures: one Row a measure, its label the measure's name, its group ending in the row's."""
        name = strip_marks(join(parts[-1][0].split()))
        year = self.caption.year or self.source.year
        stated = read_period(name)
        own_period = with_year(stated, year) if stated else None
        paths: dict[tuple[str, ...], list[tuple[Column, Printed]]] = {}
        for place, column in head.columns.items():
            value = values[place]
            if value is not None and value.kind != "bad":
                paths.setdefault(column.path, []).append((column, value))
        for path, found in paths.items():
            default = own_period or (str(year) if year else "")
            cells = tuple(
                Cell(column.period or default, value.value, value.text, line.number, column.line, value.unit)
                for column, value in found
            )
            column = found[0][0]
            used = column.unit or unit or (split_bracket_unit(name)[1] if not path else "") or self.caption.unit
            used, cells = own_units(used, cells)
            basis = currency(path[-1]) if path else ""
            if not path or is_group(path[-1]):
                continue
            groups = tuple(strip_marks(part) for part, _ in parts[:-1])
            if basis:  # the same measure for the group and for the parent company
                label, group = split_bracket_unit(name)[0], (*path[:-1], *groups)
                used = used or split_bracket_unit(name)[1]
            else:
                label, group = path[-1], (*path[:-1], *groups, *(() if own_period else (name,)))
            row = Row(
                report=self.source.report,
                table=self.caption.title,
                group=group,
                label=label,
                unit=used,
                basis=basis,
                cells=cells,
                label_line=line.number if basis else column.line,
                unit_line=column.line if column.unit else line.number if unit else self.caption.unit_line,
                title_line=self.caption.title_line,
                group_lines=(line.number,),
                layout=LAYOUT,
                confidence=0.97,
            )
            self.rows.append(Measured(row, "", False))


def _carry(fields: list[str], before: list[str], lines: list[int], number: int) -> tuple[list[str], list[int]]:
    # A blank stub cell under a filled one repeats it, as long as a cell to its right is filled.
    if len(before) != len(fields):
        before, lines = [""] * len(fields), [number] * len(fields)
    last = max((place for place, part in enumerate(fields) if part), default=-1)
    whole, at = [], []
    for place, part in enumerate(fields):
        repeats = not part and place < last and bool(before[place])
        whole.append(before[place] if repeats else part)
        at.append(lines[place] if repeats else number)
    return whole, at
