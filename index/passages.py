"""Rows and prose → passages: what is searched, shown to the LLM, and cited."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from langchain_text_splitters import RecursiveCharacterTextSplitter

from index.catalog import Report
from index.prose import Paragraph, paragraphs
from index.records import Cell, Line, Passage, Row, passage_id
from index.text import normalise, running_lines

English = Callable[[str], Sequence[str]]

TARGET = 120  # characters of a prose passage: one to three sentences
# Chinese has no space after a full stop. A sentence is cut only at a semicolon, never inside a clause.
_SEPARATORS = [r"(?<=[。！？!?])(?![”’」』）)])", r"(?<=[。！？!?][”’」』）)])", r"(?<=[；;])"]


def make_passages(report: Report, lines: Sequence[Line], rows: Sequence[Row], english: English) -> list[Passage]:
    """All passages of a report: one a row, and the prose that no row uses, in the order of the lines."""
    header = _names(report)
    passages = [_row_passage(row, header, english) for row in rows]
    used = running_lines(lines) | _row_lines(rows)
    section: tuple[str, ...] = ()
    for paragraph in paragraphs([line for line in lines if line.number not in used]):
        if paragraph.heading:
            section = (paragraph.text,)
        for text, start, end in _split(paragraph):
            search = [header, " ".join(section), normalise(text), *english(text)]
            passages.append(
                Passage(
                    id=passage_id(report.id, "prose", start, end, text),
                    report=report.id,
                    kind="prose",
                    section=section,
                    line_start=start,
                    line_end=end,
                    text=text,
                    search_text="\n".join(part for part in (*search[:2], " ".join(search[2:])) if part),
                )
            )
    return sorted(passages, key=lambda passage: (passage.line_start, passage.line_end, passage.kind))


def _split(paragraph: Paragraph) -> Iterator[tuple[str, int, int]]:
    splitter = RecursiveCharacterTextSplitter(
        separators=_SEPARATORS,
        is_separator_regex=True,
        keep_separator="end",
        chunk_size=TARGET,
        chunk_overlap=0,
        add_start_index=True,
        strip_whitespace=True,
    )
    for part in splitter.create_documents([paragraph.text]):
        offset = int(part.metadata["start_index"])
        start, end = paragraph.span(offset, offset + len(part.page_content))
        yield part.page_content, start, end


def _names(report: Report) -> str:
    return normalise(" ".join(dict.fromkeys([report.institution["zh-Hans"], report.institution["en"]])))


def row_text(row: Row) -> str:
    """A row in words: table > group > label（unit）: period value; …"""
    path = " > ".join(part for part in (row.table, *row.group, row.label) if part)
    unit = f"（{row.unit}）" if row.unit else ""
    basis = f" [{row.basis}]" if row.basis else ""
    return f"{path}{unit}{basis}: " + "; ".join(_cell_text(cell) for cell in row.cells)


def _cell_text(cell: Cell) -> str:
    unit = f" {cell.unit}" if cell.unit else ""
    return f"{cell.period} {cell.value_text}{unit}".strip()


def _row_passage(row: Row, header: str, english: English) -> Passage:
    text = row_text(row)
    own = [row.label_line, *(cell.line for cell in row.cells)]
    start, end = min(own), max(own)
    terms = english(" ".join((row.table, *row.group, row.label, row.unit, row.basis)))
    return Passage(
        id=passage_id(row.report, "row", start, end, text),
        report=row.report,
        kind="row",
        section=tuple(part for part in (row.table,) if part),
        line_start=start,
        line_end=end,
        text=text,
        search_text=f"{header}\n{normalise(text)}\n{' '.join(terms)}".strip(),
        row=row,
    )


def dense_text(passage: Passage) -> str:
    """What the encoder reads of a passage: its Chinese, without names and English terms, which would drown the rest."""
    return normalise(passage.text)


def _row_lines(rows: Sequence[Row]) -> frozenset[int]:
    used: set[int] = set()
    for row in rows:
        used.add(row.label_line)
        used.update(cell.line for cell in row.cells)
        used.update(cell.header_line for cell in row.cells if cell.header_line)
        used.update(line for line in (row.unit_line, row.title_line) if line)
        used.update(row.group_lines)
    return frozenset(used)
