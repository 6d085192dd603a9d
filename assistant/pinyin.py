"""Names that an English question writes in pinyin: "Zhengcai Kuaidai" is 政采快贷 in the report.

The name's syllables are looked for in the reports, each character by all its readings (pypinyin's table, MIT licence).
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from functools import cache, cached_property

from index.text import normalise

# A word written as a name: Zhengcai, Huitong-Yuxing.
_WORD = r"[A-Z][a-z]+"
_JOINT = r"[ \-–]{1,3}"
_RUN = re.compile(rf"(?<![A-Za-z]){_WORD}(?:{_JOINT}{_WORD})*(?![A-Za-z])")
_BETWEEN = r"[ \-–—·]*"
_QUOTES = "“”「」『』《》\"'"
_LONGEST = 6  # letters of a syllable: zhuang, chuang
_KINDS = {
    "Bank": "银行",
    "Capital": "资本",
    "Fund": "基金",
    "Funds": "基金",
    "Futures": "期货",
    "Group": "集团",
    "Insurance": "保险",
    "Investment": "投资",
    "Leasing": "租赁",
    "Securities": "证券",
    "Technology": "科技",
    "Trust": "信托",
}
_LONG = 3  # syllables from which on a name is no accident


class PinyinNames:
    """Finds the Chinese for names written in pinyin, in the texts of one library."""

    def __init__(self, texts: Callable[[], Iterable[str]], is_known: Callable[[str], bool]) -> None:
        """texts: the passages, read when the first name is looked for. is_known: whether a word is an English term."""
        self._texts = texts
        self._is_known = is_known

    def replaced(self, question: str) -> tuple[str, tuple[str, ...]]:
        """The question with the names that the library has in Chinese, and these; other words stay as they are."""
        found: list[str] = []

        def in_chinese(words: list[str]) -> list[str]:
            # The longest run first: "Gelin Dahua Futures" holds a name of two words.
            for size in range(len(words), 0, -1):
                for start in range(len(words) - size + 1):
                    name = self.chinese(words[start : start + size])
                    if name:
                        found.append(name)
                        return [*in_chinese(words[:start]), name, *in_chinese(words[start + size :])]
            return words

        def of_run(match: re.Match[str]) -> str:
            before = len(found)
            words = in_chinese(re.split(_JOINT, match[0]))
            return " ".join(self._with_kinds(words, found)) if len(found) > before else match[0]

        return _RUN.sub(of_run, question), tuple(found)

    def _with_kinds(self, words: list[str], names: list[str]) -> list[str]:
        """The words with the kind of firm after a name in Chinese too, where the library prints them together."""
        kept: list[str] = []
        for word in words:
            full = f"{kept[-1]}{_KINDS.get(word, '')}" if kept and kept[-1] in names else ""
            if word in _KINDS and full and full in self._joined:
                kept[-1] = full
            else:
                kept.append(word)
        return kept

    def chinese(self, words: list[str]) -> str | None:
        """The Chinese name that these words spell; None when they spell none, or what may well be no name.

        What stands in quotation marks is a name. Elsewhere two syllables must spell, by the ordinary readings, the same
        characters wherever they stand in the library.
        """
        if any(self._is_known(word) for word in words):
            return None
        spelled = [_syllables(word.lower()) for word in words]
        size = sum(len(parts) for parts in spelled)
        if not all(spelled) or size < 2:
            return None
        quoted, plain = self._counted(spelled, ordinary=False)
        if size >= _LONG:
            quoted, plain = quoted or plain, Counter()
        elif not quoted:
            _, plain = self._counted(spelled, ordinary=True)
        if quoted:
            return quoted.most_common(1)[0][0]
        return next(iter(plain)) if len(plain) == 1 else None

    def _counted(self, spelled: list[tuple[str, ...]], *, ordinary: bool) -> tuple[Counter[str], Counter[str]]:
        """How often the library has the characters of these syllables, within quotation marks and elsewhere."""
        classes = _characters(ordinary)
        if not all(part in classes for parts in spelled for part in parts):
            return Counter(), Counter()
        pattern = _BETWEEN.join("".join(f"[{classes[part]}]" for part in parts) for parts in spelled)
        quoted: Counter[str] = Counter()
        plain: Counter[str] = Counter()
        for match in re.finditer(pattern, self._joined):
            inside = self._joined[match.start() - 1] in _QUOTES and self._joined[match.end()] in _QUOTES
            (quoted if inside else plain)[match[0].replace(" ", "")] += 1
        return quoted, plain

    @cached_property
    def _joined(self) -> str:
        return "\n".join(["", *map(normalise, self._texts()), ""])


def spelled(name: str) -> str:
    """A Chinese name in pinyin, written as one word: Yunzhou for 云州; "" where a character has no reading."""
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")
    from pypinyin.pinyin_dict import pinyin_dict

    readings = [pinyin_dict.get(ord(char), "").split(",")[0] for char in name]
    plain = "".join(unicodedata.normalize("NFD", reading) for reading in readings)
    letters = "".join(char for char in plain if not unicodedata.combining(char))
    return letters.capitalize() if all(readings) else ""


@cache
def _characters(ordinary: bool) -> dict[str, str]:
    """The characters of each syllable, without tones; ü is also written u and v. ordinary: by first readings only."""
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")  # of phrases nothing is needed, and they take seconds to load
    from pypinyin.pinyin_dict import pinyin_dict

    found: defaultdict[str, set[str]] = defaultdict(set)
    for code, readings in pinyin_dict.items():
        if not 0x3400 <= code <= 0x9FFF:
            continue
        for reading in readings.split(",")[: 1 if ordinary else None]:
            with_umlaut = unicodedata.normalize("NFD", reading).replace("u\u0308", "ü")
            plain = "".join(char for char in with_umlaut if char == "ü" or not unicodedata.combining(char))
            for spelling in {plain.replace("ü", "u"), plain.replace("ü", "v")}:
                if any(char in "aeiouv" for char in spelling):
                    found[spelling].add(chr(code))
    return {syllable: "".join(sorted(characters)) for syllable, characters in found.items()}


@cache
def _syllables(word: str) -> tuple[str, ...]:
    """The fewest syllables that spell a word, the first ones as long as can be; () when it is no pinyin."""
    known = _characters(False)
    if not word:
        return ()
    best: tuple[str, ...] = ()
    for size in range(min(_LONGEST, len(word)), 0, -1):
        if word[:size] not in known:
            continue
        rest = _syllables(word[size:])
        if size == len(word) or rest:
            spelled = (word[:size], *rest)
            if not best or len(spelled) < len(best):
                best = spelled
    return best
