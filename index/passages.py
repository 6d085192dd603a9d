"""Rows, call-outs and prose → passages: what is searched, shown to the LLM, and cited."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from langchain_text_splitters import RecursiveCharacterTextSplitter

from index.callouts import Callout, find_callouts
from index.catalog import Report
from index.furniture import furniture, pieces
from index.prose import Paragraph, ends_sentence, paragraphs
from index.records import Cell, Line, Passage, Row, passage_id
from index.sections import sections
from index.text import HAN, normalise
from index.totals import totals

English = Callable[[str], Sequence[str]]
Kind = Literal["row", "prose", "callout"]

TARGET = 120  # characters of a prose passage: one to three sentences
LONGEST = 240  # a sentence longer than this is cut at semicolons, never anywhere else
FRAGMENT = 40  # shorter pieces of text join their neighbours
# Chinese has no space after a full stop; a closing quotation mark or bracket belongs to the sentence before it.
_CLOSING = "”’」』）)》"
_SENTENCES = [rf"(?<=[。！？!?])(?![{_CLOSING}])", rf"(?<=[。！？!?][{_CLOSING}])(?![{_CLOSING}。])"]
_CLAUSES = [r"(?<=[；;])"]
_HAN = re.compile(f"[{HAN}]")


@dataclass(frozen=True)
class _Part:
    """A stretch of prose that may become a passage or a part of one."""

    text: str
    first: int
    last: int
    section: tuple[str, ...]
    alone: bool  # a paragraph of its own, which text from elsewhere must not join


def make_passages(report: Report, lines: Sequence[Line], rows: Sequence[Row], english: English) -> list[Passage]:
    """All passages of a report in the order of its lines: one a row, one a call-out, and the prose that is left."""
    maker = _Maker(report, english)
    made = [maker.row(row, total) for row, total in zip(rows, totals(rows), strict=True)]
    mended = paragraphs(pieces(lines, furniture(lines), _row_lines(rows)))
    callouts, used = find_callouts(mended)
    paths, headings = sections(mended, used)
    path_of = {paragraph.first: path for paragraph, path in zip(mended, paths, strict=True)}
    made += [maker.callout(callout, path_of.get(callout.first, ())) for callout in callouts]
    text = [
        (paragraph, path)
        for position, (paragraph, path) in enumerate(zip(mended, paths, strict=True))
        if position not in used and position not in headings
    ]
    made += [maker.prose(part) for part in _pack([part for item in text for part in _split(*item)])]
    unique = {passage.id: passage for passage in made}
    return sorted(unique.values(), key=lambda passage: (passage.line_start, passage.line_end, passage.kind, passage.id))


def dense_text(passage: Passage) -> str:
    """What the encoder reads of a passage: what it is about, in Chinese and in the English terms for it.

    Values, table titles and names would pull the vectors of all rows together (measured: they halve the recall @1).
    """
    english = passage.search_text.rpartition("\n")[2]
    words = dict.fromkeys(normalise(english).split()) if not _HAN.search(english) else ()
    if passage.row is not None:
        about: tuple[str, ...] = (*passage.row.group, passage.row.label, passage.row.unit, passage.row.basis)
    else:
        about = (*passage.section[-1:], passage.text)
    return normalise(" ".join((*about, *words)))


def row_text(row: Row) -> str:
    """A row in words: table > group > label（unit）[basis]: period value; …"""
    path = " > ".join(part for part in (row.table, *row.group, row.label) if part)
    unit = f"（{row.unit}）" if row.unit else ""
    basis = f" [{row.basis}]" if row.basis else ""
    return f"{path}{unit}{basis}: " + "; ".join(_cell_text(cell) for cell in row.cells)


class _Maker:
    """Makes the passages of one report."""

    def __init__(self, report: Report, english: English) -> None:
        self.report = report.id
        self.english = english
        self.names = normalise(f"{report.institution['zh-Hans']} {report.institution['en']}")

    def row(self, row: Row, total: str = "") -> Passage:
        own = [row.label_line, *(cell.line for cell in row.cells)]
        section = tuple(part for part in (row.table, total) if part)
        return self._passage("row", section, min(own), max(own), row_text(row), row)

    def callout(self, callout: Callout, path: tuple[str, ...]) -> Passage:
        section = tuple(dict.fromkeys((*path, *callout.context)))
        text = " > ".join((*(callout.context or path[-1:]), callout.text))
        return self._passage("callout", section, callout.first, callout.last, text)

    def prose(self, part: _Part) -> Passage:
        return self._passage("prose", part.section, part.first, part.last, part.text)

    def _passage(
        self, kind: Kind, section: tuple[str, ...], first: int, last: int, text: str, row: Row | None = None
    ) -> Passage:
        about = text if row is None else _about(row)
        # A line a part: run together, the parts of a row would make words that stand in none of them.
        terms = text if row is None else "\n".join((*section, *row.group, row.label, row.unit, row.basis))
        search = [self.names, normalise(" ".join(section)), normalise(about), " ".join(self.english(terms))]
        return Passage(
            id=passage_id(self.report, kind, first, last, text),
            report=self.report,
            kind=kind,
            section=section,
            line_start=first,
            line_end=last,
            text=text,
            search_text="\n".join(part for part in search if part),
            row=row,
        )


def _split(paragraph: Paragraph, section: tuple[str, ...]) -> Iterator[_Part]:
    """Sentences of a paragraph, packed to TARGET characters."""
    for text, offset in _cut(paragraph.text, _SENTENCES, TARGET):
        parts = _cut(text, _CLAUSES, TARGET) if len(text) > LONGEST else [(text, 0)]
        for part, inner in parts:
            first, last = paragraph.span(offset + inner, offset + inner + len(part))
            yield _Part(part, first, last, section, ends_sentence(paragraph.text) or len(paragraph.text) > FRAGMENT)


def _cut(text: str, separators: list[str], size: int) -> list[tuple[str, int]]:
    if len(text) <= size:
        return [(text, 0)]
    splitter = RecursiveCharacterTextSplitter(
        separators=separators,
        is_separator_regex=True,
        keep_separator="end",
        chunk_size=size,
        chunk_overlap=0,
        add_start_index=True,
        strip_whitespace=True,
    )
    return [(item.page_content, int(item.metadata["start_index"])) for item in splitter.create_documents([text])]


def _pack(parts: Sequence[_Part]) -> list[_Part]:
    """Join short neighbours under the same headings: a list is one passage, not one a line."""
    packed: list[_Part] = []
    for part in parts:
        last = packed[-1] if packed else None
        if last and _fits(last, part):
            glue = "" if ends_sentence(last.text) and ends_sentence(part.text) else "\n"
            packed[-1] = _Part(f"{last.text}{glue}{part.text}", last.first, part.last, part.section, part.alone)
        else:
            packed.append(part)
    return packed


def _fits(left: _Part, right: _Part) -> bool:
    if left.section != right.section or not 0 <= right.first - left.last <= 4:
        return False
    if len(left.text) + len(right.text) > TARGET:
        return False
    return min(len(left.text), len(right.text)) < FRAGMENT


def _about(row: Row) -> str:
    """What a row is searched by: its words and years. Values make it longer but no easier to find."""
    years = sorted({cell.period[:4] for cell in row.cells if cell.period})
    return " ".join((*row.group, row.label, row.unit, row.basis, *(f"{year}年" for year in years)))


def _cell_text(cell: Cell) -> str:
    unit = f" {cell.unit}" if cell.unit else ""
    return f"{cell.period} {cell.value_text}{unit}".strip()


def _row_lines(rows: Sequence[Row]) -> frozenset[int]:
    """The lines that rows are made of; they are not repeated as prose."""
    used: set[int] = set()
    for row in rows:
        used.add(row.label_line)
        used.update(cell.line for cell in row.cells)
        used.update(cell.header_line for cell in row.cells if cell.header_line)
        used.update(line for line in (row.unit_line, row.title_line) if line)
        used.update(row.group_lines)
    return frozenset(used)
