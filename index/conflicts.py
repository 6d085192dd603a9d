"""Contradictions: one report that gives different values for the same metric and period.

Compared are rows, call-outs and sentences that name the metric in the same words, with units of one dimension.
Rounding (8181 and 8180.5 亿元; 2.5万亿 and 25494.7亿) and scale are no contradictions. What is doubtful is left out:
a false alarm beside a right figure costs more trust than a missed one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from index.records import Line, Passage
from index.statements import Statement, of_callouts, of_rows, of_sentences


@dataclass(frozen=True, slots=True)
class Place:
    """One of the values in conflict: the number in the conflict's unit, as printed, and the line it stands on."""

    value: float
    value_text: str
    line: int


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two or more values that one report gives for one metric and period; rounding and scale do not explain them."""

    report: str
    metric: str
    period: str
    unit: str
    places: tuple[Place, ...]


def find_conflicts(passages: Sequence[Passage], year: int, lines: Sequence[Line] = ()) -> list[Conflict]:
    """The conflicts among the passages of one report that covers `year`, in the order of their lines.

    lines: all lines of the report, to tell on which line of a passage a value stands.
    """
    groups: dict[tuple[str, str, str], list[Statement]] = defaultdict(list)
    for statement in (*of_rows(passages), *of_callouts(passages, year, lines), *of_sentences(passages, year, lines)):
        groups[statement.key, statement.period, statement.base].append(statement)
    found = [conflict for group in groups.values() if (conflict := _conflict(passages[0].report, group))]
    return sorted(found, key=lambda conflict: (conflict.places[0].line, conflict.metric, conflict.period))


def mentioned(conflicts: Iterable[Conflict], report: str, lines: Iterable[int]) -> list[Conflict]:
    """The conflicts of a report that one of these lines is a place of."""
    wanted = set(lines)
    return [c for c in conflicts if c.report == report and any(place.line in wanted for place in c.places)]


def _conflict(report: str, group: Sequence[Statement]) -> Conflict | None:
    if all(statement.prose for statement in group):  # two sentences may speak of two parts of the whole
        return None
    ordered = sorted(group, key=lambda statement: statement.line)
    different: list[Statement] = []
    for statement in ordered:
        if not any(_agree(statement, other) for other in different):
            different.append(statement)
    if len(different) < 2:
        return None
    first = min(ordered, key=lambda statement: (statement.prose, -statement.line))  # tables name best
    places = [Place(round(item.amount / first.scale, 6), item.text, item.line) for item in ordered]
    return Conflict(report, first.metric, first.period, first.unit, tuple(dict.fromkeys(places)))


def _agree(left: Statement, right: Statement) -> bool:
    """Whether rounding explains the difference: each may be off by half of its last printed digit."""
    allowed = 0.5 * (left.step * left.scale + right.step * right.scale)
    return abs(left.amount - right.amount) <= allowed * (1 + 1e-9)
