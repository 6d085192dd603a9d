"""Figures stated in a report's prose, with the year they are stated for: what dates a run of figures in a table."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from index.tables.lexicon import MOVES_DOWN, MOVES_UP
from index.tables.source import Source
from index.tables.stub import plain
from index.tables.units import unit_key

_NUMBER = re.compile(r"(?<![\d.,])(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)\s*([^\d\s,，。、；;：:（(]{0,12})")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})\s*年")
_MOVE = re.compile(
    rf"({'|'.join((*MOVES_UP, *MOVES_DOWN))})(?:了|约|达|近|超过|率为|率达|幅度为)*\s*"
    r"(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)\s*([^\d\s,，。、；;：:（(]{1,12})"
)
_AROUND, _YEAR_ABOVE = 2, 3


@dataclass(frozen=True)
class Stated:
    """A figure in prose: its value, what follows it, its year (None when several are named), the words around it."""

    value: float
    after: str
    year: int | None
    around: str


@dataclass(frozen=True)
class Move:
    """A change stated in prose: "同比下降238吨" is amount -238.0, after "吨", in `year` against the year before."""

    amount: float
    decimals: int
    after: str
    year: int | None
    around: str


class ProseFigures:
    """All figures and changes stated outside the given positions."""

    def __init__(self, source: Source, tables: Iterable[range]) -> None:
        """Read once; `tables` are the spans of lines that hold tables."""
        self._by_value: dict[float, list[Stated]] = defaultdict(list)
        self.moves: list[Move] = []
        inside = {position for span in tables for position in span}
        content = [position for position in source.content if position not in inside]
        texts = [source.text(position).replace(" ", "") for position in content]
        for at, text in enumerate(texts):
            if not any(character.isdigit() for character in text):
                continue
            around = "".join(texts[max(0, at - _AROUND) : at + _AROUND + 1])
            year = _year(texts, at, source.year)
            for match in _NUMBER.finditer(text):
                value = float(match[1].replace(",", ""))
                own = _sentence_years(text, match.start())
                stated = int(own.pop()) if len(own) == 1 else None if own else year
                self._by_value[value].append(Stated(value, match[2], stated, around))
            joined = text + (texts[at + 1] if at + 1 < len(texts) else "")
            for match in _MOVE.finditer(joined):
                if match.start() >= len(text):
                    continue
                sign = 1.0 if match[1] in MOVES_UP else -1.0
                decimals = len(match[2].partition(".")[2])
                self.moves.append(Move(sign * float(match[2].replace(",", "")), decimals, match[3], year, around))

    def years_of(self, value: float, label: str, unit: str) -> set[int]:
        """The years for which prose states this value in this unit for something like this label."""
        return {
            stated.year
            for stated in self._by_value.get(value, ())
            if stated.year is not None and follows(stated.after, unit) and overlap(label, stated.around) > 0
        }


def follows(after: str, unit: str) -> bool:
    """True when the words after a figure begin with its unit."""
    key = unit_key(unit).replace("·", "")
    return bool(key) and unit_key(after).replace("·", "").startswith(key)


def overlap(label: str, text: str) -> float:
    """The share of a label's character pairs that occur in a text."""
    key = re.sub(r"[^\w%]", "", plain(label))
    pairs = {key[at : at + 2] for at in range(len(key) - 1)}
    return sum(pair in text for pair in pairs) / len(pairs) if pairs else 0.0


def _sentence_years(text: str, at: int) -> set[str]:
    start = max(text.rfind(mark, 0, at) for mark in "。；;") + 1
    ends = [end for mark in "。；;" if (end := text.find(mark, at)) >= 0]
    return set(_YEAR.findall(text[start : min(ends, default=len(text))]))


def _year(texts: list[str], at: int, fallback: int | None) -> int | None:
    named = set(_YEAR.findall(texts[at]))
    if len(named) == 1:
        return int(named.pop())
    if named:
        return None
    for above in range(at - 1, max(-1, at - 1 - _YEAR_ABOVE), -1):
        found = _YEAR.findall(texts[above])
        if found:
            return int(found[-1]) if len(set(found)) == 1 else None
    return fallback
