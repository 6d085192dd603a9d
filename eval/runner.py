"""Run the questions through an assistant, or score answers made elsewhere; resumable, one row an answer."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

from assistant.errors import AssistantError, UsageError
from eval.evidence import LineSource
from eval.language import script_of
from eval.results import Row
from eval.schema import EvalLanguage, Question
from eval.scoring import score

logger = logging.getLogger(__name__)


LANGUAGES: tuple[EvalLanguage, ...] = ("zh", "en")


class Answering(Protocol):
    """What is needed of an assistant: `assistant.Assistant` has it."""

    def ask(
        self, question: str, *, history: Sequence[Mapping[str, str]] = ..., pipeline: str = ..., id: str | None = ...
    ) -> Any:  # noqa: ANN401  (an Answer, or any mapping of its fields)
        """Answer a question."""
        ...


@dataclass(frozen=True)
class Job:
    """A question in one language."""

    question: Question
    language: EvalLanguage

    @property
    def key(self) -> tuple[str, str]:
        """What an answer is found by."""
        return self.question.id, self.language


Told = Callable[[Row], None]
"""Called with each finished row."""


def jobs(questions: Iterable[Question], languages: Sequence[EvalLanguage]) -> list[Job]:
    """Every question in every language, question by question."""
    return [Job(question, language) for question in questions for language in languages]


def sample(questions: Sequence[Question], size: int, seed: int = 0) -> list[Question]:
    """A fixed sample of about `size` questions, each type and report by its share and every type at least once.

    The same questions, size and seed give the same sample; a question added to a set moves few others.
    """
    if size >= len(questions):
        return list(questions)
    strata: dict[tuple[str, str], list[Question]] = {}
    for question in sorted(questions, key=lambda q: sha256(f"{seed}:{q.id}".encode()).hexdigest()):
        strata.setdefault((question.type, question.report), []).append(question)
    order: list[tuple[float, str, Question]] = []
    for (kind, report), members in strata.items():
        order += [((n + 0.5) / len(members), f"{kind}{report}", question) for n, question in enumerate(members)]
    order.sort(key=lambda item: item[:2])
    chosen = [question for _, _, question in order[:size]]
    for kind in dict.fromkeys(question.type for question in questions):
        if not any(question.type == kind for question in chosen):
            chosen[-1 - len({q.type for q in chosen}) % size] = next(q for _, _, q in order if q.type == kind)
    wanted = {question.id for question in chosen}
    return [question for question in questions if question.id in wanted]


def row_of(job: Job, answer: Mapping[str, Any] | None, lines: LineSource) -> Row:
    """The row of one answer: the question, the answer as given, its score and its costs."""
    question, language = job.question, job.language
    answer = dict(answer) if answer is not None else None
    timings = dict((answer or {}).get("timings") or {})
    tokens = {name: timings.pop(f"tokens_{name}", None) for name in ("read", "written")}
    seconds = (answer or {}).get("seconds")
    return {
        "id": question.id,
        "language": language,
        "type": question.type,
        "report": question.report,
        "reports": list(question.reports),
        "layout": question.layout,
        "wording": question.wording,
        "split": question.split,
        "history": len(question.history(language)),
        "question": question.text(language),
        "gold": question.gold(language),
        "value": question.value,
        "unit": question.unit,
        "evidence": [
            {"report": e.report or question.report, "line": e.line, "quote": e.quote, "role": e.role}
            for e in question.evidence
        ],
        "note": question.note,
        "answer": answer,
        "score": score(question, language, answer, lines).as_dict(),
        "timings": {**timings, "seconds": seconds},
        "tokens": tokens,
    }


def run(
    assistant: Answering, work: Sequence[Job], lines: LineSource, *, pipeline: str, partial: Path, mark: str, told: Told
) -> list[Row]:
    """Answer and score every job. Answers are kept in `partial` as they come; a later run with the same mark goes on
    from there. The file is deleted when all is done. Errors of single questions become error answers.
    """
    kept = _read_partial(partial, mark)
    rows: list[Row] = []
    with _Appending(partial, mark, fresh=not kept) as keep:
        for job in work:
            answer = kept.get(job.key)
            if answer is None:
                answer = _ask(assistant, job, pipeline)
                keep(job, answer)
            row = row_of(job, answer, lines)
            rows.append(row)
            told(row)
    partial.unlink(missing_ok=True)
    return rows


def _ask(assistant: Answering, job: Job, pipeline: str) -> dict[str, Any]:
    started = time.perf_counter()
    turns = [turn.model_dump() for turn in job.question.history(job.language)]
    try:
        found = assistant.ask(job.question.text(job.language), history=turns, pipeline=pipeline, id=job.question.id)
    except Exception as error:  # one broken question must not end a run of hours: it counts as an error
        if not isinstance(error, AssistantError):
            logger.exception("%s (%s)", job.question.id, job.language)
        text = " ".join(f"{type(error).__name__}: {error}".split())
        return {"answer": "", "error": text, "seconds": time.perf_counter() - started}
    dump = getattr(found, "model_dump", None)
    answer: dict[str, Any] = dump(mode="json") if callable(dump) else dict(found)
    answer.setdefault("seconds", round(time.perf_counter() - started, 3))
    return answer


def _read_partial(partial: Path, mark: str) -> dict[tuple[str, str], dict[str, Any]]:
    """Answers of an interrupted run; none when there was none or it was another one; without a half line at the end."""
    try:
        head, *lines = partial.read_text(encoding="utf-8").splitlines()
        if json.loads(head).get("mark") != mark:
            return {}
    except (OSError, ValueError, AttributeError):
        return {}
    kept = {}
    for line in lines:
        try:
            entry = json.loads(line)
            kept[(entry["id"], entry["language"])] = entry["answer"]
        except (ValueError, KeyError, TypeError):
            break
    return kept


class _Appending:
    """Appends answers to a partial file, each one on the disk before the next is asked."""

    def __init__(self, file: Path, mark: str, *, fresh: bool) -> None:
        """Open the file, anew or at its end; raises AssistantError when it cannot be written."""
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            if not fresh:  # cut off a half line
                whole = file.read_text(encoding="utf-8")
                file.write_text(whole[: whole.rfind("\n") + 1], encoding="utf-8")
            self._stream = file.open("w" if fresh else "a", encoding="utf-8")
            if fresh:
                self._write({"mark": mark})
        except OSError as error:
            raise AssistantError(f"{file}: cannot be written: {error.strerror or error}") from error

    def __enter__(self) -> Callable[[Job, Mapping[str, Any]], None]:
        """The function that keeps an answer."""
        return lambda job, answer: self._write({"id": job.question.id, "language": job.language, "answer": answer})

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self._stream.close()

    def _write(self, entry: Mapping[str, Any]) -> None:
        self._stream.write(json.dumps(entry, ensure_ascii=False) + "\n")
        self._stream.flush()


def load_answers(
    file: Path, questions: Iterable[Question], only: Sequence[EvalLanguage] = ()
) -> dict[tuple[str, str], dict[str, Any]]:
    """Answers made elsewhere: JSONL with "id" and "answer", best with "language"; or a result file of this harness.

    The language is that of the question that was asked: "question" tells it, else "language", else the only language of
    the run (`only`), else the script of the answer. Raises UsageError naming the first bad line or doubled answer.
    """
    asked = {(q.id, q.text(language).strip()): language for q in questions for language in LANGUAGES}
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for where, entry in _entries(file):
        if not isinstance(entry, dict) or not isinstance(entry.get("id"), str):
            raise UsageError(f'{where}: needs an object with "id" and "answer"')
        question = entry["id"], str(entry.get("question") or "").strip()
        key = entry["id"], asked.get(question) or _language(entry, only)
        if key in found:
            raise UsageError(f"{where}: {key[0]} is answered twice in {key[1]}")
        found[key] = entry
    if not found:
        raise UsageError(f"{file}: no answers in it")
    return found


def _entries(file: Path) -> Iterator[tuple[str, Any]]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: cannot be read: {error}") from error
    if text.lstrip().startswith("{") and '"rows"' in text[:200_000] and '"format"' in text[:200]:
        for row in json.loads(text).get("rows", []):
            yield str(file), {**(row.get("answer") or {"answer": ""}), "id": row["id"], "language": row["language"]}
        return
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            yield f"{file}:{number}", json.loads(line)
        except ValueError as error:
            raise UsageError(f"{file}:{number}: not JSON: {error}") from error


def _language(entry: Mapping[str, Any], only: Sequence[EvalLanguage]) -> str:
    said = str(entry.get("language") or "").lower()
    if said.startswith("zh"):
        return "zh"
    if said.startswith("en"):
        return "en"
    if len(only) == 1:
        return only[0]
    text = str(entry.get("question") or entry.get("answer") or "")
    return "en" if script_of(text) == "en" else "zh"
