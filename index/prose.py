"""Lines → paragraphs: sentences that the page layout broke are whole again, and every character still knows its line."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from index.records import Line
from index.text import clean

_END = "。！？!?；;"
_OPEN = re.compile(r"[，、：:,（(《“「『—\-–~及和与與或的等为為在]$")
_NUMBERED = re.compile(r"^(?:[（(][一二三四五六七八九十\d]+[）)]|[一二三四五六七八九十]+、|\d+[.．、](?!\d))")


@dataclass(frozen=True)
class Paragraph:
    """Mended text; `starts[i]` is the offset at which the text of line `numbers[i]` begins."""

    text: str
    starts: tuple[int, ...]
    numbers: tuple[int, ...]
    heading: bool

    def span(self, start: int, end: int) -> tuple[int, int]:
        """First and last line of text[start:end]."""
        first = bisect_right(self.starts, start) - 1
        last = bisect_right(self.starts, max(start, end - 1)) - 1
        return self.numbers[first], self.numbers[last]


def paragraphs(lines: Sequence[Line]) -> list[Paragraph]:
    """Group lines (blank ones included, in order) into paragraphs and headings."""
    groups: list[list[tuple[int, str]]] = []
    filled = [(line.number, clean(line.raw)) for line in lines]
    filled = [(number, text) for number, text in filled if text]
    for index, (number, text) in enumerate(filled):
        if groups and _continues(groups[-1], number, text, _width(filled, index)):
            groups[-1].append((number, text))
        else:
            groups.append([(number, text)])
    return [_paragraph(group) for group in groups]


def _width(filled: Sequence[tuple[int, str]], index: int) -> int:
    """How wide a full line is hereabouts."""
    near = filled[max(0, index - 4) : index + 5]
    return sorted(len(text) for _, text in near)[-2 if len(near) > 2 else -1]


def _continues(group: list[tuple[int, str]], number: int, text: str, width: int) -> bool:
    last_number, last = group[-1]
    if last[-1] in _END or _NUMBERED.match(text) or number - last_number > 2:
        return False
    if _OPEN.search(last):
        return True
    return len(last) >= 0.85 * width and len(last) >= 8


def _paragraph(group: list[tuple[int, str]]) -> Paragraph:
    text, starts = "", []
    for _, part in group:
        glue = (
            " "
            if text and text[-1].isascii() and text[-1].isalpha() and part[0].isascii() and part[0].isalnum()
            else ""
        )
        text += glue
        starts.append(len(text))
        text += part
    heading = (
        len(group) <= 2
        and len(text) <= 30
        and text[-1] not in _END + "，、,："
        and not re.search(r"\d[\d,.]*\s*[%％万亿家人次个元]", text)
    )
    return Paragraph(text, tuple(starts), tuple(number for number, _ in group), heading)
