"""Does a unit suit a label, and do figures suit a unit: what confirms a match of blocks that stand apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from index.tables.lexicon import INTENSITIES, UNIT_CUES, UNIT_FAMILIES, UNIT_SCALES
from index.tables.stub import plain
from index.tables.units import is_count, unit_key
from index.tables.values import Printed

SUITS, UNKNOWN, CLASHES = 1.0, 0.0, -1.5


@lru_cache(maxsize=8192)
def families(unit: str) -> frozenset[str]:
    """The kinds of quantity a unit measures; "per" for intensities."""
    key = unit_key(unit)
    if "/" in key or "每" in key:
        return frozenset({"per"})
    for scale in ("", *UNIT_SCALES):
        base = key.removeprefix(scale) if scale else key
        found = frozenset(family for family, words in UNIT_FAMILIES.items() if base in words)
        if found:
            return found
    return frozenset()


@lru_cache(maxsize=8192)
def called_for(label: str) -> frozenset[str]:
    """The kinds of quantity a label calls for by the cue that ends last in it; empty when it has none."""
    text = plain(label)
    text = re.sub(r"\([^()]*\)", "", text) or text
    ends: dict[str, tuple[int, int]] = {}
    for family, cues in UNIT_CUES.items():
        for cue in cues:
            word = cue.rstrip("=")
            if cue.endswith("="):
                end = len(text) if text.endswith(word) else -1
            else:
                at = text.rfind(word)
                end = at + len(word) if at >= 0 else -1
            if end > 0:
                ends[family] = max(ends.get(family, (0, 0)), (end, len(word)))
    if not ends:
        return frozenset()
    if "per" in ends:
        return frozenset({"per", *(family for family, (end, _) in ends.items() if end == len(text))})
    best = max(ends.values())
    last = max(end for end, _ in ends.values())
    return frozenset(
        family for family, found in ends.items() if found == best or (found[0] == last and last < len(text))
    )


@lru_cache(maxsize=65536)
def suits(label: str, unit: str) -> float:
    """SUITS, UNKNOWN or CLASHES for a label and a unit."""
    wanted, offered = called_for(label), families(unit)
    if not wanted or not offered:
        return UNKNOWN
    if wanted & offered:
        return SUITS
    if "per" in offered and "per" not in wanted:
        return CLASHES if "平均" not in plain(label) else UNKNOWN
    if wanted == {"items"} and offered & {"visits", "times", "people", "items"}:
        return UNKNOWN + 0.3
    if wanted == {"per"} and any(word in plain(label) for word in INTENSITIES):
        return CLASHES
    if wanted == {"per"} and offered & {"hours", "money", "days", "times", "mass", "volume", "energy"}:
        return UNKNOWN
    return CLASHES


def figures_suit(unit: str, values: Sequence[Printed]) -> float:
    """UNKNOWN, or CLASHES when the figures cannot be in that unit (parts of people, shares in the thousands)."""
    numbers = [value.value for value in values if value.value is not None]
    if is_count(unit) and any(number != int(number) or number < 0 for number in numbers):
        return CLASHES
    if unit_key(unit) == "%" and any(abs(number) > 1000 for number in numbers):
        return CLASHES
    return UNKNOWN
