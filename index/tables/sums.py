"""Arithmetic inside a group of rows: totals over parts, complements, partitions. What confirms a match of labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from index.tables.lexicon import COMPLEMENTS, TOTAL_LABELS
from index.tables.quantities import called_for
from index.tables.runs import Group
from index.tables.stub import plain
from index.tables.values import Printed

_BONUS = 1.5
_MAX_PARTS = 14


def half_unit(value: Printed) -> float:
    """Half of the last printed decimal."""
    decimals = len(value.text.rpartition(".")[2]) if "." in value.text else 0
    return float(0.5 * 10.0**-decimals)


def adds_up(group: Group, whole: int, parts: Sequence[int]) -> bool:
    """True when the parts sum to the whole in every run (to rounding), and not by a coincidence of zeros."""
    telling = False
    for run in group.runs:
        total = run[whole].value
        values = [run[part].value for part in parts]
        if total.value is None or any(value.value is None for value in values):
            return False
        slack = half_unit(total) + sum(half_unit(value) for value in values) if "." in total.text else 0.0
        if abs(total.value - sum(value.value or 0.0 for value in values)) > slack + 1e-9:
            return False
        telling = telling or (total.value > 0 and sum(bool(value.value) for value in values) > 1)
    return telling


def parts_of(group: Group, whole: int) -> range | None:
    """The rows right after a row that sum to it in every run; None when there are none."""
    for size in range(2, _MAX_PARTS):
        if whole + size >= group.size:
            return None
        parts = range(whole + 1, whole + 1 + size)
        if adds_up(group, whole, parts):
            return parts
    return None


def is_total(label: str) -> bool:
    """True for labels of totals (员工总数, 合计, 用水总量), shares of totals left out."""
    text = plain(label)
    return "share" not in called_for(label) and (any(word in text for word in TOTAL_LABELS) or "总" in text)


def confirmed(group: Group, labels: Mapping[int, str]) -> float:
    """What sums say for labels matched to rows: a bonus for each total that adds up and each complement that does."""
    score = 0.0
    for row, label in labels.items():
        if is_total(label) and parts_of(group, row) is not None:
            score += _BONUS
    for first, second in complements(labels):
        if any(adds_up(group, whole, (first, second)) for whole in range(group.size) if whole not in (first, second)):
            score += _BONUS
    return score


def complements(labels: Mapping[int, str]) -> list[tuple[int, int]]:
    """Pairs of rows whose labels together make a whole: 男/女, 执行/非执行."""
    keys = {row: plain(label) for row, label in labels.items()}
    found = []
    for row, key in keys.items():
        for one, other in COMPLEMENTS:
            if one not in key:
                continue
            for second, candidate in keys.items():
                if second != row and candidate == key.replace(one, other):
                    found.append((row, second))
        for second, candidate in keys.items():
            if second != row and candidate == "非" + key:
                found.append((row, second))
    return found
