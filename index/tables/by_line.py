"""Layout: one row a line, under a header of periods: label, unit, figures. Label and unit may wrap over lines above."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from index.records import Cell, Row
from index.tables.header import Header
from index.tables.headings import Headings
from index.tables.layout import Block
from index.tables.source import Source, is_note, is_prose
from index.tables.stub import Stub, is_group, is_open, is_tail, join, plain, read_stub, strip_lead_in, strip_marks
from index.tables.units import is_unit, split_bracket_unit
from index.tables.values import Printed, split_values

LAYOUT = "line"
_MAX_PENDING = 8


@dataclass
class _State:
    """What has been read since the last row."""

    pending: list[int] = field(default_factory=list)
    groups: list[tuple[str, tuple[int, ...]]] = field(default_factory=list)
    units: set[str] = field(default_factory=set)
    rows: list[Row] = field(default_factory=list)
    last: int = -1


def read(source: Source, regions: Iterable[tuple[Header, list[int]]], headings: Headings) -> Iterator[Block]:
    """Rows of every table in this layout; one Block a header."""
    for header, region in regions:
        rows, last = _read_region(source, header, region, headings)
        if rows:
            yield Block(header.first, last, tuple(rows), LAYOUT, 0.97)


def full_rows(source: Source, header: Header, region: Sequence[int]) -> int:
    """How many lines of a region end in as many figures as the header has columns."""
    count = len(header.columns)
    return sum(split_values(source.raw(position).split(), count) is not None for position in region)


def _read_region(source: Source, header: Header, region: list[int], headings: Headings) -> tuple[list[Row], int]:
    count = len(header.columns)
    state = _State()
    title, title_line = headings.title(header)
    table_unit, table_unit_line = headings.unit(header)
    for position in region:
        tokens = source.raw(position).split()
        parts = split_values(tokens, count)
        if parts is None or _looks_like_prose(source, position, parts[0]):
            if _ends(source, position, state):
                break
            if is_note(source.text(position)):
                state.pending.clear()
                continue
            state.pending.append(position)
            if len(state.pending) > _MAX_PENDING:
                break
            continue
        head, values = parts
        row = _make_row(
            source, header, position, head, values, state, (title, title_line), (table_unit, table_unit_line)
        )
        state.pending.clear()
        if row is not None:
            state.rows.append(row)
            state.last = position
    return state.rows, state.last


def _looks_like_prose(source: Source, position: int, head: list[str]) -> bool:
    return is_prose(" ".join(head)) and len(head) > 0 and len("".join(head)) > 40


def _ends(source: Source, position: int, state: _State) -> bool:
    text = source.text(position)
    if is_note(text):
        return False
    return is_prose(text)


def _make_row(
    source: Source,
    header: Header,
    position: int,
    head: list[str],
    values: list[Printed],
    state: _State,
    title: tuple[str, int | None],
    table_unit: tuple[str, int | None],
) -> Row | None:
    stub = read_stub(head, header.has_unit, header.has_group, frozenset(state.units))
    pending = list(state.pending)
    label, unit = stub.label, stub.unit
    label_line = unit_line = position
    if label and not (pending and (is_open(join([source.raw(pending[-1])])) or is_tail(label))):
        _take_headings(source, header, pending, state)
    else:
        taken = _take_label(source, pending, state, stub, header)
        if taken is None:
            return None
        label, unit, label_line, unit_line = taken
        unit_line = position if stub.unit else unit_line
    if stub.group:
        _push_group(state, header, stub.group, (position,))
    if not label:
        return None
    if not unit and table_unit[0]:
        unit, used = table_unit[0], table_unit[1]
    else:
        used = source.number(unit_line) if unit else None
    if unit:
        state.units.add(plain(unit))
    if header.has_unit and not unit and not any(value.unit for value in values):
        # The announced unit is missing: the head may be cut wrongly, unless figures carry their own.
        unit = ""
    cells = make_cells(source, header, position, values)
    if not cells:
        return None
    return Row(
        report=source.report,
        table=title[0],
        group=tuple(text for text, _ in state.groups),
        label=label,
        unit=unit,
        basis="",
        cells=cells,
        label_line=source.number(label_line),
        unit_line=used,
        title_line=title[1],
        group_lines=tuple(source.number(line) for _, lines in state.groups for line in lines),
        layout=LAYOUT,
        confidence=0.97 if unit else 0.9,
    )


def make_cells(source: Source, header: Header, position: int, values: list[Printed]) -> tuple[Cell, ...]:
    """One cell a period column; misprinted figures and columns that are no periods have none."""
    return tuple(
        Cell(column.period, value.value, value.text, source.number(position), column.line, value.unit)
        for column, value in zip(header.columns, values, strict=True)
        if column.period and value.kind != "bad"
    )


def _paragraphs(source: Source, positions: list[int]) -> list[list[int]]:
    groups: list[list[int]] = []
    for position in positions:
        if groups and source.adjacent(groups[-1][-1], position):
            groups[-1].append(position)
        else:
            groups.append([position])
    return groups


def _take_headings(source: Source, header: Header, pending: list[int], state: _State) -> None:
    for paragraph in _paragraphs(source, pending):
        text = strip_marks(join([source.raw(position) for position in paragraph]))
        if text:
            _push_group(state, header, text, tuple(paragraph), source)


def _push_group(
    state: _State, header: Header, text: str, positions: tuple[int, ...], source: Source | None = None
) -> None:
    partition = is_group(text)
    keep: list[tuple[str, tuple[int, ...]]] = []
    if partition and state.groups:
        above = [entry for entry in state.groups if not is_group(entry[0])]
        fresh = bool(above) and (state.last < 0 or above[-1][1][-1] > state.last)
        if above and (header.has_category or fresh):
            keep = above[:1]
    state.groups[:] = [*keep, (text, positions)]


def _take_label(
    source: Source, pending: list[int], state: _State, stub: Stub, header: Header
) -> tuple[str, str, int, int] | None:
    """Label (and unit) from the lines above a line of figures; None when there are none."""
    unit_lines: list[int] = []
    unit = stub.unit
    if not unit:
        # The unit's own lines stand last: "噸二氧化碳當量 /" + "平方米".
        for size in range(1, min(3, len(pending)) + 1):
            if is_unit(join([source.raw(position) for position in pending[-size:]])):
                unit_lines = pending[-size:]
        unit = join([source.raw(position) for position in unit_lines])
        pending = pending[: len(pending) - len(unit_lines)]
    lengths = [len(plain(source.raw(position))) for position in pending]
    start = len(pending)
    while start > 0:
        rest = lengths[start - 1 :]
        wraps = len(rest) == 1 or (rest[0] >= 0.75 * max(rest) and rest[0] >= 4)
        if not wraps or (start < len(pending) and is_group(source.raw(pending[start - 1]))):
            break
        start -= 1
    label_positions = pending[start:]
    label = join([*(source.raw(position) for position in label_positions), stub.label])
    _take_headings(source, header, pending[:start], state)
    if not label:
        return None
    label = strip_marks(label)
    if not unit:
        label, unit = split_bracket_unit(label)
    first = label_positions[0] if label_positions else -1
    if first < 0:
        return None
    return strip_lead_in(label), unit, first, unit_lines[0] if unit_lines else label_positions[-1]
