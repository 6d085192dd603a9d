"""Lines of a report with their numbers, and the normal forms of text used for search. The original is always kept."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from opencc import OpenCC

from index.records import Line

_HAN = r"\u3400-\u9fff\uf900-\ufaff"
_SPACE_IN_HAN = re.compile(
    rf"(?<=[{_HAN}，。、；：？！）】」』”》（【「『“《])[ \t\u3000]+(?=[{_HAN}，。、；：？！（【「『“《）】」』”》])"
)
_DIGITS = re.compile(r"\d+")
_SPACES = re.compile(r"[ \t\u3000\u2003\xa0]+")
# Variant characters OpenCC's t2s leaves or maps unevenly; the reports mix them with the standard forms.
_VARIANTS = str.maketrans(
    {"爲": "为", "确": "确", "纍": "累", "裏": "里", "綫": "线", "着": "着", "峯": "峰", "羣": "群", "叁": "三"}
)


@lru_cache(maxsize=4)
def _converter(config: str) -> OpenCC:
    return OpenCC(config)


def simplify(text: str) -> str:
    """Traditional → Simplified Chinese, character by character where it can; other text is unchanged."""
    return _converter("t2s").convert(text).translate(_VARIANTS)


def traditional(text: str) -> str:
    """Simplified → Traditional Chinese (standard forms)."""
    return _converter("s2t").convert(text)


def normalise(text: str) -> str:
    """The search form: NFKC, Simplified, lower case, no spaces between Han characters, single spaces elsewhere."""
    text = simplify(unicodedata.normalize("NFKC", text)).lower()
    text = _SPACES.sub(" ", text)
    return _SPACE_IN_HAN.sub("", text).strip()


def read_lines(path: Path) -> list[Line]:
    """All lines of a UTF-8 text file, numbered from 1 by line feeds alone (form feeds do not count)."""
    text = path.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
    parts = text.split("\n")
    if parts and not parts[-1]:
        parts.pop()
    return [Line(number, raw, normalise(raw)) for number, raw in enumerate(parts, start=1)]


def clean(raw: str) -> str:
    """One printed line for reading: tabs and odd spaces made plain, spaces between Han characters dropped."""
    return _SPACE_IN_HAN.sub("", _SPACES.sub(" ", raw.replace("\f", " "))).strip()


def running_lines(lines: Sequence[Line]) -> frozenset[int]:
    """Numbers of the lines that are page furniture: running headers, which recur word for word, and page numbers."""
    seen: dict[str, list[int]] = {}
    for line in lines:
        if line.text:
            seen.setdefault(_DIGITS.sub("#", line.text), []).append(line.number)
    return frozenset(
        number for text, numbers in seen.items() if len(numbers) >= 8 and len(text) >= 12 for number in numbers
    )
