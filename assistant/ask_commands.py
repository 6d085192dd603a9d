"""`assistant ask`, `batch`, `chat` and `search`: questions from the terminal and from files."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from assistant.errors import AssistantError, UsageError

if TYPE_CHECKING:
    from assistant.answer import Answer, Citation
    from assistant.answering import Assistant

logger = logging.getLogger(__name__)

Work = Callable[[dict[str, Any]], dict[str, Any]]  # a parsed line of a JSONL file → the object written for it
Failed = Callable[[object, str, str], dict[str, Any]]  # (id, question, why) → the object written instead

_REPORT = click.option("--report", "reports", multiple=True, metavar="ID", help="Only this report; may be repeated.")
_LANGUAGE = click.option(
    "--language",
    type=click.Choice(["auto", "zh-Hans", "zh-Hant", "en"]),
    default="auto",
    show_default=True,
    help="Language of the answer; auto: the question's.",
)
_PIPELINE = click.option(
    "--pipeline",
    type=click.Choice(["default", "naive"]),
    default="default",
    show_default=True,
    help="naive: fixed chunks, dense search, plain prompt, for comparison.",
)


@click.command()
@click.argument("question")
@_REPORT
@_LANGUAGE
@click.option("--json", "as_json", is_flag=True, help="Print the answer object.")
@click.option("--evidence-only", is_flag=True, help="Only show what was found; no LLM.")
@_PIPELINE
def ask(
    question: str, reports: tuple[str, ...], language: str, as_json: bool, evidence_only: bool, pipeline: str
) -> None:
    """Answer one QUESTION with citations, sentence by sentence."""
    from rich.console import Console

    assistant = _open(with_llm=not evidence_only)
    if evidence_only:
        _show_hits(Console(), assistant, assistant.search(question, reports=reports, language=language))
        return
    if as_json:
        answer = assistant.ask(question, reports=reports, language=language, pipeline=pipeline)
        click.echo(answer.model_dump_json(indent=2))
        return
    _stream(Console(), assistant, question, reports, language, pipeline)


@click.command()
@click.option("--report", "reports", multiple=True, metavar="ID", help="Only this report; may be repeated.")
@_LANGUAGE
@_PIPELINE
def chat(reports: tuple[str, ...], language: str, pipeline: str) -> None:
    """Ask in a session; follow-ups refer to what was asked before. An empty line or Ctrl-D ends it."""
    from rich.console import Console

    console = Console()
    assistant = _open()
    history: list[dict[str, str]] = []
    while True:
        try:
            question = console.input("[bold]› [/bold]").strip()
        except EOFError:
            console.print()
            return
        if not question:
            return
        try:
            answer = _stream(console, assistant, question, reports, language, pipeline, history)
        except AssistantError as error:
            console.print(str(error), style="red", markup=False)
            continue
        history += [{"role": "user", "content": question}, {"role": "assistant", "content": answer.answer}]


@click.command()
@click.argument("questions", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Answer objects, one a line, in order.")
@_REPORT
@_LANGUAGE
@_PIPELINE
def batch(questions: Path, out: Path, reports: tuple[str, ...], language: str, pipeline: str) -> None:
    """Answer a JSONL file: {"id", "question"[, "language", "history"]} a line; a bad line gets an error object."""

    def prepare() -> Work:
        assistant = _open()

        def answer(item: dict[str, Any]) -> dict[str, Any]:
            reply = assistant.ask(
                item["question"],
                reports=reports,
                language=item.get("language") or language,
                history=_history(item.get("history")),
                pipeline=pipeline,
                id=item["id"],
            )
            return reply.model_dump(mode="json")

        return answer

    _each_line(questions, out, prepare)


@click.command()
@click.argument("question", required=False)
@click.option("--batch", "questions", type=click.Path(path_type=Path), help="Search for each line of a JSONL file.")
@click.option("--out", type=click.Path(path_type=Path), help='With --batch: {"id", "hits"} a line, in order.')
@_REPORT
@click.option("--top-k", type=click.IntRange(1, 100), default=10, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print the citations as JSON.")
def search(
    question: str | None, questions: Path | None, out: Path | None, reports: tuple[str, ...], top_k: int, as_json: bool
) -> None:
    """Find evidence for QUESTION, best first; no LLM is involved."""
    from rich.console import Console

    if (question is None) == (questions is None) or (questions is None) != (out is None):
        raise click.UsageError("give either a QUESTION, or --batch FILE with --out FILE")
    if questions is not None and out is not None:

        def prepare() -> Work:
            assistant = _open(with_llm=False)

            def find(item: dict[str, Any]) -> dict[str, Any]:
                hits = assistant.search(item["question"], reports=reports, top_k=top_k)
                return {"id": item["id"], "hits": [hit.model_dump(mode="json") for hit in hits]}

            return find

        _each_line(questions, out, prepare, failed=_no_hits)
        return
    assistant = _open(with_llm=False)
    hits = assistant.search(question or "", reports=reports, top_k=top_k)
    if as_json:
        click.echo(json.dumps([hit.model_dump(mode="json") for hit in hits], ensure_ascii=False, indent=2))
    else:
        _show_hits(Console(), assistant, hits)


def _open(with_llm: bool = True) -> Assistant:
    from assistant.answering import Assistant
    from assistant.settings import Settings

    settings = Settings() if with_llm else Settings(llm="none")
    return Assistant.open(settings)


def _stream(
    console: Any,  # noqa: ANN401
    assistant: Assistant,
    question: str,
    reports: Sequence[str],
    language: str,
    pipeline: str,
    history: Sequence[dict[str, str]] = (),
) -> Answer:
    from assistant.answer import EvidenceFound, Finished, Sentence

    events = assistant.stream(question, reports=reports, language=language, history=history, pipeline=pipeline)
    status = console.status("…")
    status.start()
    try:
        for event in events:
            if isinstance(event, EvidenceFound):
                first = event.citations[:1]
                place = f" {first[0].report}:{first[0].line_start}" if first else ""
                status.update(f"{len(event.citations)} passages{place}")
            elif isinstance(event, Sentence):
                status.stop()
                console.print(event.text, markup=False, highlight=False, soft_wrap=True)
            elif isinstance(event, Finished):
                status.stop()
                _show_citations(console, event.answer)
                return event.answer
    finally:
        status.stop()
        events.close()  # type: ignore[attr-defined]
    raise AssistantError("the answer was stopped")


def _show_citations(console: Any, answer: Answer) -> None:  # noqa: ANN401
    for citation in answer.citations:
        lines = str(citation.line_start)
        if citation.line_end != citation.line_start:
            lines += f"–{citation.line_end}"
        section = f" · {citation.section}" if citation.section else ""
        console.print(f"[{citation.n}] {citation.report}:{lines}{section}", style="dim", markup=False, soft_wrap=True)
        for line in citation.quote.splitlines():
            console.print(f"    {line}", style="dim", markup=False, highlight=False, soft_wrap=True)


def _show_hits(console: Any, assistant: Assistant, hits: Sequence[Citation]) -> None:  # noqa: ANN401
    if not hits:
        console.print("nothing found")
    for hit in hits:
        console.print(
            f"[{hit.n}] {hit.report}:{hit.line_start}–{hit.line_end} {hit.section}", markup=False, soft_wrap=True
        )
        console.print(f"    {hit.quote[:200]}", style="dim", markup=False, highlight=False, soft_wrap=True)


def _each_line(source: Path, target: Path, prepare: Callable[[], Work], failed: Failed | None = None) -> None:
    """Do the work that `prepare` makes ready on each line of a JSONL file; what fails is an error object in place."""
    lines = list(_items(source))
    if target.is_dir():
        raise UsageError(f"--out {target} is a folder; name a file")
    half = target.with_name(target.name + ".half")
    try:
        with half.open("w", encoding="utf-8") as out:
            work = prepare()
            for item in _progress(lines):
                out.write(_json_line(_one(item, work, failed or _failed)))
                out.flush()
        half.replace(target)
    except OSError as error:
        raise AssistantError(f"cannot write {target}: {error.strerror}; choose another --out") from error
    finally:
        # What was answered before an interruption is worth keeping; an empty file is not.
        if half.is_file() and not half.stat().st_size:
            half.unlink()


def _json_line(item: dict[str, Any]) -> str:
    # Halves of surrogate pairs, which JSON allows and UTF-8 does not, can come back in the question.
    text = json.dumps(item, ensure_ascii=False)
    return text.encode("utf-8", errors="replace").decode("utf-8") + "\n"


def _history(turns: object) -> list[dict[str, str]]:
    """The "history" of a line, checked; raises UsageError when it is not of the form that --help shows."""
    if turns is None:
        return []
    if not isinstance(turns, list) or not all(
        isinstance(turn, dict) and all(isinstance(turn.get(key), str) for key in ("role", "content")) for turn in turns
    ):
        raise UsageError('"history" must be a list of {"role", "content"} objects')
    return turns


def _one(item: dict[str, Any] | str, work: Work, failed: Failed) -> dict[str, Any]:
    if isinstance(item, str):
        return failed(None, "", item)
    question = item.get("question")
    if not isinstance(question, str):
        return failed(item.get("id"), "", 'the line has no "question" text')
    try:
        return work({**item, "id": str(item["id"]) if item.get("id") is not None else None})
    except AssistantError as error:
        return failed(item.get("id"), question, str(error))
    except Exception as error:  # one bad line must not cost the answers to all others
        logger.debug("no answer to %r", question, exc_info=True)
        return failed(item.get("id"), question, f"internal error: {type(error).__name__}: {error}")


def _no_hits(id_: object, question: str, why: str) -> dict[str, Any]:
    return {"id": None if id_ is None else str(id_), "hits": [], "error": " ".join(why.split())}


def _failed(id_: object, question: str, why: str) -> dict[str, Any]:
    from assistant.answer import Answer

    why = " ".join(why.split())
    failed = Answer(id=None if id_ is None else str(id_), question=question, language="zh-Hans", answer="", error=why)
    return failed.model_dump(mode="json")


def _items(source: Path) -> Iterator[dict[str, Any] | str]:
    """Parsed lines; for a line that is no JSON object, what is wrong with it."""
    try:
        text = source.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"cannot read {source}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{source} is not UTF-8 text ({error.reason} at byte {error.start})") from error
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
        except json.JSONDecodeError as error:
            yield f"{source.name}, line {number} is not JSON: {error.msg}"
            continue
        except (ValueError, RecursionError):  # a number of thousands of digits, brackets without end
            yield f"{source.name}, line {number} cannot be read as JSON"
            continue
        yield item if isinstance(item, dict) else f"{source.name}, line {number} is not a JSON object"


def _progress(items: Sequence[dict[str, Any] | str]) -> Iterator[dict[str, Any] | str]:
    from rich.console import Console
    from rich.progress import track

    stream: TextIO = sys.stderr
    yield from track(items, "answering", console=Console(file=stream), transient=True)
