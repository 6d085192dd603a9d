"""Where the rows of a result come from: the assistant asked now, or answers and hits made elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import click

from assistant.errors import AssistantError, UsageError
from assistant.settings import Settings
from eval import provenance, results, retrieval, runner
from eval.results import Row
from eval.runner import Job, load_answers, row_of
from eval.selection import Selection
from index.catalog import Catalog
from index.text import read_lines


def _result(kind: str, selection: Selection, rows: Sequence[Row], started: str, **more: object) -> dict[str, Any]:
    summarise = retrieval.summarise if kind == "retrieval" else results.summarise
    questions = selection.questions()
    origin = {
        "questions_sha256": provenance.question_hash(questions),
        "questions": len(questions),
        "code": provenance.code_state(),
        "packages": provenance.package_versions(),
        "machine": provenance.machine(),
    }
    settings = more.pop("settings", None)
    if settings is not None:
        origin |= {"models": provenance.models_used(settings), "settings": provenance.plain_settings(settings)}
    return {
        "format": results.FORMAT,
        "kind": kind,
        **more,
        "started": started,
        "finished": _now(),
        "selection": selection.as_dict(),
        "provenance": origin,
        "summary": summarise(rows),
        "rows": list(rows),
    }


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def answers_now(selection: Selection, pipeline: str, system: str | None) -> dict[str, Any]:
    """Ask the assistant. The partial file is named after all that must be equal for its answers to be used again."""
    from assistant import Assistant  # heavy; scoring answers made elsewhere does not need it

    work = selection.jobs()
    settings = Settings()
    assistant = Assistant.open(settings)
    marks = {
        "questions": provenance.question_hash(job.question for job in work),
        "languages": selection.languages,
        "pipeline": pipeline,
        "code": provenance.code_state(),
        "settings": provenance.plain_settings(settings),
        "models": provenance.models_used(settings),
    }
    mark = provenance.fingerprint(marks)
    partial = settings.cache_folder / "evaluation" / f"{mark}.jsonl"
    started = _now()
    with _progress(len(work)) as told:
        warm = getattr(assistant, "warm", None)
        if callable(warm):
            warm()
        rows = runner.run(
            assistant, work, _lines_of(assistant.lines), pipeline=pipeline, partial=partial, mark=mark, told=told
        )
    name = system or (f"assistant ({pipeline})" if pipeline != "default" else "assistant")
    return _result("answers", selection, rows, started, system=name, pipeline=pipeline, settings=settings)


def _lines_of(read: Callable[[str, int, int], Sequence[Any]]) -> Callable[[str, int, int], list[str]]:
    """A line source that gives nothing for reports that are not there: other systems may cite any name."""

    def lines(report: str, first: int, last: int) -> list[str]:
        try:
            return [str(getattr(line, "raw", line)) for line in read(report, first, last)]
        except (ValueError, AssistantError):
            return []

    return lines


def _library_lines(settings: Settings) -> Callable[[str, int, int], list[str]]:
    """A line source over the report files: no index and no models are needed to score answers made elsewhere."""
    catalog = Catalog.load(settings.report_folders)
    read = lru_cache(maxsize=None)(lambda report: read_lines(catalog.get(report).path))
    return _lines_of(lambda report, first, last: read(report)[max(0, first - 1) : last])


def answers_from(selection: Selection, file: Path, system: str | None) -> dict[str, Any]:
    """Score answers made elsewhere. Says on stderr how many questions have none, and how many answers no question."""
    work = selection.jobs()
    given = load_answers(file, [job.question for job in work], only=selection.languages)
    lines = _library_lines(Settings())
    started = _now()
    rows = [row_of(job, given.get(job.key), lines) for job in work]
    missing = sum(job.key not in given for job in work)
    strangers = set(given) - {job.key for job in work}
    if missing == len(work):
        raise UsageError(f"{file}: none of its ids is among the {len(work)} chosen questions")
    if missing:
        click.echo(f"{missing} of {len(work)} questions have no answer in {file}: counted as errors", err=True)
    if strangers:
        click.echo(
            f"{len(strangers)} answers are to no chosen question, e.g. {sorted(strangers)[0][0]}: left out", err=True
        )
    return _result("answers", selection, rows, started, system=system or file.stem, pipeline=None)


def hits_now(selection: Selection) -> dict[str, Any]:
    """Search for every question that has evidence; no LLM is loaded."""
    from assistant import Assistant

    work = _with_evidence(selection)
    settings = Settings().model_copy(update={"llm": "none"})
    assistant = Assistant.open(settings)
    started = _now()
    with _progress(len(work)) as told:
        rows = retrieval.run(assistant, work, told)
    return _result("retrieval", selection, rows, started, system="assistant", pipeline=None, settings=settings)


def _with_evidence(selection: Selection) -> list[Job]:
    work = [job for job in selection.jobs() if job.question.type != "absent" and not job.question.history(job.language)]
    if not work:
        raise UsageError("no chosen question has evidence to find (absent ones and follow-ups are left out)")
    return work


def hits_from(selection: Selection, file: Path, system: str | None) -> dict[str, Any]:
    """Score hits found elsewhere: {"id", "hits": [citation…]} a line, as `assistant search --batch` writes them."""
    work = _with_evidence(selection)
    given = load_answers(file, [job.question for job in work], only=selection.languages)
    known = [(job, given[job.key].get("hits") or []) for job in work if job.key in given]
    if not known:
        raise UsageError(f"{file}: none of its ids is among the {len(work)} chosen questions")
    if len(known) < len(work):
        click.echo(f"{len(work) - len(known)} of {len(work)} questions have no hits in {file}: left out", err=True)
    rows = [retrieval.row_of(job, hits, 0.0) for job, hits in known]
    return _result("retrieval", selection, rows, _now(), system=system or file.stem, pipeline=None)


@contextmanager
def _progress(total: int) -> Iterator[Callable[[Row], None]]:
    """A bar on stderr with what was right so far."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    counts = {"right": 0, "wrong": 0, "refused": 0, "error": 0, "found": 0, "done": 0}
    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=total)

        def told(row: Row) -> None:
            counts["done"] += 1
            if "score" in row:
                counts[row["score"]["verdict"]] += 1
                said = [
                    f"{name} {counts[name] / counts['done']:.0%}"
                    for name in ("right", "wrong", "refused", "error")
                    if counts[name]
                ]
            else:
                counts["found"] += row["rank"] is not None
                said = [f"found {counts['found'] / counts['done']:.0%}"]
            bar.update(task, advance=1, description="  ".join(said))

        try:
            yield told
        except KeyboardInterrupt:
            click.echo(f"stopped after {counts['done']} of {total}; the same command goes on from there", err=True)
            raise
