"""Two runs side by side: what got better, what got worse, and whether that is more than chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from assistant.errors import UsageError
from eval.intervals import difference_interval, mcnemar, one_sided, quantile
from eval.results import Row

ALPHA = 0.05  # beyond noise: less likely than this, were gains and losses equally likely
MOST_ERRORS = 0.01  # share of new errors that a gate lets pass


@dataclass(frozen=True)
class Change:
    """One verdict gained and lost between two runs over the same answers.

    up, down: questions (both languages together) on which it was gained or lost on balance; p: McNemar over these, for
    two languages of one question are not two trials.
    """

    name: str
    before: float
    after: float
    low: float
    high: float
    gained: int
    lost: int
    up: int
    down: int
    p: float


@dataclass(frozen=True)
class Comparison:
    """`better` and `worse` hold (row before, row after) where the verdict changed to or from right."""

    pairs: int
    left_out: int
    changes: tuple[Change, ...]
    better: tuple[tuple[Row, Row], ...]
    worse: tuple[tuple[Row, Row], ...]
    seconds: tuple[float | None, float | None]
    other_questions: bool
    notes: tuple[str, ...] = field(default=())


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> Comparison:
    """Compare two results on the answers both have; raises UsageError when they share none or are no answers."""
    if before["kind"] != "answers" or after["kind"] != "answers":
        raise UsageError("compare needs two results of answers, not of --retrieval-only")
    old = {(row["id"], row["language"]): row for row in before["rows"]}
    new = {(row["id"], row["language"]): row for row in after["rows"]}
    keys = [key for key in old if key in new]
    if not keys:
        raise UsageError("the two results have no question in common")
    pairs = [(old[key], new[key]) for key in keys]
    return Comparison(
        pairs=len(pairs),
        left_out=len(old) + len(new) - 2 * len(pairs),
        changes=tuple(_change(name, pairs) for name in ("right", "wrong", "refused", "error", "evidence")),
        better=tuple((a, b) for a, b in pairs if not _is(a, "right") and _is(b, "right")),
        worse=tuple((a, b) for a, b in pairs if _is(a, "right") and not _is(b, "right")),
        seconds=(_median([a for a, _ in pairs]), _median([b for _, b in pairs])),
        other_questions=before["provenance"].get("questions_sha256") != after["provenance"].get("questions_sha256"),
    )


def _is(row: Row, name: str) -> bool:
    if name == "evidence":
        return row["score"]["verdict"] == "right" and bool(row["score"]["evidence_hit"])
    return bool(row["score"]["verdict"] == name)


def _change(name: str, pairs: Sequence[tuple[Row, Row]]) -> Change:
    flags = [(a["id"], float(_is(a, name)), float(_is(b, name))) for a, b in pairs]
    clusters: dict[str, list[tuple[float, float]]] = {}
    for key, a, b in flags:
        clusters.setdefault(key, []).append((a, b))
    _, low, high = difference_interval(clusters)
    gained, lost = sum(b > a for _, a, b in flags), sum(a > b for _, a, b in flags)
    balance = [sum(b - a for a, b in values) for values in clusters.values()]
    up, down = sum(value > 0 for value in balance), sum(value < 0 for value in balance)
    shares = sum(a for _, a, _ in flags) / len(flags), sum(b for *_, b in flags) / len(flags)
    return Change(name, *shares, low, high, gained, lost, up, down, mcnemar(up, down))


def _median(rows: Sequence[Row]) -> float | None:
    return quantile([row["timings"]["seconds"] for row in rows if row["timings"].get("seconds") is not None], 0.5)


def gate(baseline: Mapping[str, Any], result: Mapping[str, Any]) -> list[str]:
    """Why a result must not pass: right dropped or wrong rose beyond noise, answers are missing, errors appeared.

    Beyond noise: the exact one-sided probability of so many more questions lost than gained is below ALPHA.
    """
    found = compare(baseline, result)
    failures = []
    missing = len(baseline["rows"]) - found.pairs
    if missing:
        failures.append(
            f"{missing} of {len(baseline['rows'])} baseline answers are not in the result: it is another question set"
        )
    for change in found.changes:
        shares = f"{change.before:.1%} → {change.after:.1%} ({change.gained} gained, {change.lost} lost"
        if change.name == "right" and (p := one_sided(change.down, change.up)) < ALPHA:
            failures.append(f"right dropped: {shares}, p = {p:.3f})")
        if change.name == "wrong" and (p := one_sided(change.up, change.down)) < ALPHA:
            failures.append(f"wrong rose: {shares}, p = {p:.3f})")
        if change.name == "evidence" and (p := one_sided(change.down, change.up)) < ALPHA:
            failures.append(f"right with right evidence dropped: {shares}, p = {p:.3f})")
        if change.name == "error" and change.after - change.before > MOST_ERRORS:
            failures.append(f"errors rose: {shares})")
    return failures


def slim(result: Mapping[str, Any]) -> dict[str, Any]:
    """A result without its answers and without the machine: what a committed baseline needs."""
    if result["kind"] != "answers":
        raise UsageError("a baseline is made of a result of answers")
    keep = ("id", "language", "type", "report", "reports", "layout", "wording", "history", "split")
    rows = [
        {
            **{name: row[name] for name in keep},
            "score": {name: row["score"][name] for name in ("verdict", "reason", "evidence_hit")},
            "timings": {"seconds": row["timings"].get("seconds")},
        }
        for row in result["rows"]
    ]
    return {**result, "rows": rows}
