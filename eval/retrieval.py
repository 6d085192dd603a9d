"""Retrieval alone: recall@k, MRR and nDCG of what `Assistant.search` finds. Seconds, because no LLM takes part."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import log2
from typing import Any, Protocol

from eval.evidence import Cited, read_citations
from eval.intervals import quantile, share_interval
from eval.results import Row
from eval.runner import Job

CUTS = (1, 3, 5, 10)
DEPTH = 10


class Searching(Protocol):
    """What is needed of an assistant: `assistant.Assistant` has it."""

    def search(self, question: str, *, top_k: int = ...) -> Sequence[Any]:
        """Citations, best first."""
        ...


def run(assistant: Searching, work: Iterable[Job], told: Callable[[Row], None], depth: int = DEPTH) -> list[Row]:
    """A row for each question with evidence; follow-ups are left out, for search knows no conversation."""
    rows = []
    for job in work:
        if job.question.type == "absent" or job.question.history(job.language):
            continue
        started = time.perf_counter()
        hits = assistant.search(job.question.text(job.language), top_k=depth)
        seconds = time.perf_counter() - started
        row = row_of(job, [_plain(hit) for hit in hits], seconds)
        rows.append(row)
        told(row)
    return rows


def _plain(hit: Any) -> Mapping[str, Any]:  # noqa: ANN401  (a Citation or a mapping of its fields)
    dump = getattr(hit, "model_dump", None)
    found: Mapping[str, Any] = dump(mode="json") if callable(dump) else dict(hit)
    return found


def row_of(job: Job, hits: Sequence[Mapping[str, Any]], seconds: float) -> Row:
    """The row of one question: rank of the first right hit, and for each cut the share of the needed places found."""
    question = job.question
    found = read_citations({"citations": list(hits)})
    places = question.right_places()
    # One place is enough for a fact that is stated; what is computed or compared needs them all.
    needed = len(places) if question.type in ("derived", "comparison", "list") else 1
    gains = _gains(found, places, needed)
    ranks = [rank for rank, gain in enumerate(gains, start=1) if gain]
    ideal = sum(1 / log2(rank + 1) for rank in range(1, needed + 1))
    return {
        "id": question.id,
        "language": job.language,
        "type": question.type,
        "report": question.report,
        "reports": list(question.reports),
        "layout": question.layout,
        "wording": question.wording,
        "split": question.split,
        "history": 0,
        "question": question.text(job.language),
        "rank": ranks[0] if ranks else None,
        "recall": {str(cut): min(1.0, sum(gains[:cut]) / needed) for cut in CUTS},
        "ndcg": min(1.0, sum(gain / log2(rank + 1) for rank, gain in enumerate(gains, start=1)) / ideal),
        "found": [citation.place for citation in found],
        "wanted": [f"{report}:{line}" for report, line in sorted(places)],
        "seconds": seconds,
    }


def _gains(found: Sequence[Cited], places: frozenset[tuple[str, int]], needed: int) -> list[int]:
    """New right places that each hit brings, up to what is needed."""
    left, open_places = needed, set(places)
    gains = []
    for citation in found:
        covered = {place for place in open_places if citation.covers(*place)}
        gain = min(left, len(covered))
        gains.append(gain)
        left -= gain
        open_places -= covered
    return gains


def summarise(rows: Sequence[Row]) -> dict[str, Any]:
    """Means with bootstrap intervals over questions: all, and by language, type, report and layout."""
    summary = _part(rows)
    summary["by"] = {}
    for name in ("language", "type", "report", "layout", "wording"):
        groups: dict[str, list[Row]] = {}
        for row in rows:
            groups.setdefault(str(row.get(name) or "—"), []).append(row)
        summary["by"][name] = {key: _part(part) for key, part in sorted(groups.items())}
    return summary


def _part(rows: Sequence[Row]) -> dict[str, Any]:
    def mean(value: Callable[[Row], float]) -> dict[str, float]:
        clusters: dict[str, list[float]] = {}
        for row in rows:
            clusters.setdefault(row["id"], []).append(value(row))
        share, low, high = share_interval(clusters)
        return {"share": share, "low": low, "high": high}

    seconds = [row["seconds"] for row in rows]
    return {
        "answers": len(rows),
        "recall": {str(cut): mean(lambda row, cut=cut: row["recall"][str(cut)]) for cut in CUTS},  # type: ignore[misc]
        "mrr": mean(lambda row: 1 / row["rank"] if row["rank"] else 0.0),
        "ndcg": mean(lambda row: row["ndcg"]),
        "seconds": {"median": quantile(seconds, 0.5), "p95": quantile(seconds, 0.95)},
    }
