"""Telling a unit from a label: a small grammar of scales, bases and "per" rather than a list of all combinations."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from index.tables.lexicon import COUNTED, UNIT_BASES, UNIT_DENOMINATORS, UNIT_SCALES
from index.text import simplify

_PER = re.compile(r"[/／╱每]|per")
_BRACKETS = re.compile(r"^[(（\[【](.+)[)）\]】]$")
_MAX_LENGTH = 30


def unit_key(text: str) -> str:
    """The form in which units are compared: NFKC, Simplified, lower case, no spaces, no enclosing brackets."""
    key = re.sub(r"\s+", "", simplify(unicodedata.normalize("NFKC", text)).lower())
    inner = _BRACKETS.match(key)
    return inner[1] if inner else key


@lru_cache(maxsize=65536)
def is_unit(text: str) -> bool:
    """True for "人", "万人次", "吨二氧化碳当量/百万元营业收入", "(%)"; False for labels and for the empty text."""
    key = unit_key(text)
    if not key or len(key) > _MAX_LENGTH:
        return False
    if key in UNIT_BASES:
        return True
    parts = _PER.split(key)
    if any(not part for part in parts) or len(parts) > 3:
        return False
    return _is_simple(parts[0]) and all(_is_simple(part, UNIT_DENOMINATORS) for part in parts[1:])


def _is_simple(part: str, besides: frozenset[str] = frozenset()) -> bool:
    while True:
        if part in UNIT_BASES or part in besides:
            return True
        inner = re.fullmatch(r"(.+?)\((.+)\)", part)
        if inner and inner[1] in UNIT_BASES:
            return len(inner[2]) <= 8
        scale = next((scale for scale in UNIT_SCALES if part.startswith(scale)), None)
        if scale is None:
            return False
        part = part[len(scale) :]
        if not part:
            return True


def split_bracket_unit(label: str) -> tuple[str, str]:
    """("各项存款余额（亿元）") → ("各项存款余额", "亿元"); the unit is "" when the last brackets hold no unit."""
    match = re.match(r"^(.*?)\s*[(（\[]\s*([^()（）\[\]]{1,20})\s*[)）\]]\s*$", label)
    if match and is_unit(match[2]):
        return match[1].strip(), match[2].strip()
    # A unit followed by a second remark: 失业率（%）（季度）
    match = re.match(r"^(.*?)\s*[(（]\s*([^()（）]{1,20})\s*[)）]\s*([(（][^()（）]{1,10}[)）])\s*$", label)
    if match and is_unit(match[2]):
        return f"{match[1].strip()}{match[3]}", match[2].strip()
    return label, ""


def is_scale(text: str) -> bool:
    """True for 万, 亿, 百万 …: a scale without a unit."""
    return unit_key(text) in UNIT_SCALES


def is_share(unit: str) -> bool:
    """True for units of which a whole is 100."""
    return unit_key(unit) in {"%", "百分比"}


def is_count(unit: str) -> bool:
    """True for units of whole things (people, items, times); money, mass, energy, time and shares are not."""
    return unit_key(unit) in COUNTED
