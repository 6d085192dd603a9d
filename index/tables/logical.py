"""Printed lines → logical lines of a row-per-line table: text, or a head with one figure for every column.

A row may be printed on one line, with its last figures on the next, or with each figure on a line of its own.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.tables.source import Source, is_note, is_prose
from index.tables.units import is_unit
from index.tables.values import Printed, lone_figure, read_value, split_values, trailing_figures

_MAX_HEAD, _SHORT = 8, 4


@dataclass(frozen=True)
class Text:
    """A line without figures (or with fewer than the columns: broken)."""

    position: int
    broken: bool = False


@dataclass(frozen=True)
class Whole:
    """A row's figures, one for each column, and the words left of them; position: the line of the first figure."""

    position: int
    head: tuple[str, ...]
    values: tuple[Printed, ...]
    lines: tuple[int, ...]


def read_logical(
    source: Source, region: Sequence[int], count: int, *, unit_last: bool = False, remarks: bool = False
) -> Iterator[Text | Whole]:
    """Logical lines of a region whose header has `count` columns.

    unit_last: the unit stands right of the figures; remarks: words may stand right of all.
    """
    apart = cells_apart(source, region, count)
    at = 0
    while at < len(region):
        position = region[at]
        tokens = source.raw(position).split()
        if remarks:
            tokens = _without_remark(tokens, count)
        if unit_last:
            tokens = _unit_first(tokens)
        if at < apart and _lone(source, position):
            lines = tuple(region[at : at + count])
            values = tuple(value for line in lines if (value := read_value(source.raw(line).strip())) is not None)
            yield Whole(position, (), values, lines)
            at += count
            continue
        split = split_values(tokens, count)
        if split is not None:
            yield Whole(position, tuple(split[0]), tuple(split[1]), (position,) * count)
            at += 1
            continue
        joined = _continued(source, region, at, count)
        if joined is not None:
            yield joined[0]
            at += joined[1]
            continue
        yield Text(position, broken=_is_broken(tokens) or _in_words(tokens, count))
        at += 1


def _without_remark(tokens: list[str], count: int) -> list[str]:
    # "范围一排放量 吨 120.5 130.2 汽油、柴油": the words after the only run of figures that fills the columns.
    figures = [read_value(token) is not None for token in tokens]
    starts = [at for at in range(1, len(tokens)) if figures[at] and not figures[at - 1]]
    fitting = [at for at in starts if all(figures[at : at + count]) and len(figures) - at >= count]
    if len(fitting) != 1 or fitting[0] != starts[0] or any(figures[fitting[0] + count : -1]):
        return tokens
    return tokens[: fitting[0] + count]


def _unit_first(tokens: list[str]) -> list[str]:
    figures = trailing_figures(tokens[:-1])
    if figures and is_unit(tokens[-1]):
        cut = len(tokens) - 1 - figures
        return [*tokens[:cut], tokens[-1], *tokens[cut:-1]]
    return tokens


def cells_apart(source: Source, region: Sequence[int], count: int) -> int:
    """How many lines from the start hold rows with every figure on a line of its own, `count` after each label.

    0 when the region is not printed so. The pattern must hold for all figures of the table: where it breaks, running
    text has begun, or it is another layout.
    """
    if count < 2:
        return 0
    at = last = rows = united = 0
    while at < len(region):
        start = at
        while at < len(region) and not _lone(source, region[at]):
            if is_prose(source.text(region[at])) and not is_note(source.text(region[at])):
                at = len(region)
            at += 1
        if at >= len(region):
            break
        head, first = at - start, at
        while at < len(region) and _lone(source, region[at]):
            at += 1
        more = at - first > count and _gap_after(source, region[first:at], count)
        if (at - first != count and not more) or not 0 < head <= _MAX_HEAD:
            break
        at = first + count
        tokens = source.raw(region[first - 1]).split()
        with_unit = bool(tokens) and (is_unit(" ".join(tokens)) or is_unit(tokens[-1]))
        if rows and with_unit != (united == rows):
            break
        united += with_unit
        rows, last = rows + 1, at
        if more:
            break
    left = sum(_lone(source, position) for position in region[last : last + 3 * count])
    if rows == 0 or (rows == 1 and not united) or left > max(count, rows):
        return 0
    return last


def _gap_after(source: Source, lines: Sequence[int], count: int) -> bool:
    """True when the first `count` lines stand closer together than the next one to them."""
    numbers = [source.number(line) for line in lines]
    inside = max(after - before for before, after in itertools.pairwise(numbers))
    return numbers[count] - numbers[count - 1] > inside


def _lone(source: Source, position: int) -> bool:
    return lone_figure(source.raw(position)) is not None


def _continued(source: Source, region: Sequence[int], at: int, count: int) -> tuple[Whole, int] | None:
    # The last figures of a row on the next lines, nothing else beside them.
    tokens = source.raw(region[at]).split()
    first = trailing_figures(tokens)
    head = tokens[: len(tokens) - first]
    if not 0 < first < count or not head or not is_unit(head[-1]):
        return None
    values = [value for token in tokens[len(tokens) - first :] if (value := read_value(token)) is not None]
    lines = [region[at]] * first
    used = 1
    while len(values) < count and at + used < len(region):
        more = source.raw(region[at + used]).split()
        found = [read_value(token) for token in more]
        if (
            not more
            or any(value is None for value in found)
            or not source.adjacent(region[at + used - 1], region[at + used])
        ):
            return None
        values += [value for value in found if value is not None]
        lines += [region[at + used]] * len(more)
        used += 1
    if len(values) != count:
        return None
    return Whole(region[at], tuple(head), tuple(values), tuple(lines)), used


def _in_words(tokens: Sequence[str], count: int) -> bool:
    """True for a row whose cells are words: "设有委员会 — 是 是"."""
    if len(tokens) < count + 2:
        return False
    unit, cells = tokens[-count - 1], tokens[-count:]
    bare = is_unit(unit) or (read_value(unit) is not None and not any(character.isdigit() for character in unit))
    return bare and all(len(cell) <= _SHORT and not is_unit(cell) for cell in cells)


def _is_broken(tokens: Sequence[str]) -> bool:
    """True for lines that begin a row but lack figures; a label that ends in a footnote digit is none."""
    figures = trailing_figures(tokens)
    unit = next((at for at, token in enumerate(tokens) if at and is_unit(token)), len(tokens))
    if any(character.isdigit() for token in tokens[unit + 1 :] for character in token) and not is_unit(
        " ".join(tokens)
    ):
        return True  # what stands right of the unit is meant as figures, readable or not
    if not figures or figures == len(tokens):
        return bool(figures)
    if figures == 1 and tokens[-1] in {"/", "／"} and is_unit(" ".join(tokens[:-1])):
        return False  # a unit that goes on below: "吨二氧化碳当量 /"
    if figures > 1 or is_unit(tokens[-2]):
        return True
    return not (tokens[-1].isdigit() and len(tokens[-1]) <= 2)
