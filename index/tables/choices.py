"""Which labels and which units belong to which group of figures on one page of a column-major table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise

from index.tables.align import Alignment, LabelLine, Match, align
from index.tables.header import Header
from index.tables.pieces import Entry, Piece
from index.tables.quantities import CLASHES, SUITS, figures_suit, suits
from index.tables.runs import Group
from index.tables.stub import split_unit
from index.tables.sums import confirmed, parts_of

LEAD = 0.9
_KEEP, _SLACK_LABELS, _MAX_GHOSTS, _IN_ORDER = 5, 6, 1, 0.5
_UNIT_LEAD = 0.5
_LOW = -1e9


@dataclass(frozen=True)
class Choice:
    """Labels and units for one group of figures; units: one entry a row, None where it is open."""

    window: tuple[int, int]
    pieces: tuple[int, ...]
    units: tuple[Entry | None, ...]
    alignment: Alignment
    score: float

    @property
    def positions(self) -> frozenset[int]:
        """Positions of the labels taken."""
        return frozenset(line.position for match in self.alignment.matches for line in match.lines)


def label_lines(pieces: Sequence[Piece]) -> tuple[list[LabelLine], list[int]]:
    """All label lines of a page, and where their paragraphs start (and the last ends)."""
    lines: list[LabelLine] = []
    starts: list[int] = []
    for piece in pieces:
        if piece.kind == "label":
            starts.append(len(lines))
            alone = len(piece.entries) == 1
            for at, entry in enumerate(piece.entries):
                words, unit = split_unit(entry.text.split(), False, frozenset())
                text, unit = (" ".join(words), unit) if words and unit else (entry.text, "")
                lines.append(LabelLine(text, entry.lines[0], at == 0, alone, unit))
    return lines, [*starts, len(lines)]


def choose(groups: Sequence[Group], pieces: Sequence[Piece], header: Header) -> list[Choice | None]:
    """Labels and units for every group; None for a group where no choice is clearly ahead of the others."""
    lines, paragraphs = label_lines(pieces)
    unit_pieces = [piece for piece in pieces if piece.kind == "unit"]
    options = [_options(group, lines, paragraphs, unit_pieces, header) for group in groups]
    return _with_lone_labels(groups, _best(groups, options), lines)


def _options(
    group: Group, lines: Sequence[LabelLine], paragraphs: Sequence[int], unit_pieces: Sequence[Piece], header: Header
) -> list[Choice]:
    found: list[Choice] = []
    for taken in _unit_windows(group, unit_pieces):
        entries = [entry for at in taken for entry in unit_pieces[at].entries]
        full = len(entries) == group.size
        if full and any(figures_suit(entry.text, group.row(at)) == CLASHES for at, entry in enumerate(entries)):
            continue
        units: list[Entry | None] = list(entries) if full else [None] * group.size
        for start in range(len(paragraphs) - 1):
            for stop in range(start + 1, len(paragraphs)):
                window = lines[paragraphs[start] : paragraphs[stop]]
                if len(window) > group.size + _SLACK_LABELS:
                    break
                if len(window) < group.size - _MAX_GHOSTS or _loose(window):
                    continue
                choice = _choice(group, window, units, (paragraphs[start], paragraphs[stop]), taken)
                if choice is None:
                    continue
                bonus = _nearness(group, window, [unit_pieces[at] for at in taken])
                if not full and entries:
                    choice, extra = _with_some_units(choice, entries, group)
                    bonus += extra
                found.append(replace(choice, score=choice.score + bonus))
    return sorted(found, key=lambda choice: -choice.score)


def _loose(window: Sequence[LabelLine]) -> bool:
    # A lone line at either end is a heading unless the whole window is made of such lines.
    return not all(line.alone for line in window) and len(window) > 4 and sum(line.alone for line in window) > 3


def _choice(
    group: Group,
    window: Sequence[LabelLine],
    units: Sequence[Entry | None],
    span: tuple[int, int],
    pieces: tuple[int, ...],
) -> Choice | None:
    texts = [entry.text if entry else None for entry in units]
    alignment = align(window, texts, group.size)
    if not alignment.matches:
        return None
    labels = {match.row: match.label for match in alignment.matches}
    score = alignment.score + confirmed(group, labels)
    # One row more than labels: sums may tell which row is the one without a label.
    if len(window) == group.size - 1 and any(match.lead < LEAD for match in alignment.matches):
        ghost = _ghost_by_sums(group, window, texts)
        if ghost is not None:
            alignment, score = ghost
    return Choice(span, pieces, tuple(units), alignment, score)


def _ghost_by_sums(
    group: Group, window: Sequence[LabelLine], texts: Sequence[str | None]
) -> tuple[Alignment, float] | None:
    scored: list[tuple[float, tuple[int, ...]]] = []
    for rows in combinations(range(group.size), len(window)):
        score = sum(suits(line.text, text) for line, row in zip(window, rows, strict=True) if (text := texts[row]))
        labels = {row: line.text for line, row in zip(window, rows, strict=True)}
        scored.append((score + confirmed(group, labels), rows))
    scored.sort(key=lambda entry: -entry[0])
    (best, rows), (second, _) = scored[0], scored[1]
    if best - second < LEAD:
        return None
    matches = tuple(
        Match((line,), row, best - second, suits(line.text, text) if (text := texts[row]) else 0.0)
        for line, row in zip(window, rows, strict=True)
    )
    return Alignment(best - 2.0, matches), best - 2.0


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
    if found:
        return found
    before = [at for at, piece in enumerate(unit_pieces) if piece.first < group.first]
    return [(before[-1],)] if before else [()]


def _nearness(group: Group, labels: Sequence[LabelLine], units: Sequence[Piece]) -> float:
    # Weak preferences, only to part what is otherwise equal: units right before their figures, labels close by.
    score = 0.0
    if units:
        before = group.first - units[-1].entries[-1].lines[-1]
        score += 0.6 if 0 < before <= 3 else 0.0
        score += 0.2 if len(units) == len(group.shape) else 0.0
    gap = min(abs(labels[0].position - group.first), abs(labels[-1].position - group.first))
    score += 0.3 if gap <= group.size * (len(group.runs) + 2) else 0.0
    return score


def _with_some_units(choice: Choice, entries: Sequence[Entry], group: Group) -> tuple[Choice, float]:
    """Fewer (or more) units than rows: those are given out that only one row in order can have."""
    labels = {match.row: match.label for match in choice.alignment.matches}
    rows, count = group.size, len(entries)
    if count > rows:
        return choice, -1.0
    pair = [
        [max(suits(labels[row], entry.text), CLASHES) if row in labels else -0.2 for entry in entries]
        for row in range(rows)
    ]
    forward = [[_LOW] * (count + 1) for _ in range(rows + 1)]
    backward = [[_LOW] * (count + 1) for _ in range(rows + 1)]
    forward[0][0] = backward[rows][count] = 0.0
    for row in range(rows):
        for used in range(count + 1):
            forward[row + 1][used] = max(forward[row + 1][used], forward[row][used])
            if used < count:
                forward[row + 1][used + 1] = max(forward[row + 1][used + 1], forward[row][used] + pair[row][used])
    for row in range(rows - 1, -1, -1):
        for used in range(count, -1, -1):
            skip = backward[row + 1][used]
            take = backward[row + 1][used + 1] + pair[row][used] if used < count else _LOW
            backward[row][used] = max(skip, take)
    units: list[Entry | None] = []
    for row in range(rows):
        ways = [(forward[row][used] + pair[row][used] + backward[row + 1][used + 1], used) for used in range(count)]
        ways.sort(reverse=True)
        best, used = ways[0]
        none = max(forward[row][given] + backward[row + 1][given] for given in range(count + 1))
        rivals = [score for score, other in ways[1:] if entries[other].text != entries[used].text]
        ahead = best - max([none, *rivals])
        units.append(entries[used] if ahead >= _UNIT_LEAD and pair[row][used] >= SUITS else None)
    return replace(choice, units=tuple(units)), forward[rows][count] * 0.6


def _best(groups: Sequence[Group], options: Sequence[list[Choice]]) -> list[Choice | None]:
    """The best joint choice for all groups; None for a group whose choice another joint choice contradicts."""
    count = len(options)
    joint: list[tuple[float, tuple[Choice | None, ...]]] = []
    printed = sorted(range(count), key=lambda at: groups[at].first)
    order = sorted(range(count), key=lambda at: -(options[at][0].score if options[at] else 0.0))

    def walk(place: int, score: float, chosen: list[Choice | None]) -> None:
        if place == count:
            joint.append((score + _in_order([chosen[at] for at in printed]), tuple(chosen)))
            return
        at = order[place]
        for choice in options[at][:_KEEP]:
            if choice.score > 0 and all(_apart(choice, other) for other in chosen if other is not None):
                chosen[at] = choice
                walk(place + 1, score + choice.score, chosen)
                chosen[at] = None
        walk(place + 1, score, chosen)

    walk(0, 0.0, [None] * count)
    best, chosen = max(joint, key=lambda entry: entry[0])
    result: list[Choice | None] = []
    for at, choice in enumerate(chosen):
        if choice is None:
            result.append(None)
            continue
        rival = max((score for score, other in joint if _contradicts(choice, at, other)), default=_LOW)
        result.append(choice if best - rival >= LEAD else None)
    return result


def _with_lone_labels(
    groups: Sequence[Group], chosen: Sequence[Choice | None], lines: Sequence[LabelLine]
) -> list[Choice | None]:
    """One row without a label and one lone label that nothing else took: they belong together if the unit suits."""
    taken = {position for choice in chosen if choice is not None for position in choice.positions}
    spare = [line for line in lines if line.alone and line.position not in taken]
    result: list[Choice | None] = []
    for group, choice in zip(groups, chosen, strict=True):
        if choice is not None:
            open_rows = sorted(set(range(group.size)) - {match.row for match in choice.alignment.matches})
            unit = choice.units[open_rows[0]] if len(open_rows) == 1 else None
            fitting = [line for line in spare if unit is not None and suits(line.text, unit.text) >= SUITS]
            whole = len(open_rows) == 1 and parts_of(group, open_rows[0]) is not None
            if len(fitting) == 1 and whole and all(match.lead >= LEAD for match in choice.alignment.matches):
                match = Match((fitting[0],), open_rows[0], LEAD, SUITS)
                matches = tuple(sorted((*choice.alignment.matches, match), key=lambda found: found.row))
                choice = replace(choice, alignment=Alignment(choice.alignment.score, matches))
        result.append(choice)
    return result


def _in_order(chosen: Sequence[Choice | None]) -> float:
    score = 0.0
    known = [choice for choice in chosen if choice is not None]
    for before, after in pairwise(known):
        if before.pieces and after.pieces and before.pieces[-1] < after.pieces[0]:
            score += _IN_ORDER
        if before.window < after.window:
            score += _IN_ORDER
    return score


def _contradicts(choice: Choice, at: int, joint: Sequence[Choice | None]) -> bool:
    """True when another joint choice gives these labels, rows or units another meaning."""
    other = joint[at]
    if other is None:
        return any(_uses(choice, rival) for rival in joint if rival is not None)
    sure = [match for match in choice.alignment.matches if match.lead >= LEAD]
    rows = {match.row: match.lines for match in sure}
    lines = {line: match.row for match in sure for line in match.lines}
    return other.pieces != choice.pieces or any(
        rows.get(match.row, match.lines) != match.lines
        or any(lines.get(line, match.row) != match.row for line in match.lines)
        for match in other.alignment.matches
    )


def _uses(choice: Choice, other: Choice) -> bool:
    return bool(choice.positions & other.positions or set(choice.pieces) & set(other.pieces))


def _apart(first: Choice, second: Choice) -> bool:
    return not _uses(first, second)
