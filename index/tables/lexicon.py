"""The words of words.toml, as the table readers use them (Simplified normal form)."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from typing import Any

_DATA: dict[str, Any] = tomllib.loads(files("index.tables").joinpath("words.toml").read_text(encoding="utf-8"))


def _words(key: str) -> tuple[str, ...]:
    return tuple(str(_DATA[key]).split())


def _pattern(key: str) -> re.Pattern[str]:
    return re.compile(_DATA["patterns"][key], re.IGNORECASE)


NOT_DISCLOSED = frozenset(_words("not_disclosed"))
UNIT_SCALES = tuple(sorted(_words("unit_scales"), key=len, reverse=True))
UNIT_BASES = frozenset(_words("unit_bases"))
UNIT_DENOMINATORS = frozenset(_words("unit_denominators"))
COUNTED = frozenset(_words("counted"))
HEADER_WORDS = frozenset(_words("header_words"))
UNIT_HEADS = frozenset(_words("unit_heads"))
CATEGORY_HEADS = frozenset(_words("category_heads"))
GROUP_HEADS = frozenset(_words("group_heads"))
OF_WHICH = _words("of_which")
BASIS_WORDS = _words("basis_words")
CURRENCY_WORDS = _words("currency_words")
LABEL_TAILS = frozenset(_words("label_tails"))
FOREIGN_BASIS = str(_DATA["foreign_basis"])
FOREIGN_MONEY = _words("foreign_money")
SECTION_BASIS = _words("section_basis")
MONTHLY_CHANGE = _words("monthly_change")
GENERAL_PREFIXES = _words("general_prefixes")
THIS_YEAR = frozenset(_words("this_year"))
LAST_YEAR = frozenset(_words("last_year"))
CHANGE_HEADS = _words("change_heads")
SKIP_HEADS = _words("skip_heads")
REMARK_HEADS = frozenset(_words("remark_heads"))
NUMBER_HEADS = frozenset(_words("number_heads"))
TARGET_HEADS = _words("target_heads")
DONE_TAILS = _words("done_tails")
PAGE_HEADS = frozenset(_words("page_heads"))
TOTAL_LABELS = _words("total_labels")
INTENSITIES = _words("intensities")
COMPLEMENTS = tuple((pair.split("/")[0], pair.split("/")[1]) for pair in _words("complements"))
NUMBERED_WORDS = _words("numbered_words")
GROUP = _pattern("group")
NOTE = _pattern("note")
TITLE_TAIL = _pattern("title_tail")
TITLE_NUMBER = _pattern("title_number")
THEMES: dict[str, tuple[str, ...]] = {theme: tuple(words.split()) for theme, words in _DATA["themes"].items()}
UNIT_FAMILIES: dict[str, frozenset[str]] = {
    family: frozenset(words.split()) for family, words in _DATA["unit_families"].items()
}
UNIT_CUES: dict[str, tuple[str, ...]] = {family: tuple(words.split()) for family, words in _DATA["unit_cues"].items()}
MOVES_UP = tuple(str(_DATA["moves"]["up"]).split())
MOVES_DOWN = tuple(str(_DATA["moves"]["down"]).split())
