"""Batches in which no text occurs twice: the others of a batch serve as wrong answers, so none may be right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from torch.utils.data import BatchSampler, SequentialSampler

from index.retriever.training.pairs import Triple


class Apart(BatchSampler):
    """Numbers of triples in batches, in another order each epoch. What fits no batch of an epoch is left out of it."""

    def __init__(self, dataset: Any, triples: Sequence[Triple], batch_size: int, seed: int = 0, **_: Any) -> None:  # noqa: ANN401
        """dataset: the triples as the trainer holds them; the trainer's other arguments do not matter here."""
        super().__init__(SequentialSampler(dataset), batch_size, drop_last=False)
        codes: dict[str, int] = {}
        self._texts = [
            tuple(codes.setdefault(text, len(codes)) for text in (triple.anchor, triple.positive, triple.negative))
            for triple in triples
        ]
        self._seed = seed
        self._epoch = 0
        self._length = sum(1 for _ in self._batches())

    def set_epoch(self, epoch: int) -> None:
        """Choose the order of this epoch."""
        self._epoch = epoch

    def __len__(self) -> int:
        """Batches of an epoch."""
        return self._length

    def __iter__(self) -> Iterator[list[int]]:
        """As many batches in every epoch: the learning rate counts on it."""
        given = 0
        for batch in self._batches():
            if given < self._length:
                yield batch
                given += 1

    def _batches(self) -> Iterator[list[int]]:
        order = np.random.default_rng((self._seed, self._epoch)).permutation(len(self._texts)).tolist()
        while order:
            batch: list[int] = []
            taken: set[int] = set()
            later: list[int] = []
            for place, number in enumerate(order):
                if len(batch) == self.batch_size:
                    later += order[place:]
                    break
                # A text that is a wrong answer twice does no harm: only what is asked and answered must be new.
                if taken.isdisjoint(self._texts[number][:2]):
                    batch.append(number)
                    taken.update(self._texts[number])
                else:
                    later.append(number)
            if len(batch) < self.batch_size // 2:
                return
            yield batch
            order = later
