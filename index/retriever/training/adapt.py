"""The retriever trained further on a user's library, and judged on passages that it has not learnt from.

One seed: the same library gives the same model. It takes minutes, so nothing is kept of a run that was cut off.
"""

from __future__ import annotations

import json
import logging
import tempfile
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Tokenizer

from index import retriever
from index.passages import dense_text
from index.records import Passage
from index.retriever.encoder import STATIC, StaticEncoder, read_weights
from index.retriever.training import fit, holdout, pairs
from index.retriever.training.holdout import Score
from index.retriever.training.wordings import Wordings

log = logging.getLogger(__name__)

Progress = Callable[[str, int, int], None]
EPOCHS = 1
RATE = 2e-3
BATCH = 512
# The glossary keeps Chinese and English together: learnt from alone, the report draws Chinese away.
ROUNDS = {"glossary": 2, "rows": 4, "text": 2, "questions": 0, "lexicon": 0}
LOST = 0.01  # of the mean reciprocal rank on the other reports: what an adaptation may cost them


@dataclass(frozen=True)
class Change:
    """Scores before and after."""

    before: Score
    after: Score


@dataclass(frozen=True)
class Outcome:
    """What an adaptation changed, on held-out passages of the added reports and of the others."""

    added: Change
    others: Change | None

    def keep(self) -> bool:
        """Whether it is clearly better on the added reports and not worse on the others."""
        lost = 0.0
        if self.others is not None:
            lost = float(self.others.before.reciprocal.mean() - self.others.after.reciprocal.mean())
        return lost <= LOST and holdout.better(self.added.before, self.added.after, fit.SEED)


def adapt(
    passages: Sequence[Passage],
    added: Collection[str],
    wordings: Callable[[int], Wordings],
    model: Path,
    folder: Path,
    progress: Progress,
) -> Outcome | None:
    """Train `model` on the passages and write the result into `folder`; None when too few are of `added` reports.

    wordings: makes those of a seed. Raises EncoderError when `model` cannot be read.
    """
    own = [passage for passage in passages if passage.report in added]
    others = [passage for passage in passages if passage.report not in added]
    held_own, held_others = holdout.hold_out(own, fit.SEED), holdout.hold_out(others, fit.SEED)
    if not held_own:
        return None
    _train([passage for passage in own if dense_text(passage) not in held_own], wordings, model, folder, progress)
    encoders = StaticEncoder("before", model), StaticEncoder("after", folder)
    texts = [dense_text(passage) for passage in passages]

    def change(part: Sequence[Passage], held: set[str]) -> Change:
        asked = holdout.ask(part, held, wordings(fit.SEED + 1))
        return Change(*(holdout.judge(encoder, asked, texts) for encoder in encoders))

    return Outcome(change(own, held_own), change(others, held_others) if held_others else None)


def _train(
    learnt: Sequence[Passage], wordings: Callable[[int], Wordings], model: Path, folder: Path, progress: Progress
) -> None:
    triples = pairs.all_triples(learnt, [], [], wordings(fit.SEED), ROUNDS)
    log.info("%d triples of %d passages", len(triples), len(learnt))
    batch = min(BATCH, len({triple.positive for triple in triples}) // 2)  # no text is in a batch twice
    tokenizer = Tokenizer.from_file(str(model / STATIC / "tokenizer.json"))
    start = read_weights(model / STATIC / "model.safetensors")
    with tempfile.TemporaryDirectory() as work:
        trained = fit.train(
            tokenizer, start, triples, Path(work), epochs=EPOCHS, rate=RATE, batch=batch,
            progress=lambda done, total: progress("training", done, total),
        )  # fmt: skip
    fit.save(tokenizer, trained, folder)
    told = {"from": retriever.version(model)}
    (folder / retriever.ORIGIN).write_text(json.dumps(told), encoding="utf-8")
