"""Figures that a report prints with another one: the same row's other years, its whole, what was gained in the year."""

from __future__ import annotations

import re

from assistant.figures import Figure, Lines, figures_of
from assistant.measures import words_before
from assistant.periods import fits
from assistant.units import compatible
from index.catalog import Catalog
from index.store import Index

WHOLE_REACH = 60  # lines above a part within which its whole is printed
# What a sentence says after a level: "…余额18.01亿元,较年初5.69亿元,净增"
SINCE_JANUARY = re.compile(
    r"^[^,。;]{0,4},(?:较|比)(?:年初|上年末|去年末)(?:[\d.,]+[^\d,。;]{1,4},)?(?:净增|新增|增加|增长)(?:了|额)?\s*$"
)
# "…累计为5699亿元,比上年多152亿元"
SINCE_THE_YEAR_BEFORE = re.compile(
    r"^[^,。;]{0,4},(?:同比|(?:较|比)(?:上年|去年|上一年)(?:同期)?)(?:多增?|增加|增长|净增)(?:了|额)?\s*$"
)


class Related:
    """Finds them in one index."""

    def __init__(self, index: Index, lines: Lines, catalog: Catalog) -> None:
        """lines: those of a report, from the first to the last given (1-based, inclusive)."""
        self._index = index
        self._lines = lines
        self._catalog = catalog

    def sibling(self, figure: Figure, period: str) -> Figure | None:
        """The disclosed cell of the same row for another period; None for prose, and where there is none or several."""
        if figure.row is None:
            return None
        row = figures_of(figure.passage, self._lines, self._catalog.get(figure.report).year)
        cells = [cell for cell in row if cell.period and fits(period, cell.period)]
        own = [cell for cell in row if cell.period == figure.period]
        single = len(cells) == len(own) == 1  # where a period has two columns, which of them is meant is not known
        return cells[0] if single and cells[0].value is not None else None

    def whole_of(self, figure: Figure) -> Figure | None:
        """The figure of which this one is printed as a part: that of the heading over a call-out, or of the total row
        over its rows; None where none is printed.
        """
        passage, row = figure.passage, figure.row
        near = self._index.near(passage.report, passage.line_start - WHOLE_REACH, passage.line_end)
        figures = (
            other
            for place in near
            for other in figures_of(self._index.passages[place], self._lines, self._catalog.get(passage.report).year)
        )
        if row is None:
            above = _path(figure)[:-1]
            return next((other for other in figures if above and other.row is None and _path(other) == above), None)
        total = passage.section[-1] if passage.section and passage.section[-1] != row.table else ""
        same = (other for other in figures if other.row and (other.row.table, other.label) == (row.table, total))
        return next((other for other in same if other.period == figure.period), None)

    def gain_of(self, figure: Figure, since: re.Pattern[str] = SINCE_JANUARY) -> Figure | None:
        """How much of a figure in prose came since the beginning of the year, or over the year before
        (SINCE_THE_YEAR_BEFORE), as its own sentence goes on to say.
        """
        if figure.row is not None:
            return None
        found = [
            other
            for other in figures_of(figure.passage, self._lines, self._catalog.get(figure.report).year)
            if other.sentence == figure.sentence
            and since.search(words_before(other)[len(words_before(figure)) + len(figure.value_text) :])
            and compatible(figure.unit, other.unit)
        ]
        return found[0] if len(found) == 1 else None


def _path(figure: Figure) -> tuple[str, ...]:
    """The headings and the name of a call-out, outermost first: 截至2024年末, 绿色贷款余额, 其中清洁能源产业余额."""
    name = figure.label.rpartition(":")[0]
    return tuple(part.strip() for part in name.split(" > ")) if figure.passage.kind == "callout" else ()
