"""What every adapter shares: questions in, answers out, reports as documents, places of chunks as citations."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import time
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import AssistantError, UsageError
from assistant.settings import Settings
from index import retriever
from index.catalog import Catalog


@dataclass(frozen=True)
class Document:
    """One report as one text. `starts` are the offsets at which its lines begin."""

    report: str
    text: str
    starts: tuple[int, ...]

    def citation(self, n: int, start: int, end: int) -> dict[str, Any]:
        """The citation of the characters from `start` to `end`."""
        first, last = bisect_right(self.starts, start), bisect_right(self.starts, max(start, end - 1))
        return {"n": n, "report": self.report, "line_start": first, "line_end": last, "quote": self.text[start:end]}


@dataclass(frozen=True)
class Found:
    """A chunk that was handed to the LLM: its document and where it stands in it."""

    document: Document
    start: int
    end: int


Ask = Callable[[str, Sequence[Mapping[str, str]]], tuple[str, Sequence[Found], float]]
"""(question, turns before it) → (answer, the chunks it was made from, seconds of retrieval)."""


def documents(settings: Settings) -> list[Document]:
    """All reports of the library."""
    found = []
    for report in Catalog.load(settings.report_folders).reports:
        text = report.path.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
        starts = [0] + [position + 1 for position, character in enumerate(text) if character == "\n"]
        found.append(Document(report.id, text, tuple(starts)))
    return found


def embedder_path(settings: Settings) -> str:
    """The folder of the embedder where it ships with the project or was pulled, else its name."""
    if settings.embedder == retriever.NAME:
        return str(retriever.model_in(settings.models_folder))
    folder = settings.models_folder / settings.embedder
    return str(folder) if folder.exists() else settings.embedder


def chat_prompt(text: str, system: str = "You are a helpful assistant.") -> str:
    """A prompt in the ChatML form that the default LLM was trained on."""
    return f"<|im_start|>system\n{system}<|im_end|>\n<|im_start|>user\n{text}<|im_end|>\n<|im_start|>assistant\n"


def need(*packages: str) -> None:
    """Raise AssistantError naming what to install when a package is missing."""
    for package in packages:
        try:
            importlib.import_module(package)
        except ImportError as error:
            hint = 'pip install "esg-report-assistant[adapters]"'
            name = package.replace("_", "-").replace(".", "-")
            raise AssistantError(f"this adapter needs {name}: {hint} ({error})") from error


def read_questions(file: Path) -> list[dict[str, Any]]:
    """Questions as `assistant evaluate questions` writes them; raises UsageError naming a bad line."""
    found = []
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: cannot be read: {error}") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            found.append({"id": entry["id"], "question": entry["question"], "history": entry.get("history", [])})
        except (ValueError, KeyError, TypeError) as error:
            raise UsageError(f'{file}:{number}: needs an object with "id" and "question": {error}') from error
    return found


def answer_all(questions: Sequence[Mapping[str, Any]], ask: Ask, out: Path) -> None:
    """Answer every question not yet in `out`, one line at a time, so that a stopped run goes on where it stopped."""
    done = set()
    if out.exists():
        done = {(e["id"], e["question"]) for e in map(json.loads, out.read_text(encoding="utf-8").splitlines())}
    with out.open("a", encoding="utf-8") as stream:
        for number, entry in enumerate(questions, start=1):
            if (entry["id"], entry["question"]) in done:
                continue
            started = time.perf_counter()
            text, chunks, retrieval = ask(entry["question"], entry["history"])
            seconds = time.perf_counter() - started
            answer = {
                "id": entry["id"],
                "question": entry["question"],
                "answer": text.strip(),
                "citations": [c.document.citation(n, c.start, c.end) for n, c in enumerate(chunks, start=1)],
                "seconds": round(seconds, 3),
                "timings": {"retrieval": round(retrieval, 3)},
            }
            stream.write(json.dumps(answer, ensure_ascii=False) + "\n")
            stream.flush()
            sys.stderr.write(f"\r{number}/{len(questions)}")
    sys.stderr.write("\n")


def main(name: str, prepare: Callable[[Settings], Ask]) -> int:
    """The command line of an adapter; errors are one line."""
    parser = argparse.ArgumentParser(prog=f"python -m eval.adapters.{name}")
    parser.add_argument("questions", type=Path, help="JSONL written by `assistant evaluate questions`")
    parser.add_argument("--out", type=Path, required=True, help="answers as JSONL; a stopped run goes on from there")
    options = parser.parse_args()
    try:
        questions = read_questions(options.questions)
        answer_all(questions, prepare(Settings()), options.out)
    except AssistantError as error:
        sys.stderr.write(f"{name}: {error}\n")
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    return 0
