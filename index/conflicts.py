"""Contradictions: one report that gives different values for the same thing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from index.records import Passage


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


def find_conflicts(passages: Sequence[Passage]) -> list[Conflict]:
    """The conflicts among the passages of one report."""
    return []
