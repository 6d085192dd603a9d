"""Lines of a report with their numbers, and the normal forms of text used for search. The original is always kept."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from opencc import OpenCC

from index.records import Line

HAN = r"\u3400-\u9fff\uf900-\ufaff"
_BESIDE = rf"[{HAN}，。、；：？！（【「『“《）】」』”》]"
# The space first, what stands before it after: three times as fast as the other way round.
_SPACE_IN_HAN = re.compile(rf" (?<={_BESIDE} )(?={_BESIDE})")
_STOP = r"[ ，。、；：（）「」《》“”]"
# 本 報 告, 合 计: the spaces of a stretched word. A space between two words of two characters may part two cells.
_STRETCHED = re.compile(
    rf"(?<=[，。、；：！？（【「『“《]) (?={_BESIDE})|(?<={_BESIDE}) (?=[，。、；：！？）】」』”》])"
    rf"|(?:(?<=^[{HAN}])|(?<={_STOP}[{HAN}])) (?=[{HAN}])|(?<=[{HAN}]) (?=[{HAN}](?:{_STOP}|$))"
)
_SPACES = re.compile(r" [ \t\f\u3000\u2003\xa0]+|[\t\f\u3000\u2003\xa0][ \t\f\u3000\u2003\xa0]*")
# Forms that OpenCC's t2s leaves as they are; reports mix them with the standard ones.
_HONG_KONG = (("爲", "為"),)  # OpenCC writes the older form; Hong Kong and Taiwan print the newer
_VARIANTS = (("爲", "为"), ("纍", "累"), ("裏", "里"), ("綫", "线"), ("峯", "峰"), ("羣", "群"), ("囯", "国"))
# A figure and what belongs to it: 2024 年, 112.08 億 元, 第 3 次, 上升 0.5 个百分点.
_AFTER_DIGIT = re.compile(r"(?<=[\d%％]) (?=[年月日时時个個亿億万萬千百元人家次项項件名场場小吨噸户戶倍%％只支笔筆])")
_HAN_DIGIT = re.compile(
    rf"(?<=[{HAN}，。、；：（《“「]) (?=[\dA-Za-z])|(?<=[\dA-Za-z%％]) (?=[{HAN}，。、；：）》”」])"
)


@lru_cache(maxsize=4)
def _converter(config: str) -> OpenCC:
    return OpenCC(config)


def simplify(text: str) -> str:
    """Traditional → Simplified Chinese, character by character where it can; other text is unchanged."""
    return _replaced(str(_converter("t2s").convert(text)), _VARIANTS)


def traditional(text: str) -> str:
    """Simplified → Traditional Chinese (standard forms)."""
    return _replaced(str(_converter("s2t").convert(text)), _HONG_KONG)


def _replaced(text: str, pairs: Sequence[tuple[str, str]]) -> str:
    for old, new in pairs:  # a handful of replacements is five times as fast as str.translate
        text = text.replace(old, new)
    return text


def normalise(text: str) -> str:
    """The search form: NFKC, Simplified, lower case, no spaces between Han characters, single spaces elsewhere."""
    text = simplify(unicodedata.normalize("NFKC", text)).lower()
    # NFKC has made all other odd spaces plain ones; this is many times as fast as _SPACES.
    text = text.replace("\t", " ").replace("\f", " ")
    while "  " in text:
        text = text.replace("  ", " ")
    return _SPACE_IN_HAN.sub("", text).strip()


def read_lines(path: Path) -> list[Line]:
    """All lines of a UTF-8 text file, numbered from 1 by line feeds alone (form feeds do not count)."""
    text = path.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
    parts = text.split("\n")
    if parts and not parts[-1]:
        parts.pop()
    return [Line(number, raw, normalise(raw)) for number, raw in enumerate(parts, start=1)]


def page_numbers(lines: Sequence[Line]) -> list[int | None]:
    """The page of each line, counted by form feeds; None for all where the text has none."""
    pages: list[int | None] = []
    page = 1
    for line in lines:
        page += line.raw.count("\f")
        pages.append(page)
    return pages if page > 1 else [None] * len(pages)


def clean(raw: str) -> str:
    """One printed line for reading: tabs and odd spaces made plain, none inside Chinese words or before a unit."""
    return _AFTER_DIGIT.sub("", _STRETCHED.sub("", _SPACES.sub(" ", raw).strip()))


def close_up(sentence: str) -> str:
    """A Chinese sentence without the spaces that typesetting puts round numbers and Latin words."""
    return _HAN_DIGIT.sub("", _SPACE_IN_HAN.sub("", _SPACES.sub(" ", sentence)))


def width(text: str) -> int:
    """Printed width in halves of a Han character."""
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in text)
