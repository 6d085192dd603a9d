"""Machine-made English for labels the glossary lacks: cached by hash, marked as machine-made, filled in the background.

Two files of JSON lines, {"zh", "en", "made_by"} each: one committed with the project (its translations were looked
through), one in the user's cache for added reports. Where a translation looks wrong it is kept empty, so that it is
neither used nor asked for again: a wrong one is worse than none.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from index.glossary import Glossary
from index.text import normalise

logger = logging.getLogger(__name__)

Translate = Callable[[str], str]
"""A Chinese label in, its English out; made by an LLM. May raise; the label is then left for the next time."""

SYNONYMS = 3  # English terms of an entry that a passage gets: more lengthen it without finding more
_MOST_PARTS = 40  # a row's table, groups, label and unit are few; longer texts are prose
_MOST_JOINED = 4
_HAN = re.compile(r"[\u3400-\u9fff]")
_PARTS = re.compile(r"[\s|>；;：·]+")
_NUMERALS = "一二三四五六七八九"
_DIGITS = re.compile(r"\d+")
_ODD = re.compile(r"[\n{}<>=]|https?:|translat", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Translation:
    """One label in both languages. en: "" when no usable translation was made. made_by: the model, or who wrote it."""

    zh: str
    en: str
    made_by: str


def key(label: str) -> str:
    """The hash a label is cached under: the same in any script, width and spacing."""
    return hashlib.sha256(re.sub(r"\s+", "", normalise(label)).encode()).hexdigest()


class Translations:
    """Labels translated so far. Safe to use from several threads."""

    def __init__(self, known: Iterable[Translation] = (), file: Path | None = None) -> None:
        """known: what is there already, later ones outweigh earlier ones; file: where new ones are added."""
        self._known = {key(item.zh): item for item in known}
        self._file = file
        self._lock = threading.Lock()

    @classmethod
    def load(cls, committed: Path, cache: Path | None = None) -> Translations:
        """Read both files, either of which may be missing. A line that cannot be read is skipped and logged."""
        found = [item for path in (cache, committed) if path is not None for item in _read(path)]
        return cls(found, cache)

    def __len__(self) -> int:
        """How many labels are known, unusable ones included."""
        return len(self._known)

    def get(self, label: str) -> str | None:
        """The English of a label; None when there is none."""
        item = self._known.get(key(label))
        return item.en or None if item else None

    def machine_made(self, label: str) -> bool:
        """Whether a label's English comes from here and not from the glossary: to be shown as such."""
        return self.get(label) is not None

    def english(self, text: str) -> list[str]:
        """Translations of the labels that `text` is made of (parts set apart by spaces, |, >, ；or ：), in order."""
        parts = [part for part in _PARTS.split(text) if part]
        if not self._known or len(parts) > _MOST_PARTS:
            return []
        found = []
        for start in range(len(parts)):
            for end in range(start + 1, min(start + _MOST_JOINED, len(parts)) + 1):
                english = self.get("".join(parts[start:end]))
                if english:
                    found.append(english)
        return list(dict.fromkeys(found))

    def missing(self, labels: Iterable[str], glossary: Glossary) -> list[str]:
        """The labels that neither the glossary has as a term nor this cache knows, each once."""
        wanted: dict[str, str] = {}
        for label in labels:
            if _HAN.search(label) and key(label) not in self._known and glossary.exact(label) is None:
                wanted.setdefault(key(label), label)
        return list(wanted.values())

    def fill(
        self,
        labels: Sequence[str],
        translate: Translate,
        made_by: str,
        stop: Callable[[], bool] = lambda: False,
    ) -> int:
        """Translate labels one by one, each on disk before the next; returns how many got a usable translation.

        stop: asked before each label, so that a background thread ends soon.
        """
        usable = 0
        for label in labels:
            if stop():
                break
            try:
                answer = translate(label).strip().strip('"“”.').strip()
            except Exception as error:  # whatever the LLM's side raises: the index must go on without it
                logger.warning("no translation of %r: %s", label, error)
                continue
            english = answer if plausible(label, answer) else ""
            usable += bool(english)
            self._add(Translation(re.sub(r"\s+", " ", label).strip(), english, made_by))
        return usable

    def _add(self, item: Translation) -> None:
        with self._lock:
            self._known[key(item.zh)] = item
            if self._file is not None:
                self._file.parent.mkdir(parents=True, exist_ok=True)
                with self._file.open("a", encoding="utf-8") as out:
                    out.write(json.dumps(asdict(item), ensure_ascii=False) + "\n")


def plausible(label: str, english: str) -> bool:
    """Whether an answer can be the English of a label: Latin, of like length, with the label's own numbers."""
    words = english.split()
    if not words or _HAN.search(english) or _ODD.search(english):
        return False
    plain = normalise(label)
    numbers, given = set(_DIGITS.findall(plain)), set(_DIGITS.findall(english))
    in_characters = {str(_NUMERALS.index(char) + 1) for char in plain if char in _NUMERALS}  # 范围一: Scope 1
    size = len(_HAN.findall(plain))
    return len(words) <= max(6, 1.5 * size) and numbers <= given <= numbers | in_characters


def english_terms(text: str, glossary: Glossary, translations: Translations | None = None) -> list[str]:
    """English for the search text of a Chinese passage: the terms of the glossary, then its labels' translations."""
    terms = [term for match in glossary.match_zh(text) for term in match.entry.english[:SYNONYMS]]
    made = translations.english(text) if translations else []
    return list(dict.fromkeys([*terms, *made]))


def label_in_english(label: str, glossary: Glossary, translations: Translations | None = None) -> str | None:
    """What to call a label in an English answer: the glossary's standard term for all of it, or its translation."""
    entry = glossary.exact(label)
    if entry is not None:
        return entry.english[0]
    return translations.get(label) if translations else None


def _read(path: Path) -> list[Translation]:
    if not path.is_file():
        return []
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
            found.append(Translation(str(item["zh"]), str(item["en"]), str(item["made_by"])))
        except (ValueError, KeyError, TypeError) as error:
            logger.warning("%s, line %d: not a translation, left out (%s)", path, number, error)
    return found
