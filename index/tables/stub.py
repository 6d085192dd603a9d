"""What stands left of the figures: group, label and unit, without footnote marks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from index.tables.lexicon import GROUP, NUMBERED_WORDS, OF_WHICH
from index.tables.units import is_unit, split_bracket_unit
from index.text import simplify

_MARK = re.compile(
    r"(?:\s*(?:[(（［\[](?:[注註]\s*)?\d{1,2}[)）］\]]|[①-⑳]|[⑴-⑽]|\*{1,3}|[†‡#¹²³⁴-⁹]+|[注註]\s*\d{1,2}|(?<=\s)[注註]))+$"
)
_LOOSE_DIGITS = re.compile(r"^(?P<label>.*?[^\d.\s])\s+(?P<mark>\d{1,2})$")
_GLUED_MARK = re.compile(r"^(?P<label>.*[\u3400-\u9fff）)])(?P<mark>\d{1,2})$")
_MARK_BEFORE_BRACKET = re.compile(r"^(?P<head>.*?[\u3400-\u9fff])\s+\d{1,2}\s*(?P<bracket>[（(].*[)）])$")
_MARK_AFTER_BRACKET = re.compile(r"^(?P<head>.*[)）])\s*\d{1,2}$")
_LEAD_IN = re.compile(r"^(?:[-—–─－·•●○◆■▪►]+|[（(]?其中[)）]?[:：]?|[:：])\s*")
_OPEN, _CLOSE = "（(［[「《【“", "）)］]」》】”"
_DANGLING = tuple("的和与及而或、，,（(之为对在由因将被：:/")


@dataclass(frozen=True)
class Stub:
    """The printed parts of one row's head. group: printed on the same line, "" if none."""

    group: str
    label: str
    unit: str
    of_which: bool = False


@lru_cache(maxsize=65536)
def plain(text: str) -> str:
    """NFKC, Simplified, lower case, no white space: the form in which labels are compared."""
    return re.sub(r"\s+", "", simplify(unicodedata.normalize("NFKC", text)).lower())


@lru_cache(maxsize=65536)
def is_group(text: str) -> bool:
    """True for labels that head other rows: 按性别划分, 其中：按地区划分, 员工年龄分布."""
    return bool(GROUP.search(plain(text)))


@lru_cache(maxsize=65536)
def strip_marks(text: str) -> str:
    """The label without footnote marks; digits that belong to it (范围 2, 30 岁, A1) stay."""
    label = re.sub(r"\s+", " ", text).strip()
    while True:
        before = label
        label = _MARK.sub("", label).strip()
        for pattern in (_LOOSE_DIGITS, _GLUED_MARK):
            match = pattern.match(label)
            if match and not plain(match["label"]).endswith(NUMBERED_WORDS):
                label = match["label"].strip()
        match = _MARK_BEFORE_BRACKET.match(label)
        if match and not plain(match["head"]).endswith(NUMBERED_WORDS):
            label = match["head"] + match["bracket"]
        match = _MARK_AFTER_BRACKET.match(label)
        if match:
            label = match["head"]
        if label == before:
            return label


def is_of_which(text: str) -> bool:
    """True for a label that says its figure is part of the one above (其中：…)."""
    return plain(text).startswith(OF_WHICH)


def strip_lead_in(text: str) -> str:
    """The label without 其中： and without dashes or bullets before it."""
    before = ""
    while before != text:
        before, text = text, _LEAD_IN.sub("", text).strip()
    return text


@lru_cache(maxsize=65536)
def is_open(text: str) -> bool:
    """True when a text cannot end here: a bracket is open, or it ends in a word that needs another."""
    text = text.strip()
    depth = sum(text.count(mark) for mark in _OPEN) - sum(text.count(mark) for mark in _CLOSE)
    return depth > 0 or text.endswith(_DANGLING)


@lru_cache(maxsize=65536)
def is_tail(text: str) -> bool:
    """True when a text cannot begin here: it closes a bracket it did not open."""
    depth = 0
    for character in text.strip():
        if character in _OPEN:
            depth += 1
        elif character in _CLOSE:
            depth -= 1
            if depth < 0:
                return True
    return False


def join(parts: Sequence[str]) -> str:
    """Wrapped pieces as one text: no space between Han characters, one between Latin words."""
    text = ""
    for part in (re.sub(r"\s+", " ", part).strip() for part in parts):
        if text.endswith(" /"):  # a unit cut at its stroke: "吨 /" + "平方米"
            text += " "
        latin = bool(text) and text[-1].isascii() and text[-1].isalnum() and part[:1].isascii() and part[:1].isalnum()
        text += (" " if latin else "") + part
    return text


def split_unit(tokens: Sequence[str], announced: bool, known: frozenset[str]) -> tuple[list[str], str]:
    """Tokens of a head → (label tokens, unit). announced: the header has a unit column; known: units seen in the table.

    The longest run of last tokens that reads as a unit is taken ("千瓦時 / 平方米").
    """
    for size in (5, 4, 3, 2, 1):
        if size > len(tokens):
            continue
        unit = " ".join(tokens[-size:])
        if is_unit(unit) and not (size > 1 and all(is_unit(token) for token in tokens[-size:])):
            return list(tokens[:-size]), unit
    if announced and len(tokens) > 1 and plain(tokens[-1]) in known:
        return list(tokens[:-1]), tokens[-1]
    if announced and len(tokens) > 1 and "/" in tokens[-1] and is_unit(tokens[-1].split("/")[0]):
        return list(tokens[:-1]), tokens[-1]
    return list(tokens), ""


def read_stub(tokens: Sequence[str], announced: bool, has_group: bool, known: frozenset[str] = frozenset()) -> Stub:
    """Tokens left of the figures on one line → group, label and unit."""
    words, unit = split_unit(tokens, announced, known)
    group = ""
    if len(words) > 1 and is_group(words[0]):
        group, words = words[0], words[1:]
    elif len(words) > 2 and is_group("".join(words[:2])):
        group, words = "".join(words[:2]), words[2:]
    elif has_group and len(words) == 2 and _is_word(words[0]) and _is_word(words[1]):
        group, words = words[0], words[1:]
    label = strip_marks(" ".join(words))
    if not unit:
        label, unit = split_bracket_unit(label)
    return Stub(strip_marks(group), strip_lead_in(label), unit, is_of_which(" ".join(words)))


def _is_word(text: str) -> bool:
    # A column of its own: Han text that neither leans on a neighbour nor is a number or a mark.
    return (
        len(text) >= 2
        and not any(character.isdigit() for character in text)
        and not is_open(text)
        and not is_tail(text)
    )
