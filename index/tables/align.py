"""Matching a block of labels to the rows of a block of figures: the best alignment and its lead over others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from index.tables.quantities import suits
from index.tables.stub import is_group, is_open, is_tail, join, plain
from index.text import simplify

_SKIP_LABEL, _SKIP_HEADING, _SKIP_ROW, _INSIDE = -2.0, -0.7, -2.0, -0.95
_JOIN, _LEFT_OPEN, _LONE, _BARE = -0.2, -2.5, -0.6, -0.95
_MAX_LINES = 3
_IMPOSSIBLE = -1e9


@dataclass(frozen=True)
class LabelLine:
    """One printed line of a block of labels. alone: it is a paragraph of its own; unit: printed beside the label."""

    text: str
    position: int
    starts_paragraph: bool
    alone: bool
    unit: str = ""


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
    # A lone line among longer paragraphs is more likely a heading than a label.
    heads = any(not label.alone for label in labels)
    skips = [_skip(label) for label in labels]
    spans: dict[int, list[tuple[int, list[float]]]] = {start: [] for start in range(lines + 1)}
    for start in range(lines):
        for stop in range(start + 1, min(lines, start + _MAX_LINES) + 1):
            joined = _join_score(labels[start:stop], labels[stop] if stop < lines else None, width)
            if joined is None:
                break
            text = join([label.text for label in labels[start:stop]])
            joined += _LONE if heads and labels[start].alone else 0.0
            joined += _BARE if lines > size and labels[start].starts_paragraph and len(plain(text)) <= 2 else 0.0
            if joined > -_MAX_LINES:
                spans[start].append((stop, [joined + (suits(text, unit) if unit else 0.0) for unit in units]))
    parted = sum(label.starts_paragraph for label in labels) > 1
    # Labels printed without a gap belong to rows without a gap.
    gaps = [
        _SKIP_ROW + (_INSIDE if parted and 0 < at < lines and not labels[at].starts_paragraph else 0.0)
        for at in range(lines + 1)
    ]
    forward = _fill(size, spans, skips, gaps)
    backward = _fill_back(size, spans, skips, gaps)
    total = forward[lines][size]
    if total <= _IMPOSSIBLE / 2:
        return Alignment(total, ())
    matches = []
    for row in range(size):
        through: list[tuple[float, int, int]] = [
            (forward[start][row] + scores[row] + backward[stop][row + 1], start, stop)
            for start, ends in spans.items()
            for stop, scores in ends
        ]
        through += [(forward[at][row] + gaps[at] + backward[at][row + 1], -1, -1) for at in range(lines + 1)]
        best, start, stop = max(through)
        if start < 0:
            continue
        second = max((score for score, *span in through if span != [start, stop]), default=_IMPOSSIBLE)
        chosen = tuple(labels[start:stop])
        unit = units[row]
        suited = suits(join([line.text for line in chosen]), unit) if unit else 0.0
        matches.append(Match(chosen, row, best - second, suited))
    return Alignment(total, tuple(matches))


_Spans = dict[int, list[tuple[int, list[float]]]]  # start → (stop, score for each row)


def _fill(size: int, spans: _Spans, skips: Sequence[float], gaps: Sequence[float]) -> list[list[float]]:
    """best[at][row]: the best score of the first `at` lines and the first `row` rows."""
    lines = len(skips)
    best = [[_IMPOSSIBLE] * (size + 1) for _ in range(lines + 1)]
    best[0][0] = 0.0
    for at in range(lines + 1):
        ends = spans[at]
        for row in range(size + 1):
            here = best[at][row]
            if at < lines:
                best[at + 1][row] = max(best[at + 1][row], here + skips[at])
            if row < size:
                best[at][row + 1] = max(best[at][row + 1], here + gaps[at])
                for stop, scores in ends:
                    if here + scores[row] > best[stop][row + 1]:
                        best[stop][row + 1] = here + scores[row]
    return best


def _fill_back(size: int, spans: _Spans, skips: Sequence[float], gaps: Sequence[float]) -> list[list[float]]:
    """best[at][row]: the best score of the lines from `at` and the rows from `row` on."""
    lines = len(skips)
    best = [[_IMPOSSIBLE] * (size + 1) for _ in range(lines + 1)]
    best[lines][size] = 0.0
    for at in range(lines, -1, -1):
        ends = spans[at]
        for row in range(size, -1, -1):
            top = best[at][row]
            if at < lines:
                top = max(top, best[at + 1][row] + skips[at])
            if row < size:
                top = max(top, best[at][row + 1] + gaps[at])
                for stop, scores in ends:
                    top = max(top, best[stop][row + 1] + scores[row])
            best[at][row] = top
    return best


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
