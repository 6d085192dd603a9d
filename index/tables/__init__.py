"""From table layouts to rows: one module a layout, tried in order; where a pairing is not certain there is no row."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from index.records import Line, Row
from index.tables import by_column, by_line, matrix, tabbed
from index.tables.header import Header, find_headers
from index.tables.headings import Headings
from index.tables.layout import Block
from index.tables.logical import cells_apart
from index.tables.source import Source

__all__ = ["export_rows", "read_rows"]


def read_rows(report_id: str, lines: Sequence[Line]) -> list[Row]:
    """All rows of a report's tables in the order of their labels; lines in no certain table give none."""
    source = Source(report_id, lines)
    taken: list[Block] = []
    for block in tabbed.read(source):
        _take(taken, block)
    headers = [
        header
        for header in find_headers(source)
        if not any(block.first <= header.first <= block.last for block in taken)
    ]
    headings = Headings(source, headers)
    together: list[tuple[Header, list[int]]] = []
    apart: list[tuple[Header, list[int]]] = []
    for header, region in regions(source, headers):
        lone = by_column.lone_figures(source, region)
        columnar = lone >= 2 * len(header.columns) and lone > 4 * by_line.full_rows(source, header, region)
        stacked = by_line.stacked_rows(source, header, region)
        columnar = columnar or stacked * 2 >= max(1, by_line.full_rows(source, header, region) - 1)
        columnar = columnar and not cells_apart(source, region, len(header.columns))
        (apart if columnar else together).append((header, region))
    for block in by_line.read(source, together, headings):
        _take(taken, block)
    for block in by_column.read(source, apart, headings):
        _take(taken, block)
    for block in matrix.read(source):
        _take(taken, block)
    taken.sort(key=lambda block: block.first)
    return [row for block in taken for row in block.rows]


def export_rows(rows: Iterable[Row]) -> Iterator[dict[str, Any]]:
    """One object a cell, as `assistant index rows` writes them."""
    for row in rows:
        for cell in row.cells:
            yield {
                "report": row.report,
                "table": row.table,
                "group": list(row.group),
                "label": row.label,
                "unit": cell.unit or row.unit,
                "period": cell.period,
                "value": cell.value,
                "value_text": cell.value_text,
                "line": cell.line,
                "label_line": row.label_line,
                "header_line": cell.header_line,
                "basis": row.basis,
            }


def regions(source: Source, headers: Sequence[Header]) -> Iterator[tuple[Header, list[int]]]:
    """Each header with the positions of the content lines up to the next."""
    for at, header in enumerate(headers):
        end = headers[at + 1].first if at + 1 < len(headers) else len(source.lines)
        low, high = bisect_right(source.content, header.last), bisect_left(source.content, end)
        yield header, list(source.content[low:high])


def _take(taken: list[Block], block: Block) -> None:
    # The first layout that is sure of a line keeps it.
    if block.rows and not any(block.first <= other.last and other.first <= block.last for other in taken):
        taken.append(block)
