"""`assistant evaluate`: run or read answers, score them, and say how good they are."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assistant.errors import AssistantError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assistant.settings import Settings
    from eval.results import Row
    from eval.runner import Job
    from eval.selection import Selection

_BASELINE = Path(__file__).with_name("baseline.json")
_FILE = click.Path(path_type=Path, dir_okay=False)


class _Evaluate(click.Group):
    """A group whose first word may be a question file: then it is `run`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `run` in front of what is neither a subcommand nor a call for help."""
        if not args or (args[0] not in self.commands and args[0] not in ("-h", "--help")):
            args.insert(0, "run")
        return super().parse_args(ctx, args)


@click.group(cls=_Evaluate, options_metavar="", subcommand_metavar="[SET.jsonl…] [OPTIONS] | COMMAND [ARGS]…")
def evaluate() -> None:
    """Answer the question sets, score the answers, and say how good they are.

    Without a command: `run`, whose options `assistant evaluate run --help` lists.
    """


def _selection_options(function: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(
        [
            click.argument("sets", nargs=-1, type=click.Path(), metavar="[SET.jsonl…]"),
            click.option(
                "--split", type=click.Choice(["dev", "test"]), help="Default: dev; test is for reporting only."
            ),
            click.option("--language", type=click.Choice(["zh", "en", "both"]), default="both", show_default=True),
            click.option("--type", "types", multiple=True, help="Only this type of question; may be repeated."),
            click.option("--report", "reports", multiple=True, metavar="ID", help="Only this report; may be repeated."),
            click.option("--sample", type=click.IntRange(1), metavar="N", help="A fixed sample of N questions."),
            click.option("--seed", type=int, default=0, show_default=True, help="Which sample."),
            click.option("--limit", type=click.IntRange(1), metavar="N", help="Only the first N questions."),
        ]
    ):
        function = option(function)
    return function


def _choose(values: dict[str, Any]) -> Selection:
    from eval.selection import TYPES, Selection

    unknown = [name for name in values["types"] if name not in TYPES]
    if unknown:
        raise UsageError(f"no question type {unknown[0]!r}; there are: {', '.join(TYPES)}")
    return Selection(**values)


@evaluate.command("run")
@_selection_options
@click.option(
    "--answers",
    type=_FILE,
    metavar="FILE",
    help="Score these answers or hits (JSONL, or an earlier result) instead of asking.",
)
@click.option("--retrieval-only", is_flag=True, help="Only what is found: recall@k, MRR, nDCG; no LLM.")
@click.option("--pipeline", default="default", show_default=True, help="Pipeline of the assistant: default, naive.")
@click.option("--system", metavar="NAME", help="Name of the system in reports.")
@click.option("--json", "json_file", type=_FILE, metavar="FILE", help="Write the result here.")
@click.option("--html", "html_file", type=_FILE, metavar="FILE", help="Write the report here.")
@click.option("--markdown", "markdown_file", type=_FILE, metavar="FILE", help="Write the report as Markdown.")
def run_command(
    answers: Path | None,
    retrieval_only: bool,
    pipeline: str,
    system: str | None,
    json_file: Path | None,
    html_file: Path | None,
    markdown_file: Path | None,
    **chosen: Any,  # noqa: ANN401
) -> None:
    """Answer the questions (or read --answers), score, print a summary.

    An interrupted run goes on where it stopped when it is started again in the same way.
    """
    selection = _choose(chosen)
    if retrieval_only:
        if html_file or markdown_file:
            raise UsageError("--retrieval-only has no report: it goes with --answers and --json")
        result = _score_hits(selection, answers, system) if answers else _retrieve(selection)
    elif answers:
        result = _score_answers(selection, answers, system)
    else:
        result = _answer(selection, pipeline, system)
        _keep(result)
    _finish(result, json_file, html_file, markdown_file)


def _keep(result: dict[str, Any]) -> None:
    """Put a run among the user's data, where the chat UI looks for the newest one."""
    from assistant.settings import Settings
    from eval import results

    stamp = "".join(character if character.isdigit() else "-" for character in result["finished"]).strip("-")
    file = Settings().data_folder / "evaluation" / f"{stamp}.json"
    results.write(result, file)
    click.echo(f"kept for the chat UI and for compare: {file}", err=True)


def _finish(result: dict[str, Any], json_file: Path | None, html_file: Path | None, markdown_file: Path | None) -> None:
    from eval import results
    from eval.report import html, markdown
    from eval.tables import print_retrieval, print_summary

    if json_file:
        results.write(result, json_file)
    if html_file:
        results.save(html_file, html(result))
    if markdown_file:
        results.save(markdown_file, markdown(result))
    (print_retrieval if result["kind"] == "retrieval" else print_summary)(result)
    for file in (json_file, html_file, markdown_file):
        if file:
            click.echo(f"written: {file}")


def _result(kind: str, selection: Selection, rows: Sequence[Row], started: str, **more: object) -> dict[str, Any]:
    from eval import provenance, results, retrieval

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


def _answer(selection: Selection, pipeline: str, system: str | None) -> dict[str, Any]:
    """Ask the assistant. The partial file is named after all that must be equal for its answers to be used again."""
    from assistant import Assistant
    from assistant.settings import Settings
    from eval import provenance, runner

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
    from functools import lru_cache

    from index.catalog import Catalog
    from index.text import read_lines

    catalog = Catalog.load(settings.report_folders)
    read = lru_cache(maxsize=None)(lambda report: read_lines(catalog.get(report).path))
    return _lines_of(lambda report, first, last: read(report)[max(0, first - 1) : last])


def _score_answers(selection: Selection, file: Path, system: str | None) -> dict[str, Any]:
    from assistant.settings import Settings
    from eval.runner import load_answers, row_of

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


def _retrieve(selection: Selection) -> dict[str, Any]:
    from assistant import Assistant
    from assistant.settings import Settings
    from eval import retrieval

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


def _score_hits(selection: Selection, file: Path, system: str | None) -> dict[str, Any]:
    """Score hits found elsewhere: {"id", "hits": [citation…]} a line, as `assistant search --batch` writes them."""
    from eval import retrieval
    from eval.runner import load_answers

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


@evaluate.command("compare")
@click.argument("before", type=_FILE)
@click.argument("after", type=_FILE)
@click.option("--all", "every", is_flag=True, help="List every changed answer, not only the first 20 each way.")
def compare_command(before: Path, after: Path, every: bool) -> None:
    """Compare two results, answer by answer: what got better, what got worse, and whether it is more than chance."""
    from eval import results
    from eval.compare import compare
    from eval.tables import print_comparison

    print_comparison(compare(results.read(before), results.read(after)), None if every else 20)


@evaluate.command("gate")
@click.option(
    "--baseline", type=_FILE, default=_BASELINE, help="The result to hold against.  [default: eval/baseline.json]"
)
@click.option(
    "--result", "result_file", type=_FILE, help="A result already made; default: run the baseline's questions now."
)
@click.option("--json", "json_file", type=_FILE, metavar="FILE", help="Write the new result here.")
def gate_command(baseline: Path, result_file: Path | None, json_file: Path | None) -> None:
    """Fail when right drops or wrong rises against the baseline, beyond noise."""
    from eval import results
    from eval.compare import compare, gate
    from eval.selection import Selection
    from eval.tables import print_comparison

    if not baseline.is_file():
        raise UsageError(f"{baseline}: no baseline yet; make one: assistant evaluate baseline RESULT.json")
    old = results.read(baseline)
    if result_file:
        new = results.read(result_file)
    else:
        new = _answer(Selection.from_dict(old["selection"]), old.get("pipeline") or "default", None)
    if json_file:
        results.write(new, json_file)
    print_comparison(compare(old, new), 20)
    failures = gate(old, new)
    if failures:
        raise AssistantError("the evaluation gate failed: " + "; ".join(failures))
    click.echo("the evaluation gate is passed")


@evaluate.command("baseline")
@click.argument("result", type=_FILE)
@click.option("--out", type=_FILE, default=_BASELINE, help="Where to.  [default: eval/baseline.json]")
def baseline_command(result: Path, out: Path) -> None:
    """Make a RESULT the baseline of the gate: verdicts and seconds, without the answers."""
    from eval import results
    from eval.compare import slim

    results.write(slim(results.read(result)), out)
    click.echo(f"written: {out}")


@evaluate.command("report")
@click.argument("result", type=_FILE)
@click.option("--html", "html_file", type=_FILE, metavar="FILE")
@click.option("--markdown", "markdown_file", type=_FILE, metavar="FILE")
def report_command(result: Path, html_file: Path | None, markdown_file: Path | None) -> None:
    """Print a RESULT again, or write its report."""
    from eval import results

    _finish(results.read(result), None, html_file, markdown_file)


@evaluate.command("questions")
@_selection_options
@click.option("--out", type=_FILE, required=True, metavar="FILE", help="Where to.")
def questions_command(out: Path, **chosen: Any) -> None:  # noqa: ANN401
    """Write the questions without their answers, as `assistant batch` and other systems read them."""
    from eval.results import save

    lines = []
    for job in _choose(chosen).jobs():
        entry: dict[str, Any] = {"id": job.question.id, "question": job.question.text(job.language)}
        turns = job.question.history(job.language)
        if turns:
            entry["history"] = [turn.model_dump() for turn in turns]
        lines.append(json.dumps(entry, ensure_ascii=False))
    save(out, "\n".join(lines) + "\n")
    click.echo(f"{len(lines)} questions written: {out}")
