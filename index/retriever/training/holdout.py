"""Passages that nothing is learnt from, what they are asked, and whether one model finds them better than another."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.embedding import Encoder
from index.passages import dense_text
from index.records import Passage
from index.retriever.training.pairs import Neighbours, row_triples, text_triples
from index.retriever.training.wordings import Wordings

SHARE = 0.1
FEWEST = 20  # passages held out below which a difference cannot be told from chance
FIRST = 5
ROUNDS = 4  # how often each is asked about, worded anew: the fewer the texts, the more it steadies the mean
_DRAWS = 2_000
_SURE = 0.975
_BLOCK = 512


@dataclass(frozen=True)
class Pair:
    """What is asked, and the text that it should find."""

    asked: str
    text: str


@dataclass(frozen=True)
class Score:
    """How well a model finds held-out texts: reciprocal rank and share among the first five, a text a number."""

    reciprocal: NDArray[np.float64]
    first: NDArray[np.float64]

    def __str__(self) -> str:
        """Both means."""
        return f"mean reciprocal rank {self.reciprocal.mean():.3f}, recall@{FIRST} {self.first.mean():.3f}"


def hold_out(passages: Sequence[Passage], seed: int) -> set[str]:
    """About a tenth of the passages' texts, but no fewer than `FEWEST`; none where that would be more than half."""
    texts = sorted({dense_text(passage) for passage in passages})
    count = max(FEWEST, round(len(texts) * SHARE))
    return set(random.Random(seed).sample(texts, count)) if 2 * count <= len(texts) else set()


def ask(passages: Sequence[Passage], held: set[str], wordings: Wordings) -> list[Pair]:
    """Pairs for the passages whose text is held out, worded as the training's are."""
    neighbours = Neighbours(passages, wordings)
    made: dict[Pair, None] = {}
    for passage in [passage for passage in passages if dense_text(passage) in held] * ROUNDS:
        make = row_triples if passage.row is not None else text_triples
        made.update((Pair(t.anchor, dense_text(passage)), None) for t in make([passage], neighbours, wordings))
    return list(made)


def judge(encoder: Encoder, pairs: Sequence[Pair], texts: Iterable[str]) -> Score:
    """How well `encoder` finds the right text among `texts`: the mean over the pairs of each held-out text."""
    places = {text: place for place, text in enumerate(dict.fromkeys(texts))}
    vectors, asked = encoder.encode(list(places)), encoder.encode([pair.asked for pair in pairs])
    right = np.array([places[pair.text] for pair in pairs])
    ranks = np.empty(len(pairs))
    for start in range(0, len(pairs), _BLOCK):
        scores = asked[start : start + _BLOCK] @ vectors.T
        own = scores[np.arange(len(scores)), right[start : start + _BLOCK]]
        ranks[start : start + _BLOCK] = 1 + (scores > own[:, None]).sum(axis=1)
    _, of_text = np.unique(right, return_inverse=True)
    counts = np.bincount(of_text)
    return Score(np.bincount(of_text, 1 / ranks) / counts, np.bincount(of_text, ranks <= FIRST) / counts)


def better(before: Score, after: Score, seed: int) -> bool:
    """Whether the reciprocal rank rose by more than chance: a paired bootstrap over the held-out texts."""
    gains = after.reciprocal - before.reciprocal
    draws = np.random.default_rng(seed).integers(len(gains), size=(_DRAWS, len(gains)))
    return bool(np.quantile(gains[draws].mean(axis=1), 1 - _SURE) > 0)
