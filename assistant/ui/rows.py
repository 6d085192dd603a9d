"""Finds the table row behind a citation, and its neighbours, so that it can be shown as a table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from assistant import Citation
from index.records import Cell, Passage, Row

NEIGHBOURS = 3


@dataclass(frozen=True)
class Shown:
    """A row with those printed around it. `cited` is the position in `rows`; `cells` are the cited cells."""

    rows: tuple[Row, ...]
    cited: int
    cells: tuple[Cell, ...]


class RowFinder:
    """Rows of all indexed reports, by the lines on which their values stand."""

    def __init__(self, passages: Iterable[Passage]) -> None:
        """Sort the rows of `passages` by table."""
        self._at_line: dict[tuple[str, int], list[Row]] = defaultdict(list)
        self._tables: dict[tuple[str, str, int | None], list[Row]] = defaultdict(list)
        for passage in passages:
            if passage.row is None:
                continue
            self._tables[_table(passage.row)].append(passage.row)
            for line in {cell.line for cell in passage.row.cells}:
                self._at_line[passage.row.report, line].append(passage.row)
        for rows in self._tables.values():
            rows.sort(key=lambda row: (row.label_line, min((cell.line for cell in row.cells), default=0)))

    def find(self, citation: Citation, period: str = "") -> Shown | None:
        """The row that the citation stands on; None for prose or where several rows fit equally.

        period: which of its columns is meant, where the same number stands in several.
        """
        candidates = [
            row
            for line in range(citation.line_start, min(citation.line_end, citation.line_start + 50) + 1)
            for row in self._at_line.get((citation.report, line), ())
        ]
        best = _best(candidates, citation)
        if best is None:
            return None
        row, cells = best
        cells = tuple(cell for cell in cells if cell.period == period) or cells
        table = self._tables[_table(row)]
        place = next(position for position, other in enumerate(table) if other is row)
        first = max(0, place - NEIGHBOURS)
        shown = tuple(table[first : place + NEIGHBOURS + 1])
        return Shown(shown, place - first, cells)


def _table(row: Row) -> tuple[str, str, int | None]:
    return row.report, row.table, row.title_line


def _best(candidates: list[Row], citation: Citation) -> tuple[Row, tuple[Cell, ...]] | None:
    proof = {line.line for line in citation.lines}
    scored = []
    for row in dict.fromkeys(candidates):
        on_line = [cell for cell in row.cells if citation.line_start <= cell.line <= citation.line_end]
        cells = tuple(cell for cell in on_line if citation.value_text and cell.value_text == citation.value_text)
        if citation.value_text and not cells:
            continue
        if len(cells) > 1:
            # The same number in two columns: the header that the citation names decides.
            cells = tuple(cell for cell in cells if cell.header_line in proof) or cells
        whole = row.label and row.label in citation.quote
        scored.append((bool(cells) + bool(whole) + (row.label_line in proof), row, cells))
    if not scored:
        return None
    scored.sort(key=lambda entry: -entry[0])
    if len(scored) > 1 and scored[0][0] == scored[1][0]:
        return None
    return scored[0][1], scored[0][2]
