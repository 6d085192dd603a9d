"""Layout: column-major tables, whose labels, units and figures of each year are blocks apart, matched by position.

A row is made only where the match is confirmed: the counts agree (or only one way of skipping lines makes them agree),
units suit labels and figures, sums add up, and the years of the runs are known (see `years`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.records import Cell, Row
from index.tables.align import Alignment, LabelLine, align
from index.tables.header import Header
from index.tables.headings import Headings
from index.tables.layout import Block
from index.tables.pieces import Entry, Piece, cut_pieces
from index.tables.prose_figures import ProseFigures
from index.tables.quantities import CLASHES, figures_suit
from index.tables.runs import Figure, Group, cut, join_apart, likeness
from index.tables.source import Source
from index.tables.stub import is_group, join, plain, strip_lead_in, strip_marks
from index.tables.subgroups import part_groups
from index.tables.units import split_bracket_unit
from index.tables.values import read_value
from index.tables.years import Dated, NamedRow, date_runs

LAYOUT = "column"
_LEAD, _MIN_LIKENESS, _MIN_SUITED = 0.9, 0.25, 0.45
_KEEP, _SLACK_LABELS = 5, 5


@dataclass(frozen=True)
class _Choice:
    """Labels and units for one group of figures."""

    labels: tuple[int, int]
    units: tuple[int, ...]
    alignment: Alignment
    score: float


@dataclass(frozen=True)
class _Page:
    """One header and the pieces under it."""

    header: Header
    pieces: list[Piece]
    groups: list[Group]
    last: int


def lone_figures(source: Source, region: Sequence[int]) -> int:
    """How many lines of a region hold one figure and nothing else."""
    return sum(read_value(source.raw(position).strip()) is not None for position in region)


def read(source: Source, regions: Sequence[tuple[Header, Sequence[int]]], headings: Headings) -> Iterator[Block]:
    """Rows of the column-major tables under the given headers."""
    pages = [page for header, region in regions if (page := _page(source, header, region)) is not None]
    if not pages:
        return
    prose = ProseFigures(source, [range(page.header.first, page.last + 1) for page in pages])
    for page in pages:
        rows = _read_page(source, page, headings, prose)
        if rows:
            yield Block(page.header.first, page.last, tuple(rows), LAYOUT, min(row.confidence for row in rows))


def _page(source: Source, header: Header, region: Sequence[int]) -> _Page | None:
    count = sum(bool(column.period) for column in header.columns)
    if count != len(header.columns):
        return None
    pieces = cut_pieces(source, _own_pages(source, region))
    groups: list[Group] = []
    left: list[tuple[int, Sequence[Figure]]] = []
    sequence: list[Sequence[Figure]] = []
    origin = 0
    for piece in [*pieces, Piece("label")]:
        if piece.kind == "figure":
            sequence.append(piece.figures)
            continue
        if sequence:
            found, rest = cut(sequence, count)
            groups += found
            left += [(origin, block) for block in rest]
            sequence = []
            origin += 1
    groups += join_apart(left, count)
    groups = [group for group in groups if group.sure and likeness(group_values(group)) >= _MIN_LIKENESS]
    if not groups:
        return None
    last = max(piece.entries[-1].lines[-1] for piece in pieces)
    return _Page(header, pieces, groups, last)


def _own_pages(source: Source, region: Sequence[int]) -> list[int]:
    """The positions of a region up to the first page that is no longer a block of figures."""
    kept: list[int] = []
    page: list[int] = []
    for position in [*region, -1]:
        if (position == -1 or position in source.page_starts) and page:
            if kept and lone_figures(source, page) < 0.3 * len(page):
                return kept
            kept += page
            page = []
        page.append(position)
    return kept


def group_values(group: Group) -> list[list]:  # type: ignore[type-arg]
    """The figures of each run."""
    return [[figure.value for figure in run] for run in group.runs]


def _read_page(source: Source, page: _Page, headings: Headings, prose: ProseFigures) -> list[Row]:
    lines, paragraphs = _label_lines(source, page.pieces)
    unit_pieces = [piece for piece in page.pieces if piece.kind == "unit"]
    options = [_options(source, group, lines, paragraphs, unit_pieces, page.header) for group in page.groups]
    chosen = _choose(options)
    named: list[list[NamedRow]] = []
    for group, choice in zip(page.groups, chosen, strict=True):
        named.append(_named(group, choice, unit_pieces) if choice else [])
    periods = [column.period for column in page.header.columns]
    if not all(len(period) == 4 for period in periods):
        return []
    dated = date_runs(page.groups, named, [int(period) for period in periods], prose)
    rows: list[Row] = []
    used = {line for choice in chosen if choice for line in range(*choice.labels)}
    spare = [line for at, line in enumerate(lines) if at not in used]
    for group, choice, order in zip(page.groups, chosen, dated, strict=True):
        if choice is not None and order is not None:
            rows += _rows(source, page.header, group, choice, order, unit_pieces, spare, headings)
    return sorted(rows, key=lambda row: row.label_line)


def _label_lines(source: Source, pieces: Sequence[Piece]) -> tuple[list[LabelLine], list[int]]:
    lines: list[LabelLine] = []
    starts: list[int] = []
    for piece in pieces:
        if piece.kind != "label":
            continue
        starts.append(len(lines))
        for at, entry in enumerate(piece.entries):
            lines.append(LabelLine(entry.text, entry.lines[0], at == 0, len(piece.entries) == 1))
    return lines, [*starts, len(lines)]


def _options(
    source: Source,
    group: Group,
    lines: Sequence[LabelLine],
    paragraphs: Sequence[int],
    unit_pieces: Sequence[Piece],
    header: Header,
) -> list[_Choice]:
    found: list[_Choice] = []
    windows = _unit_windows(group, unit_pieces)
    for units in windows or [()]:
        entries = [entry for at in units for entry in unit_pieces[at].entries]
        texts: list[str | None] = [entry.text for entry in entries] if len(entries) == group.size else [None] * group.size
        if header.has_unit and len(entries) != group.size and entries:
            texts = [None] * group.size
        clash = sum(figures_suit(text, group.row(at)) == CLASHES for at, text in enumerate(texts) if text)
        if clash:
            continue
        for start in range(len(paragraphs) - 1):
            for stop in range(start + 1, len(paragraphs)):
                window = lines[paragraphs[start] : paragraphs[stop]]
                if len(window) > group.size + _SLACK_LABELS:
                    break
                if len(window) < group.size - 2:
                    continue
                alignment = align(window, texts, group.size)
                if not alignment.matches:
                    continue
                score = alignment.score + _nearness(group, window, [unit_pieces[at] for at in units])
                score += _sums(group, alignment)
                found.append(_Choice((paragraphs[start], paragraphs[stop]), tuple(units), alignment, score))
    return sorted(found, key=lambda choice: -choice.score)


def _unit_windows(group: Group, unit_pieces: Sequence[Piece]) -> list[tuple[int, ...]]:
    found: list[tuple[int, ...]] = []
    for start in range(len(unit_pieces)):
        total = 0
        for stop in range(start, len(unit_pieces)):
            total += len(unit_pieces[stop].entries)
            if total == group.size:
                found.append(tuple(range(start, stop + 1)))
            if total >= group.size:
                break
    if not found:
        before = [at for at, piece in enumerate(unit_pieces) if piece.first < group.first]
        return [(before[-1],)] if before else []
    return found


def _nearness(group: Group, labels: Sequence[LabelLine], units: Sequence[Piece]) -> float:
    # Weak preferences, only to part what is otherwise equal: units right before their figures, labels close by.
    score = 0.0
    if units:
        before = group.first - units[-1].entries[-1].lines[-1]
        score += 0.6 if 0 < before <= 3 else 0.0
        score += 0.2 if len(units) == len(group.shape) else 0.0
    if labels:
        gap = min(abs(labels[0].position - group.first), abs(labels[-1].position - group.first))
        score += 0.3 if gap <= group.size * (len(group.runs) + 2) else 0.0
    return score


def _sums(group: Group, alignment: Alignment) -> float:
    """A label of a total over rows that add up to it in every run."""
    rows = {match.row: plain(match.label) for match in alignment.matches}
    for at, label in rows.items():
        if "总" not in label and "合计" not in label:
            continue
        for size in (2, 3, 4, 5, 6):
            if at + size >= group.size:
                break
            if all(
                (whole := run[at].value.value) is not None
                and whole > 0
                and all(figure.value.value is not None for figure in run[at + 1 : at + 1 + size])
                and abs(whole - sum(figure.value.value or 0.0 for figure in run[at + 1 : at + 1 + size])) <= 0.011
                for run in group.runs
            ):
                return 2.0
    return 0.0


def _choose(options: Sequence[list[_Choice]]) -> list[_Choice | None]:
    """The best joint choice of labels and units for all groups; None for a group whose choice is not clear."""
    best: tuple[float, list[_Choice | None]] = (-1e9, [None] * len(options))
    runners: list[tuple[float, list[_Choice | None]]] = []
    order = sorted(range(len(options)), key=lambda at: -(options[at][0].score if options[at] else 0.0))

    def walk(place: int, score: float, chosen: list[_Choice | None]) -> None:
        nonlocal best
        if place == len(order):
            runners.append((score, list(chosen)))
            if score > best[0]:
                best = (score, list(chosen))
            return
        at = order[place]
        for choice in options[at][:_KEEP]:
            if choice.score > 0 and all(_apart(choice, other) for other in chosen if other is not None):
                chosen[at] = choice
                walk(place + 1, score + choice.score, chosen)
                chosen[at] = None
        walk(place + 1, score, chosen)

    walk(0, 0.0, [None] * len(options))
    result: list[_Choice | None] = []
    for at, choice in enumerate(best[1]):
        if choice is None:
            result.append(None)
            continue
        rival = max((score for score, other in runners if not _same(other[at], choice)), default=-1e9)
        result.append(choice if best[0] - rival >= _LEAD else None)
    return result


def _same(first: _Choice | None, second: _Choice) -> bool:
    if first is None:
        return False
    mine = {(match.row, match.lines) for match in first.alignment.matches}
    return mine == {(match.row, match.lines) for match in second.alignment.matches} and first.units == second.units


def _apart(first: _Choice, second: _Choice) -> bool:
    taken = {line.position for match in first.alignment.matches for line in match.lines}
    wanted = {line.position for match in second.alignment.matches for line in match.lines}
    return not taken & wanted and not set(first.units) & set(second.units)


def _unit_entries(group: Group, choice: _Choice, unit_pieces: Sequence[Piece]) -> list[Entry | None]:
    entries: list[Entry | None] = [entry for at in choice.units for entry in unit_pieces[at].entries]
    return entries if len(entries) == group.size else [None] * group.size


def _named(group: Group, choice: _Choice, unit_pieces: Sequence[Piece]) -> list[NamedRow]:
    units = _unit_entries(group, choice, unit_pieces)
    return [
        NamedRow(match.row, match.label, entry.text if (entry := units[match.row]) else "")
        for match in choice.alignment.matches
        if match.lead >= _LEAD
    ]


def _rows(
    source: Source,
    header: Header,
    group: Group,
    choice: _Choice,
    dated: Dated,
    unit_pieces: Sequence[Piece],
    spare: Sequence[LabelLine],
    headings: Headings,
) -> list[Row]:
    title, title_line = headings.title(header)
    units = _unit_entries(group, choice, unit_pieces)
    sure = [match for match in choice.alignment.matches if match.lead >= _LEAD and match.suited > CLASHES]
    if len(sure) < max(1, _MIN_SUITED * group.size):
        return []
    heads = part_groups(source, group, choice.alignment, spare)
    rows = []
    for match in sure:
        label, unit = strip_lead_in(strip_marks(match.label)), ""
        entry = units[match.row]
        if entry is not None:
            unit = entry.text
        else:
            label, unit = split_bracket_unit(label)
        if not label or is_group(label):
            continue
        cells = [
            Cell(
                header.columns[dated.order[run]].period,
                figures[match.row].value.value,
                figures[match.row].value.text,
                source.number(figures[match.row].position),
                header.columns[dated.order[run]].line,
                figures[match.row].value.unit,
            )
            for run, figures in enumerate(group.runs)
            if figures[match.row].value.kind != "bad"
        ]
        head = heads.get(match.row)
        rows.append(
            Row(
                report=source.report,
                table=title,
                group=(head[0],) if head else (),
                label=label,
                unit=unit,
                basis="",
                cells=tuple(sorted(cells, key=lambda cell: cell.period)),
                label_line=source.number(match.lines[0].position),
                unit_line=source.number(entry.lines[0]) if entry else None,
                title_line=title_line,
                group_lines=tuple(source.number(line) for line in head[1]) if head else (),
                layout=LAYOUT,
                confidence={"proved": 0.95, "supported": 0.9, "page": 0.85}[dated.how],
            )
        )
    return rows


__all__ = ["join", "lone_figures", "read"]
