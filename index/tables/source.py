"""A report's lines as table readers see them: blank lines, running headers and page numbers set aside."""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from index.records import Line
from index.tables.lexicon import GROUP, NOTE

_FOOTNOTE_LINE = re.compile(r"^(?:[(]?\d{1,2}[).、．]|[①-⑳]|\d{1,2}\s)\s*\S{12,}")
_SENTENCE = re.compile(r"[。；！？!?]|，.*，|,.*[一-鿿].*,[一-鿿]")
_REPORTING_PERIOD = re.compile(r"((?:19|20)\d{2})年1月1日(?:起)?(?:至|到|[-—~])(?:(?:19|20)\d{2}年)?12月31日")
_REPORT_TITLE = re.compile(r"((?:19|20)\d{2})年?度?.{0,12}(?:报告|年报)")
_REPEATS, _SPREAD, _LONG = 4, 20, 12


@dataclass(frozen=True)
class Source:
    """The lines of one report. Positions are 0-based places in `lines`; `Line.number` is what rows carry."""

    report: str
    lines: Sequence[Line]

    @cached_property
    def content(self) -> tuple[int, ...]:
        """Positions of the lines that carry content, in order."""
        return tuple(
            position
            for position, line in enumerate(self.lines)
            if line.text and position not in self.running and position not in self.page_numbers
        )

    @cached_property
    def running(self) -> frozenset[int]:
        """Positions of running headers and footers: the same words, page after page."""
        places: dict[str, list[int]] = defaultdict(list)
        for position, line in enumerate(self.lines):
            key = re.sub(r"[\d\s]+", "", line.text)
            if len(key) >= _LONG:
                places[key].append(position)
        found: set[int] = set()
        for key, positions in places.items():
            if len(positions) < _REPEATS or GROUP.search(key) or "年年" in key:
                continue
            gaps = sorted(after - before for before, after in itertools.pairwise(positions))
            if gaps[len(gaps) // 2] >= _SPREAD and not re.search(r"\d\s+\d", self.lines[positions[0]].text):
                found.update(positions)
        return frozenset(found)

    @cached_property
    def page_starts(self) -> frozenset[int]:
        """Positions of lines that begin a page: the extraction marks them by a leading space or form feed."""
        return frozenset(
            position
            for position, line in enumerate(self.lines)
            if line.raw[:1] in {" ", "\f"} and line.text and not line.raw.startswith("  ")
        )

    @cached_property
    def page_numbers(self) -> frozenset[int]:
        """Positions of lone integers at a page's edge."""
        found = set()
        for position in self.page_starts:
            for beside in (self._step(position, -1), self._step(position, 1)):
                if beside is not None and re.fullmatch(r"\d{1,3}( \d{1,3})?", self.lines[beside].text):
                    if beside > position and position not in self.running:
                        continue
                    before = self._step(beside, -1)
                    if beside < position and before is not None and re.fullmatch(r"[\d.,%]+", self.lines[before].text):
                        continue  # the last figure of a block, not a page number
                    found.add(beside)
        return frozenset(found)

    @cached_property
    def full_year(self) -> int | None:
        """The calendar year a report says it covers from January to December; None when it does not say so."""
        for line in self.lines:
            match = _REPORTING_PERIOD.search(line.text.replace(" ", ""))
            if match:
                return int(match[1])
        return None

    @cached_property
    def year(self) -> int | None:
        """The year the report covers, from its own statement of the reporting period, else from its title."""
        if self.full_year is not None:
            return self.full_year
        text = [line.text.replace(" ", "") for line in self.lines]
        for line in text[:120]:
            match = _REPORT_TITLE.search(line)
            if match and len(line) < 40:
                return int(match[1])
        named = Counter(year for line in text for year in re.findall(r"(?<!\d)((?:19|20)\d{2})年", line))
        if named:
            year, count = named.most_common(1)[0]
            if count >= max(5, 0.5 * named.total()):
                return int(year)
        return None

    def text(self, position: int) -> str:
        """The normal form of one line."""
        return self.lines[position].text

    def raw(self, position: int) -> str:
        """One line as printed."""
        return self.lines[position].raw

    def number(self, position: int) -> int:
        """The 1-based line number."""
        return self.lines[position].number

    def adjacent(self, before: int, after: int) -> bool:
        """True when no blank line stands between two positions."""
        return all(self.lines[position].text or position in self.running for position in range(before + 1, after))

    def _step(self, position: int, step: int) -> int | None:
        position += step
        while 0 <= position < len(self.lines):
            if self.lines[position].text:
                return position
            position += step
        return None


def is_note(text: str) -> bool:
    """True for the notes printed around tables (normal form): 注：…, 数据来源：…, (1)本公司…, 2 口径为…."""
    return bool(NOTE.match(text) or (_FOOTNOTE_LINE.match(text) and (len(text) > 24 or _SENTENCE.search(text))))


def is_prose(text: str) -> bool:
    """True for lines of running text (normal form): sentence marks, or longer than any label."""
    return bool(_SENTENCE.search(text)) or len(text) > 60
