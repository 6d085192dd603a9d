"""`assistant evaluate`: run or read answers, score them, and say how good they are."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assistant.errors import AssistantError, UsageError

if TYPE_CHECKING:
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
    from eval import sources

    selection = _choose(chosen)
    if retrieval_only:
        if html_file or markdown_file:
            raise UsageError("--retrieval-only has no report: it goes with --answers and --json")
        result = sources.hits_from(selection, answers, system) if answers else sources.hits_now(selection)
    elif answers:
        result = sources.answers_from(selection, answers, system)
    else:
        result = sources.answers_now(selection, pipeline, system)
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
    from eval import results, sources
    from eval.compare import compare, gate
    from eval.selection import Selection
    from eval.tables import print_comparison

    if not baseline.is_file():
        raise UsageError(f"{baseline}: no baseline yet; make one: assistant evaluate baseline RESULT.json")
    old = results.read(baseline)
    if result_file:
        new = results.read(result_file)
    else:
        new = sources.answers_now(Selection.from_dict(old["selection"]), old.get("pipeline") or "default", None)
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
