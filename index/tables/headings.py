"""Which title belongs to which table: nearest above, stacked for several tables, inherited over a page break."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

from index.tables.header import Header
from index.tables.lexicon import HEADER_WORDS, THEMES, TITLE_NUMBER, TITLE_TAIL
from index.tables.source import Source, is_note, is_prose
from index.tables.stub import is_group, plain, strip_marks
from index.tables.units import is_unit
from index.tables.values import is_figure

_UNIT_LINE = re.compile(
    r"[(（]?(?:[计計]量|金[额額]|[货貨][币幣]|[统統][计計]|[数數][据據])?[单單]位[:： ]\s*([^)）]+?)[)）]?$"
)
_CURRENCY = re.compile(r"[(（]?[币幣][种種][:：]\s*\S{2,4}[)）]?")
_TITLE_UNIT = re.compile(r"(?P<title>\S.*?)\s*(?P<unit>[(（]?(?:[计計]量)?[单單]位[:：].+)")
_BRACKETED = re.compile(r"[(（]([^()（）]+)[)）]")
_SECTION_NUMBER = re.compile(r"\s+\d{1,2}(?:\.\d{1,2})+$")
_CONTINUED = re.compile(r"\s*[(（](?:[续續](?:表|上表|前表)?|continued)[)）]$", re.IGNORECASE)
_MAX_ABOVE, _MAX_TITLE, _MAX_NAMED = 6, 40, 8


@dataclass(frozen=True)
class Title:
    """One title-like line."""

    text: str
    position: int


class Headings:
    """Titles and table-wide units of all headers of one report."""

    def __init__(self, source: Source, headers: list[Header]) -> None:
        """Look above every header once; `headers` in order."""
        self._source = source
        self._titles: dict[int, tuple[str, int | None]] = {}
        self._units: dict[int, tuple[str, int | None]] = {}
        self._place = {position: place for place, position in enumerate(source.content)}
        self._next = {header.first: after.first for header, after in itertools.pairwise(headers)}
        above = [self._above(header, headers[at - 1] if at else None) for at, header in enumerate(headers)]
        self._assign(headers, above)

    def title(self, header: Header) -> tuple[str, int | None]:
        """Title and its 1-based line ("" and None when the table has none)."""
        return self._titles.get(header.first, ("", None))

    def unit(self, header: Header) -> tuple[str, int | None]:
        """The unit given once for the whole table (单位：%) and its 1-based line."""
        return self._units.get(header.first, ("", None))

    def _above(self, header: Header, before: Header | None) -> list[Title]:
        source = self._source
        found: list[Title] = []
        place = self._place[header.first]
        seen = 0
        for at in range(place - 1, -1, -1):
            position = source.content[at]
            if (before is not None and position <= before.last) or seen >= _MAX_ABOVE:
                break
            seen += 1
            text = source.text(position)
            unit = unit_line(source.raw(position))
            if unit:
                if not found:
                    self._units[header.first] = (unit, source.number(position))
                continue
            title, unit = title_and_unit(source.raw(position))
            if not is_title(title, text):
                break
            if unit and not found:
                self._units[header.first] = (unit, source.number(position))
            found.append(Title(clean_title(title), position))
        return found

    def _assign(self, headers: list[Header], above: list[list[Title]]) -> None:
        at = 0
        while at < len(headers):
            stack = above[at]
            if not stack:
                self._inherit(headers, at)
                at += 1
                continue
            last = at + 1
            while last < len(headers) and not above[last] and headers[last].key == headers[at].key:
                last += 1
            tables = headers[at:last]
            if len(stack) == 1 or len(tables) == 1:
                self._set(tables[0], stack[:1])
                at += 1
                continue
            if len(stack) == len(tables):
                for header, title in zip(tables, reversed(stack), strict=True):
                    self._set(header, [title])
            else:
                for header in tables:
                    self._set(header, self._by_theme(header, stack) or list(stack))
            at = last

    def _inherit(self, headers: list[Header], at: int) -> None:
        header = headers[at]
        earlier = [before for before in headers[:at] if before.key == header.key and self.title(before)[0]]
        if not earlier and at and _goes_on(headers[at - 1], header) and self.title(headers[at - 1])[0]:
            earlier = [headers[at - 1]]
        if not earlier:
            if header.title:
                self._titles[header.first] = (header.title, self._source.number(header.first))
            return
        title = self.title(earlier[-1])
        themes = self._themes(header)
        if _score(title[0], themes) == 0 and _has_theme(title[0]):
            scored = {self.title(before): _score(self.title(before)[0], themes) for before in earlier}
            best = [found for found, score in scored.items() if score == max(scored.values()) > 0]
            title = best[0] if len(best) == 1 else title
        self._titles[header.first] = title
        unit = self.unit(earlier[-1])
        if header.first not in self._units and unit[0] and earlier[-1] is headers[at - 1]:
            self._units[header.first] = unit

    def _set(self, header: Header, titles: list[Title]) -> None:
        text = " / ".join(title.text for title in reversed(titles))
        self._titles[header.first] = (text, self._source.number(titles[0].position))

    def _by_theme(self, header: Header, stack: list[Title]) -> list[Title]:
        themes = self._themes(header)
        scores = [_score(title.text, themes) for title in stack]
        best = [title for title, score in zip(stack, scores, strict=True) if score == max(scores) > 0]
        return best if len(best) == 1 else []

    def _themes(self, header: Header) -> dict[str, int]:
        # How often each theme's words occur in the lines under the header.
        content = self._source.content
        place = self._place.get(header.last, self._place[header.first])
        end = self._next.get(header.first, len(self._source.lines))
        text = [plain(self._source.raw(position)) for position in content[place + 1 : place + 13] if position < end]
        return {theme: sum(any(word in line for word in words) for line in text) for theme, words in THEMES.items()}


def title_and_unit(raw: str) -> tuple[str, str]:
    """ "表 2 利率水平 单位：%" → ("表 2 利率水平", "%"); the unit is "" when the title names none."""
    match = _TITLE_UNIT.fullmatch(raw.strip())
    unit = unit_line(match["unit"]) if match else ""
    return (match["title"], unit) if match and unit else (raw, "")


def unit_line(raw: str) -> str:
    """The unit of a line such as "单位：%" or "（人民幣百萬元）", as printed, or ""."""
    raw = _CURRENCY.sub("", raw)
    match = _UNIT_LINE.fullmatch(raw.strip()) or _BRACKETED.fullmatch(raw.strip())
    return match[1].strip() if match and is_unit(match[1]) else ""


def clean_title(raw: str) -> str:
    """A title without footnote marks and section numbers after it."""
    text = _CONTINUED.sub("", re.sub(r"\s+", " ", raw).strip())
    return strip_marks(_SECTION_NUMBER.sub("", text)).rstrip(":：")


def is_title(raw: str, text: str) -> bool:
    """True for short lines that can name a table: no figures, no sentence, no group, no column heads."""
    if not text or len(text) > _MAX_TITLE or is_note(text):
        return False
    if TITLE_NUMBER.match(text):
        return True
    words = raw.split()
    if is_prose(text) or is_group(raw) or is_unit(raw) or text[-1] in ",，。;；、":
        return False
    if text[-1] in ":：" and len(text) > _MAX_NAMED:
        return False
    if sum(len(word) > 1 and not word.isascii() for word in words) > 2 and not TITLE_TAIL.search(plain(raw)):
        return False
    if all(plain(word) in HEADER_WORDS for word in words):
        return False
    if any(is_figure(word) for word in words[:-1]) or (len(words) == 1 and is_figure(words[0])):
        return bool(TITLE_TAIL.search(plain(raw)))
    return True


def _has_theme(title: str) -> bool:
    text = plain(title)
    return any(word in text for words in THEMES.values() for word in words)


def _goes_on(before: Header, header: Header) -> bool:
    """Whether a header holds the later months or quarters of the one before it: 7月 to 12月 under 1月 to 6月."""
    first, second = [column.period for column in before.columns], [column.period for column in header.columns]
    parts = all(len(period) > 4 for period in (*first, *second))
    return parts and before.lead == header.lead and len(first) == len(second) and max(first) < min(second)


def _score(title: str, themes: dict[str, int]) -> int:
    text = plain(title)
    return sum(count for theme, count in themes.items() if any(word in text for word in THEMES[theme]))
