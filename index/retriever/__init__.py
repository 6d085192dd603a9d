"""The project's own bilingual retriever. `model/` is what ships, `training/` makes it, README.md is its model card."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path

NAME = "esg-bilingual"
MODEL = Path(__file__).with_name("model")
ADAPTED = f"{NAME}-adapted"
ORIGIN = "adaptation.json"
"""The file in the adapted folder that says which weights it was made from: {"from": a `version`}."""
_WEIGHTS = Path("0_StaticEmbedding") / "model.safetensors"


def model_in(models_folder: Path) -> Path:
    """The folder in use: the model adapted to the user's library when the shipped weights made it, else what ships."""
    folder = models_folder / ADAPTED
    try:
        told = json.loads((folder / ORIGIN).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return MODEL
    return folder if isinstance(told, dict) and told.get("from") == version() else MODEL


def version(folder: Path | None = None) -> str:
    """The name by which an index remembers a model, by default what ships; other weights give another one.

    NAME alone when the weights are missing.
    """
    file = (folder or MODEL) / _WEIGHTS
    try:
        told = file.stat()
        return f"{NAME}-{_digest(file, told.st_mtime_ns, told.st_size)}"
    except OSError:
        return NAME


@lru_cache(maxsize=4)
def _digest(file: Path, _changed: int, _size: int) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()[:8]
