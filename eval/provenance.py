"""What made a run: settings, models with their hashes, package versions, question set, code. Kept in every result."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import subprocess
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from eval.schema import Question
from index import retriever

PACKAGES = (
    "esg-report-assistant",
    "torch",
    "sentence-transformers",
    "faiss-cpu",
    "bm25s",
    "llama-cpp-python",
    "numpy",
    "opencc",
)
_CODE = ("index", "assistant", "prompts", "reports")  # a change here changes answers; one in eval/ only their scores
_PROJECT = Path(__file__).resolve().parent.parent


def question_hash(questions: Iterable[Question]) -> str:
    """SHA-256 over the questions as loaded, whatever files they came from."""
    digest = hashlib.sha256()
    for question in questions:
        digest.update(question.model_dump_json().encode())
    return digest.hexdigest()


def fingerprint(parts: Mapping[str, Any]) -> str:
    """A short hash of what must be equal for a run to be resumed."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, ensure_ascii=False, default=str).encode()).hexdigest()[:16]


def code_state() -> dict[str, str | None]:
    """Git revision, and a hash of uncommitted changes to what answers; None outside a repository."""
    revision = _git("rev-parse", "HEAD")
    changes = (_git("diff", "HEAD", "--", *_CODE) or "") + (_git("ls-files", "-o", "--exclude-standard", *_CODE) or "")
    return {"revision": revision, "changes": hashlib.sha256(changes.encode()).hexdigest()[:16] if changes else None}


def _git(*arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=_PROJECT, capture_output=True, text=True, check=True, timeout=30, encoding="utf-8"
        )
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return None
    return done.stdout.strip() or None


def package_versions() -> dict[str, str | None]:
    """Installed versions of what takes part in answering; None for what is not installed."""
    found: dict[str, str | None] = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = None
    return found


@lru_cache(maxsize=16)
def file_hash(path: Path) -> str | None:
    """SHA-256 of a file, or of the files of a folder with their names; None when there is none."""
    digest = hashlib.sha256()
    if path.is_file():
        with path.open("rb") as stream:
            while block := stream.read(1 << 22):
                digest.update(block)
        return digest.hexdigest()
    if path.is_dir():
        for file in sorted(path.rglob("*")):
            if file.is_file() and not file.name.startswith("."):
                digest.update(f"{file.relative_to(path)}\0{file_hash(file)}\n".encode())
        return digest.hexdigest()
    return None


def models_used(settings: object) -> dict[str, dict[str, Any]]:
    """The LLM and the embedder of some settings, with hashes of their files."""
    llm = getattr(settings, "llm_path", None)
    url = getattr(settings, "llm_url", None)
    embedder = str(getattr(settings, "embedder", "") or "none")
    folder = getattr(settings, "models_folder", None)
    found: dict[str, dict[str, Any]] = {"embedder": {"name": embedder, "sha256": None}}
    if embedder != "none":
        place = Path(embedder).expanduser()
        if embedder == retriever.NAME:
            place = retriever.model_in(Path(folder)) if folder is not None else retriever.MODEL
        elif not place.exists() and folder is not None:
            place = Path(folder) / embedder
        found["embedder"]["sha256"] = file_hash(place)
    if url:
        found["llm"] = {"name": str(getattr(settings, "llm_model", "")), "url": str(url), "sha256": None}
    elif llm is not None and getattr(settings, "llm", "auto") != "none":
        found["llm"] = {"name": Path(llm).name, "sha256": file_hash(Path(llm))}
    else:
        found["llm"] = {"name": "none", "sha256": None}
    return found


def plain_settings(settings: object) -> dict[str, Any]:
    """Settings as plain data; secrets stay masked and folders of this machine are left out."""
    dump = getattr(settings, "model_dump", None)
    values = dump(mode="json") if callable(dump) else {}
    return {name: value for name, value in values.items() if name not in ("home", "llm_path", "llm_key")}


def machine() -> dict[str, Any]:
    """Python, system, processor and cores that may be used."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {"python": platform.python_version(), "system": platform.system(), "processor": _processor(), "cores": cores}


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
