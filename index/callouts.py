"""Call-outs: a figure alone on its line, with its label on a line above or below, and the heading that governs both.

Whether the labels stand above or below is read off each group of figures, never assumed: from the blank lines, from
which side leaves a figure without a label, from the words. Where that does not settle it and the report's other
call-outs do not agree on one side, nothing is paired: the passage then gives the lines as they stand.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from index.prose import Paragraph, ends_sentence, figure_unit, is_dated_row, is_figure, is_item
from index.text import HAN, width

Side = Literal["above", "below"]
_SIDES: tuple[Side, ...] = ("above", "below")

_WIDEST = 60  # halves of a Han character: a longer line is no label
_BETWEEN = 3  # more lines than this between two figures part two groups
_GOVERNS = re.compile(r"\d{4} ?年|报告期|報告期|截至|本年度|年内|年內|年末|年底|[：:，,]$")
_DEPENDS = re.compile(r"^(?:其中|较|較|增速|增幅|降幅|增长|增長|同比|环比|環比|占比)")
_MEASURE = re.compile(
    r"(?:数|數|数量|數量|率|额|額|人次|时长|時長|占比|比例|比重|金额|金額|次数|次數|评分|評分|得分|面积|面積|余额|餘額|规模|規模"
    r"|总计|總計|共计|共計|累计|累計|达|達|为|為|至|时间|時間|成本|收入|支出|投入|总量|總量|强度|強度|密度)(?:[（(].*[）)])?$"
)
_RATE = re.compile(r"(?:(?<![频頻汇匯])率|占比|比例|比重|程度)(?:[（(].*[）)])?(?:达|達|为|為)?$")
_COUNTED = re.compile(
    r"(人[数數]|人次|人员总[数數]|次[数數]|[时時][长長數数]|金[额額]|余[额額]|餘額|收入|(?<![客用账帳商])[户戶][数數])(?:[（(].*[）)])?(?:达|達|为|為)?$"
)
_UNITS_OF = {
    "人": "人名位次",
    "次": "次场場期",
    "时": "小分天课課",
    "時": "小分天课課",
    "金": "元",
    "余": "元",
    "餘": "元",
    "收": "元",
    "户": "户戶",
    "戶": "户戶",
}
_SECTION_NUMBER = re.compile(r" \d+(?:\.\d+)+$")  # 合规雇佣 3.2.1
_INLINE = re.compile(
    rf"^(?P<label>[^，。；！？]*[{HAN}）)”》」])[ ：:]{{0,2}}(?P<figure>[-+]?\d[\d,.]*[^\d，。；、\s]{{1,14}})$"
)
_NO_VALUE = frozenset("年月日号號级級期届屆条條章节節")


@dataclass(frozen=True)
class Callout:
    """A figure with what gives it meaning.

    label None: not paired with certainty; `text` then holds the lines round it, and first to last all of them.
    context: governing headings, outermost first. first, last: the lines of figure and label.
    """

    context: tuple[str, ...]
    label: str | None
    figure: str
    first: int
    last: int
    text: str


@dataclass(frozen=True)
class _Group:
    """Figures with the short lines before each and after the last. Positions in the list of paragraphs."""

    figures: tuple[int, ...]
    before: tuple[tuple[int, ...], ...]
    after: tuple[int, ...]

    def following(self, number: int) -> tuple[int, ...]:
        return self.before[number + 1] if number + 1 < len(self.figures) else self.after


def find_callouts(paragraphs: Sequence[Paragraph]) -> tuple[list[Callout], frozenset[int]]:
    """The call-outs, and the positions of the paragraphs that they use up."""
    callouts, used = _in_columns(paragraphs)
    groups = _groups(paragraphs)
    sides = [_side(group, paragraphs) for group in groups]
    usual = _usual(sides)
    for group, side in zip(groups, sides, strict=True):
        side = _settled(group, side, usual, paragraphs)
        found, taken = _paired(group, side, paragraphs) if side else _unpaired(group, paragraphs)
        callouts += found
        used |= taken
    for position, paragraph in enumerate(paragraphs):
        if position not in used and is_inline(paragraph.text):
            used.add(position)
            callouts.append(Callout((), "", paragraph.text, paragraph.first, paragraph.last, paragraph.text))
    return callouts, frozenset(used)


def _settled(group: _Group, side: Side | None, usual: Side | None, paragraphs: Sequence[Paragraph]) -> Side | None:
    """The side to pair on, or None where doubt remains."""
    if side is None:
        side = usual if usual and _possible(group, usual) else None
    if side is None or (usual and side != usual and not _only(group, side, paragraphs)):
        return None
    pairs = _pairs(group, side, paragraphs)
    if any(
        _fit(*pair) < 0 or (not pair[1] and not is_full_figure(paragraphs[f].text))
        for pair, f in zip(pairs, group.figures, strict=True)
    ):
        return None
    if len(pairs) >= 3 or side == usual:
        return side
    return side if any(_MEASURE.search(label) or _fit(label, unit) > 0 for label, unit in pairs) else None


def _only(group: _Group, side: Side, paragraphs: Sequence[Paragraph]) -> bool:
    """Whether three or more figures can have their labels on this side alone: on the other, one of them would have a
    sentence or a row of a list. A mere gap proves nothing, as a label may be too long to be taken for one.
    """
    end = group.figures[-1] + 1 if side == "above" else group.figures[0] - 1
    if len(group.figures) < 3 or not 0 <= end < len(paragraphs):
        return False
    return ends_sentence(paragraphs[end].text) or is_dated_row(paragraphs[end].text)


def is_full_figure(text: str) -> bool:
    """Whether a figure says what it counts, or at least its scale: 3.1万, 2,000+; a bare 413 may be anything."""
    return bool(re.search(r"[亿億万萬千+＋%％]", text)) or bool(figure_unit(text))


def _in_columns(paragraphs: Sequence[Paragraph]) -> tuple[list[Callout], set[int]]:
    """Figures side by side over or under as many labels: 99.68% 98% / 评价满意度 解决率."""
    callouts: list[Callout] = []
    used: set[int] = set()
    for position, paragraph in enumerate(paragraphs):
        figures = paragraph.text.split()
        if len(figures) < 2 or len(paragraph.pieces) > 1 or not all(figure_unit(figure) for figure in figures):
            continue
        fitting = [
            near
            for near in (position - 1, position + 1)
            if 0 <= near < len(paragraphs)
            and len(paragraphs[near].pieces) == 1
            and len(paragraphs[near].text.split()) == len(figures)
            and is_short(paragraphs[near])
        ]
        if len(fitting) != 1:
            continue
        labels = paragraphs[fitting[0]]
        if any(
            _fit(label, figure_unit(figure) or "") < 0
            for label, figure in zip(labels.text.split(), figures, strict=True)
        ):
            continue
        used.update((position, fitting[0]))
        first, last = min(paragraph.first, labels.first), max(paragraph.last, labels.last)
        for label, figure in zip(labels.text.split(), figures, strict=True):
            callouts.append(Callout((), label, figure, first, last, f"{label}: {figure}"))
    return callouts, used


def is_short(paragraph: Paragraph) -> bool:
    """Whether a paragraph could be a label or heading: short, no sentence, no item of a list, not printed downwards."""
    text = paragraph.text
    return (
        width(text) <= _WIDEST
        and len(paragraph.pieces) <= 3
        and all(piece.first == piece.last for piece in paragraph.pieces)
        and not ends_sentence(text)
        and not is_item(text)
        and not is_inline(text)
        and not _SECTION_NUMBER.search(text)
        and not is_dated_row(text)
        and bool(re.search(rf"[{HAN}A-Za-z]{{2}}", text))
    )


def is_inline(text: str) -> bool:
    """Whether a line is a label with its figure, like 年度准入审核供应商 314家."""
    match = _INLINE.match(text)
    if not match or width(text) > _WIDEST or len(re.findall(rf"[{HAN}]", match["label"])) < 4:
        return False
    return bool(figure_unit(match["figure"])) and figure_unit(match["figure"]) not in _NO_VALUE


def _groups(paragraphs: Sequence[Paragraph]) -> list[_Group]:
    figures = [position for position, paragraph in enumerate(paragraphs) if is_figure(paragraph.text)]
    groups: list[_Group] = []
    start = 0
    while start < len(figures):
        end = start
        while end + 1 < len(figures) and _joined(paragraphs, figures[end], figures[end + 1]):
            end += 1
        chosen = figures[start : end + 1]
        if all(b - a > 1 for a, b in pairwise(chosen)):  # else it is a column of a table or chart
            before = [_above(paragraphs, chosen[0], figures[start - 1] if start else -1)]
            before += [tuple(range(a + 1, b)) for a, b in pairwise(chosen)]
            groups.append(_Group(tuple(chosen), tuple(before), _below(paragraphs, chosen[-1])))
        start = end + 1
    return [group for group in groups if not _explained(group, paragraphs)]


def _explained(group: _Group, paragraphs: Sequence[Paragraph]) -> bool:
    """Whether a single figure only heads the sentence under it, which says it again in words."""
    following = group.figures[-1] + 1
    if len(group.figures) > 1 or following >= len(paragraphs) or is_short(paragraphs[following]):
        return False
    number = re.search(r"\d[\d,]*(?:\.\d+)?", paragraphs[group.figures[0]].text)
    digits = re.sub(r"[,，]", "", paragraphs[following].text)
    return number is not None and number.group().replace(",", "") in digits


def _joined(paragraphs: Sequence[Paragraph], left: int, right: int) -> bool:
    between = paragraphs[left + 1 : right]
    return len(between) <= _BETWEEN and all(is_short(p) for p in between)


def _above(paragraphs: Sequence[Paragraph], figure: int, limit: int) -> tuple[int, ...]:
    found: list[int] = []
    position = figure - 1
    while position > limit and len(found) < _BETWEEN and is_short(paragraphs[position]):
        found.append(position)
        if paragraphs[position].pieces[0].top:  # what stands above belongs to another page
            break
        position -= 1
    return tuple(reversed(found))


def _below(paragraphs: Sequence[Paragraph], figure: int) -> tuple[int, ...]:
    following = figure + 1
    return (following,) if following < len(paragraphs) and is_short(paragraphs[following]) else ()


def _possible(group: _Group, side: Side) -> bool:
    numbers = range(len(group.figures))
    return all(group.before[n] if side == "above" else group.following(n) for n in numbers)


def _side(group: _Group, paragraphs: Sequence[Paragraph]) -> Side | None:
    sides: list[Side] = [side for side in _SIDES if _possible(group, side)]
    fits = {side: [_fit(*pair) for pair in _pairs(group, side, paragraphs)] for side in sides}
    sound = [side for side in sides if -1 not in fits[side]]
    if len(sound) < 2:
        return sound[0] if sound else None
    tight = {_tighter(group, number, paragraphs) for number in range(len(group.figures))}
    if len(tight) == 1 and None not in tight:
        return tight.pop()
    above, below = sum(fits["above"]), sum(fits["below"])
    if above != below and not (above and below):
        return "above" if above else "below"
    first, last = paragraphs[group.before[0][-1]].text, paragraphs[group.after[0]].text
    if _GOVERNS.search(first) and not _MEASURE.search(first):
        return "below"
    if bool(_MEASURE.search(first)) != bool(_MEASURE.search(last)):
        return "above" if _MEASURE.search(first) else "below"
    return None


def _pairs(group: _Group, side: Side, paragraphs: Sequence[Paragraph]) -> list[tuple[str, str]]:
    """(label, unit) of every figure if the labels stand on this side."""
    pairs = []
    for number, figure in enumerate(group.figures):
        label = group.before[number][-1] if side == "above" else group.following(number)[0]
        pairs.append((paragraphs[label].text, figure_unit(paragraphs[figure].text) or ""))
    return pairs


def _fit(label: str, unit: str) -> int:
    """1 if a label speaks of such a unit, -1 if it speaks of another, 0 if it does not say."""
    share = unit in ("%", "％", "‰")
    counted = _COUNTED.search(label)
    if not unit or not unit.strip("亿億万萬千百"):
        return 0
    if _RATE.search(label):
        return 1 if share else -1
    if counted:
        return 1 if any(char in _UNITS_OF[counted.group(1)[0]] for char in unit) else -1
    return -1 if share and re.search(r"[数數](?:量)?$", label) else 0


def _tighter(group: _Group, number: int, paragraphs: Sequence[Paragraph]) -> Side | None:
    up = paragraphs[group.figures[number]].pieces[0].gap
    down = paragraphs[group.following(number)[0]].pieces[0].gap
    return None if up == down else "above" if up < down else "below"


def _usual(sides: Sequence[Side | None]) -> Side | None:
    """The side that the report's certain groups agree on."""
    certain = [side for side in sides if side]
    for side in _SIDES:
        if len(certain) >= 5 and certain.count(side) >= 0.9 * len(certain):
            return side
    return None


def _paired(group: _Group, side: Side, paragraphs: Sequence[Paragraph]) -> tuple[list[Callout], set[int]]:
    callouts: list[Callout] = []
    used: set[int] = set()
    heading: tuple[str, ...] = ()
    owner = ""
    for number, figure in enumerate(group.figures):
        near = group.before[number] if side == "above" else group.following(number)
        label = near[-1] if side == "above" else near[0]
        others = [p for p in group.before[number] if p not in used and p != label]
        if others:
            heading, owner = tuple(paragraphs[p].text for p in others), ""
            used.update(others)
        used.update((figure, label))
        name, printed = paragraphs[label].text, paragraphs[figure].text
        depends = bool(_DEPENDS.match(name))
        context = tuple(dict.fromkeys(heading))
        context = (*context, owner) if depends and owner and not _GOVERNS.search(owner) else context
        if not depends:
            owner = name
        first = min(paragraphs[figure].first, paragraphs[label].first)
        last = max(paragraphs[figure].last, paragraphs[label].last)
        callouts.append(Callout(context, name, printed, first, last, f"{name}: {printed}"))
    return callouts, used


def _unpaired(group: _Group, paragraphs: Sequence[Paragraph]) -> tuple[list[Callout], set[int]]:
    callouts: list[Callout] = []
    used: set[int] = set()
    for number, figure in enumerate(group.figures):
        around = [*group.before[number][-2:], figure, *group.following(number)[:2]]
        if len(around) == 1:
            continue
        text = " / ".join(paragraphs[p].text for p in around)
        callouts.append(
            Callout((), None, paragraphs[figure].text, paragraphs[around[0]].first, paragraphs[around[-1]].last, text)
        )
        used.add(figure)
        if number:
            used.update(group.before[number])
    return callouts, used
