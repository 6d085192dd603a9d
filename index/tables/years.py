"""Which run of figures is which year, where a column-major table prints the runs apart.

Nothing is taken from the header's order alone: runs are dated by figures and changes stated in prose, by running
totals that cannot fall, by rows first disclosed in later years, and by what ties one group of rows to another (the same
figure, a constant ratio, the denominator two intensities share). Only where such evidence agrees with the header is its
order used.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, permutations

from index.tables.prose_figures import ProseFigures, follows, overlap
from index.tables.runs import Group
from index.tables.stub import plain
from index.tables.units import is_share, unit_key
from index.tables.values import Printed

_CUMULATIVE = ("累计", "累積", "累积")
_MIN_DIGITS, _RATIO_DIGITS, _MAX_YEARS = 3, 5, 5
_PERCENT_OVERLAP = 0.6

OPEN = -1
Order = tuple[int, ...]  # Order[j] is the header column of the j-th run, OPEN where it is not known


@dataclass(frozen=True)
class NamedRow:
    """A row of a group with its label and unit."""

    at: int
    label: str
    unit: str


@dataclass(frozen=True)
class Dated:
    """The order of a group and how it was found.

    "proved" by evidence; "partly", some runs only; or the header's order, "supported" by evidence that leaves others
    open, or borne out by the rest of the "page" or the "table".
    """

    order: Order
    how: str


def date_runs(
    groups: Sequence[Group],
    rows: Sequence[Sequence[NamedRow]],
    pages: Sequence[int],
    years: Sequence[int],
    prose: ProseFigures,
) -> list[Dated | None]:
    """The order of each group's runs in one table, or None where it stays open. pages: the page each group is on."""
    count = len(years)
    if count > _MAX_YEARS:
        return [None] * len(groups)
    orders = list(permutations(range(count)))
    hard = [_hard(group, named, years, prose, orders) for group, named in zip(groups, rows, strict=True)]
    soft = [_soft(group, years, orders) for group in groups]
    identity = tuple(range(count))
    results: list[Dated | None] = [None] * len(groups)
    partly: list[Dated | None] = [None] * len(groups)
    for members in _components(groups, rows, orders):
        possible = set(orders)
        for index, relation in members:
            # An order of the anchor implies one of every member: run j of the anchor is run relation[j] of the member.
            possible = {
                order for order in possible if all(_carry(order, relation) in constraint for constraint in hard[index])
            }
        softened = {
            order
            for order in possible
            if all(_carry(order, relation) in constraint for index, relation in members for constraint in soft[index])
        }
        informed = any(hard[index] for index, _ in members)
        # Late disclosure may confirm the header's order or choose among orders that harder evidence leaves open.
        if softened and (identity in softened or informed):
            possible = softened
        for index, relation in members:
            split = groups[index].split
            if split is not None and len(members) == 1:
                possible = _siblings_in_order(possible, split)
            if len(possible) == 1:
                results[index] = Dated(_carry(next(iter(possible)), relation), "proved")
            elif informed and identity in possible and relation == identity and groups[index].split is None:
                results[index] = Dated(identity, "supported")
            if hard[index]:
                partly[index] = _partly([_carry(order, relation) for order in possible])
    settled = _settle(groups, results, pages, identity)
    return [found or partly[at] for at, found in enumerate(settled)]


def _partly(possible: Sequence[Order]) -> Dated | None:
    """Runs that are the same year in every order left; OPEN for the others."""
    columns = [set(choice) for choice in zip(*possible, strict=True)]
    order = tuple(choice.pop() if len(choice) == 1 else OPEN for choice in columns)
    return Dated(order, "partly") if any(column != OPEN for column in order) else None


def _siblings_in_order(possible: set[Order], split: int) -> set[Order]:
    # One run stands apart and is dated; the others, printed together, follow the header.
    if len({order[split] for order in possible}) != 1:
        return possible
    return {
        order
        for order in possible
        if (rest := [column for run, column in enumerate(order) if run != split]) == sorted(rest)
    }


def _settle(
    groups: Sequence[Group], results: Sequence[Dated | None], pages: Sequence[int], identity: Order
) -> list[Dated | None]:
    """What only the header's order speaks for is taken where the rest of the page, or of the table, bears it out."""
    proved = [at for at, found in enumerate(results) if found is not None and found.how in {"proved", "supported"}]
    shuffled = any(_order_of(results[at]) != identity and groups[at].split is None for at in proved)
    upheld = {pages[at] for at in proved if _order_of(results[at]) == identity}
    settled: list[Dated | None] = []
    for group, found, page in zip(groups, results, pages, strict=True):
        if found is not None and (found.how == "proved" or (found.how == "supported" and not shuffled)):
            settled.append(found)
        elif shuffled or group.split is not None or not upheld:
            settled.append(None)
        else:
            settled.append(Dated(identity, "page" if page in upheld else "table"))
    return settled


def _order_of(found: Dated | None) -> Order:
    return found.order if found is not None else ()


def _carry(order: Order, relation: Order) -> Order:
    carried = [0] * len(order)
    for run, other in enumerate(relation):
        carried[other] = order[run]
    return tuple(carried)


def _hard(
    group: Group, rows: Sequence[NamedRow], years: Sequence[int], prose: ProseFigures, orders: Sequence[Order]
) -> list[set[Order]]:
    constraints: list[set[Order]] = [{tuple(range(len(years)))}] if group.ordered else []
    count = len(years)
    for row in rows:
        values = [value.value for value in group.row(row.at)]
        for run, value in enumerate(values):
            if value is None or _digits(group.row(row.at)[run]) < _MIN_DIGITS or values.count(value) > 1:
                continue
            named = prose.years_of(value, row.label, row.unit) & set(years)
            if len(named) == 1:
                column = list(years).index(named.pop())
                constraints.append({order for order in orders if order[run] == column})
        for first, second, year in _stated_moves(row, values, prose):
            if year in years and year - 1 in years:
                later, earlier = list(years).index(year), list(years).index(year - 1)
                constraints.append({order for order in orders if order[first] == later and order[second] == earlier})
        numbers = [value for value in values if value is not None]
        if any(word in row.label for word in _CUMULATIVE) and len(numbers) == count and len(set(numbers)) == count:
            constraints.append(
                {order for order in orders if _rises([(years[order[run]], numbers[run]) for run in range(count)])}
            )
    for run in range(count):
        for printed in (figure.value for figure in group.runs[run]):
            named_in_cell = re.search(r"\D((?:19|20)\d{2})年", printed.text) if printed.kind == "absent" else None
            if named_in_cell and int(named_in_cell[1]) in years:
                column = list(years).index(int(named_in_cell[1]))
                constraints.append({order for order in orders if order[run] == column})
    return [constraint for constraint in constraints if len(constraint) < len(orders)]


def _soft(group: Group, years: Sequence[int], orders: Sequence[Order]) -> list[set[Order]]:
    # What is disclosed for some years only is disclosed for the later ones.
    constraints: list[set[Order]] = []
    count = len(years)
    for at in range(group.size):
        shown = [value.kind == "figure" for value in group.row(at)]
        if all(shown) or not any(shown):
            continue
        constraint = {
            order
            for order in orders
            if _rises([(years[order[run]], 1.0 if shown[run] else 0.0) for run in range(count)])
        }
        if constraint not in constraints:
            constraints.append(constraint)
    return constraints


def _rises(dated: list[tuple[int, float]]) -> bool:
    ordered = [value for _, value in sorted(dated)]
    return all(before <= after for before, after in pairwise(ordered))


def _stated_moves(row: NamedRow, values: Sequence[float | None], prose: ProseFigures) -> list[tuple[int, int, int]]:
    """(later run, earlier run, later year) for changes that prose states and only one pair of runs shows."""
    found: list[tuple[int, int, int]] = []
    for move in prose.moves:
        if move.year is None:
            continue
        share = move.after.startswith(("%", "％"))
        if share:
            if is_share(row.unit) or overlap(row.label, move.around) < _PERCENT_OVERLAP:
                continue
        elif not follows(move.after, row.unit) or overlap(row.label, move.around) < 0.3:
            continue
        pairs = []
        for later, earlier in permutations(range(len(values)), 2):
            new, old = values[later], values[earlier]
            if new is None or old is None or (share and old == 0):
                continue
            change = (new / old - 1) * 100 if share else new - old
            if round(change, move.decimals) == move.amount and change != 0:
                pairs.append((later, earlier))
        if len(pairs) == 1 and (move.decimals or abs(move.amount) >= 10):
            found.append((*pairs[0], move.year))
    return found


def _components(
    groups: Sequence[Group], rows: Sequence[Sequence[NamedRow]], orders: Sequence[Order]
) -> list[list[tuple[int, Order]]]:
    """Groups tied to one another: (group, relation of the first group's runs to its runs)."""
    ties: dict[int, list[tuple[int, Order]]] = {at: [] for at in range(len(groups))}
    for first in range(len(groups)):
        for second in range(first + 1, len(groups)):
            relation = _tie(groups[first], rows[first], groups[second], rows[second], orders)
            if relation is not None:
                ties[first].append((second, relation))
                ties[second].append((first, _inverse(relation)))
    seen: dict[int, Order] = {}
    components = []
    for start in range(len(groups)):
        if start in seen:
            continue
        seen[start] = tuple(range(len(groups[start].runs)))
        component, queue = [(start, seen[start])], [start]
        while queue:
            here = queue.pop()
            for other, relation in ties[here]:
                if other not in seen:
                    seen[other] = tuple(relation[run] for run in seen[here])
                    component.append((other, seen[other]))
                    queue.append(other)
        components.append(component)
    return components


def _inverse(relation: Order) -> Order:
    inverse = [0] * len(relation)
    for run, other in enumerate(relation):
        inverse[other] = run
    return tuple(inverse)


def _tie(
    first: Group,
    first_rows: Sequence[NamedRow],
    second: Group,
    second_rows: Sequence[NamedRow],
    orders: Sequence[Order],
) -> Order | None:
    """The one relation of runs under which the groups fit: run j of `first` is run relation[j] of `second`."""
    found: set[Order] = set()
    for row in first_rows:
        for other in second_rows:
            relation = _same_ratio(first.row(row.at), second.row(other.at), orders)
            if relation is not None:
                found.add(relation)
    if not found:
        found = _same_denominator(first, first_rows, second, second_rows, orders)
    return found.pop() if len(found) == 1 else None


def _same_ratio(first: Sequence[Printed], second: Sequence[Printed], orders: Sequence[Order]) -> Order | None:
    least = min(*(_digits(value) for value in first), *(_digits(value) for value in second))
    if least < _MIN_DIGITS:
        return None
    left = [value.value or 0.0 for value in first]
    right = [value.value or 0.0 for value in second]
    if len(set(left)) < len(left) or len(set(right)) < len(right):
        return None
    if sorted(left) == sorted(right):
        return tuple(right.index(value) for value in left)
    if least < _RATIO_DIGITS:
        return None
    fitting = []
    for order in orders:
        ratios = [left[run] / right[order[run]] for run in range(len(left))]
        slack = sum(_half(value) / abs(value.value or 1.0) for value in (*first, *second))
        if max(ratios) / min(ratios) - 1 <= slack and min(ratios) > 0:
            fitting.append(order)
    return fitting[0] if len(fitting) == 1 else None


def _same_denominator(
    first: Group,
    first_rows: Sequence[NamedRow],
    second: Group,
    second_rows: Sequence[NamedRow],
    orders: Sequence[Order],
) -> set[Order]:
    found: set[Order] = set()
    left, right = _denominators(first, first_rows), _denominators(second, second_rows)
    for name, bounds in left.items():
        for other in right.get(name, []):
            for mine in bounds:
                fitting = [
                    order for order in orders if all(_meet(mine[run], other[order[run]]) for run in range(len(mine)))
                ]
                if len(fitting) == 1:
                    found.add(fitting[0])
    return found


def _denominators(group: Group, rows: Sequence[NamedRow]) -> dict[str, list[list[tuple[float, float]]]]:
    """Per denominator ("人"): the bounds that a total and its intensity put on it, run by run."""
    found: dict[str, list[list[tuple[float, float]]]] = {}
    for row in rows:
        unit, _, name = unit_key(row.unit).partition("/")
        if not name:
            continue
        totals = [other for other in rows if unit_key(other.unit) == unit]
        if len(totals) > 1:
            totals = [other for other in totals if "总" in plain(other.label)][:1]
        for total in totals[:1]:
            bounds = []
            for whole, part in zip(group.row(total.at), group.row(row.at), strict=True):
                if not whole.value or not part.value or part.value <= _half(part):
                    break
                low = (whole.value - _half(whole)) / (part.value + _half(part))
                high = (whole.value + _half(whole)) / (part.value - _half(part))
                bounds.append((low, high))
            if len(bounds) == len(group.runs):
                found.setdefault(name, []).append(bounds)
    return found


def _meet(first: tuple[float, float], second: tuple[float, float]) -> bool:
    return first[0] <= second[1] and second[0] <= first[1]


def _digits(value: Printed) -> int:
    if value.value is None:
        return 0
    return len(re.sub(r"\D", "", value.text).strip("0"))


def _half(value: Printed) -> float:
    decimals = len(value.text.rpartition(".")[2]) if "." in value.text else 0
    return float(0.5 * 10.0**-decimals)
