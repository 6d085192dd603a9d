"""The bilingual glossary: Chinese terms in a text → English standard terms and back, by words alone, without a model.

The file is plain text that anyone can extend (prompts/README.md says how); this module reads it, checks it line by line
and finds its terms in texts of any script. Chinese is matched by characters, English by words with their endings taken
off (index/wordforms.py). Everywhere the longest term wins and matches do not overlap.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.text import normalise
from index.wordforms import CASED, glued, stem, words

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_LINKING = frozenset("的和与及或按所在中之为其等")
_GAP = re.compile(r"(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff])")
_HYPHEN = re.compile(r"(?<=[A-Za-z])-(?=[A-Za-z])")
_ITEM_NUMBER = re.compile(r"^(?:[一二三四五六七八九十]{1,3}、|[(（][一二三四五六七八九十]{1,3}[)）])")
_LATIN = re.compile(r"[A-Za-z]+")
_ALNUM = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")


class GlossaryError(ValueError):
    """A glossary that cannot be used; the message names the file, the line and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the glossary: terms that mean the same, the standard one of each language first.

    chinese, english: as written in the file, without marks. shared: the terms marked as standing in other lines too.
    """

    domain: str
    chinese: tuple[str, ...]
    english: tuple[str, ...]
    shared: frozenset[str]
    line: int


@dataclass(frozen=True, slots=True)
class Match:
    """A term found. start, end: offsets in `normalise(text)`. A shared term gives one match for each of its entries."""

    entry: Entry
    start: int
    end: int


class Glossary:
    """The entries of a glossary file and fast look-up of their terms in both directions."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        """Index the terms of `entries`."""
        self.entries = tuple(entries)
        self._chinese = _ChineseTerms(self.entries)
        self._english = _EnglishTerms(self.entries)

    @classmethod
    def load(cls, path: Path) -> Glossary:
        """Read a glossary file; raises GlossaryError naming the line that is wrong."""
        return cls(_read(path))

    def match_zh(self, text: str) -> list[Match]:
        """Chinese terms in `text` (any script), in order of place; offsets refer to `normalise(text)`."""
        return self._chinese.find(normalise(text))

    def match_plain(self, plain: str) -> list[Match]:
        """Chinese terms in a normalised text that keeps spaces where words were cut out; none reaches over such a gap.

        Offsets refer to `plain` itself.
        """
        ends = [gap.start() for gap in _GAP.finditer(plain)]
        return [
            Match(match.entry, match.start + start, match.end + start)
            for start, end in zip([0, *ends], [*ends, len(plain)], strict=True)
            for match in self._chinese.find(plain[start:end])
        ]

    def match_en(self, text: str) -> list[Match]:
        """English terms in `text`, whatever their case, endings and hyphens; offsets refer to `normalise(text)`."""
        found = self._english.find(normalise(text), text)
        parted = _HYPHEN.sub(" ", text)
        if parted != text:
            more = [match for match in self._english.find(normalise(parted), parted) if match not in found]
            found = sorted([*found, *more], key=lambda match: (match.start, -match.end))
        return found

    def english(self, text: str) -> list[str]:
        """The English standard term of each Chinese term in `text`, in order, each once."""
        return _first(match.entry.english for match in self.match_zh(text))

    def chinese(self, text: str) -> list[str]:
        """The Chinese standard term of each English term in `text`, in order, each once."""
        return _first(match.entry.chinese for match in self.match_en(text))

    def synonyms(self, text: str) -> list[str]:
        """The other Chinese terms of the entries whose terms stand in `text`; none that `text` already has."""
        plain = normalise(text)
        found = (term for match in self._chinese.find(plain) for term in match.entry.chinese)
        return [term for term in dict.fromkeys(found) if normalise(term) not in plain]

    def standard(self, text: str) -> list[str]:
        """The standard terms, Chinese then English, of every term of either language in `text`, each once.

        Added to a question of either language they find what the passages' English terms were written for.
        """
        entries = dict.fromkeys(match.entry for match in (*self.match_zh(text), *self.match_en(text)))
        return list(dict.fromkeys(term for entry in entries for term in (entry.chinese[0], entry.english[0])))

    def exact(self, label: str) -> Entry | None:
        """The one entry whose term is the whole label, its item number apart; None when there is none or several."""
        plain = _ITEM_NUMBER.sub("", normalise(label))
        found = [match.entry for match in self._chinese.find(plain) if match.end - match.start == len(plain)]
        return found[0] if len(found) == 1 else None

    def covers(self, label: str) -> bool:
        """Whether terms make up the whole label, words like 的, 和, 按 and the number of an item apart."""
        plain = _ITEM_NUMBER.sub("", normalise(label))
        covered = {place for match in self._chinese.find(plain) for place in range(match.start, match.end)}
        return not any(
            _HAN.match(char) and char not in _LINKING for place, char in enumerate(plain) if place not in covered
        )


def _first(terms: Iterable[Sequence[str]]) -> list[str]:
    return list(dict.fromkeys(group[0] for group in terms))


class _ChineseTerms:
    """Longest-first matching by the first two characters of each term, spaces beside Han characters ignored."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries: dict[str, list[Entry]] = {}
        for entry in entries:
            for term in entry.chinese:
                holders = self._entries.setdefault(_closed(normalise(term))[0], [])
                if entry not in holders:
                    holders.append(entry)
        lengths: dict[str, set[int]] = {}
        for term in self._entries:
            lengths.setdefault(term[:2], set()).add(len(term))
        self._lengths = {head: tuple(sorted(sizes, reverse=True)) for head, sizes in lengths.items()}

    def find(self, plain: str) -> list[Match]:
        text, places = _closed(plain)
        found: list[tuple[int, int]] = []
        for start in range(len(text)):
            for head in (text[start : start + 2], text[start]):
                for size in self._lengths.get(head, ()):
                    end = start + size
                    if end <= len(text) and text[start:end] in self._entries and _stands_alone(text, start, end):
                        found.append((start, end))
                if len(head) == 1:
                    break
        return [
            Match(entry, places[start], places[end - 1] + 1)
            for start, end in _longest(found)
            for entry in self._entries[text[start:end]]
        ]


def _closed(plain: str) -> tuple[str, list[int]]:
    """The text without spaces next to Han characters ("范围 1" → "范围1"), and where each character stood."""
    places = [
        place
        for place, char in enumerate(plain)
        if char != " " or not (_HAN.match(plain[place - 1 : place] or "") or _HAN.match(plain[place + 1 : place + 2]))
    ]
    return "".join(plain[place] for place in places), places


def _stands_alone(text: str, start: int, end: int) -> bool:
    # "ai" is no term inside "email", "范围1" none inside "范围10". A single character (吨, 次) is a unit only when no
    # other Han character touches it: inside words it means nothing.
    before, after = text[start - 1 : start], text[end : end + 1]
    if end - start == 1 and _HAN.match(text[start]):
        return not (_HAN.match(before) or _HAN.match(after))
    return not (text[start] in _ALNUM and before in _ALNUM) and not (text[end - 1] in _ALNUM and after in _ALNUM)


class _EnglishTerms:
    """Longest-first matching by words. Plurals always match; -ed and -ing only where no other entry claims the stem."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._strict: dict[tuple[str, ...], list[Entry]] = {}
        self._cased: dict[tuple[str, ...], list[tuple[str, Entry]]] = {}
        for entry in entries:
            for term in entry.english:
                if term.lower() in CASED and term != term.lower():
                    self._cased.setdefault(glued(normalise(term))[0], []).append((term, entry))
                    continue
                for form in glued(normalise(term)):
                    self._add(self._strict, form, entry)
        self._loose = self._stems()
        self._longest: dict[str, int] = {}
        for key in (*self._strict, *self._loose, *self._cased):
            self._longest[key[0]] = max(len(key), self._longest.get(key[0], 0))

    @staticmethod
    def _add(table: dict[tuple[str, ...], list[Entry]], key: tuple[str, ...], entry: Entry) -> None:
        holders = table.setdefault(key, [])
        if entry not in holders:
            holders.append(entry)

    def _stems(self) -> dict[tuple[str, ...], list[Entry]]:
        stems: dict[tuple[str, ...], list[list[Entry]]] = {}
        for key, entries in self._strict.items():
            stems.setdefault(tuple(map(stem, key)), []).append(entries)
        # "rate" and "rating" share a stem and mean different things: then only the written forms match.
        return {key: claims[0] for key, claims in stems.items() if all(claim == claims[0] for claim in claims)}

    def find(self, plain: str, written: str) -> list[Match]:
        found = words(plain)
        stems = [stem(word.text) for word in found]
        spans: dict[tuple[int, int], list[Entry]] = {}
        as_written = set(_LATIN.findall(written))
        for start, word in enumerate(found):
            cased = [entry for term, entry in self._cased.get((word.text,), ()) if term in as_written]
            if cased:
                spans[start, start + 1] = cased
            reach = max(self._longest.get(word.text, 0), self._longest.get(stems[start], 0))
            for end in range(start + 1, min(start + reach, len(found)) + 1):
                exact = self._strict.get(tuple(part.text for part in found[start:end]))
                entries = exact or self._loose.get(tuple(stems[start:end]))
                if entries:
                    spans.setdefault((start, end), entries)
        return [
            Match(entry, found[start].start, found[end - 1].end)
            for start, end in _longest(spans)
            for entry in spans[start, end]
        ]


def _longest(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Of overlapping spans the longest, of equal ones the first; in order of place."""
    chosen: list[tuple[int, int]] = []
    taken: set[int] = set()
    for start, end in sorted(spans, key=lambda span: (span[0] - span[1], span[0])):
        if taken.isdisjoint(range(start, end)):
            taken.update(range(start, end))
            chosen.append((start, end))
    return sorted(chosen)


def _read(path: Path) -> list[Entry]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise GlossaryError(f"{path}: not UTF-8 text; save it as UTF-8") from error
    except OSError as error:
        raise GlossaryError(f"{path}: cannot be read: {error.strerror}") from error
    entries: list[Entry] = []
    seen: dict[tuple[str, object], tuple[int, bool]] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() and not line.lstrip().startswith("#"):
            entry = _entry(line, f"{path}, line {number}", number)
            _check_unique(entry, f"{path}, line {number}", seen)
            entries.append(entry)
    return entries


def _entry(line: str, where: str, number: int) -> Entry:
    fields = [field.strip() for field in line.split("\t")]
    if len(fields) != 3 or not all(fields):
        raise GlossaryError(
            f"{where}: expected three fields set apart by tabs (field, Chinese, English terms), found {len(fields)}"
        )
    domain, *sides = fields
    shared: set[str] = set()
    terms: list[tuple[str, ...]] = []
    for side in sides:
        own: list[str] = []
        for written in side.split("|"):
            term = written.strip().removesuffix("?").strip()
            if not term:
                raise GlossaryError(f"{where}: empty term in {side!r}")
            if written.strip().endswith("?"):
                shared.add(term)
            own.append(term)
        terms.append(tuple(own))
    # Acronyms (MSCI, 5G) are the same in both languages; lower-case Latin alone means that the fields were swapped.
    if not _HAN.search(sides[0]) and sides[0].upper() != sides[0]:
        raise GlossaryError(f"{where}: no Chinese in the Chinese field {sides[0]!r}")
    if _HAN.search("".join(terms[1])):
        raise GlossaryError(f"{where}: Chinese in the English field {sides[1]!r}")
    return Entry(domain, terms[0], terms[1], frozenset(shared), number)


def _check_unique(entry: Entry, where: str, seen: dict[tuple[str, object], tuple[int, bool]]) -> None:
    """A term stands in one line, or is marked with "?" in each line it stands in."""
    keys: list[tuple[str, Callable[[str], object], tuple[str, ...]]] = [
        ("zh", lambda term: _closed(normalise(term))[0], entry.chinese),
        ("en", lambda term: glued(normalise(term))[0], entry.english),
    ]
    for language, key, terms in keys:
        for term in terms:
            place, shared = (language, key(term)), term in entry.shared
            line, also_shared = seen.setdefault(place, (entry.line, shared))
            if line == entry.line:
                continue
            if not (shared and also_shared):
                raise GlossaryError(
                    f"{where}: {term!r} is already in line {line}; put it in one line, or mark it '{term}?' in both"
                )
