"""The project's own bilingual retriever. `model/` is what ships, `training/` makes it, README.md is its model card."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

NAME = "esg-bilingual"
MODEL = Path(__file__).with_name("model")


@cache
def version() -> str:
    """The name by which an index remembers the model: another training gives another one. "" when it is missing."""
    try:
        with (MODEL / "0_StaticEmbedding" / "model.safetensors").open("rb") as file:
            return f"{NAME}-{hashlib.file_digest(file, 'sha256').hexdigest()[:8]}"
    except OSError:
        return NAME
