"""Runs of figures in column-major tables: which blocks are the same rows in other years."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from index.tables.values import Printed

_MARGIN, _LIKELY = 0.25, 0.4
_SCALE = math.log(4)


@dataclass(frozen=True)
class Figure:
    """One figure and its position."""

    value: Printed
    position: int


@dataclass(frozen=True)
class Group:
    """The same rows in every year: runs[j][i] is row i of the j-th run in printed order.

    shape: sizes of the blocks in which a run is printed. split: position in `runs` of one that stands apart from the
    others, None when all stand together. sure: False when other ways to cut the runs are as likely. ordered: each row's
    figures are printed side by side, so that the runs are in the header's order.
    """

    runs: tuple[tuple[Figure, ...], ...]
    shape: tuple[int, ...]
    split: int | None = None
    sure: bool = True
    ordered: bool = False

    @property
    def size(self) -> int:
        """Number of rows."""
        return len(self.runs[0])

    @property
    def first(self) -> int:
        """Position of the first figure."""
        return min(run[0].position for run in self.runs)

    def row(self, at: int) -> list[Printed]:
        """Row `at` in every run."""
        return [run[at].value for run in self.runs]


def likeness(runs: Sequence[Sequence[Printed]]) -> float:
    """How much the runs look like the same rows: -1 to 1, from magnitudes, decimals and gaps row by row."""
    scores: list[float] = []
    for row in zip(*runs, strict=True):
        for before, after in itertools.pairwise(row):
            scores.append(_alike(before, after))
    return sum(scores) / len(scores) if scores else 0.0


def _alike(first: Printed, second: Printed) -> float:
    if first.value is None or second.value is None:
        return 0.6 if first.kind == second.kind else 0.0
    if first.value == second.value:
        return 1.0
    if first.value == 0 or second.value == 0:
        return 0.2 if max(abs(first.value), abs(second.value)) < 20 else -0.3
    ratio = abs(math.log(abs(first.value / second.value))) / _SCALE
    decimals = 0.2 if _decimals(first.text) == _decimals(second.text) else 0.0
    return max(-1.0, 0.8 - 1.3 * max(0.0, ratio - 0.2)) + decimals


def _decimals(text: str) -> int:
    return len(text.rpartition(".")[2]) if "." in text else 0


def cut(blocks: Sequence[Sequence[Figure]], count: int) -> tuple[list[Group], list[Sequence[Figure]]]:
    """Blocks printed one after another → groups of `count` runs, and the blocks left over."""
    blocks = list(blocks)
    if len(blocks) == 1 and len(blocks[0]) % count == 0 and len(blocks[0]) > count:
        size = len(blocks[0]) // count
        runs = [blocks[0][size * at : size * (at + 1)] for at in range(count)]
        return [_group(runs, (size,))], []
    ways = _ways([len(block) for block in blocks], count)
    if all(0 in way for way in ways):
        whole = _regardless_of_blanks(blocks, count)
        if whole is not None:
            return [whole], []
    if not ways:
        return [], blocks
    scored = sorted(((_score(way, blocks, count), way) for way in ways), key=lambda entry: -entry[0])
    best, way = scored[0]
    rivals = [other for score, other in scored[1:] if best - score < _MARGIN and _covers(other) >= _covers(way)]
    groups, left, at = [], [], 0
    for length in way:
        if not length:
            left.append(blocks[at])
            at += 1
            continue
        runs = [
            [figure for block in blocks[at + length * run : at + length * (run + 1)] for figure in block]
            for run in range(count)
        ]
        shape = tuple(len(block) for block in blocks[at : at + length])
        groups.append(_group(runs, shape, sure=not rivals))
        at += length * count
    return groups, left


def _regardless_of_blanks(blocks: Sequence[Sequence[Figure]], count: int) -> Group | None:
    """Blocks that blank lines cut unevenly, as one: run after run, if that is clearly likelier than row after row."""
    figures = [figure for block in blocks for figure in block]
    size, rest = divmod(len(figures), count)
    if rest or size < 2:
        return None
    runs = [figures[size * at : size * (at + 1)] for at in range(count)]
    rows = [figures[at::count] for at in range(count)]
    likely = likeness([[figure.value for figure in run] for run in runs])
    other = likeness([[figure.value for figure in run] for run in rows])
    return _group(runs, (size,)) if likely >= _LIKELY and likely - other >= _MARGIN else None


def join_apart(left: Sequence[tuple[int, Sequence[Figure]]], count: int) -> list[Group]:
    """Blocks left over here and there, `count` of one size: one year split off from its siblings.

    left: (number of the sequence a block came from, block), in printed order.
    """
    groups = []
    sizes = {len(block) for _, block in left}
    for size in sorted(sizes):
        same = [(origin, block) for origin, block in left if len(block) == size]
        origins = [origin for origin, _ in same]
        lone = [at for at, origin in enumerate(origins) if origins.count(origin) == 1]
        if len(same) != count or len(set(origins)) != 2 or len(lone) != 1 or size < 2:
            continue
        runs = [block for _, block in same]
        if likeness([[figure.value for figure in run] for run in runs]) > 0.4:
            groups.append(_group(runs, (size,), split=lone[0]))
    return groups


def side_by_side(rows: Sequence[tuple[int, Sequence[Printed]]]) -> Group:
    """Rows of figures without labels, each on one line (its position, its figures)."""
    runs = zip(*([Figure(value, position) for value in values] for position, values in rows), strict=True)
    return Group(tuple(tuple(run) for run in runs), (len(rows),), ordered=True)


def _group(
    runs: Sequence[Sequence[Figure]], shape: tuple[int, ...], *, split: int | None = None, sure: bool = True
) -> Group:
    return Group(tuple(tuple(run) for run in runs), shape, split, sure)


def _ways(sizes: list[int], count: int) -> list[tuple[int, ...]]:
    # Each way: lengths of patterns that repeat `count` times; 0 stands for a block left over.
    found: list[tuple[int, ...]] = []

    def walk(at: int, way: tuple[int, ...]) -> None:
        if len(found) > 200:
            return
        if at == len(sizes):
            if any(way):
                found.append(way)
            return
        for length in range((len(sizes) - at) // count, 0, -1):
            pattern = sizes[at : at + length]
            if all(sizes[at + length * run : at + length * (run + 1)] == pattern for run in range(1, count)):
                walk(at + length * count, (*way, length))
        if way.count(0) < 2:
            walk(at + 1, (*way, 0))

    walk(0, ())
    return found


def _covers(way: tuple[int, ...]) -> int:
    return sum(way)


def _score(way: tuple[int, ...], blocks: Sequence[Sequence[Figure]], count: int) -> float:
    at, rows, total, left = 0, 0, 0.0, 0
    for length in way:
        if not length:
            left += len(blocks[at])
            at += 1
            continue
        runs = [
            [figure.value for block in blocks[at + length * run : at + length * (run + 1)] for figure in block]
            for run in range(count)
        ]
        total += likeness(runs) * len(runs[0])
        rows += len(runs[0])
        at += length * count
    return total / max(1, rows) - 0.15 * left
