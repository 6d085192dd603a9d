"""Citations: where a figure or a sentence stands, with all the lines that prove it."""

from __future__ import annotations

import re
import sys

from assistant.answer import Citation, CitedLine
from assistant.figures import Figure, Lines
from index.records import Line, Passage
from index.text import page_numbers


class Citations:
    """Numbers the citations of one answer; the same place gets the same number."""

    def __init__(self, lines: Lines) -> None:
        """lines: (report, first, last) → the report's lines."""
        self._lines = lines
        self._made: dict[tuple[str, int, int, str | None], Citation] = {}
        self._pages: dict[str, list[int | None]] = {}

    def all(self) -> tuple[Citation, ...]:
        """The citations made so far, in order of their numbers."""
        return tuple(self._made.values())

    def figure(self, figure: Figure) -> Citation:
        """The citation of a figure: its line, and label, unit, header and group lines as proof."""
        first = last = figure.line
        if figure.row is None and figure.unit_text:
            last = self._unit_line(figure)
        proof = self._row_proof(figure) if figure.row else self._prose_proof(figure, first, last)
        return self._add(figure.passage, first, last, figure.value_text, proof)

    def passage(self, passage: Passage, first: int | None = None, last: int | None = None) -> Citation:
        """The citation of a passage, or of some lines of it."""
        first, last = first or passage.line_start, last or passage.line_end
        proof = tuple(
            CitedLine(role="text", line=line.number, text=line.raw.strip())
            for line in self._lines(passage.report, first, last)
            if line.text
        )
        return self._add(passage, first, last, None, proof)

    def _add(
        self, passage: Passage, first: int, last: int, value_text: str | None, proof: tuple[CitedLine, ...]
    ) -> Citation:
        key = (passage.report, first, last, value_text)
        if key not in self._made:
            quote = "\n".join(line.raw.strip() for line in self._lines(passage.report, first, last) if line.text)
            self._made[key] = Citation(
                n=len(self._made) + 1,
                report=passage.report,
                line_start=first,
                line_end=last,
                page=self._page(passage.report, first),
                section=" > ".join(passage.section),
                quote=quote,
                value_text=value_text,
                lines=proof,
            )
        return self._made[key]

    def _page(self, report: str, line: int) -> int | None:
        """The page a line stands on, where the report was read page by page."""
        if report not in self._pages:
            self._pages[report] = page_numbers(self._lines(report, 1, sys.maxsize))
        pages = self._pages[report]
        return pages[line - 1] if line <= len(pages) else None

    def _unit_line(self, figure: Figure) -> int:
        """A unit broken off onto the next line belongs to the citation."""
        line = self._line(figure.report, figure.line)
        if line is None or not re.search(rf"{re.escape(figure.value_text)}\s*$", line.text):
            return figure.line
        for number in range(figure.line + 1, figure.passage.line_end + 1):
            following = self._line(figure.report, number)
            if following is not None and following.text:
                return number if following.text.startswith(figure.unit_text) else figure.line
        return figure.line

    def _line(self, report: str, number: int) -> Line | None:
        found = self._lines(report, number, number)
        return found[0] if found else None

    def _row_proof(self, figure: Figure) -> tuple[CitedLine, ...]:
        row, cell = figure.row, figure.cell
        assert row is not None and cell is not None
        roles: dict[int, str] = {}
        for role, numbers in (
            ("value", (cell.line,)),
            ("label", (row.label_line,)),
            ("unit", (row.unit_line,)),
            ("header", (cell.header_line, row.title_line)),
            ("group", row.group_lines),
        ):
            for number in numbers:
                if number is not None:
                    roles.setdefault(number, role)
        return tuple(
            CitedLine(role=role, line=number, text=line.raw.strip())  # type: ignore[arg-type]
            for number, role in sorted(roles.items())
            if (line := self._line(figure.report, number)) is not None
        )

    def _prose_proof(self, figure: Figure, first: int, last: int) -> tuple[CitedLine, ...]:
        passage = figure.passage
        return tuple(
            CitedLine(role="value" if first <= line.number <= last else "text", line=line.number, text=line.raw.strip())
            for line in self._lines(passage.report, passage.line_start, passage.line_end)
            if line.text
        )
