"""What the index costs: `python -m eval.bench_index [--json FILE]`. Needs the embedding model, not the LLM.

Builds in a folder of their own, each in a process of its own: from nothing, unchanged, with one report removed, and
with that one added again; then the index is loaded, and the encoder reads all its passages and 1,000 questions, one by
one. Limits on two idle cores with the models present: 60 s for the first build, 2 s for an unchanged one, 1 s to load,
1 s for all passages and for 1,000 questions, and 1.5 GB of memory at the most.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.settings import Settings
    from index.embedding import Encoder

LIMITS = {"first build": 60.0, "unchanged": 2.0, "load": 1.0, "encode passages": 1.0, "encode questions": 1.0}
MOST_MEMORY = 1.5e9
STEPS = (
    "first build",
    "unchanged",
    "one report removed",
    "one report added",
    "load",
    "encode passages",
    "encode questions",
)


@dataclass(frozen=True)
class Step:
    """One step: wall-clock and processor seconds of the work itself, peak memory of its process in bytes."""

    name: str
    seconds: float
    cpu_seconds: float
    memory: int
    passages: int
    embedded: int

    def within(self) -> bool:
        """Whether it keeps its limits."""
        return self.seconds <= LIMITS.get(self.name, float("inf")) and self.memory <= MOST_MEMORY


def measure(name: str, folder: Path) -> Step:
    """Do one step in this process; the steps build on each other in `folder`."""
    from assistant.index_commands import english_of
    from assistant.settings import Settings
    from index.build import build
    from index.catalog import Catalog
    from index.embedding import load_encoder
    from index.store import Index

    settings = Settings()
    texts, encoder = _encoding(name, folder, settings) if name.startswith("encode") else ([], None)
    began, cpu = time.monotonic(), time.process_time()
    embedded = 0
    if name == "load":
        passages = len(Index.load(folder).passages)
    elif name.startswith("encode"):
        size = len(texts) if name == "encode passages" else 1
        for start in range(0, len(texts) if encoder else 0, size):
            assert encoder is not None
            embedded += len(encoder.encode(texts[start : start + size]))
        passages = len(texts)
    else:
        catalog = Catalog.load(settings.report_folders[:1])
        if name == "one report removed":
            catalog = Catalog(catalog.reports[1:])
        english, mark = english_of(settings)
        encoder = load_encoder(settings.embedder, settings.models_folder)
        done = build(catalog, folder, encoder, english, fingerprint=mark)
        passages, embedded = sum(entry.passages for entry in done.manifest.reports), done.embedded
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return Step(name, time.monotonic() - began, time.process_time() - cpu, memory, passages, embedded)


def _encoding(name: str, folder: Path, settings: Settings) -> tuple[list[str], Encoder | None]:
    """What is to be encoded, and the encoder, loaded."""
    from eval.recall import load_questions
    from index.embedding import load_encoder
    from index.passages import dense_text
    from index.store import Index

    if name == "encode passages":
        texts = list(dict.fromkeys(dense_text(passage) for passage in Index.load(folder).passages))
    else:
        texts = ([question.text("zh") for question in load_questions([])] * 10)[:1000]
    encoder = load_encoder(settings.embedder, settings.models_folder)
    if encoder is not None:
        encoder.encode(texts[:1])
    return texts, encoder


def main(arguments: Sequence[str] | None = None) -> int:
    """Run all steps and print them; 1 if one is over its limit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, help="also write the figures here")
    parser.add_argument("--step", nargs=2, metavar=("NAME", "FOLDER"), help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.step:
        sys.stdout.write(json.dumps(asdict(measure(options.step[0], Path(options.step[1])))))
        return 0
    steps: list[Step] = []
    with tempfile.TemporaryDirectory() as folder:
        for name in STEPS:
            command = [sys.executable, "-m", "eval.bench_index", "--step", name, folder]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                sys.stderr.write(done.stderr)
                return 1
            steps.append(Step(**json.loads(done.stdout.splitlines()[-1])))
            sys.stdout.write(_line(steps[-1]))
            sys.stdout.flush()
    if options.json:
        options.json.write_text(json.dumps([asdict(step) for step in steps], indent=1), encoding="utf-8")
    return 0 if all(step.within() for step in steps) else 1


def _line(step: Step) -> str:
    kept = "" if step.within() else "  OVER ITS LIMIT"
    counts = f"{step.passages:6} passages, {step.embedded:5} embedded"
    return (
        f"{step.name:<20}{step.seconds:7.1f} s{step.cpu_seconds:8.1f} s cpu{step.memory / 1e6:8.0f} MB{counts}{kept}\n"
    )


if __name__ == "__main__":
    sys.exit(main())
