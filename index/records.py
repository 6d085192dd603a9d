"""What flows between the stages of the index: lines, cells, rows, passages. Frozen; no behaviour beyond identity."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a report: its 1-based number, the text as printed, and the normal form used for search."""

    number: int
    raw: str
    text: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of a row.

    period: "2024", "2024-06" (month, or the end of it), "2024-H1"; "" when the table names none.
    value: the number as the report states it, in `unit`; None where the report prints "/", "—" or 不适用.
    line: 1-based line on which `value_text` stands; header_line: the line that names the period or column.
    unit: only where it differs from the row's own unit.
    """

    period: str
    value: float | None
    value_text: str
    line: int
    header_line: int | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table with all that gives its cells their meaning. Text is as printed, without footnote marks.

    group: outermost first, e.g. ("按性别划分",). basis: what the figures are measured on when the table says so
    (本外币, 人民币, 自年初累计, 同比累计增长率, …), "" otherwise. confidence: the layout's own estimate, 0 to 1.
    """

    report: str
    table: str
    group: tuple[str, ...]
    label: str
    unit: str
    basis: str
    cells: tuple[Cell, ...]
    label_line: int
    unit_line: int | None = None
    title_line: int | None = None
    group_lines: tuple[int, ...] = ()
    layout: str = ""
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Passage:
    """What is searched and cited.

    section: the headings above it, outermost first. text: for reading, in the report's own script, broken words and
    sentences mended. search_text: Simplified normal form with context (institution, section, table, group, unit) and
    the English terms for it. line_start, line_end: inclusive 1-based span. row: set when kind is "row".
    """

    id: str
    report: str
    kind: Literal["row", "prose", "callout"]
    section: tuple[str, ...]
    line_start: int
    line_end: int
    text: str
    search_text: str
    row: Row | None = None


def passage_id(report: str, kind: str, line_start: int, line_end: int, text: str) -> str:
    """A stable id: the same passage has the same id in every build."""
    key = f"{report}\x1f{kind}\x1f{line_start}\x1f{line_end}\x1f{text}"
    return hashlib.sha256(key.encode()).hexdigest()[:16]
