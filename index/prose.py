"""Lines → paragraphs: sentences that the page layout broke are whole again, and every character still knows its line.

Whether a line runs on into the next is decided from what is known without any model: the punctuation at the break,
brackets still open, how full the line is for its column, and whether the two characters at the break stand together
elsewhere in the report (the halves of a broken word do, the ends of two list items rarely do).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from index.furniture import Piece
from index.tables.units import is_unit
from index.text import HAN, close_up, width

_END = re.compile(r"[。！？!?；;][”’」』）)》]*$")
# Three columns, or two with a date set close: "公司于 2024 年 5 月" is the first line of a sentence.
_DATED_ROW = re.compile(
    r"[^，。]* [^，。]*[^，。\s于於在至自从從到、较較比止为為和与與由起期] +\d{4} ?年 ?\d{1,2} ?月(?: ?\d{1,2} ?日)?$|"
    r"[^，。]{8,}[^，。\s于於在至自从從到、较較比止为為和与與由起期] \d{4}年\d{1,2}月(?:\d{1,2}日)?$"
)
_ITEM = re.compile(
    r"^(?:[（(][一二三四五六七八九十\d]{1,3}[）)]|[一二三四五六七八九十]{1,3}、|\d{1,2}(?:[.．、](?!\d)|\.\d{1,2} )"
    r"|第[一二三四五六七八九十\d]{1,3}[章节節条條]|[•●·◆■▪√✓➢※*-] ?|注[：:\d])"
)
_CLOSES = "，。、；：！？）》」』】”’,.;:!?)的"
_RUNS_ON = "，、的（《「『“("
_LINKS = "的和與与及或之"
_WEAK = "的和與与及為为等在对對将將了是以并並由於于从從至到或之"
_PAIRS = {"（": "）", "《": "》", "「": "」", "『": "』", "“": "”", "(": ")", "【": "】"}
_CHANGE = (  # what may stand before the number of a call-out
    "下降|上升|增长|增長|提升|降低|减少|減少|增加|节约|節約|超过?|超過?|约|約|近|逾|覆盖率|覆蓋率|满意度|滿意度|回收"
)
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
# A number that its line ends with and the unit that the next begins with: 1.7368|亿美元.
_UNIT_HEAD = re.compile(r"^ ?(?:[亿億万萬千百%％元人家次项項件名场場小吨噸户戶倍]|个|個)")
_FIGURE = re.compile(
    rf"^(?P<change>{_CHANGE})?(?:[<>≥≤≈~＜＞] ?)?[-+]?(?:\d{{1,2}}[*×])?{_NUMBER}(?P<plus>[+＋余餘]?)"
    rf"(?P<unit>[亿億万萬千百]{{0,2}} ?[^\d，。；：、\s]{{0,14}})(?P<remark>[（(][^（）()]{{1,10}}[）)])?$"
)
_SPLIT_YEAR = re.compile(r"(?<!\d)(?:2\|0\d\d|20\|\d\d|20\d\|\d)年")
_DATE = re.compile(r"(?:19|20)\d\d ?(?:年|$)")
_SCALE = re.compile(r"^[亿億万萬千百]{0,2}[+＋]?$")
_SENTENCE_END, _COMMA, _IN_SENTENCE = re.compile(r"[。！？!?]"), re.compile(r"[，、；：]"), re.compile(r"[，。；]")
_CELLS = re.compile(rf"[{HAN}] [{HAN}]")  # a gap between words: cells of a table
_TEXT_WIDTH = 40  # halves of a Han character: a line this wide is text
_NEAR = 30  # lines each way that show how the text hereabouts is spaced
_LIFT = 4  # how many times likelier than chance two characters must be neighbours to count as bound


@dataclass(frozen=True)
class Paragraph:
    """Mended text of one or more pieces. starts[i]: the offset at which the text of pieces[i] begins."""

    text: str
    starts: tuple[int, ...]
    pieces: tuple[Piece, ...]

    @property
    def first(self) -> int:
        """Its first line."""
        return self.pieces[0].first

    @property
    def last(self) -> int:
        """Its last line."""
        return self.pieces[-1].last

    def span(self, start: int, end: int) -> tuple[int, int]:
        """First and last line of text[start:end]."""
        first = bisect_right(self.starts, start) - 1
        last = bisect_right(self.starts, max(start, end - 1)) - 1
        return self.pieces[first].first, self.pieces[last].last


def figure_unit(text: str) -> str | None:
    """The unit of a lone figure like 3.1万 or 覆盖率100%, "" if it has none; None if the text is no lone figure."""
    match = _FIGURE.match(text) if len(text) <= 24 else None
    if match is None or _DATE.search(text):
        return None
    unit = match["unit"].strip().rstrip("+＋内內").replace("·", "")
    if _SCALE.match(unit):
        bare = not unit and not match["plus"]
        return None if bare and (match["change"] or re.fullmatch(r"\d{1,2}", text)) else unit
    return unit if is_unit(unit) else None


def is_figure(text: str) -> bool:
    """Whether a line is a lone figure. A number of one or two digits without a unit is not: it numbers an item."""
    return figure_unit(text) is not None


def ends_sentence(text: str) -> bool:
    """Whether the text ends as a sentence does."""
    return bool(_END.search(text))


def is_item(text: str) -> bool:
    """Whether the text begins like a numbered or bulleted item."""
    return bool(_ITEM.match(text))


def is_dated_row(text: str) -> bool:
    """Whether the text is a row of a list that ends with its date: 某奖项 某机构 2024年1月."""
    return _DATED_ROW.match(text) is not None


def paragraphs(pieces: Sequence[Piece]) -> list[Paragraph]:
    """Join pieces that run on into each other."""
    bonds = _Bonds(pieces)
    spacing = _spacing(pieces)
    groups: list[list[Piece]] = []
    for position, piece in enumerate(pieces):
        if groups and _runs_on(groups[-1], piece, spacing[position], bonds):
            groups[-1].append(piece)
        else:
            groups.append([piece])
    return [_paragraph(group) for group in groups]


class _Bonds:
    """How firmly two characters stand together inside the lines of a report."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self._single: Counter[str] = Counter()
        self._pairs: Counter[str] = Counter()
        for piece in pieces:
            self._single.update(piece.text)
            self._pairs.update(piece.text[i : i + 2] for i in range(len(piece.text) - 1))
        self._total = sum(self._single.values())

    def __call__(self, left: str, right: str) -> int:
        """How often they are neighbours; 0 if hardly more often than chance has it, or if one is punctuation."""
        count = self._pairs[left + right]
        if not (left.isalnum() and right.isalnum()) or not count:
            return 0
        lift = count * self._total / (self._single[left] * self._single[right])
        return count if lift >= _LIFT else 0


def _spacing(pieces: Sequence[Piece]) -> list[int]:
    """For each piece, how many blank lines stand between the lines of a paragraph hereabouts: 0, or 1 when doubled."""
    single = [1 if piece.gap >= 1 else 0 for piece in pieces]
    sums = [0]
    for value in single:
        sums.append(sums[-1] + value)
    result = []
    for position in range(len(pieces)):
        first, last = max(0, position - _NEAR), min(len(pieces), position + _NEAR + 1)
        result.append(1 if (sums[last] - sums[first]) > 0.75 * (last - first) else 0)
    return result


def _runs_on(group: Sequence[Piece], piece: Piece, spacing: int, bonds: _Bonds) -> bool:
    left, right = group[-1].text, piece.text
    if group[-1].first != group[-1].last or piece.first != piece.last:  # printed downwards
        return False
    if is_figure(left) or is_figure(right) or ends_sentence(left) or is_item(right) or is_dated_row(left):
        return False
    if len(group) > 1:
        spacing = min(1, max(earlier.gap for earlier in group[1:]))  # a paragraph is spaced evenly
    extra = piece.gap - spacing + (1 if piece.broken else 0)
    wide = width(left)
    if extra > 1 or (piece.broken and wide < 24):
        return False
    if right[0] in _CLOSES or left[-1] in _RUNS_ON or _is_open(group):
        return True
    if (
        left[-1].isdigit()
        and len(left) > 8
        and (_UNIT_HEAD.match(right) or _SPLIT_YEAR.search(f"{left[-4:]}|{right[:5]}"))
    ):
        return True
    bond = bonds(left[-1], right[0])
    if _in_mid_sentence(group, right, extra):
        return True
    if extra > 0:
        return wide >= 24 and wide >= width(right) - 4 and bond >= 3
    if right[0] in _LINKS:
        return True
    if wide >= 20 and "，" in left and width(right) <= wide and ends_sentence(right):  # the last line of a sentence
        return True
    if len(group) > 1:
        before = width(group[-2].text)
        return abs(wide - before) <= 3 or (wide >= 0.75 * before and bond >= 2)
    after = width(right)
    if abs(wide - after) <= 3 and wide >= 20:  # a justified column
        return True
    indent = 8 if wide >= 40 else 4  # the first line of a paragraph may begin two characters late
    if wide < after - indent and not (left[-1] in _WEAK and wide >= 0.7 * after):
        return False
    return wide >= 60 or (wide >= 24 and bond >= 1) or (wide >= 10 and bond >= 2)


def _in_mid_sentence(group: Sequence[Piece], right: str, extra: int) -> bool:
    """A wide line amid a sentence, over a line of a sentence about as wide: Latin letters and digits make it uneven."""
    wide, after = width(group[-1].text), width(right)
    begun = _SENTENCE_END.split("".join(piece.text for piece in group[-3:]))[-1]
    if wide < _TEXT_WIDTH or not _COMMA.search(begun) or not _IN_SENTENCE.search(right) or _CELLS.search(right):
        return False
    return wide >= (0.85 if extra <= 0 else 0.9) * after and (extra <= 0 or after >= 0.9 * wide)


def _is_open(group: Sequence[Piece]) -> bool:
    """Whether a bracket or quotation mark is still open, as far as the last three lines show."""
    text = "".join(piece.text for piece in group[-3:])
    return any(text.count(opening) > text.count(closing) for opening, closing in _PAIRS.items())


def _paragraph(group: Sequence[Piece]) -> Paragraph:
    sentence = len(group) > 1 or ends_sentence(group[-1].text)
    text, starts = "", []
    for piece in group:
        part = close_up(piece.text) if sentence else piece.text
        if text and _needs_space(text[-1], part[0]):
            text += " "
        starts.append(len(text))
        text += part
    return Paragraph(text, tuple(starts), tuple(group))


def _needs_space(left: str, right: str) -> bool:
    # A Latin word ends with its line; a number does not: 202|4年, 14,152.69|元.
    if not (left.isascii() and right.isascii()):
        return False
    return (left.isalpha() and right.isalnum()) or (left.isalnum() and right.isalpha()) or left in ",.;:)"
