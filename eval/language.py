"""Which language and script a text is in, and whether an answer keeps to its question's."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from eval.wording import CITATION_MARK
from index.text import simplify, traditional

Script = Literal["zh-Hans", "zh-Hant", "en", ""]
_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]")
_QUOTES = re.compile(r"“[^”]*”|「[^」]*」|『[^』]*』|《[^》]*》|（[^）]*）|\([^)]*\)|\"[^\"]*\"")
LETTERS_PER_HAN = 1.5  # an English text has at least this many letters for each Han character: names stay Chinese


@lru_cache(maxsize=8192)
def _side(character: str) -> int:
    """-1 for a character only Simplified uses, 1 only Traditional, 0 both (恒, 里, 后 are in both character sets)."""
    if simplify(character) != character and not _encodes(character, "gb2312"):
        return 1
    return -1 if traditional(character) != character and not _encodes(character, "big5") else 0


def _encodes(character: str, encoding: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _balance(text: str) -> int:
    return sum(_side(character) for character in _HAN.findall(text))


def script_of(text: str) -> Script:
    """The language of a text; for Chinese the script that has more characters of its own. "" when it holds no words."""
    text = CITATION_MARK.sub("", text)
    han, letters = len(_HAN.findall(text)), len(_LATIN.findall(text))
    if not han and letters < 2:
        return ""
    if letters >= LETTERS_PER_HAN * han:
        return "en"
    return "zh-Hant" if _balance(text) > 0 else "zh-Hans"


def keeps_language(question: str, answer: str) -> bool:
    """Whether an answer is in its question's language and script.

    Figures alone are in every language. Names may stay as printed: an English answer may hold Chinese ones, and of the
    two Chinese scripts only a majority of the other one counts, outside quotes, brackets and titles.
    """
    answer = CITATION_MARK.sub("", answer)
    own_words = _QUOTES.sub("", answer)
    asked, said = script_of(question), {script_of(answer), script_of(own_words)}
    if "" in said and len(said) == 1:
        return True
    if asked == "en":
        return "en" in said
    if said == {"en"}:
        return False
    wanted = _balance(question)
    return wanted == 0 or _balance(own_words) * wanted >= 0
