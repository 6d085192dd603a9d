"""Layout: one row a line, under a header of periods: label, unit, figures. Label and unit may wrap over lines above."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from index.records import Cell, Row
from index.tables.grouping import Groups, carry_partition, close_partitions, headed_below, join_siblings
from index.tables.header import Header
from index.tables.headings import Headings, unit_line
from index.tables.layout import Block
from index.tables.lexicon import CHANGE_HEADS, LABEL_TAILS
from index.tables.logical import Text, Whole, read_logical
from index.tables.quantities import CLASHES, called_for, suits
from index.tables.source import Source, is_note, is_prose
from index.tables.stub import is_group, is_open, is_tail, join, plain, read_stub, strip_lead_in, strip_marks
from index.tables.units import is_scale, is_unit, split_bracket_unit, unit_key
from index.tables.values import Printed, split_values, trailing_figures

LAYOUT = "line"
_MAX_PENDING, _MAX_NOTE, _WIDE, _THEME = 8, 10, 10, 4
_PLAIN_LABEL = re.compile(r"[^，。；,;!?！？]{2,25}")
_ROW_NUMBER = re.compile(r"[A-Za-z]{0,4}-?\d{1,3}(?:[.\-]\d{1,2}){0,3}[.、]?")
_STROKES = ("/", "／", "╱", "每")
_WRAPS = 0.9  # a line that wraps fills its column: nothing shorter than this share of the widest line did


def read(source: Source, regions: Iterable[tuple[Header, list[int]]], headings: Headings) -> Iterator[Block]:
    """Rows of every table in this layout; one Block a header."""
    before: list[Row] = []
    for header, region in regions:
        reader = _Reader(source, header, headings)
        reader.read(region)
        if reader.rows:
            # Totals may stand in the part of the table before: a header repeats on every page.
            known = [row for row in before if row.table == reader.rows[0].table]
            fresh = carry_partition(known, headed_below(reader.rows, reader.heads_below()))
            rows = close_partitions([*known, *join_siblings(fresh)])[len(known) :]
            before = [*known, *rows]
            rows += _regrouped(reader.changes, rows)
            yield Block(header.first, reader.last, tuple(rows), LAYOUT, 0.97)


def _regrouped(changes: Sequence[Row], rows: Sequence[Row]) -> list[Row]:
    """What stands beside a row belongs to the groups that the row was found to be in."""
    known = {(row.label_line, row.cells[0].line): row for row in rows}
    owners = [known.get((change.label_line, change.cells[0].line), change) for change in changes]
    return [
        replace(change, group=owner.group, group_lines=owner.group_lines, label=owner.label)
        for change, owner in zip(changes, owners, strict=True)
    ]


def full_rows(source: Source, header: Header, region: Sequence[int]) -> int:
    """How many lines of a region end in as many figures as the header has columns."""
    count = len(header.columns)
    return sum(split_values(source.raw(position).split(), count) is not None for position in region)


def stacked_rows(source: Source, header: Header, region: Sequence[int]) -> int:
    """How many lines hold a row's figures and nothing else, right below another such line: labels stand apart."""
    count = len(header.columns)
    bare = [(split := split_values(source.raw(at).split(), count)) is not None and not split[0] for at in region]
    return sum(before and after for before, after in itertools.pairwise(bare)) if count > 1 else 0


def make_cells(source: Source, header: Header, lines: Sequence[int], values: Sequence[Printed]) -> tuple[Cell, ...]:
    """One cell a period column; misprinted figures and columns that are no periods have none."""
    return tuple(
        Cell(column.period, value.value, value.text, source.number(line), column.line, value.unit)
        for column, value, line in zip(header.columns, values, lines, strict=True)
        if column.period and value.kind != "bad"
    )


@dataclass
class _Reader:
    """Walks the lines under one header."""

    source: Source
    header: Header
    headings: Headings
    rows: list[Row] = field(default_factory=list)
    changes: list[Row] = field(default_factory=list)
    last: int = -1
    _pending: list[int] = field(default_factory=list)
    _groups: Groups = field(default_factory=Groups)
    _units: set[str] = field(default_factory=set)
    _heads: list[tuple[str, tuple[int, ...]]] = field(default_factory=list)  # partitions on lines of their own
    _below: int | None = None  # a partition right under the last row
    _doubtful: bool = False  # a row could not be read: text after it may belong to it
    _outside: bool = False  # a row was turned down: the table may have ended
    _note: int = 0
    _stated: tuple[str, int | None] = ("", None)  # a unit for the rows below
    _width: int = 0

    def read(self, region: Sequence[int]) -> None:
        """Read rows until the table ends."""
        header = self.header
        for line in read_logical(
            self.source, region, len(header.columns), unit_last=header.unit_last, remarks=header.remarks
        ):
            apart = isinstance(line, Whole) and not line.head and len(header.columns) == 1
            if isinstance(line, Whole) and not apart and not self._overfull(line):
                self._row(line)
                self._pending.clear()
                self._below = None
                self._doubtful, self._note = False, 0
            elif not self._text(line if isinstance(line, Text) else Text(line.position, broken=True)):
                break

    def heads_below(self) -> list[tuple[str, tuple[int, ...]]]:
        """The partitions and their lines, when the last of them stands right under the last row and heads none."""
        if self._below is None or not self._heads:
            return []
        heads = [*self._heads, (strip_marks(self.source.raw(self._below)), (self._below,))]
        return [(text, tuple(self.source.number(at) for at in positions)) for text, positions in heads]

    def _overfull(self, line: Whole) -> bool:
        """True when figures are left over: more columns than the header names, or running text."""
        head = list(line.head)
        if head and is_prose(self.source.text(line.position)) and len("".join(head)) > 40:
            return True
        extra = trailing_figures(head)
        if extra == 0 or extra == len(head):
            return extra > 0
        mark = head[-1].isdigit() and len(head[-1]) <= 2
        return extra > 1 or not mark or is_unit(head[-2])

    def _text(self, line: Text) -> bool:
        """Keep a line of text for the row to come; False when the table ends here."""
        text = self.source.text(line.position)
        if stated := unit_line(self.source.raw(line.position)):
            self._stated = (stated, self.source.number(line.position))
            return True
        if is_note(text):
            self._pending.clear()
            self._note = 1
            return True
        if is_prose(text):
            if not self._note or self._note > _MAX_NOTE:
                return False
            self._note += 1
            return True
        if line.broken:
            if self._below is not None and self.source.adjacent(self._below, line.position):
                self._below = None  # it heads a row, if one that cannot be read
            self._pending.clear()
            self._doubtful = True
            return True
        if self._completes_label(line.position):
            return True
        if not self._pending and is_group(text) and self.last >= 0 and self.source.adjacent(self.last, line.position):
            self._below = line.position
        self._pending.append(line.position)
        return len(self._pending) <= _MAX_PENDING

    def _completes_label(self, position: int) -> bool:
        """The end of the last row's label, printed under its figures, where brackets show it."""
        if not self.rows or self._pending or self._doubtful:
            return False
        row, text = self.rows[-1], self.source.raw(position).strip()
        if is_group(text) or is_unit(text) or not (is_open(row.label) or is_tail(text)):
            return False
        self._append_to_label(position)
        return True

    def _append_to_label(self, position: int) -> None:
        row = self.rows[-1]
        self.rows[-1] = replace(row, label=strip_marks(join([row.label, self.source.raw(position)])))
        self.last = position

    def _give_back(self, pending: list[int]) -> list[int]:
        """Pending lines without the one that ends the last row's label: "…温室气体" / figures / "排放量"."""
        if not pending or not self.rows or self._doubtful:
            return pending
        row, text = self.rows[-1], plain(self.source.raw(pending[0]))
        apart = self.source.number(pending[0]) == row.cells[-1].line + 1 and row.label_line < row.cells[0].line
        if not apart or text not in LABEL_TAILS or plain(row.label).endswith(text):
            return pending
        if suits(row.label + text, row.unit) <= CLASHES:
            return pending
        self._append_to_label(pending[0])
        return pending[1:]

    def _row(self, line: Whole) -> None:
        head = line.head[1:] if self.header.has_number and _is_row_number(line.head) else line.head
        stub = read_stub(head, self.header.has_unit, self.header.has_group, frozenset(self._units))
        pending = list(self._pending)
        label, unit = stub.label, stub.unit
        label_line = unit_line = line.position
        of_which = stub.of_which
        if label and not self._wraps_into(pending, label):
            self._take_headings(self._give_back(pending))
        else:
            taken = self._take_label(self._give_back(pending) if len(pending) > 1 else pending, label, unit)
            if taken is None:
                return
            label, found, label_line, found_line = taken
            of_which = of_which or plain(self.source.raw(label_line)).startswith("其中")
            if found and found != unit:
                unit, unit_line = found, found_line
        if stub.group:
            self._groups.push(self.header, stub.group, (line.position,), self.last)
        label = strip_lead_in(label)
        if not label or (is_group(label) and "其中" in plain(label)):
            return
        cells = make_cells(self.source, self.header, line.lines, line.values)
        if not cells:
            return
        title, title_line = self.headings.title(self.header)
        used: int | None = self.source.number(unit_line) if unit else None
        if not unit:
            whole = (self.header.unit, self.source.number(self.header.last)) if self.header.unit else ("", None)
            unit, used = next((found for found in (self._stated, whole) if found[0]), self.headings.unit(self.header))
        unit, cells = own_units(unit, cells)
        if self._expects_unit() and not unit and not self._may_lack_unit(label, pending):
            self._outside = True
            return
        self._outside = self._outside and not unit
        self._units.add(plain(unit))
        entries = list(self._groups.entries)
        parent = self._parent(unit) if of_which or self._is_dashed(label_line) else None
        row = Row(
            report=self.source.report,
            table=title,
            group=(*(text for text, _ in entries), *((parent.label,) if parent else ())),
            label=label,
            unit=unit,
            basis="",
            cells=cells,
            label_line=self.source.number(label_line),
            unit_line=used,
            title_line=title_line,
            group_lines=(
                *(self.source.number(at) for _, positions in entries for at in positions),
                *((parent.label_line,) if parent else ()),
            ),
            layout=LAYOUT,
            confidence=0.97 if unit else 0.9,
        )
        self.rows.append(row)
        self.changes += self._changes(row, line)
        self.last = line.lines[-1]
        self._width = max(self._width, len(plain(self.source.raw(label_line).split(unit)[0] if unit else label)))

    def _expects_unit(self) -> bool:
        return self.header.has_unit or (len(self.rows) > 1 and all(row.unit for row in self.rows))

    def _may_lack_unit(self, label: str, pending: list[int]) -> bool:
        """A row without the announced unit: only in the midst of a table, with a label that is no running text."""
        if not self.rows or self._outside:
            return False
        return not pending and not self._note and _PLAIN_LABEL.fullmatch(label) is not None

    def _wraps_into(self, pending: list[int], label: str) -> bool:
        """True when the line above is the first part of this label rather than a heading."""
        if not pending:
            return False
        above = self.source.raw(pending[-1])
        if is_group(above):
            return False
        width = len(plain(above))
        wide = width >= _WIDE and width >= 0.9 * max(self._width, len(plain(label)))
        return is_open(above) or is_tail(label) or (wide and not called_for(above) and bool(called_for(label)))

    def _take_headings(self, pending: list[int]) -> None:
        paragraphs: list[list[int]] = []
        for position in pending:
            if self._lacks_figures(position):
                continue
            if paragraphs and self.source.adjacent(paragraphs[-1][-1], position):
                paragraphs[-1].append(position)
            else:
                paragraphs.append([position])
        for paragraph in paragraphs:
            for at, lines in enumerate(self._wrapped(paragraph)):
                self._take_heading(lines, under=at > 0)

    def _wrapped(self, paragraph: list[int]) -> list[list[int]]:
        """Lines of headings printed one right above another, each with what it wraps over."""
        headings = [[paragraph[0]]]
        for position in paragraph[1:]:
            above, below = self.source.raw(headings[-1][-1]), self.source.raw(position)
            if len(plain(above)) <= _THEME and not is_open(above) and not is_group(join([above, below])):
                headings.append([position])
            else:
                headings[-1].append(position)
        return headings

    def _take_heading(self, lines: list[int], *, under: bool) -> None:
        text = strip_marks(join([self.source.raw(position) for position in lines]))
        if not text or (self._doubtful and not is_group(text)):
            return
        text, unit = split_bracket_unit(text)
        self._stated = (unit, self.source.number(lines[-1])) if unit else ("", None)
        text = text.rstrip(":：")
        self._groups.push(self.header, text, tuple(lines), self.last, under=under)
        if is_group(text):
            self._heads.append((text, tuple(lines)))

    def _lacks_figures(self, position: int) -> bool:
        """True for "供应商总数 家": a row whose figures stand elsewhere, and no heading."""
        tokens = self.source.raw(position).split()
        return self.header.has_unit and len(tokens) > 1 and is_unit(tokens[-1])

    def _take_label(self, pending: list[int], rest: str, unit: str) -> tuple[str, str, int, int] | None:
        """Label (and unit) from the lines above a line of figures: label, unit, and the position of each."""
        raw = self.source.raw
        unit_lines: list[int] = []
        if not unit and not rest:
            # The unit's own lines stand last: "噸二氧化碳當量 /" + "平方米".
            for size in range(1, min(3, len(pending)) + 1):
                if is_unit(join([raw(position) for position in pending[-size:]])):
                    unit_lines = pending[-size:]
            unit = join([raw(position) for position in unit_lines])
            pending = pending[: len(pending) - len(unit_lines)]
        parts = [raw(position) for position in pending]
        if unit and not rest and parts and parts[-1].rstrip().endswith(_STROKES):
            # The unit began on the line above: "废水排放强度 吨 /" + "百万元 0.52 0.48".
            stub = read_stub(join([parts[-1], unit]).split(), True, False)
            if len(unit_key(stub.unit)) <= len(unit_key(unit)):
                return None
            unit, unit_lines = stub.unit, [pending[-1]]
            parts[-1] = stub.label
            if not stub.label:
                parts, pending = parts[:-1], pending[:-1]
        if not unit and not rest and parts:
            stub = read_stub(parts[-1].split(), True, False)
            if stub.unit and stub.label:
                parts[-1], unit, unit_lines = stub.label, stub.unit, [pending[-1]]
        lengths = [len(plain(part)) for part in parts]
        start = len(parts)
        while start > 0:
            here = lengths[start - 1 :]
            wraps = len(here) == 1 or (here[0] >= _WRAPS * max(here) and here[0] >= 4)
            if not wraps or (start < len(parts) and is_group(parts[start - 1])) or (rest and start == len(parts) - 1):
                break
            start -= 1
        if start == len(parts):
            return None
        label = strip_marks(join([*parts[start:], rest]))
        self._take_headings(pending[:start])
        if not unit:
            label, unit = split_bracket_unit(label)
        return label, unit, pending[start], unit_lines[0] if unit_lines else pending[-1]

    def _is_dashed(self, position: int) -> bool:
        return self.source.raw(position).lstrip().startswith(("—", "——", "－", "--", "- "))

    def _parent(self, unit: str) -> Row | None:
        """The row that a 其中 or dashed row is part of: the last in the same unit that is none itself."""
        for row in reversed(self.rows):
            position = row.label_line - 1
            part = self._is_dashed(position) or plain(self.source.raw(position)).startswith("其中")
            if unit_key(row.unit) == unit_key(unit) and not part:
                return row
        return None

    def _changes(self, row: Row, line: Whole) -> Iterator[Row]:
        """Columns beside the periods that say how the figure moved: rows of their own, dated by the latest period."""
        latest = max(row.cells, key=lambda cell: cell.period).period
        for column, value, at in zip(self.header.columns, line.values, line.lines, strict=True):
            if column.period or value.kind == "bad" or not any(word in plain(column.name) for word in CHANGE_HEADS):
                continue
            name, unit = split_bracket_unit(column.name)
            if not unit and name[-1:] in {"%", "％"}:
                name, unit = name[:-1], name[-1]
            unit = value.unit or unit
            if unit:
                cell = Cell(latest, value.value, value.text, self.source.number(at), column.line)
                yield replace(row, basis=name, unit=unit, unit_line=column.line, cells=(cell,), confidence=0.9)


def _is_row_number(head: Sequence[str]) -> bool:
    return len(head) > 1 and _ROW_NUMBER.fullmatch(head[0]) is not None


def own_units(unit: str, cells: tuple[Cell, ...]) -> tuple[str, tuple[Cell, ...]]:
    """A unit printed with every figure is the row's; a cell names its own only where it differs."""
    printed = {unit_key(cell.unit or "") for cell in cells if cell.value is not None}
    if not unit and len(printed) == 1 and "" not in printed:
        unit = next(cell.unit or "" for cell in cells if cell.value is not None)
    same = unit_key(unit)
    if unit:
        scaled = (
            replace(cell, unit=f"{cell.unit}{unit}") if cell.unit and is_scale(cell.unit) else cell for cell in cells
        )
        cells = tuple(scaled)
    return unit, tuple(
        replace(cell, unit=None) if cell.unit and unit_key(cell.unit) == same else cell for cell in cells
    )
