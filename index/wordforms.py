"""English words as the glossary compares them: spelling variants and simple endings made alike.

Not a general stemmer: plurals and possessives always go, -ed and -ing only in `stem`, which the glossary uses where no
two entries would become one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_WORD = re.compile(r"[a-z]+(?:&[a-z]+)+|[a-zü]+(?:['’ʼ`][a-z]+)*|[a-z0-9]+|%")
_JOINED = re.compile(r"(?<=[a-z0-9])-(?=[a-z0-9])")
_ARTICLES = frozenset({"a", "an", "the"})
# British and American: compared in one form, whichever is written.
_SPELLINGS = {
    "labour": "labor", "behaviour": "behavior", "honour": "honor", "favour": "favor", "colour": "color",
    "centre": "center", "metre": "meter", "kilometre": "kilometer", "litre": "liter", "programme": "program",
    "licence": "license", "defence": "defense", "cheque": "check", "catalogue": "catalog", "ageing": "aging",
    "tonne": "ton", "sulphur": "sulfur", "counselling": "counseling", "fulfil": "fulfill", "calibre": "caliber",
    "wellbeing": "well-being", "enquiry": "inquiry", "renminbi": "rmb", "per cent": "percent",
}  # fmt: skip
_ISE = re.compile(r"(?<=[a-z]{3})is(?=(?:e|ed|es|ing|ation|ations)$)")
_IRREGULAR = {
    "women": "woman", "men": "man", "children": "child", "people": "people", "criteria": "criterion", "data": "data",
    "analyses": "analysis", "bases": "basis", "leaves": "leave", "media": "media", "series": "series", "was": "was",
    "has": "has", "this": "this", "its": "its", "gas": "gas", "gases": "gas", "business": "business", "yes": "yes",
    "lens": "lens", "always": "always", "news": "news", "premises": "premises", "matches": "match", "plus": "plus",
    "premium": "premium", "does": "does", "us": "us", "as": "as", "is": "is", "sales": "sales", "savings": "savings",
    "earnings": "earnings", "securities": "securities", "futures": "futures", "goods": "goods", "services": "service",
    "equities": "equities", "proceeds": "proceeds", "terms": "terms", "works": "works", "means": "means",
}  # fmt: skip
_VOWEL = re.compile(r"[aeiouy]")
_SHORT = re.compile(r"[^aeiou][aeiou][^aeiouwxy]")  # sav-, rat-, hir-: a short verb that lost its e
# Nouns and other words that only look like forms of a verb.
_WHOLE = frozenset({
    "building", "meeting", "rating", "training", "housing", "banking", "bedding", "clothing", "during", "evening",
    "morning", "nothing", "something", "need", "speed", "feed", "seed", "bed", "red", "hundred", "indeed", "exceed",
    "proceed", "succeed", "embed", "shed",
})  # fmt: skip
# Written in capitals or with a capital these are terms (IT, US, CAR, May), in lower case everyday words.
CASED = frozenset({
    "it", "us", "car", "safe", "may", "mar", "sep", "dec", "sac", "cap", "pm", "par", "led", "abs", "pos", "vat", "fit",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text, in compared form, with its place."""

    text: str
    start: int
    end: int


def words(plain: str) -> list[Word]:
    """Words of normalised text without articles; a hyphen parts words as a space does."""
    found = []
    for match in _WORD.finditer(plain):
        word = compared(match.group())
        if word and word not in _ARTICLES:
            found.append(Word(word, match.start(), match.end()))
    return found


def glued(plain: str) -> list[tuple[str, ...]]:
    """The words of a term; with hyphens taken out as well, so that "non-performing" also is "nonperforming"."""
    forms = [tuple(word.text for word in words(plain))]
    if _JOINED.search(plain):
        forms.append(tuple(word.text for word in words(_JOINED.sub("", plain))))
    return [form for form in dict.fromkeys(forms) if form] or [(plain,)]


@lru_cache(maxsize=65536)
def compared(word: str) -> str:
    """A lower-case word in the form that is compared: no possessive, no plural ending, one spelling."""
    word = re.sub(r"['’ʼ`]s$", "", word)
    word = re.sub(r"['’ʼ`]", "", word)
    word = _IRREGULAR.get(word) or _singular(word)
    return _ISE.sub("iz", _SPELLINGS.get(word, word))


def _singular(word: str) -> str:
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zzes")):
        return word[:-2]
    return word[:-1]


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """A compared word without -ed or -ing, and without a final e, so that a verb's forms are one."""
    if word in _WHOLE:
        return word
    for ending in ("ing", "ed"):
        base = word.removesuffix(ending)
        if base != word and len(base) >= 3 and _VOWEL.search(base):
            word = _verb(base)
            break
    # A short word keeps its e: "note" is not "not", "rate" is not "rat".
    return word[:-1] if len(word) > 4 and word.endswith("e") else word


def _verb(base: str) -> str:
    if base.endswith("i"):
        return base[:-1] + "y"  # applied
    if len(base) > 3 and base[-1] == base[-2] and base[-1] not in "aeiouls":
        return base[:-1]  # planned
    return base + "e" if _SHORT.fullmatch(base) else base  # saved
