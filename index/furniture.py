"""What is on a page but not part of its text: running headers, page numbers. Also titles printed downwards."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from index.records import Line
from index.text import HAN, clean

_DIGITS = re.compile(r"\d+")
# Punctuation makes it a sentence; a period makes it a heading that governs figures.
_NO_HEADER = re.compile(r"[,。;!?]|报告期|本期|年度?内|截至|\d{4} ?年|年末|年底")
_PAGE = re.compile(r"^(?:[-–—] ?)?第? ?(\d{1,3}) ?页?(?: ?[-–—]|(?: ?/ ?| ?页?共 ?)\d{1,3} ?页?)?$")
_ONE_HAN = re.compile(rf"^[{HAN}]$")

HEADER_COUNT, HEADER_LENGTH = 6, 12
_PAGES = 8


@dataclass(frozen=True, slots=True)
class Piece:
    """A printed line, or a title printed downwards, ready for mending. gap: the blank lines above it.

    broken: a table stands between it and the piece above.
    top: set off from the margin, as the first line of a page is where the page break became a space.
    """

    first: int
    last: int
    text: str
    gap: int = 0
    broken: bool = False
    top: bool = False


def furniture(lines: Sequence[Line]) -> frozenset[int]:
    """Numbers of the lines that are running headers or page numbers."""
    return _running_headers(lines) | _page_numbers(lines)


def pieces(lines: Sequence[Line], skip: frozenset[int], used: frozenset[int] = frozenset()) -> list[Piece]:
    """The lines that hold text, in order; runs of single Han characters become one piece.

    skip: lines that are no part of the text, which runs on past them; used: lines of tables, which interrupt it.
    """
    made: list[Piece] = []
    gap, broken = 0, False
    column: list[Line] = []
    for line in lines:
        if line.number in used:
            broken = True
            continue
        if line.number in skip:
            continue
        text = clean(line.raw)
        if not text:
            gap += 1
            continue
        if _ONE_HAN.match(text):
            column.append(line)
            continue
        if column:
            made.append(_upright(column, gap, broken))
            column, broken = [], False
        made.append(Piece(line.number, line.number, text, gap, broken, line.raw[:1] in (" ", "\f", "\u3000")))
        gap, broken = 0, False
    if column:
        made.append(_upright(column, gap, broken))
    return made


def _upright(column: Sequence[Line], gap: int, broken: bool) -> Piece:
    text = "".join(clean(line.raw) for line in column)
    return Piece(column[0].number, column[-1].number, text, gap, broken, column[0].raw[:1] in (" ", "\f"))


def _running_headers(lines: Sequence[Line]) -> frozenset[int]:
    return frozenset(
        number
        for text, where in _places(lines).items()
        if len(text) >= HEADER_LENGTH and not _NO_HEADER.search(text) and _is_spread(where, lines)
        for number in where
    )


def _places(lines: Sequence[Line]) -> dict[str, list[int]]:
    # Digits are masked: a header may carry the page number.
    seen: dict[str, list[int]] = {}
    for line in lines:
        if line.text and len(line.text) <= 120:
            seen.setdefault(_DIGITS.sub("#", line.text), []).append(line.number)
    return seen


def _is_spread(where: Sequence[int], lines: Sequence[Line]) -> bool:
    # A table's header recurs too, but within a part of the report; a page's header recurs from end to end.
    return len(where) >= HEADER_COUNT and where[-1] - where[0] >= 0.5 * len(lines)


def _page_numbers(lines: Sequence[Line]) -> frozenset[int]:
    """Lone numbers that rise steadily from one end of the report to the other, as nothing but page numbers do."""
    found = [(int(match.group(1)), line.number) for line in lines if (match := _PAGE.match(line.text))]
    tails: list[int] = []  # patience sorting: longest rising run, with the way back kept
    ends: list[int] = []
    back: list[int] = []
    for position, (value, _) in enumerate(found):
        at = bisect_left(tails, value)
        back.append(ends[at - 1] if at else -1)
        tails[at : at + 1] = [value]
        ends[at : at + 1] = [position]
    chain: list[tuple[int, int]] = []
    position = ends[-1] if ends else -1
    while position >= 0:
        chain.append(found[position])
        position = back[position]
    chain.reverse()
    if len(chain) < _PAGES or chain[-1][1] - chain[0][1] < 0.5 * len(lines):
        return frozenset()
    steps = [after[0] - before[0] for before, after in pairwise(chain)]
    if sum(step <= 2 for step in steps) < 0.8 * len(steps):
        return frozenset()
    return frozenset(number for _, number in chain)
