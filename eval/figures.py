"""Numbers as people write them."""

from __future__ import annotations

import re
import unicodedata

_LOOSE = re.compile(r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
_HAN_NUMBER = re.compile(r"[零〇一二两兩三四五六七八九十百千万萬亿億]+")
_HAN_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "兩": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_HAN_STEPS = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "萬": 10_000, "亿": 10**8, "億": 10**8}


def han_number(text: str) -> int | None:
    """三 → 3, 二十一 → 21, 三千二百 → 3200; None where the text is not a number (a lone 百, 亿 …)."""
    total = section = digit = 0
    seen_digit = False
    for character in text:
        if character in _HAN_DIGITS:
            digit, seen_digit = _HAN_DIGITS[character], True
            continue
        step = _HAN_STEPS[character]
        if step < 10_000:
            if not seen_digit and step != 10:
                return None
            section += (digit or 1) * step
            seen_digit = True
        else:
            if not seen_digit:
                return None
            total = (total + section + digit) * step
            section = 0
        digit = 0
    return total + section + digit if seen_digit else None


def loose_numbers(text: str) -> list[float]:
    """Every number in a text, without unit or scale: digits with or without separators, full-width, and Han numerals."""
    text = unicodedata.normalize("NFKC", text)
    found = [float(match.group().replace(",", "")) for match in _LOOSE.finditer(text)]
    for match in _HAN_NUMBER.finditer(text):
        number = han_number(match.group())
        if number is not None:
            found.append(float(number))
    return found
