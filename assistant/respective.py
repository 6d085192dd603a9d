"""Sentences that pair names and figures by position: "商品零售、餐饮收入同比分别增长2.3%、4.2%"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.units import NUMBER_PATTERN, UNIT_PATTERN

_RESPECTIVELY = re.compile(r"分别|依次")
_VALUE = re.compile(rf"(?:{NUMBER_PATTERN})\s*(?:{UNIT_PATTERN})?")
_VALUE_GAP = re.compile(r"\s*[、,和及与]\s*")
_CLAUSE_START = re.compile(r"[,，;；。:：!?！？]")
_LAST_JOINTS = ("以及", "和", "及", "与")
# What the last name shares with all of them: "A、B余额同比分别…" is the balance of A, and of B.
_SHARED = re.compile(
    r"(?:的|余额|存量|金额|数量|收入|人数|占比|比例|比重|总额|规模|同比|环比|累计|较年初|较上年|各|均)+$"
)
_THREE_INDUSTRIES = re.compile(r"三次产业")
_INDUSTRIES = ("第一产业", "第二产业", "第三产业")
_LONGEST_MIDDLE = 24  # characters between "分别" and its first figure


@dataclass(frozen=True)
class Paired:
    """A figure of such a sentence. start: where it stands in the text; name: what it is said of, with the verb."""

    start: int
    name: str


def respective(text: str) -> list[Paired]:
    """The figures of `text` (normalised) that a "分别" pairs with names; none where names and figures do not match."""
    found: list[Paired] = []
    names: list[str] = []
    end = 0
    for mark in _RESPECTIVELY.finditer(text):
        values, middle = _values(text, mark.end())
        if len(values) < 2:
            continue
        cuts = [match.end() for match in _CLAUSE_START.finditer(text, 0, mark.start())]
        left = text[cuts[-1] if cuts else 0 : mark.start()]
        own, shared = _names(left, len(values))
        if not own:
            # "…增速分别为a、b、c，占比重分别为d、e、f": the second list speaks of the names of the first.
            if len(names) != len(values) or re.search(r"[。;；]", text[end : mark.start()]):
                continue
            own, shared = names, left.strip()
        names, end = own, mark.end()
        found += [Paired(start, f"{name}{shared}{middle}") for (start, _), name in zip(values, own, strict=True)]
    return found


def _values(text: str, place: int) -> tuple[list[tuple[int, int]], str]:
    """Where the figures after a "分别" stand, and the words before the first of them."""
    first = _VALUE.search(text, place)
    if first is None or first.start() - place > _LONGEST_MIDDLE or _CLAUSE_START.search(text, place, first.start()):
        return [], ""
    spans = [first.span()]
    while gap := _VALUE_GAP.match(text, spans[-1][1]):
        following = _VALUE.match(text, gap.end())
        if following is None:
            break
        spans.append(following.span())
    return spans, text[place : first.start()].strip()


def _names(left: str, count: int) -> tuple[list[str], str]:
    """The `count` names listed before a "分别", and the words they share; ([], "") when the list has another length."""
    left = left.strip()
    tail = _SHARED.search(left)
    shared = tail[0] if tail else ""
    listed = left[: len(left) - len(shared)]
    if count == len(_INDUSTRIES) and (match := _THREE_INDUSTRIES.search(listed)):
        return list(_INDUSTRIES), listed[match.end() :] + shared
    parts = [part.strip() for part in listed.split("、")]
    if len(parts) == count:
        return (parts, shared) if all(parts) else ([], "")
    if len(parts) != count - 1:
        return [], ""
    ways = []
    for joint in _LAST_JOINTS:
        before, found, after = parts[-1].rpartition(joint)
        if found and before.strip() and after.strip():
            ways.append([*parts[:-1], before.strip(), after.strip()])
            break
    return (ways[0], shared) if ways else ([], "")
