"""`assistant doctor`: what is missing on this machine and how to mend it, a line for each thing."""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from assistant.bootstrap import compiler, compiler_remedy
from assistant.errors import AssistantError

if TYPE_CHECKING:
    from assistant.settings import Settings

_MEMORY_BYTES = 3_000_000_000  # LLM, encoder and index at once
_DISK_BYTES = 500_000_000  # index, prompt states and conversations, beside the models
_LOAD_SECONDS = 60
_SERVER_SECONDS = 5


@dataclass(frozen=True)
class Check:
    """One thing looked at. A "problem" stops the assistant from working; a "note" does not."""

    what: str
    state: Literal["ok", "problem", "note"]
    found: str
    remedy: str = ""


@click.command()
def doctor() -> None:
    """Say what is missing on this machine and how to mend it; exit code 1 if something needed is."""
    problems = 0
    for check in checks():
        remedy = f": {check.remedy}" if check.remedy else ""
        click.echo(f"{check.state:8} {check.what:10} {check.found}{remedy}")
        problems += check.state == "problem"
    if problems:
        raise AssistantError(f"{problems} {'thing' if problems == 1 else 'things'} to mend, see above")


def checks() -> Iterator[Check]:
    """Look at one thing after the other; when the settings cannot be read, at those that need none."""
    from assistant.settings import Settings, settings_file

    yield check_python()
    yield check_compiler()
    try:
        settings = Settings()
    except AssistantError as error:
        yield Check("settings", "problem", str(error), "correct it; the others were not looked at")
        return
    file = settings_file()
    yield Check("settings", "ok", str(file) if file.is_file() else f"defaults (no {file})")
    yield from check_folders(settings)
    yield check_threads(settings)
    yield check_memory(settings)
    yield from check_packages(settings)
    yield from check_models(settings)
    yield from check_index(settings)
    yield check_chromium()


def check_python() -> Check:
    """Which Python this is; the package installs on none that is too old."""
    return Check("python", "ok", f"{platform.python_version()} at {sys.executable}")


def check_compiler() -> Check:
    """A C++ compiler: needed only to install llama-cpp-python."""
    if found := compiler():
        return Check("compiler", "ok", found)
    if importlib.util.find_spec("llama_cpp"):
        return Check("compiler", "note", "none; llama-cpp-python is installed already, so none is needed now")
    return Check("compiler", "problem", "none, and llama-cpp-python has to be compiled", compiler_remedy())


def check_folders(settings: Settings) -> Iterator[Check]:
    """Whether cache and data can be written, and the disk has room."""
    for what, folder in (("cache", settings.cache_folder), ("data", settings.data_folder)):
        there = _existing(folder)
        if not there.is_dir() or not os.access(there, os.W_OK):
            yield Check(what, "problem", f"{folder} cannot be written", "mend the rights, or set ASSISTANT_HOME")
            continue
        free = shutil.disk_usage(there).free
        if free < _DISK_BYTES:
            yield Check(what, "problem", f"{folder}: only {free / 1e6:.0f} MB free", "free some space")
        else:
            yield Check(what, "ok", f"{folder}, {free / 1e9:.1f} GB free")


def check_threads(settings: Settings) -> Check:
    """More threads than cores slow the LLM down."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    found = f"{settings.threads} of {cores} cores"
    if settings.threads > cores:
        return Check("threads", "note", found, f"set threads = {cores}: more than there are cores is slower")
    return Check("threads", "ok", found)


def check_memory(settings: Settings) -> Check:
    """Memory for the LLM, the encoder and the index."""
    if "SC_PHYS_PAGES" not in getattr(os, "sysconf_names", {}):
        return Check("memory", "note", "not known on this system")
    total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    found = f"{total / 1e9:.1f} GB"
    if total < _MEMORY_BYTES and settings.llm_kind == "local":
        return Check("memory", "note", found, f'{_MEMORY_BYTES / 1e9:.0f} GB serve well; with less, set llm = "none"')
    return Check("memory", "ok", found)


def check_packages(settings: Settings) -> Iterator[Check]:
    """The packages that are hard to install, by loading them: a bad build shows only then."""
    from index import retriever

    needed = ["faiss"]
    if settings.llm_kind == "local":
        needed.append("llama_cpp")
    if settings.embedder not in ("none", retriever.NAME):
        needed.append("torch")
    for name in needed:
        if wrong := _load(name):
            yield Check("package", "problem", f"{name}: {wrong}", "run `make setup`")
        else:
            yield Check("package", "ok", name)
    if not importlib.util.find_spec("gradio"):
        yield Check("package", "note", "gradio is not installed", "the chat UI needs it: `make setup`")


def check_models(settings: Settings) -> Iterator[Check]:
    """The LLM and the embedder that the settings choose."""
    from assistant.models import models

    remedy = "run `assistant models pull`"
    for model in models(settings):
        if not model.used:
            continue
        if model.state in ("ready", "unverified"):
            licence = f" ({model.licence})" if model.restriction else ""
            yield Check("model", "ok", f"{model.name}{licence}")
        elif model.state == "changed":
            yield Check("model", "problem", f"{model.name} has changed since it was fetched", remedy)
        elif not model.pinned:
            yield Check("model", "problem", f"{model.path} is not here", f"correct the {model.origin}, or {remedy}")
        else:
            yield Check("model", "problem", f"{model.name} is {model.state}", remedy)
    if settings.llm_kind == "server":
        yield check_server(settings)
    if settings.llm_kind == "none":
        yield Check("model", "note", "no LLM by setting: only what code can answer from the evidence is answered")


def check_server(settings: Settings) -> Check:
    """Whether the OpenAI-compatible server answers."""
    import httpx

    address = f"{settings.llm_url}/models"
    headers = {"Authorization": f"Bearer {settings.llm_key.get_secret_value()}"} if settings.llm_key else {}
    try:
        reply = httpx.get(address, headers=headers, timeout=_SERVER_SECONDS)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return Check("server", "problem", f"{address}: {error}", "start the server, or correct llm_url")
    if reply.status_code in (401, 403):
        return Check("server", "problem", f"{address} refuses the key", "correct llm_key")
    if reply.is_error:
        return Check("server", "problem", f"{address} answers {reply.status_code}", "llm_url usually ends in /v1")
    return Check("server", "ok", address)


def check_index(settings: Settings) -> Iterator[Check]:
    """Reports that can be read, and an index made of them with the embedder of the settings."""
    from index import store
    from index.catalog import Catalog, CatalogError
    from index.embedding import encoder_name

    try:
        catalog = Catalog.load(settings.report_folders)
    except CatalogError as error:
        yield Check("reports", "problem", str(error), "correct the catalogue")
        return
    gone = [str(report.path) for report in catalog.reports if not report.path.is_file()]
    if gone or not catalog.reports:
        found = f"missing: {', '.join(gone)}" if gone else f"none in {settings.report_folders[0]}"
        yield Check("reports", "problem", found, "run it from a full checkout of the project")
    else:
        yield Check("reports", "ok", f"{len(catalog.reports)}")
    remedy = "run `assistant index build`"
    try:
        manifest = store.read_manifest(store.current(settings.index_folder))
    except store.StoreError as error:
        yield Check("index", "problem", str(error), "" if "index build" in str(error) else remedy)
        return
    new = sorted(set(catalog.ids()) ^ {entry.id for entry in manifest.reports})
    if manifest.encoder != encoder_name(settings.embedder, settings.models_folder):
        wanted = f"made with {manifest.encoder}, the settings want {settings.embedder}"
        yield Check("index", "problem", wanted, remedy)
    elif new:
        yield Check("index", "problem", f"out of date for {', '.join(new)}", remedy)
    else:
        yield Check("index", "ok", f"{sum(entry.passages for entry in manifest.reports)} passages")


def check_chromium(which: Callable[[str], str | None] = shutil.which) -> Check:
    """A browser: only the browser tests and screenshots use it."""
    if found := which("chromium") or which("chromium-browser") or which("google-chrome"):
        return Check("chromium", "ok", found)
    return Check(
        "chromium", "note", "none: the browser tests are skipped", "`sudo apt install chromium chromium-driver`"
    )


def _existing(folder: Path) -> Path:
    return next(path for path in (folder, *folder.parents) if path.exists())


def _load(module: str) -> str:
    """What goes wrong when `module` is loaded in a process of its own: a bad build may end it."""
    command = [sys.executable, "-c", f"import {module}"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_LOAD_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return f"takes more than {_LOAD_SECONDS} s to load"
    if done.returncode < 0:
        return f"ends with signal {-done.returncode}: it was built for another processor"
    if done.returncode:
        return (done.stderr.strip().splitlines() or ["cannot be loaded"])[-1]
    return ""
