"""How near the words of a figure are in meaning to those of a question, by the project's own bilingual retriever.

Words alone do not show that "休完产假回来上班的比例" is the 返岗率. The retriever's vectors do, roughly: enough to
weigh a figure with, never enough to choose it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from assistant.figures import Figure, groups_of
from assistant.question import Question
from index.embedding import Encoder, Vectors
from index.text import normalise

UNKNOWN = 0.4  # where there is no encoder: about what a doubtful figure has
_KEPT = 20_000  # vectors of 2 KB
_SHORT = 6  # characters: a clause of fewer says too little by itself


class Meaning:
    """Cosines between questions and figures. Vectors of the figures' words are kept."""

    def __init__(self, encoder: Encoder | None) -> None:
        """encoder None: every figure is as near as the next."""
        self._encoder = encoder
        self._vectors: dict[str, Vectors] = {}

    def nearness(self, question: Question, figures: Sequence[Figure]) -> list[float]:
        """The cosine, -1 to 1, of each figure's words and the question's metric; a question in English is also taken
        in its own words, and the mean counts.
        """
        if self._encoder is None or not figures:
            return [UNKNOWN] * len(figures)
        asked = [question.metric or question.chinese]
        if question.language == "en" and question.asked:
            asked.append(question.asked)
        wanted = self._encoder.encode(asked).mean(axis=0)
        given = self._of([_name(figure) for figure in figures])
        return [float(cosine) for cosine in given @ wanted]

    def _of(self, names: Sequence[str]) -> Vectors:
        known = self._vectors  # other threads put another dict in its place, and never change this one
        new = [name for name in dict.fromkeys(names) if name not in known]
        if new:
            assert self._encoder is not None
            made = dict(zip(new, self._encoder.encode(new), strict=True))
            self._vectors = made if len(known) > _KEPT else {**known, **made}
            known = {**known, **made}
        return np.stack([known[name] for name in names])


def _name(figure: Figure) -> str:
    """The words of a figure without its value."""
    if figure.row is not None:
        return normalise("·".join((*groups_of(figure.passage)[-2:], figure.label, figure.basis)))
    words = figure.words if len(figure.words) >= len(figure.value_text) + _SHORT else figure.sentence
    return re.sub(rf"(?<!\d){re.escape(figure.value_text)}(?!\d)", " ", words)
