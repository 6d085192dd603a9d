"""The result of a run: rows, summary and where it came from; read, written, and summed up by group."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from assistant.errors import AssistantError, UsageError
from eval.intervals import quantile, share_interval

FORMAT = 1
Row = dict[str, Any]

GROUPS: dict[str, Callable[[Row], str]] = {
    "type": lambda row: str(row["type"]),
    "language": lambda row: str(row["language"]),
    "report": lambda row: str(row["report"]) if not row.get("reports") or len(row["reports"]) < 2 else "two reports",
    "layout": lambda row: str(row.get("layout") or "—"),
    "wording": lambda row: str(row.get("wording") or "—"),
    "history": lambda row: "follow-up" if row.get("history") else "first question",
}
STAGES = ("retrieval", "first_evidence", "first_sentence", "seconds")


def summarise(rows: Sequence[Row]) -> dict[str, Any]:
    """Counts, shares with intervals, evidence, seconds by stage and tokens of some rows, and all of it by group."""
    summary = _part(rows)
    summary["by"] = {
        name: {key: _part(part) for key, part in sorted(_grouped(rows, key_of).items())}
        for name, key_of in GROUPS.items()
    }
    summary["by"]["type × language"] = {
        key: _part(part) for key, part in sorted(_grouped(rows, lambda r: f"{r['type']} {r['language']}").items())
    }
    summary["reasons"] = _counted(row["score"]["reason"] for row in rows if row["score"]["verdict"] == "wrong")
    return summary


def _grouped(rows: Iterable[Row], key_of: Callable[[Row], str]) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(key_of(row), []).append(row)
    return groups


def _counted(values: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _part(rows: Sequence[Row]) -> dict[str, Any]:
    answerable = [row for row in rows if row["type"] != "absent"]
    absent = [row for row in rows if row["type"] == "absent"]
    right = [row for row in answerable if row["score"]["verdict"] == "right"]
    return {
        "answers": len(rows),
        "questions": len({row["id"] for row in rows}),
        "answerable": _verdicts(answerable),
        "absent": _verdicts(absent),
        "right": _share(rows, lambda row: row["score"]["verdict"] == "right"),
        "wrong": _share(rows, lambda row: row["score"]["verdict"] == "wrong"),
        "refused": _share(answerable, lambda row: row["score"]["verdict"] == "refused"),
        "evidence": _share(right, lambda row: bool(row["score"]["evidence_hit"])),
        "right_with_evidence": _share(
            answerable, lambda row: row["score"]["verdict"] == "right" and bool(row["score"]["evidence_hit"])
        ),
        "citation_precision": _mean(row["score"]["precision"] for row in answerable),
        "citation_recall": _mean(row["score"]["recall"] for row in answerable),
        "language": _mean(row["score"]["language_ok"] for row in rows),
        "both_shown": _mean(row["score"]["both_shown"] for row in rows),
        "seconds": {stage: _seconds(rows, stage) for stage in STAGES},
        "tokens": {name: _mean(row["tokens"].get(name) for row in rows) for name in ("read", "written")},
    }


def _verdicts(rows: Sequence[Row]) -> dict[str, int]:
    return {
        name: sum(row["score"]["verdict"] == name for row in rows) for name in ("right", "wrong", "refused", "error")
    }


def _share(rows: Sequence[Row], is_one: Callable[[Row], bool]) -> dict[str, float] | None:
    if not rows:
        return None
    clusters: dict[str, list[float]] = {}
    for row in rows:
        clusters.setdefault(row["id"], []).append(float(is_one(row)))
    mean, low, high = share_interval(clusters)
    return {"share": mean, "low": low, "high": high}


def _mean(values: Iterable[float | bool | None]) -> float | None:
    known = [float(value) for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _seconds(rows: Sequence[Row], stage: str) -> dict[str, float] | None:
    values = [float(row["timings"][stage]) for row in rows if row["timings"].get(stage) is not None]
    if not values:
        return None
    return {"median": quantile(values, 0.5) or 0.0, "p95": quantile(values, 0.95) or 0.0, "max": max(values)}


def write(result: Mapping[str, Any], file: Path) -> None:
    """Write a result file; raises AssistantError when it cannot be written."""
    save(file, json.dumps(result, ensure_ascii=False, indent=1) + "\n")


def save(file: Path, text: str) -> None:
    """Write a text file whole or not at all, with its folder; raises AssistantError with the reason."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_name(file.name + ".part")
        part.write_text(text, encoding="utf-8")
        part.replace(file)
    except OSError as error:
        raise AssistantError(f"{file}: cannot be written: {error.strerror or error}") from error


def read(file: Path) -> dict[str, Any]:
    """Read a result file; raises UsageError when it is none or of another format."""
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror or error}") from error
    except ValueError as error:
        raise UsageError(f"{file}: not a result file of assistant evaluate: {error}") from error
    if not isinstance(data, dict) or data.get("kind") not in ("answers", "retrieval") or "rows" not in data:
        raise UsageError(f"{file}: not a result file of assistant evaluate")
    if data.get("format") != FORMAT:
        raise UsageError(f"{file}: result format {data.get('format')}, this version reads {FORMAT}; run it again")
    return data
