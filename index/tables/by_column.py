"""Layout: column-major tables, whose labels, units and figures of each year are blocks apart, matched by position.

A row is made only where the match is confirmed: the counts agree (or only one way of skipping lines makes them agree),
units suit labels and figures, sums add up, and the years of the runs are known (see `years`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.records import Cell, Row
from index.tables.align import LabelLine, Match
from index.tables.by_line import make_cells, own_units
from index.tables.choices import LEAD, Choice, choose, label_lines
from index.tables.header import Header
from index.tables.headings import Headings
from index.tables.layout import Block
from index.tables.pieces import Piece, cut_pieces
from index.tables.prose_figures import ProseFigures
from index.tables.quantities import CLASHES, SUITS, suits
from index.tables.runs import Figure, Group, cut, join_apart, likeness, side_by_side
from index.tables.source import Source
from index.tables.stub import is_group, is_of_which, read_stub, strip_lead_in, strip_marks
from index.tables.subgroups import part_groups
from index.tables.units import is_unit, split_bracket_unit
from index.tables.values import lone_figure, split_values
from index.tables.years import OPEN, Dated, NamedRow, date_runs

LAYOUT = "column"
_MIN_LIKENESS, _MIN_SURE = 0.25, 0.45
_CONFIDENCE = {"proved": 0.95, "supported": 0.9, "partly": 0.9, "page": 0.85, "table": 0.8}


@dataclass(frozen=True)
class _Page:
    """One header and the pieces under it."""

    header: Header
    pieces: list[Piece]
    groups: list[Group]
    last: int


def lone_figures(source: Source, region: Sequence[int]) -> int:
    """How many lines of a region hold one figure and nothing else."""
    return sum(lone_figure(source.raw(position)) is not None for position in region)


def read(source: Source, regions: Sequence[tuple[Header, Sequence[int]]], headings: Headings) -> Iterator[Block]:
    """Rows of the column-major tables under the given headers."""
    pages = [page for header, region in regions if (page := _page(source, header, region)) is not None]
    if not pages:
        return
    prose = ProseFigures(source, [range(page.header.first, page.last + 1) for page in pages])
    for table in _tables(pages, headings):
        for page, rows in zip(table, _read_table(source, table, headings, prose), strict=True):
            if rows:
                yield Block(page.header.first, page.last, tuple(rows), LAYOUT, min(row.confidence for row in rows))


def _tables(pages: Sequence[_Page], headings: Headings) -> list[list[_Page]]:
    """Pages that go on with the table of the page before: the same title and header."""
    tables: list[list[_Page]] = []
    for page in pages:
        title = headings.title(page.header)[0]
        before = tables[-1][-1].header if tables else None
        if before is not None and title and headings.title(before)[0] == title and before.key == page.header.key:
            tables[-1].append(page)
        else:
            tables.append([page])
    return tables


def _page(source: Source, header: Header, region: Sequence[int]) -> _Page | None:
    count = sum(bool(column.period) for column in header.columns)
    if count != len(header.columns):
        return None
    pieces = cut_pieces(source, _own_pages(source, region), count)
    groups: list[Group] = []
    left: list[tuple[int, Sequence[Figure]]] = []
    sequence: list[Sequence[Figure]] = []
    origin = 0
    for piece in [*pieces, Piece("label")]:
        if piece.kind == "figure":
            sequence.append(piece.figures)
            continue
        if piece.kind == "figures":
            groups.append(side_by_side([(entry.lines[0], entry.values) for entry in piece.entries]))
        if sequence:
            found, rest = cut(sequence, count)
            groups += found
            left += [(origin, block) for block in rest]
            sequence = []
            origin += 1
    groups += join_apart(left, count)
    groups = [group for group in groups if group.ordered or (group.sure and _alike(group))]
    if not groups:
        return None
    last = max(piece.entries[-1].lines[-1] for piece in pieces)
    return _Page(header, pieces, groups, last)


def _own_pages(source: Source, region: Sequence[int]) -> list[int]:
    """The positions of a region up to the first page that is no longer a block of figures."""
    kept: list[int] = []
    page: list[int] = []
    for position in [*region, -1]:
        if (position == -1 or position in source.page_starts) and page:
            if kept and lone_figures(source, page) < 0.3 * len(page):
                return kept
            kept += page
            page = []
        page.append(position)
    return kept


def _alike(group: Group) -> bool:
    return likeness([[figure.value for figure in run] for run in group.runs]) >= _MIN_LIKENESS


def _read_table(source: Source, pages: Sequence[_Page], headings: Headings, prose: ProseFigures) -> list[list[Row]]:
    """Rows of each page of one table."""
    periods = [column.period for column in pages[0].header.columns]
    chosen = [choose(page.groups, page.pieces, page.header) for page in pages]
    groups = [group for page in pages for group in page.groups]
    named = [_named(choice) if choice else [] for choices in chosen for choice in choices]
    places = [at for at, page in enumerate(pages) for _ in page.groups]
    years = [int(period) for period in periods if len(period) == 4]
    dated: list[Dated | None] = [None] * len(groups)
    if len(years) == len(periods):
        dated = date_runs(groups, named, places, years, prose)
    result = []
    for page, choices in zip(pages, chosen, strict=True):
        orders, dated = dated[: len(page.groups)], dated[len(page.groups) :]
        lines, _ = label_lines(page.pieces)
        taken = {position for choice in choices if choice for position in choice.positions}
        spare = [line for line in lines if line.position not in taken]
        rows: list[Row] = []
        for group, choice, order in zip(page.groups, choices, orders, strict=True):
            if choice is not None and order is not None:
                rows += _rows(source, page.header, group, choice, order, spare, headings)
        rows += _whole_rows(source, page, headings)
        result.append(sorted(rows, key=lambda row: row.label_line))
    return result


def _whole_rows(source: Source, page: _Page, headings: Headings) -> Iterator[Row]:
    """Rows printed on one line in the midst of the blocks; their figures stand in the header's order."""
    title, title_line = headings.title(page.header)
    for piece in page.pieces:
        for entry in piece.entries if piece.kind == "row" else ():
            split = split_values(source.raw(entry.lines[0]).split(), len(page.header.columns))
            if split is None:
                continue
            stub = read_stub(split[0], page.header.has_unit, page.header.has_group)
            label, unit = (stub.label, stub.unit) if stub.unit else _glued_unit(stub.label)
            cells = make_cells(source, page.header, (entry.lines[0],) * len(split[1]), split[1])
            unit, cells = own_units(unit, cells)
            if label and cells and (unit or not page.header.has_unit):
                number = source.number(entry.lines[0])
                group = (stub.group,) if stub.group else ()
                yield Row(
                    source.report, title, group, label, unit, "", cells, number,
                    number if unit else None, title_line, (number,) if group else (), LAYOUT, 0.9,
                )  # fmt: skip


def _glued_unit(label: str) -> tuple[str, str]:
    """("万元技术服务收入") → ("技术服务收入", "万元"), where the unit suits what is left."""
    for size in range(min(8, len(label) - 3), 0, -1):
        if is_unit(label[:size]) and suits(label[size:], label[:size]) >= SUITS:
            return label[size:], label[:size]
    return label, ""


def _named(choice: Choice) -> list[NamedRow]:
    return [
        NamedRow(match.row, match.label, unit.text if (unit := choice.units[match.row]) else match.lines[-1].unit)
        for match in choice.alignment.matches
        if match.lead >= LEAD
    ]


def _rows(
    source: Source,
    header: Header,
    group: Group,
    choice: Choice,
    dated: Dated,
    spare: Sequence[LabelLine],
    headings: Headings,
) -> list[Row]:
    title, title_line = headings.title(header)
    sure = [match for match in choice.alignment.matches if match.lead >= LEAD and match.suited > CLASHES]
    if len(sure) < max(1, _MIN_SURE * group.size):
        return []
    heads = part_groups(source, group, choice.alignment, spare)
    rows = []
    for match in sure:
        label, unit = strip_lead_in(strip_marks(match.label)), ""
        entry = choice.units[match.row]
        own = next((line.unit for line in match.lines if line.unit), "")
        if entry is not None:
            unit = entry.text
        else:
            label, unit = (label, own) if own else split_bracket_unit(label)
        if not label or is_group(label):
            continue
        cells = [
            Cell(
                header.columns[dated.order[run]].period,
                figures[match.row].value.value,
                figures[match.row].value.text,
                source.number(figures[match.row].position),
                header.columns[dated.order[run]].line,
                figures[match.row].value.unit,
            )
            for run, figures in enumerate(group.runs)
            if figures[match.row].value.kind != "bad" and dated.order[run] != OPEN
        ]
        head = heads.get(match.row)
        groups = [head] if head else []
        if is_of_which(match.label) and (parent := _parent(choice, match, sure)):
            groups.append((strip_marks(parent.label), (parent.lines[0].position,)))
        rows.append(
            Row(
                report=source.report,
                table=title,
                group=tuple(text for text, _ in groups),
                label=label,
                unit=unit,
                basis="",
                cells=tuple(sorted(cells, key=lambda cell: cell.period)),
                label_line=source.number(match.lines[0].position),
                unit_line=source.number(entry.lines[0] if entry else match.lines[-1].position) if unit else None,
                title_line=title_line,
                group_lines=tuple(source.number(line) for _, lines in groups for line in lines),
                layout=LAYOUT,
                confidence=_CONFIDENCE[dated.how],
            )
        )
    return rows


def _parent(choice: Choice, match: Match, sure: Sequence[Match]) -> Match | None:
    """The row a 其中 row is part of: the nearest above in the same unit that is not marked so itself."""
    for other in reversed([other for other in sure if other.row < match.row and not is_of_which(other.label)]):
        one, two = choice.units[other.row], choice.units[match.row]
        if (one.text if one else "") == (two.text if two else ""):
            return other
    return None
