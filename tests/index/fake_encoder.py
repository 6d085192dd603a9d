"""An encoder that needs no model."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np


class FakeEncoder:
    """Vectors from a hash of each text; counts what it was given."""

    def __init__(self, name: str = "fake", dimension: int = 16) -> None:
        self.name = name
        self.dimension = dimension
        self.seen: list[str] = []

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        self.seen += texts
        rows = [
            np.frombuffer(hashlib.sha512(text.encode()).digest(), dtype=np.uint8)[: self.dimension] for text in texts
        ]
        vectors = np.array(rows, dtype=np.float32).reshape(len(texts), self.dimension) - 127.5
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
