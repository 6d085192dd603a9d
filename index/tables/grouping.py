"""Which rows a group heading governs: nesting, and where a partition ends because its parts make up the whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from index.records import Row
from index.tables.header import Header
from index.tables.lexicon import COMPLEMENTS
from index.tables.stub import is_group, plain
from index.tables.units import is_share, unit_key

_SLACK, _LARGE = 0.011, 10_000


@dataclass
class Groups:
    """The headings in force, outermost first, each with the positions it is printed on."""

    entries: list[tuple[str, tuple[int, ...]]] = field(default_factory=list)

    def push(
        self, header: Header, text: str, positions: tuple[int, ...], last_row: int, *, under: bool = False
    ) -> None:
        """A new heading. A partition (按…划分) goes under a theme printed right above it or announced as a column.

        under: the heading right above it, on the line before, governs it.
        """
        keep: list[tuple[str, tuple[int, ...]]] = []
        above = [entry for entry in self.entries if not is_group(entry[0])]
        if is_group(text) and above and (header.has_category or above[-1][1][-1] > last_row):
            keep = above[:1]
        elif under:
            keep = self.entries[-1:]
        self.entries = [*keep, (text, positions)]


def close_partitions(rows: Sequence[Row]) -> list[Row]:
    """Rows after the last part of a partition leave its group.

    The parts are complete where they sum to an earlier row of the same unit (or to 100 %) in every period. Rows that
    name one of the parts (男性员工比例 after 男性) stay.
    """
    result = list(rows)
    at = 0
    while at < len(result):
        row = result[at]
        if not row.group or not is_group(row.group[-1]):
            at += 1
            continue
        end = at
        while end < len(result) and result[end].group == row.group and result[end].group_lines == row.group_lines:
            end += 1
        parts = _complete(result, at, end)
        if parts:
            names = [plain(part.label) for part in result[at : at + parts]]
            for later in range(at + parts, end):
                label = plain(result[later].label)
                if not any(name in label for name in names):
                    lines = result[later].group_lines[: -_lines_of_last(result[later])]
                    result[later] = replace(result[later], group=row.group[:-1], group_lines=lines)
        at = end
    return result


def headed_below(rows: Sequence[Row], heads: Sequence[tuple[str, tuple[int, ...]]]) -> list[Row]:
    """Rows under headings printed below them: the last heading has no rows after it, and the parts above each one sum
    to an earlier total. heads: the partitions with the lines they stand on. Unless all are borne out, nothing changes.
    """
    stretches: list[range] = []
    start = 0
    for _, lines in heads:
        stop = next((at for at in range(start, len(rows)) if rows[at].label_line > lines[0]), len(rows))
        whole = next((at for at in range(stop - 2, start - 1, -1) if _complete(rows[:stop], at, stop) == stop - at), -1)
        if whole < 0:
            return list(rows)
        stretches.append(range(whole, stop))
        start = stop
    ours = {lines for _, lines in heads}
    result = [
        replace(row, group=row.group[:-1], group_lines=row.group_lines[: -_lines_of_last(row)])
        if any(row.group_lines[-len(lines) :] == lines for lines in ours)
        else row
        for row in rows
    ]
    for (text, lines), stretch in zip(heads, stretches, strict=True):
        for at in stretch:
            row = result[at]
            result[at] = replace(row, group=(*row.group, text), group_lines=(*row.group_lines, *lines))
    return result


def carry_partition(before: Sequence[Row], rows: Sequence[Row]) -> list[Row]:
    """A partition that a page break cuts in two: its group goes on where the labels do (男性 / 女性, 30 岁 / 50 岁)."""
    result = list(rows)
    if not before or not result or not before[-1].group or not is_group(before[-1].group[-1]):
        return result
    last = before[-1]
    start = len(before) - 1
    while start > 0 and before[start - 1].group_lines == last.group_lines:
        start -= 1
    if _complete(before, start, len(before)):
        return result
    at = 0
    while (
        at < len(result)
        and not result[at].group
        and result[at].unit == last.unit
        and _akin(last.label, result[at].label)
    ):
        result[at] = replace(result[at], group=last.group, group_lines=last.group_lines)
        at += 1
    return result


def _akin(first: str, second: str) -> bool:
    one, other = plain(first), plain(second)
    pairs = [*COMPLEMENTS, *((right, left) for left, right in COMPLEMENTS)]
    return any(left in one and one.replace(left, right) == other for left, right in pairs) or (
        "岁" in one and "岁" in other
    )


def join_siblings(rows: Sequence[Row]) -> list[Row]:
    """Rows after a 其中 row that make up its parent together with it are parts of the same parent."""
    result = list(rows)
    for at, row in enumerate(result):
        parent = next((other for other in result[:at] if row.group_lines[-1:] == (other.label_line,)), None)
        if parent is None or row.group[-1:] != (parent.label,):
            continue
        whole, sums = _figures(parent), _figures(row)
        end = at + 1
        while end < len(result) and unit_key(result[end].unit) == unit_key(parent.unit) and sums.keys() == whole.keys():
            if all(_equal(sums[period], whole[period]) for period in whole):
                break
            if result[end].group not in (parent.group, row.group):
                break
            for period, value in _figures(result[end]).items():
                sums[period] = sums.get(period, 0.0) + value
            end += 1
        if sums.keys() == whole.keys() and len(whole) > 1 and all(_equal(sums[key], whole[key]) for key in whole):
            for later in range(at + 1, end):
                result[later] = replace(result[later], group=row.group, group_lines=row.group_lines)
    return result


def _lines_of_last(row: Row) -> int:
    # A heading takes at least one line; wrapped ones are rare enough to lose only their last line number.
    return max(1, len(row.group_lines) - (len(row.group) - 1))


def _complete(rows: Sequence[Row], start: int, end: int) -> int:
    """How many rows from `start` make up a whole; 0 when nothing shows it."""
    unit = unit_key(rows[start].unit)
    totals = [_figures(row) for row in rows[:start] if unit_key(row.unit) == unit]
    totals = [total for total in totals if total]
    sums: dict[str, float] = {}
    for size in range(1, end - start + 1):
        row = rows[start + size - 1]
        if unit_key(row.unit) != unit:
            return 0
        figures = _figures(row)
        for period, value in figures.items():
            sums[period] = sums.get(period, 0.0) + value
        if size < 2 or not sums:
            continue
        if is_share(unit) and all(abs(value - 100) < 0.06 for value in sums.values()):
            return size
        for total in totals:
            shared = [period for period in sums if period in total]
            if len(shared) > 1 and all(_equal(sums[period], total[period]) for period in shared):
                return size
    return 0


def _equal(summed: float, total: float) -> bool:
    # Parts rounded to whole units may miss a large total by one.
    return abs(summed - total) <= (1.0 if total >= _LARGE else _SLACK)


def _figures(row: Row) -> dict[str, float]:
    return {cell.period: cell.value for cell in row.cells if cell.value is not None and cell.unit is None}
