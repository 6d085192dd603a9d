"""A column-major region cut into pieces: blocks of labels, of units and of figures, in printed order."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from index.tables.lexicon import NOT_DISCLOSED
from index.tables.runs import Figure
from index.tables.source import Source, is_note, is_prose
from index.tables.stub import is_open, join, plain
from index.tables.units import is_unit
from index.tables.values import Printed, lone_figure, read_value, split_values

_MAX_OPEN = 6
_ABSENT = sorted((word for word in NOT_DISCLOSED if len(word) > 1 and not word.isascii()), key=len, reverse=True)


Kind = Literal["label", "unit", "figure", "figures", "row"]


@dataclass(frozen=True)
class Entry:
    """One label line, unit or figure; lines: the positions it is printed on."""

    text: str
    lines: tuple[int, ...]
    value: Printed | None = None
    values: tuple[Printed, ...] = ()


@dataclass
class Piece:
    """A block: lines of one kind without a blank line between them (where blank lines tell anything)."""

    kind: Kind
    entries: list[Entry] = field(default_factory=list)

    @property
    def first(self) -> int:
        """Position of its first line."""
        return self.entries[0].lines[0]

    @property
    def figures(self) -> list[Figure]:
        """Its entries as figures."""
        return [Figure(entry.value, entry.lines[0]) for entry in self.entries if entry.value is not None]


def cut_pieces(source: Source, region: Sequence[int], count: int) -> list[Piece]:
    """Pieces of a region; notes are left out, prose ends it. A line with a label and `count` figures is a
    "row"; without the label it belongs to a block of "figures" whose labels stand apart.
    """
    spaced = _double_spaced(source, region)
    pieces: list[Piece] = []
    at = 0
    while at < len(region):
        position = region[at]
        text = source.text(position)
        if is_note(text) or re.fullmatch(r"(注|附注|备注)\s*\d{0,2}", text):
            at += 1
            continue
        if is_prose(text) and read_value(source.raw(position)) is None and not is_open(text):
            break
        entry, used = _entry(source, region, at)
        whole = split_values(source.raw(position).split(), count)
        kind: Kind = "label"
        if whole is not None and not whole[0] and count > 1:
            kind, entry, used = "figures", Entry(source.raw(position), (position,), None, tuple(whole[1])), 1
        elif whole is not None and whole[0] and read_value(whole[0][-1]) is None:
            kind = "row"
        elif entry.value is not None:
            kind = "figure"
        elif is_unit(entry.text) or _is_split_unit(source, region, at):
            kind = "unit"
        fresh = (
            not pieces
            or pieces[-1].kind != kind
            or (not spaced and not source.adjacent(pieces[-1].entries[-1].lines[-1], entry.lines[0]))
        )
        if fresh:
            pieces.append(Piece(kind))
        pieces[-1].entries.append(entry)
        at += used
    return [_mend_units(piece) if piece.kind == "unit" else piece for piece in pieces]


def _entry(source: Source, region: Sequence[int], at: int) -> tuple[Entry, int]:
    raw = re.sub(r"\s+", " ", source.raw(region[at])).strip()
    value = lone_figure(raw)
    if value is not None:
        return Entry(value.text, (region[at],), value), 1
    absent = next((word for word in _ABSENT if plain(raw).startswith(word)), None)
    if absent is None or not (is_open(raw) or re.fullmatch(r".*[)）]", raw)):
        return Entry(raw, (region[at],)), 1
    # "不适用（" goes on over the next lines until its bracket closes.
    for used in range(1, _MAX_OPEN + 1):
        lines = tuple(region[at : at + used])
        text = join([source.raw(position) for position in lines])
        if not is_open(text):
            if plain(text)[len(absent)] == "(":
                return Entry(raw, lines, Printed("absent", text)), used
            break
    return Entry(raw, (region[at],)), 1


def _is_split_unit(source: Source, region: Sequence[int], at: int) -> bool:
    # "小" above "时": half a unit, inside a run of units.
    text = source.raw(region[at]).strip()
    if len(text) != 1 or at + 1 >= len(region) or at == 0:
        return False
    after = source.raw(region[at + 1]).strip()
    return is_unit(text + after) and is_unit(source.raw(region[at - 1]).strip()) and len(after) <= 2


def _mend_units(piece: Piece) -> Piece:
    entries: list[Entry] = []
    halves = [entry for entry in piece.entries if not is_unit(entry.text)]
    for entry in piece.entries:
        if entries and not is_unit(entries[-1].text) and is_unit(entries[-1].text + entry.text):
            entries[-1] = Entry(entries[-1].text + entry.text, entries[-1].lines + entry.lines)
        elif entries and entries[-1].text.rstrip().endswith(("/", "╱")):
            entries[-1] = Entry(join([entries[-1].text, entry.text]), entries[-1].lines + entry.lines)
        else:
            entries.append(entry)
    if halves:
        # The column was too narrow for its units: others of two characters are cut as well (人 above 次).
        mended: list[Entry] = []
        for entry in entries:
            if mended and mended[-1].text + entry.text == "人次":
                mended[-1] = Entry("人次", mended[-1].lines + entry.lines)
            else:
                mended.append(entry)
        entries = mended
    return Piece("unit", entries)


def _double_spaced(source: Source, region: Sequence[int]) -> bool:
    if len(region) < 4:
        return False
    apart = sum(not source.adjacent(before, after) for before, after in itertools.pairwise(region))
    return apart >= 0.8 * (len(region) - 1)
