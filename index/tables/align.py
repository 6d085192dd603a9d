"""Matching a block of labels to the rows of a block of figures: best alignment, and how far ahead of any other it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from index.tables.quantities import suits
from index.tables.stub import is_group, is_open, is_tail, join, plain
from index.text import simplify

_SKIP_LABEL, _SKIP_HEADING, _SKIP_ROW = -2.0, -0.7, -2.0
_JOIN, _LEFT_OPEN = -0.2, -2.5
_MAX_LINES = 3
_IMPOSSIBLE = -1e9


@dataclass(frozen=True)
class LabelLine:
    """One printed line of a block of labels. alone: it is a paragraph of its own."""

    text: str
    position: int
    starts_paragraph: bool
    alone: bool


@dataclass(frozen=True)
class Match:
    """A label (one to three lines) matched to a row, and its lead over every other match of that row."""

    lines: tuple[LabelLine, ...]
    row: int
    lead: float
    suited: float

    @property
    def label(self) -> str:
        """The label as one text."""
        return join([line.text for line in self.lines])


@dataclass(frozen=True)
class Alignment:
    """The best way to match labels and rows; score counts suited pairs, less what was skipped."""

    score: float
    matches: tuple[Match, ...]


def align(labels: Sequence[LabelLine], units: Sequence[str | None], size: int) -> Alignment:
    """Match label lines to `size` rows in order; `units` holds one unit a row (None where unknown)."""
    lines, width = len(labels), max((len(plain(label.text)) for label in labels), default=0)
    spans: dict[tuple[int, int], float] = {}
    for start in range(lines):
        for stop in range(start + 1, min(lines, start + _MAX_LINES) + 1):
            joined = _join_score(labels[start:stop], labels[stop] if stop < lines else None, width)
            if joined is not None:
                spans[start, stop] = joined
    forward = _fill(labels, units, size, spans)
    backward = _fill_back(labels, units, size, spans)
    total = forward[lines][size]
    if total <= _IMPOSSIBLE / 2:
        return Alignment(total, ())
    matches = []
    for row in range(size):
        through: list[tuple[float, tuple[int, int] | None]] = []
        for (start, stop), joined in spans.items():
            pair = _pair(labels[start:stop], units[row])
            through.append((forward[start][row] + joined + pair + backward[stop][row + 1], (start, stop)))
        for at in range(lines + 1):
            through.append((forward[at][row] + _SKIP_ROW + backward[at][row + 1], None))
        through.sort(key=lambda entry: -entry[0])
        best, span = through[0]
        if span is None:
            continue
        second = next((score for score, other in through[1:] if other != span), _IMPOSSIBLE)
        chosen = tuple(labels[span[0] : span[1]])
        matches.append(Match(chosen, row, best - second, _pair(chosen, units[row])))
    return Alignment(total, tuple(matches))


def _fill(
    labels: Sequence[LabelLine], units: Sequence[str | None], size: int, spans: dict[tuple[int, int], float]
) -> list[list[float]]:
    lines = len(labels)
    best = [[_IMPOSSIBLE] * (size + 1) for _ in range(lines + 1)]
    best[0][0] = 0.0
    for at in range(lines + 1):
        for row in range(size + 1):
            here = best[at][row]
            if row < size:
                best[at][row + 1] = max(best[at][row + 1], here + _SKIP_ROW)
            if at < lines:
                best[at + 1][row] = max(best[at + 1][row], here + _skip(labels[at]))
                if row < size:
                    for stop in range(at + 1, min(lines, at + _MAX_LINES) + 1):
                        joined = spans.get((at, stop))
                        if joined is not None:
                            score = here + joined + _pair(labels[at:stop], units[row])
                            best[stop][row + 1] = max(best[stop][row + 1], score)
    return best


def _fill_back(
    labels: Sequence[LabelLine], units: Sequence[str | None], size: int, spans: dict[tuple[int, int], float]
) -> list[list[float]]:
    lines = len(labels)
    best = [[_IMPOSSIBLE] * (size + 1) for _ in range(lines + 1)]
    best[lines][size] = 0.0
    for at in range(lines, -1, -1):
        for row in range(size, -1, -1):
            options = [best[at][row]]
            if row < size:
                options.append(best[at][row + 1] + _SKIP_ROW)
            if at < lines:
                options.append(best[at + 1][row] + _skip(labels[at]))
                if row < size:
                    for stop in range(at + 1, min(lines, at + _MAX_LINES) + 1):
                        joined = spans.get((at, stop))
                        if joined is not None:
                            options.append(best[stop][row + 1] + joined + _pair(labels[at:stop], units[row]))
            best[at][row] = max(options)
    return best


def _pair(lines: Sequence[LabelLine], unit: str | None) -> float:
    return suits(join([line.text for line in lines]), unit) if unit else 0.0


def _skip(line: LabelLine) -> float:
    return _SKIP_HEADING if line.alone or is_group(line.text) or simplify(line.text).strip() == "其中" else _SKIP_LABEL


def _join_score(lines: Sequence[LabelLine], after: LabelLine | None, width: int) -> float | None:
    """What it costs to read these lines as one label; None when they cannot be one."""
    if any(line.starts_paragraph for line in lines[1:]):
        return None
    cost = 0.0
    for at in range(1, len(lines)):
        before = join([line.text for line in lines[:at]])
        if is_open(before) or is_tail(lines[at].text):
            continue
        if len(plain(lines[at - 1].text)) >= max(8, 0.85 * width):
            cost += _JOIN
            continue
        return None
    whole = join([line.text for line in lines])
    if (is_open(whole) or is_tail(whole)) and (after is None or not after.starts_paragraph or is_tail(whole)):
        cost += _LEFT_OPEN
    if is_group(whole):
        cost += -1.0
    return cost
