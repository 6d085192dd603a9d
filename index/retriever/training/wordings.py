"""Other ways to say a Chinese label or sentence, in Chinese and in English, out of the glossary."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from index.glossary import Glossary, Match
from index.text import normalise
from index.translations import Translations

_HAN = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True)
class Contrast:
    """Members of a set that must not be confused; each member is its spellings."""

    members: tuple[tuple[str, ...], ...]


class Wordings:
    """Says things differently; the same seed says them the same way."""

    def __init__(
        self, glossary: Glossary, translations: Translations, contrasts: Sequence[Contrast], seed: int
    ) -> None:
        """translations: English of whole labels; contrasts: what `confused` swaps."""
        self.glossary = glossary
        self.translations = translations
        self.contrasts = contrasts
        self.random = random.Random(seed)
        self._matches = lru_cache(maxsize=20_000)(glossary.match_zh)

    def chinese(self, text: str, swap: float = 0.5) -> str:
        """`text` in search form with each glossary term swapped for a synonym with chance `swap`."""
        plain = normalise(text)
        for match in reversed(self._spans(plain)):
            if self.random.random() < swap and len(match.entry.chinese) > 1:
                plain = plain[: match.start] + self.random.choice(match.entry.chinese) + plain[match.end :]
        return normalise(plain)

    def english(self, text: str) -> str:
        """English of a Chinese label: its translation, or a term for each glossary term in it; "" without any."""
        whole = self.translations.get(text)
        if whole and self.random.random() < 0.5:
            return whole.lower()
        return " ".join(self.random.choice(match.entry.english) for match in self._spans(normalise(text))).lower()

    def mixed(self, text: str, swap: float = 0.5) -> str:
        """`text` with terms swapped for English ones with chance `swap`: what cannot be translated stays Chinese."""
        plain = normalise(text)
        for match in reversed(self._spans(plain)):
            if self.random.random() < swap:
                term = self.random.choice(match.entry.english).lower()
                plain = f"{plain[: match.start]} {term} {plain[match.end :]}"
        return normalise(plain)

    def confused(self, text: str) -> str:
        """`text` about another member of a set that must not be confused (男 for 女); "" when it names none."""
        plain = normalise(text)
        for contrast in self.random.sample(list(self.contrasts), len(self.contrasts)):
            for number, spellings in enumerate(contrast.members):
                found = max((word for word in spellings if word in plain), key=len, default="")
                others = [words for place, words in enumerate(contrast.members) if place != number]
                if found and others and not any(word in plain for words in others for word in words):
                    return plain.replace(found, self.random.choice(others)[0], 1)
        return ""

    def _spans(self, plain: str) -> list[Match]:
        """One match a place: a term of two senses takes one of them."""
        chosen: dict[int, Match] = {}
        for match in self._matches(plain):
            if match.start not in chosen or self.random.random() < 0.5:
                chosen[match.start] = match
        return list(chosen.values())


def read_contrasts(path: Path) -> list[Contrast]:
    """The sets of prompts/contrasts.txt."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            members = [part.strip().split("|") for part in line.lstrip("!~ ").split(" / ")]
            found.append(
                Contrast(tuple(tuple(normalise(word) for word in member if word.strip()) for member in members))
            )
    return [contrast for contrast in found if len(contrast.members) > 1]


def has_han(text: str) -> bool:
    """Whether a text has a Chinese character."""
    return _HAN.search(text) is not None
