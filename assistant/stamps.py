"""What lies on the disk of a pulled model: hashes, and the stamp that tells in an instant whether it is unchanged.

A stamp is a JSON file beside the model: {file: {"bytes", "mtime_ns", "sha256"}}, where `file` is relative to the
model's folder, or "" for a model of one file.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO, Literal, Protocol

State = Literal["ready", "missing", "incomplete", "unverified", "changed"]
BLOCK = 1 << 20


class Progress(Protocol):
    """Told what is at work, the bytes done and the bytes in all."""

    def __call__(self, what: str, done: int, total: int) -> None:
        """Show it."""
        ...


def state(path: Path) -> State:
    """What can be said of the model at `path` without reading it."""
    if not path.exists():
        return "incomplete" if part_file(path).exists() else "missing"
    stamp = read(path)
    if not stamp:
        return "unverified"
    return "ready" if all(_looks_the_same(path / name, entry) for name, entry in stamp.items()) else "changed"


def part_file(path: Path) -> Path:
    """Where a model of one file grows until it is whole."""
    return path.with_name(path.name + ".part")


def read(path: Path) -> dict[str, dict[str, Any]]:
    """The stamp of the model at `path`; empty when there is none that can be read."""
    try:
        stamp = json.loads(_file(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def write(path: Path, hashes: Mapping[str, str]) -> None:
    """Stamp the model at `path` as it is now; `hashes`: SHA-256 by file."""
    stamp = {}
    for name, digest in hashes.items():
        found = (path / name).stat()
        stamp[name] = {"bytes": found.st_size, "mtime_ns": found.st_mtime_ns, "sha256": digest}
    temporary = _file(path).with_suffix(".tmp")
    temporary.write_text(json.dumps(stamp, indent=1), encoding="utf-8")
    os.replace(temporary, _file(path))


def drop(path: Path) -> None:
    """Forget that the model at `path` was ever whole."""
    _file(path).unlink(missing_ok=True)


def first_wrong(path: Path, hashes: Mapping[str, str], told: Callable[[int], None]) -> str:
    """Read all files again; → what is wrong with the first bad one, or "". `told`: bytes read so far."""
    if not hashes:
        return f"{path} has no record of its pull"
    before = 0
    for name, expected in hashes.items():
        file = path / name
        if not file.is_file():
            return f"{file} is missing"
        with file.open("rb") as stream:
            digest = digest_of(stream, lambda done, before=before: told(before + done))  # type: ignore[misc]
        if digest != expected:
            return f"{file} is not what it should be (SHA-256 {digest[:12]}…, not {expected[:12]}…)"
        before += file.stat().st_size
    return ""


def digest_of(stream: BinaryIO, told: Callable[[int], None] | None = None) -> str:
    """SHA-256 of the rest of a file."""
    digest = hashlib.sha256()
    while block := stream.read(BLOCK):
        digest.update(block)
        if told:
            told(stream.tell())
    return digest.hexdigest()


def put_in_place(made: Path, target: Path) -> None:
    """Move the folder `made` to `target`, replacing what is there, with every file on the disk first; stamp it."""
    hashes = {}
    for file in sorted(file for file in made.rglob("*") if file.is_file()):
        with file.open("r+b") as stream:
            hashes[file.relative_to(made).as_posix()] = digest_of(stream)
            os.fsync(stream.fileno())
    if target.exists():
        os.replace(target, made.with_name("old"))
    os.replace(made, target)
    sync_folder(target.parent)
    write(target, hashes)


def sync_folder(folder: Path) -> None:
    """Make a rename in `folder` last through a power cut."""
    if os.name == "nt":  # folders cannot be opened there
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _file(path: Path) -> Path:
    return path.with_name(f".{path.name}.stamp.json")


def _looks_the_same(file: Path, entry: dict[str, Any]) -> bool:
    try:
        found = file.stat()
    except OSError:
        return False
    return (found.st_size, found.st_mtime_ns) == (entry.get("bytes"), entry.get("mtime_ns"))
