"""One citation as HTML: a real table with the cited cell marked, or the original lines with the cited span marked.

Everything that comes from a report goes through markupsafe: it is shown, never interpreted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup, escape

from assistant import Citation
from assistant.ui.markup import facts
from assistant.ui.rows import RowFinder, Shown
from assistant.ui.texts import Texts
from index.catalog import Catalog, CatalogError
from index.glossary import Glossary
from index.records import Cell, Line, Row

CONTEXT_LINES = 6
_LONGEST = 60  # lines of one citation that are shown

ReadLines = Callable[[str, int, int], Sequence[Line]]


@dataclass(frozen=True)
class Library:
    """What the evidence panel reads from: the catalogue, the reports' lines and rows, the glossary."""

    catalog: Catalog
    lines: ReadLines
    rows: RowFinder
    glossary: Glossary

    def english(self, words: str) -> str | None:
        """The English standard term, or terms, that say all of `words`; None when the glossary lacks some of it."""
        entry = self.glossary.exact(words)
        if entry and entry.english:
            return entry.english[0]
        return " ".join(self.glossary.english(words)) or None if self.glossary.covers(words) else None

    def institution(self, report: str, language: str) -> str:
        """The institution's short name in this language, or the id of a report that has been removed."""
        try:
            return self.catalog.get(report).institution[language]
        except CatalogError:
            return report

    def title(self, report: str) -> str:
        """The report's title, "" when it has been removed."""
        try:
            return self.catalog.get(report).title
        except CatalogError:
            return ""


def place(citation: Citation, texts: Texts) -> str:
    """Where the citation stands, in words: page and lines."""
    if citation.line_start == citation.line_end:
        lines = texts("evidence.line", start=citation.line_start)
    else:
        lines = texts("evidence.lines", start=citation.line_start, end=citation.line_end)
    return f"{texts('evidence.page', page=citation.page)} · {lines}" if citation.page else lines


@dataclass(frozen=True)
class Cited:
    """A citation that the answer makes as [number]. anchor: its id in the page; period: the column that is meant."""

    number: int
    citation: Citation
    anchor: str
    period: str = ""


def cited_card(group: Sequence[Cited], library: Library, texts: Texts, *, back: str) -> Markup:
    """One card for citations of one table row, or for one of prose. `back`: the id of the answer."""
    first = group[0].citation
    found = [library.rows.find(cited.citation, cited.period) for cited in group]
    shown = found[0] and replace(found[0], cells=tuple(cell for one in found if one for cell in one.cells))
    badges = Markup("").join(
        Markup('<span class="n" id="{}">{}</span>').format(cited.anchor, cited.number) for cited in group
    )
    link = Markup('<a class="back" href="#{}" title="{}" aria-label="{}">↩</a>').format(
        back, texts("evidence.back"), texts("evidence.back")
    )
    head = Markup("{}{}{}").format(badges, _where(first, shown, library, texts), link)
    return Markup('<article class="card cited" tabindex="-1"><header>{}</header>{}</article>').format(
        head, _inside(first, shown, library, texts, mark=True)
    )


def found_card(
    citation: Citation,
    anchor: str,
    library: Library,
    texts: Texts,
    *,
    folded: bool = False,
    mark: bool = False,
    period: str = "",
) -> Markup:
    """A card that no answer cites. folded: only its head is seen at first. mark: whether the quote is marked."""
    shown = library.rows.find(citation, period)
    head = _where(citation, shown, library, texts, what=folded)
    inside = _inside(citation, shown, library, texts, mark=mark)
    if folded:
        return Markup('<details class="card" id="{}"><summary>{}</summary>{}</details>').format(anchor, head, inside)
    return Markup('<article class="card" id="{}" tabindex="-1"><header>{}</header>{}</article>').format(
        anchor, head, inside
    )


def _where(citation: Citation, shown: Shown | None, library: Library, texts: Texts, *, what: bool = False) -> Markup:
    about = _what(citation, shown) if what else shown.rows[shown.cited].table if shown else ""
    # The section is left out where it only repeats the line above it or the table's caption.
    section = "" if citation.section == about else citation.section
    return Markup(
        '<div class="where"><b>{}</b> <span class="report">{}</span> <span class="place">{}</span>{}{}</div>'
    ).format(
        library.institution(citation.report, texts.language),
        library.title(citation.report),
        place(citation, texts),
        Markup('<div class="what">{}</div>').format(about) if what else "",
        Markup('<div class="section">{}</div>').format(section) if section else "",
    )


def _inside(citation: Citation, shown: Shown | None, library: Library, texts: Texts, *, mark: bool) -> Markup:
    lines = _read(library, citation.report, citation.line_start, min(citation.line_end, citation.line_start + _LONGEST))
    if not lines:
        return Markup('<p class="gone">{}</p>').format(texts("evidence.missing"))
    body = table(shown, texts) if shown else _prose(lines, citation, mark=mark)
    return Markup("{}{}").format(body, _context(citation, library, texts, with_proof=bool(shown)))


def _what(citation: Citation, shown: Shown | None) -> str:
    # What a folded card is about, in one line.
    row = shown.rows[shown.cited] if shown else None
    if row:
        return " › ".join(part for part in (*row.group, row.label) if part)
    return " ".join(citation.quote.split())[:60]


def table(shown: Shown, texts: Texts) -> Markup:
    """The cited row among its neighbours, with units and column heads, the cited cell marked."""
    columns = _columns(shown.rows, shown.rows[shown.cited])
    body: list[Markup] = []
    group: tuple[str, ...] = ("",)
    for position, row in enumerate(shown.rows):
        path = tuple(part for part in (*row.group, row.basis) if part)
        if path != group and path:
            body.append(
                Markup('<tr class="group"><th colspan="{}" scope="rowgroup">{}</th></tr>').format(
                    len(columns) + 2, " › ".join(path)
                )
            )
        group = path
        cited = position == shown.cited
        cells = Markup("").join(_cell(_at(row, column), cited, shown.cells, texts) for column in columns)
        body.append(
            Markup('<tr{}><th scope="row">{}</th><td class="unit">{}</td>{}</tr>').format(
                Markup(' class="hit"') if cited else Markup(""), row.label, row.unit, cells
            )
        )
    title = shown.rows[shown.cited].table
    heads = [(texts("evidence.item"), False), (texts("answer.unit"), False)]
    heads += [(period or texts("evidence.value_column"), True) for period, _ in columns]
    return facts(title or texts("evidence.title"), heads, Markup("").join(body), caption=title)


Column = tuple[str, int]  # a period, and which of the row's cells of that period


def _columns(rows: Iterable[Row], cited: Row) -> list[Column]:
    # The cited row's own order first: reports differ in whether years run up or down.
    columns: dict[Column, None] = {}
    for row in (cited, *rows):
        seen: dict[str, int] = {}
        for cell in row.cells:
            columns.setdefault((cell.period, seen.get(cell.period, 0)))
            seen[cell.period] = seen.get(cell.period, 0) + 1
    return list(columns)


def _at(row: Row, column: Column) -> Cell | None:
    same = [cell for cell in row.cells if cell.period == column[0]]
    return same[column[1]] if column[1] < len(same) else None


def _cell(cell: Cell | None, in_cited_row: bool, cited: Sequence[Cell], texts: Texts) -> Markup:
    if cell is None:
        return Markup('<td class="num"></td>')
    where = texts("evidence.line", start=cell.line)
    text: str | Markup = escape(cell.value_text)
    if cell.value is None:
        text = Markup('<span class="none" title="{}">{}</span>').format(texts("evidence.not_given"), cell.value_text)
    if cell.unit:
        text = Markup('{} <span class="unit">{}</span>').format(text, cell.unit)
    if in_cited_row and cell in cited:
        return Markup('<td class="num cited" title="{}"><mark>{}</mark></td>').format(where, text)
    return Markup('<td class="num" title="{}">{}</td>').format(where, text)


def _prose(lines: Sequence[Line], citation: Citation, *, mark: bool) -> Markup:
    # Blank lines between the lines of a paragraph come from the PDF and say nothing.
    text = "\n".join(line.raw.strip() for line in lines if line.raw.strip())
    if not mark:
        return Markup('<blockquote class="prose-lines">{}</blockquote>').format(text)
    span = find_span(text, citation.quote) or (0, len(text))
    inner = text[slice(*span)]
    value = find_span(inner, citation.value_text) if citation.value_text else None
    if value:
        marked = Markup("{}<strong>{}</strong>{}").format(inner[: value[0]], inner[slice(*value)], inner[value[1] :])
    else:
        marked = escape(inner)
    return Markup('<blockquote class="prose-lines">{}<mark>{}</mark>{}</blockquote>').format(
        text[: span[0]], marked, text[span[1] :]
    )


def find_span(text: str, part: str) -> tuple[int, int] | None:
    """Where `part` stands in `text` when spaces and line ends do not count; None when it does not."""
    places = [position for position, char in enumerate(text) if not char.isspace()]
    dense = "".join(text[position] for position in places)
    wanted = "".join(part.split())
    start = dense.find(wanted) if wanted else -1
    if start < 0:
        return None
    return places[start], places[start + len(wanted) - 1] + 1


def _context(citation: Citation, library: Library, texts: Texts, *, with_proof: bool) -> Markup:
    roles = {line.line: line.role for line in citation.lines}
    first, last = citation.line_start, citation.line_end
    around = _read(library, citation.report, max(1, first - 3 * CONTEXT_LINES), last + 3 * CONTEXT_LINES)
    before = [line for line in around if line.number < first and line.raw.strip()][-CONTEXT_LINES:]
    inside = [line for line in around if first <= line.number <= last][:_LONGEST]
    after = [line for line in around if line.number > last and line.raw.strip()][:CONTEXT_LINES]
    near = {line.number for line in (*before, *inside, *after)}
    far = sorted(set(roles) - near) if with_proof else []
    proof = [line for number in far for line in _read(library, citation.report, number, number)]
    parts, last_number = [], None
    for line in sorted([*before, *inside, *after, *proof], key=lambda line: line.number):
        if last_number is not None and line.number - last_number > 3 * CONTEXT_LINES:
            parts.append(Markup('<div class="gap">⋯</div>'))
        last_number = line.number
        role = roles.get(line.number)
        kind = "here" if first <= line.number <= last else "proof" if role else ""
        note = Markup("<em>{}</em>").format(texts(f"evidence.role_{role}")) if role and kind == "proof" else Markup("")
        parts.append(
            Markup('<div class="{}"><span class="ln">{}</span><span>{}</span>{}</div>').format(
                kind, line.number, line.raw.strip(), note
            )
        )
    return Markup('<details class="context"><summary>{}</summary><div class="raw">{}</div></details>').format(
        texts("evidence.context"), Markup("").join(parts)
    )


def _read(library: Library, report: str, first: int, last: int) -> Sequence[Line]:
    # A report may have been removed since the answer was given.
    try:
        return library.lines(report, first, last)
    except (CatalogError, OSError, KeyError):
        return []
