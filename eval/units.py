"""Units of figures: which dimension a unit belongs to, its factor, and the scale (万, 亿, million …) before it."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_DATA = Path(__file__).with_name("units.toml")


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as read from a text.

    dimension: "percent", "CNY", "mass", … for measures, a group of the [count] table for counts, "" when none is said.
    factor: to the base of the dimension, scale included (万元 → 10,000 CNY). per: the group under the line, "" if none;
    below: its factor (per million yuan → 1,000,000). scaled: whether a scale was said; word: the unit as printed.
    """

    dimension: str = ""
    factor: float = 1.0
    per: str = ""
    below: float = 1.0
    scaled: bool = False
    word: str = ""

    @property
    def measured(self) -> bool:
        """Whether this is a measure, which a figure cannot do without, and not a count or nothing."""
        return bool(self.dimension) and self.dimension not in _tables().counts


@dataclass(frozen=True)
class _Tables:
    units: dict[str, tuple[str, float]]
    prefixes: dict[str, str]
    also: dict[str, frozenset[str]]
    counts: dict[str, tuple[str, ...]]
    count_words: dict[str, str]
    scales: dict[str, float]
    per: dict[str, str]
    unit_pattern: re.Pattern[str]
    prefix_pattern: re.Pattern[str]
    scale_pattern: re.Pattern[str]
    count_pattern: re.Pattern[str]


def fold(text: str) -> str:
    """The form in which units and figures are read: NFKC, typographic minus signs as "-", subscripts as digits."""
    text = unicodedata.normalize("NFKC", text)
    return text.translate(_FOLD)


_FOLD = str.maketrans({"−": "-", "－": "-", "‐": "-", "‑": "-", "\u00a0": " ", "\u202f": " ", "﹪": "%"})


def _alternation(words: list[str]) -> str:
    parts = []
    for word in sorted(words, key=len, reverse=True):
        head = r"(?<![A-Za-z])" if word[0].isascii() and word[0].isalpha() else ""
        tail = r"(?![A-Za-z])" if word[-1].isascii() and word[-1].isalpha() else r"(?!\d)" if word[-1].isdigit() else ""
        parts.append(head + re.escape(word).replace(r"\ ", r"[ -]") + tail)
    return "|".join(parts)


@lru_cache(maxsize=1)
def _tables() -> _Tables:
    data = tomllib.loads(_DATA.read_text(encoding="utf-8"))
    units: dict[str, tuple[str, float]] = {}
    prefixes: dict[str, str] = {}
    also: dict[str, frozenset[str]] = {}
    for entry in data["unit"]:
        for name in entry["names"]:
            units[fold(name)] = (entry["dimension"], entry["factor"])
        prefixes.update({fold(prefix): entry["dimension"] for prefix in entry.get("prefixes", ())})
        also[entry["dimension"]] = frozenset(entry.get("as", ()))
    counts = {group: tuple(words) for group, words in data["count"].items()}
    count_words = {fold(word): group for group, words in counts.items() for word in words}
    scales = {fold(word): factor for word, factor in data["scale"].items()}
    per = {fold(word): group for group, words in data["per"].items() for word in words}
    # 千 and 百 also begin units (千瓦时, 千克) and 百分点: there they are no scale.
    han = _alternation([word for word in scales if not word[0].isascii()])
    latin = _alternation([word for word in scales if word[0].isascii()])
    return _Tables(
        units=units,
        prefixes=prefixes,
        also=also,
        counts=counts,
        count_words=count_words,
        scales=scales,
        per=per,
        unit_pattern=re.compile(_alternation(list(units)), re.IGNORECASE),
        prefix_pattern=re.compile(_alternation(list(prefixes)), re.IGNORECASE),
        scale_pattern=re.compile(rf"(?:{han})(?![瓦克米焦伏分])|(?:{latin})", re.IGNORECASE),
        count_pattern=re.compile(_alternation(list(count_words)), re.IGNORECASE),
    )


def _lookup(table: dict[str, tuple[str, float]], word: str) -> tuple[str, float]:
    word = word.replace("-", " ") if word not in table and word.replace("-", " ") in table else word
    if word in table:
        return table[word]
    lower = word.lower()
    return next(
        value
        for name, value in table.items()
        if name.lower() in (lower, lower.replace(" ", "-"), lower.replace("-", " "))
    )


_GAP = re.compile(r"[ ]{0,2}")
_TIMES = re.compile(
    r"[ ]?(?:[x×*·][ ]?|[（(][ ]?(?:in |unit:? ?|单位[:：]? ?)?"
    r"|in (?=(?:CNY|RMB|USD|HKD|US\$|HK\$)?[ ]?(?:10|100|1),?0*))",
    re.IGNORECASE,
)
_PER = re.compile(r"[ ]?(?:/|per |每|a (?=person|head|share|year))[ ]?", re.IGNORECASE)
_OF = re.compile(r"[ ]of ", re.IGNORECASE)


def prefix_before(text: str, end: int) -> tuple[str, int]:
    """Dimension of a currency mark that ends at `end` (or before spaces), and where it starts; ("", end) if none."""
    for match in _tables().prefix_pattern.finditer(text, max(0, end - 8), end):
        if not text[match.end() : end].strip(" "):
            word = match.group()
            dimension = next(d for prefix, d in _tables().prefixes.items() if prefix.lower() == word.lower())
            return dimension, match.start()
    return "", end


def unit_at(text: str, start: int, prefix: str = "") -> tuple[Unit, int]:
    """The scale and unit that stand at `start` in folded text, and where they end.

    prefix: the dimension of a currency mark before the number. Also reads "x CNY 10,000", "(CNY 100 million)" and
    "/人", "per square metre" behind the unit.
    """
    tables = _tables()
    position = start
    scale, scaled = 1.0, False
    dimension, factor, word = prefix, 1.0, ""
    times = _TIMES.match(text, position)
    after = times.end() if times else position
    if times:  # a currency, a scale, or both; otherwise this bracket is not a unit
        mark = tables.prefix_pattern.match(text, after)
        if mark:
            dimension = next(d for p, d in tables.prefixes.items() if p.lower() == mark.group().lower())
            after = _skip(text, mark.end())
        size = tables.scale_pattern.match(text, after)
        if size:
            scale, scaled, position = _scale(size.group()), True, size.end()
        elif mark and not text[after : after + 1].isdigit():
            position = after
        else:
            dimension = prefix
    else:
        gap = _skip(text, position)
        mark = tables.prefix_pattern.match(text, gap)
        inner = tables.scale_pattern.match(text, _skip(text, mark.end())) if mark else None
        if mark and inner and inner.group()[0].isdigit():  # 2,484.34 CNY 100 million
            dimension = next(d for p, d in tables.prefixes.items() if p.lower() == mark.group().lower())
            scale, scaled, position = _scale(inner.group()), True, inner.end()
        else:
            unit_first = tables.unit_pattern.match(text, gap)
            size = tables.scale_pattern.match(text, gap)
            if size and not (unit_first and unit_first.end() >= size.end()):
                scale, scaled, position = _scale(size.group()), True, size.end()
                of = _OF.match(text, position)
                position = of.end() - 1 if of and tables.unit_pattern.match(text, of.end()) else position
    gap = _skip(text, position)
    found = tables.unit_pattern.match(text, gap)
    counted = tables.count_pattern.match(text, gap)
    if found and not (counted and counted.end() > found.end()):
        name, size_of_unit = _lookup(tables.units, found.group())
        if not (prefix and name != prefix):
            dimension, factor, word, position = name, size_of_unit, found.group(), found.end()
    elif counted:
        word, position = counted.group(), counted.end()
        dimension = dimension or tables.count_words.get(word) or tables.count_words[word.lower()]
    per, below, position = _below(text, position)
    return Unit(dimension, scale * factor, per, below, scaled, word), position


def _skip(text: str, position: int) -> int:
    match = _GAP.match(text, position)
    return match.end() if match else position


def _scale(word: str) -> float:
    scales = _tables().scales
    return (
        scales[word]
        if word in scales
        else next(f for name, f in scales.items() if name == word.lower() or name == word.lower().replace("-", " "))
    )


def _below(text: str, position: int) -> tuple[str, float, int]:
    """What stands below the line: its group ("" when there is no line), its factor, and the end."""
    tables = _tables()
    line = _PER.match(text, position)
    if not line:
        return "", 1.0, position
    at = line.end()
    size = tables.scale_pattern.match(text, at)
    factor = 1.0
    if size:
        factor, at = _scale(size.group()), _skip(text, size.end())
    for word in sorted(tables.per, key=len, reverse=True):
        if text[at : at + len(word)].lower() == word.lower():
            return tables.per[word], factor, at + len(word)
    unit = tables.unit_pattern.match(text, at)
    if unit:
        dimension, inner = _lookup(tables.units, unit.group())
        return dimension, factor * inner, unit.end()
    return ("", 1.0, position) if not size else ("", factor, at)


def parse_unit(text: str) -> Unit:
    """The unit that a unit field holds: 万元, CNY 100 million, 千瓦時 / 平方米. Unknown words count things."""
    folded = re.sub(r" */ *", "/", fold(text).strip())
    if not folded:
        return Unit()
    tables = _tables()
    mark = tables.prefix_pattern.match(folded)
    if mark and not tables.unit_pattern.fullmatch(folded):
        dimension = next(d for p, d in tables.prefixes.items() if p.lower() == mark.group().lower())
        unit, end = unit_at(folded, _skip(folded, mark.end()), dimension)
        return unit if end > mark.end() else Unit(dimension, word=folded)
    unit, _ = unit_at(folded, 0)
    return unit if unit != Unit() else Unit("thing", word=folded)


def units_named(text: str) -> list[Unit]:
    """Units and scales a question asks in, with no number before them: 多少万元, "(CNY 10,000)", "how many tonnes"."""
    folded = fold(text)
    tables = _tables()
    found: list[Unit] = []
    end = 0
    asks = re.compile(r"多少|几|(?:how many|how much|in|\(|（)\s?", re.IGNORECASE)
    for match in asks.finditer(folded):
        mark = tables.prefix_pattern.match(folded, match.end())
        start = _skip(folded, mark.end()) if mark else match.end()
        dimension = next((d for p, d in tables.prefixes.items() if mark and p.lower() == mark.group().lower()), "")
        unit, stop = unit_at(folded, start, dimension)
        if stop > start or dimension:
            found.append(unit)
            end = max(end, stop)
    found += [
        Unit(*_lookup(tables.units, match.group()), word=match.group())
        for match in tables.unit_pattern.finditer(folded)
        if match.start() >= end and len(match.group()) > 1 and not folded[: match.start()].rstrip()[-1:].isdigit()
    ]
    return found


def fits(said: Unit, gold: Unit) -> bool:
    """Whether a figure said in one unit can answer a question whose gold is in another; scales are compared apart.

    Counts fit counts of any thing, but person-times are not people. A figure without a unit fits a count.
    """
    if gold.per and said.per and said.per != gold.per:
        return False
    if said.per and not gold.per and said.measured:
        return False
    if gold.measured:
        if said.dimension == gold.dimension:
            return True
        return said.dimension in _tables().also.get(gold.dimension, frozenset())
    if said.measured:
        # "the 4.88 points", "7 times" and the like: words that both measure and count
        return said.dimension == "multiple" and gold.dimension in ("occasion", "attendance")
    return {said.dimension, gold.dimension} != {"person", "attendance"} or (
        said.word.isascii() and gold.dimension == "attendance"
    )
