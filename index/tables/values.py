"""Reading one printed figure: number, sign, separators, marks; and what is printed where there is none."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from index.tables.lexicon import NOT_DISCLOSED
from index.tables.units import is_unit
from index.text import simplify

_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_FIGURE = re.compile(rf"(?P<bound>>=|<=|[≥≤><~约超逾])?(?P<number>[-+]?{_NUMBER})(?P<tail>.*)", re.DOTALL)
_FOOTNOTE = re.compile(r"(?:\((?:注|note)?\d{1,2}\)|\[(?:注|note)?\d{1,2}\]|[①-⑳]|\*{1,3}|[†‡#]|注\d{0,2})$")
_MARK_ALONE = re.compile(r"[(（［\[](?:注|註)?\d{1,2}[)）］\]]|[①-⑳]")
_FULL_MARK = re.compile(r"\((?:满分|满|总分)[^)]*?([^\d)]*)\)$")
_NUMBER_LIKE = re.compile(r"[-+(]?\d[\d,.]*[%)]?$")
_SUPERSCRIPT = re.compile(r"[¹²³⁰⁴-⁹]+$")
_LONG_MARKS = sorted((word for word in NOT_DISCLOSED if len(word) > 1 and not word.isascii()), key=len, reverse=True)
_MINUS = str.maketrans({"−": "-", "﹣": "-", "‐": "-", "‑": "-", "–": "-"})


@dataclass(frozen=True, slots=True)
class Printed:
    """A figure as printed. kind "figure" has a value, "absent" is a mark for "not disclosed", "bad" is a misprint.

    text: the printed figure without footnote marks. unit: set where the unit is printed with the figure.
    """

    kind: Literal["figure", "absent", "bad"]
    text: str
    value: float | None = None
    unit: str | None = None


@lru_cache(maxsize=65536)
def read_value(printed: str) -> Printed | None:
    """The figure printed in one cell, or None when the cell holds other text. Malformed figures come back "bad"."""
    text = printed.strip()
    if not text:
        return None
    if simplify(unicodedata.normalize("NFKC", text)).lower() in NOT_DISCLOSED:
        return Printed("absent", text)
    body = _SUPERSCRIPT.sub("", text)
    if len(body) < len(text) and not body[-1:].isdigit():
        body = text  # m², m³: the superscript belongs to a unit
    plain = unicodedata.normalize("NFKC", body).translate(_MINUS)
    match = _FIGURE.match(plain)
    if match is None:
        return Printed("bad", text) if _NUMBER_LIKE.match(plain) else None
    tail = match["tail"].strip()
    shown = body
    unit: str | None = None
    mark = _FOOTNOTE.search(tail)
    if mark is not None and not is_unit(tail):
        shown = _cut(body, len(tail) - mark.start())
        tail = tail[: mark.start()].strip()
    if tail:
        full = _FULL_MARK.match(simplify(tail))
        if full is not None:
            unit = full[1] or None
        elif is_unit(tail):
            unit = tail
        elif tail == "+":
            return None
        elif _NUMBER_LIKE.match(plain) or re.match(r"[\d,.]", tail):
            return Printed("bad", text)
        else:
            return None
    return Printed("figure", shown, float(match["number"].replace(",", "")), unit)


def lone_figure(line: str) -> Printed | None:
    """The one figure a line holds and nothing else ("1,024", "36 %"); None for other lines and rows of figures."""
    text = line.strip()
    value = read_value(text)
    return None if value is not None and value.kind == "bad" and len(text.split()) > 1 else value


def split_glued(token: str) -> list[str]:
    """ "不适用不适用" → two marks; any other text is itself."""
    if len(token) < 4 or token.isascii():
        return [token]
    key = simplify(token)
    for word in _LONG_MARKS:
        count = len(key) // len(word)
        if count > 1 and key == word * count:
            return [token[len(word) * at : len(word) * (at + 1)] for at in range(count)]
    return [token]


def split_values(tokens: Sequence[str], count: int) -> tuple[list[str], list[Printed]] | None:
    """The head and the last `count` figures of a line; None when the line does not end in that many."""
    merged = _merge_percent([piece for token in tokens for piece in split_glued(token)])
    if len(merged) < count:
        return None
    values = [read_value(token) for token in merged[-count:]]
    if any(value is None for value in values):
        return None
    return merged[:-count], [value for value in values if value is not None]


def _merge_marks(tokens: Sequence[str]) -> list[str]:
    # "35 (1)": a footnote mark after its figure.
    merged: list[str] = []
    for token in tokens:
        if merged and _MARK_ALONE.fullmatch(token) and is_number(merged[-1]):
            merged[-1] = f"{merged[-1]} {token}"
        else:
            merged.append(token)
    return merged


def trailing_figures(tokens: Sequence[str]) -> int:
    """How many of the last tokens are figures."""
    count = 0
    while count < len(tokens) and read_value(tokens[-1 - count]) is not None:
        count += 1
    return count


def _merge_percent(tokens: list[str]) -> list[str]:
    # "44.4 %" is one figure where the line goes on or ends in it; "覆盖率 2 % 100 95" has a mark and a unit.
    tokens = _merge_marks(tokens)
    last = len(tokens)
    merged: list[str] = []
    while last > 1 and tokens[last - 1] in {"%", "％"} and is_number(tokens[last - 2]):
        merged.insert(0, tokens[last - 2] + tokens[last - 1])
        last -= 2
    return [*tokens[:last], *merged]


def is_figure(printed: str) -> bool:
    """True when the text is a figure or a mark for "not disclosed" (misprints included)."""
    return read_value(printed) is not None


def is_number(printed: str) -> bool:
    """True when the text is a readable number."""
    value = read_value(printed)
    return value is not None and value.kind == "figure"


def _cut(text: str, characters: int) -> str:
    # NFKC keeps the length of the marks cut here, except for compatibility forms such as "⑴"; fall back to the whole.
    return text[: len(text) - characters].rstrip() if 0 < characters < len(text) else text
