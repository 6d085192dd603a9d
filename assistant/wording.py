"""The sentences that code writes, in the asker's language; see prompts/wording.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path

from assistant.answer import Citation, Language
from assistant.errors import AssistantError
from assistant.figures import Figure, groups_of
from assistant.printed import printed
from assistant.units import CURRENCIES, is_measure, parse_unit, spoken_number
from index.catalog import Catalog
from index.glossary import Glossary
from index.text import normalise, simplify, traditional
from index.translations import Translations, label_in_english

_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_SLOT = re.compile(r"\{([a-z_]+)\}")
_SCALED = re.compile(r"(万亿|千亿|百亿|十亿|亿|千万|百万|十万|万|千)(.*)")
# What a clause names before its own: "子公司7家、" of "子公司7家、分公司22家".
_LISTED = re.compile(r"^.*\d[^、,\d]{1,6}、(?=.{2})(?!.*(?:合计|共))")
_RESULT = re.compile(r"(.*) ([=≈]) (.*)", re.DOTALL)
# Counters that English has no word for: "63 times" reads as a multiple, "40 units" as something made.
_BARE_COUNTERS = {"次", "回", "个", "期", "城", "通"}
_EACH = {"人": "person", "平方米": "square metre", "m2": "square metre", "户": "household", "股": "share"}


class Wording:
    """Templates of all languages; every method takes the language of the answer."""

    def __init__(self, file: Path, catalog: Catalog, glossary: Glossary) -> None:
        """Read the templates; raises AssistantError on a missing or bad file."""
        self._file = file
        try:
            self._templates = tomllib.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise AssistantError(f"cannot read {file}: {error}") from error
        self._catalog = catalog
        self._glossary = glossary
        self._translations = Translations.load(file.with_name("label-translations.jsonl"))

    def say(self, name: str, language: Language, **slots: str) -> str:
        """A template filled in."""
        source = "en" if language == "en" else "zh-Hans"
        try:
            text = str(self._templates[source][name])
        except (KeyError, TypeError) as error:
            raise AssistantError(f"{self._file}: [{source}] has no {name!r}") from error
        if language == "zh-Hant":
            text = traditional(text)
        # In one step: a value may itself hold {words}.
        return _SLOT.sub(lambda match: slots.get(match[1], match[0]), text)

    def institution(self, report: str, language: Language) -> str:
        """The short name of a report's institution."""
        return self._catalog.get(report).institution[language]

    def year(self, report: str) -> int:
        """The year that a report covers."""
        return self._catalog.get(report).year

    def period(self, period: str | None, language: Language, cumulative: bool = False) -> str:
        """A period in words: 2024年6月, June 2024, 2024年上半年."""
        if not period:
            return ""
        year, _, part = period.partition("-")
        if language == "en":
            if not part:
                return year
            if part[0] in "HQ":
                return f"{part} {year}"
            month = _MONTHS[int(part) - 1]
            return f"January–{month} {year}" if cumulative and part != "01" else f"{month} {year}"
        if not part:
            return f"{year}年"
        if part[0] == "H":
            return f"{year}年{'上' if part == 'H1' else '下'}半年"
        if part[0] == "Q":
            return f"{year}年第{'一二三四'[int(part[1]) - 1]}季度"
        return f"{year}年1—{int(part)}月" if cumulative and part != "01" else f"{year}年{int(part)}月"

    def metric(self, figure: Figure, language: Language) -> str:
        """What a figure is called in the report, in the answer's script; in English with its standard term."""
        if figure.row is None:
            label = printed(figure.label, figure.passage.text) or ""
            label = label if figure.value_text in label else figure.label
            label = re.sub(r"\s*>\s*", "，", re.sub(r"\s+", " ", label))
            name = label.split(figure.value_text)[0].strip(" ，,:：")
            return self.script(_LISTED.sub("", name) or name or label, language)
        parts = [*groups_of(figure.passage)[-2:], figure.label]
        basis = f"（{figure.basis}）" if figure.basis else ""
        name = "·".join(dict.fromkeys(part for part in parts if part)) + basis
        if language != "en":
            return self.script(name, language)
        english = [self._label_in_english(part) for part in parts]
        known = [term for term in english if term]
        if english[-1]:
            return f"{', '.join(known)} ({name})"
        return f"“{name}”" if re.search(r"\d", figure.label) else name  # a figure of the label is none of the answer

    def _label_in_english(self, label: str) -> str:
        """A label's English term; "" for none, or for one with other numbers: "over 50" for 51岁及以上."""
        english = label_in_english(label, self._glossary, self._translations) or ""
        same = re.findall(r"\d+", english) == re.findall(r"\d+", normalise(label))
        return english if same or not re.search(r"\d", english) else ""

    def script(self, text: str, language: Language) -> str:
        """Chinese text in the answer's script; printed as it is for English."""
        if language == "zh-Hans":
            return simplify(text)
        # What is printed in Traditional stays as it is: 發卡 would come back from Simplified as 髮卡.
        return traditional(text) if language == "zh-Hant" and simplify(text) == text else text

    def amount(self, value_text: str, unit_text: str, language: Language) -> str:
        """A number with its unit as printed; in English also in English units, worked out by code."""
        if unit_text and value_text.endswith(unit_text):  # a cell that prints its unit: 4.72分
            value_text = value_text.removesuffix(unit_text).rstrip()
        joint = "" if unit_text[:1] in ("", "%", "万", "萬", "亿", "億") else " "
        printed = f"{value_text}{joint}{self.script(unit_text, language)}".strip()
        spoken = spoken_number(value_text)
        if spoken is not None and language != "en":
            return f"{spoken:g}{joint}{self.script(unit_text, language)}".strip()  # 两席 as a number: 2 席
        if language != "en" or not unit_text:
            return printed
        return self._english_amount(value_text, unit_text) or printed

    def formula(self, formula: str, unit_text: str, language: Language) -> str:
        """A formula as computed; in English with its result's unit in English, money also in plain figures."""
        working, equals, result = _RESULT.match(formula).groups()  # type: ignore[union-attr]
        if language != "en" or not unit_text or unit_text == "%":
            return formula
        value_text = result.removesuffix(unit_text).strip()
        if unit_text == "倍":
            return f"{working} {equals} {value_text} times"
        english = self._english_amount(value_text, unit_text)
        if english is None:
            return formula
        plain, _, printed = english.partition(" (")
        # 52.28 万元 is what the figures before it add up to: it comes first.
        return f"{working} {equals} {printed.rstrip(')')} ({plain})" if printed else f"{working} {equals} {plain}"

    def _unit_name(self, unit: str) -> str:
        names = self._glossary.english(unit)
        return names[0] if names and is_measure(unit) else unit

    def _english_amount(self, value_text: str, unit_text: str) -> str | None:
        unit = parse_unit(unit_text)
        plain = normalise(unit_text).replace(" ", "")
        spoken = spoken_number(value_text)
        value_text = value_text if spoken is None else f"{spoken:g}"
        try:
            value = float(value_text.replace(",", "").replace("−", "-"))
        except ValueError:
            return None
        if unit is None:
            return None
        if plain == "%":
            return f"{value_text}%"
        if unit.dimension == "percentage point":
            return f"{value_text} percentage points"
        if "/" in plain:
            over, per = plain.split("/", 1)
            each = _EACH.get(per)
            return f"{value_text} {self._unit_name(over)} per {each} ({value_text} {unit_text})" if each else None
        names = self._glossary.english(plain)
        scaled = None if is_measure(plain) else _SCALED.match(plain)  # the 千 of 千瓦时 is no scale
        if unit.dimension in CURRENCIES:
            return f"{unit.dimension} {_large(value * unit.factor)} ({value_text} {unit_text})"
        if scaled:
            counter = self._glossary.english(scaled[2]) if scaled[2] and scaled[2] not in _BARE_COUNTERS else []
            whole = _whole(value * parse_unit(scaled[1]).factor)  # type: ignore[union-attr]
            return f"{whole} {counter[0] if counter else ''}".strip() + f" ({value_text} {unit_text})"
        if plain in _BARE_COUNTERS:
            return value_text
        name = names[0] if names else unit_text
        return f"{value_text} {name}{'s' if name in ('year', 'month') and value != 1 else ''}"


def marks(citations: Sequence[Citation]) -> str:
    """The [n] marks of some citations."""
    return "".join(dict.fromkeys(f"[{citation.n}]" for citation in citations))


def _whole(number: float) -> str:
    """A count in full; from a billion on, where digits are no longer read, in words."""
    return _large(number) if abs(number) >= 1e9 else f"{number:,.10g}"


def _large(amount: float) -> str:
    for size, word in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million")):
        if abs(amount) >= size:
            return f"{amount / size:,.10g} {word}"
    return f"{amount:,.10g}"
