"""Words that are one another's nearest across languages among the LLM's token embeddings: a dictionary it holds itself.

It keeps words apart from the glossary's in place while training moves the glossary's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_HAN = re.compile(r"[\u3400-\u9fff]{2,4}")
_ENGLISH = re.compile(r"[a-z]{4,}")
_BLOCK = 1024
_NEAREST = 2
_SURE = 0.45  # cosine below which neighbours are not translations


def mutual(pieces: Sequence[str], vectors: NDArray[np.float32], nearest: int = _NEAREST) -> list[tuple[str, str]]:
    """(Chinese, English) and (English, Chinese) pairs where each is among the other's nearest words.

    vectors: (len(pieces), width); their lengths do not matter.
    """
    chinese = [number for number, piece in enumerate(pieces) if _HAN.fullmatch(piece)]
    english = [number for number, piece in enumerate(pieces) if _ENGLISH.fullmatch(piece)]
    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    there = _nearest(unit[chinese], unit[english], nearest)
    back = _nearest(unit[english], unit[chinese], nearest)
    found = []
    for row, (places, scores) in enumerate(zip(*there, strict=True)):
        for place, score in zip(places, scores, strict=True):
            if score >= _SURE and row in back[0][place]:
                pair = pieces[chinese[row]], pieces[english[int(place)]]
                found += [pair, pair[::-1]]
    return found


def _nearest(
    left: NDArray[np.float32], right: NDArray[np.float32], count: int
) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    places, scores = [], []
    for start in range(0, len(left), _BLOCK):
        cosine = left[start : start + _BLOCK] @ right.T
        best = np.argpartition(-cosine, count - 1, axis=1)[:, :count]
        places.append(best)
        scores.append(np.take_along_axis(cosine, best, axis=1))
    return np.concatenate(places), np.concatenate(scores)
