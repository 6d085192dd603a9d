"""Contrastive training with sentence-transformers, and the folder that the package ships."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from index.retriever.training.pairs import Triple

log = logging.getLogger(__name__)

Matrix = NDArray[np.float32]
SEED = 7
WIDTH = 256
WIDEST = 512
BATCH = 1024
EPOCHS = 3
LEARNING_RATE = 1.5e-2
TEMPERATURE_SCALE = 20.0
# How much of the trained vectors the result has, the rest being those it started from: 0.8 is best on the open and dev
# questions, and on reports left out.
TRAINED = 0.8
# How often each source of triples is drawn from; every round words them anew.
ROUNDS = {"glossary": 2, "rows": 4, "text": 2, "questions": 3, "lexicon": 1}


class TrainingError(RuntimeError):
    """The training came to nothing."""


def train(
    tokenizer: Tokenizer,
    start: Matrix,
    triples: Sequence[Triple],
    work: Path,
    *,
    epochs: float = EPOCHS,
    rate: float = LEARNING_RATE,
    batch: int = BATCH,
    progress: Callable[[int, int], None] | None = None,
) -> Matrix:
    """Vectors of the tokens after training, (tokens, width).

    work: checkpoints; a run that was cut off goes on from the last one. progress: told the steps done, and of how many,
    instead of the trainer's own bar and log. Needs the extra `train`. Raises TrainingError.
    """
    import torch
    from datasets import Dataset
    from datasets.table import InMemoryTable
    from sentence_transformers import (
        SentenceTransformer,
        SentenceTransformerTrainer,
        SentenceTransformerTrainingArguments,
    )
    from sentence_transformers.sentence_transformer.losses import MatryoshkaLoss, MultipleNegativesRankingLoss
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from transformers import PrinterCallback
    from transformers.trainer_utils import get_last_checkpoint

    from index.retriever.training.batches import Apart

    torch.manual_seed(SEED)
    width = start.shape[1]
    model = SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_weights=start.copy())], device="cpu")
    card: Any = model.model_card_data  # none is written, and the making of its examples has a bar of its own
    card.generate_widget_examples = False
    card.set_widget_examples = lambda _dataset: None
    columns = {name: [getattr(triple, name) for triple in triples] for name in ("anchor", "positive", "negative")}
    loss = MultipleNegativesRankingLoss(model, scale=TEMPERATURE_SCALE)
    dimensions = [width >> step for step in range(3)]
    sampler: Any = partial(Apart, triples=triples)  # the library calls it, whatever class it asks for
    arguments = SentenceTransformerTrainingArguments(
        output_dir=str(work),
        num_train_epochs=epochs,
        per_device_train_batch_size=batch,
        learning_rate=rate,
        warmup_steps=0.1,
        lr_scheduler_type="cosine",
        seed=SEED,
        data_seed=SEED,
        save_strategy="steps",
        save_steps=100,
        save_total_limit=1,
        logging_steps=20,
        logging_strategy="no" if progress else "steps",
        disable_tqdm=progress is not None,
        report_to=[],
        use_cpu=True,
        dataloader_num_workers=0,
        batch_sampler=sampler,
    )
    trainer = SentenceTransformerTrainer(
        model=model,
        args=arguments,
        # A fingerprint of its own: hashing the table is slow, and fails with some versions of pyarrow.
        train_dataset=Dataset(InMemoryTable.from_pydict(columns), fingerprint="triples"),
        loss=MatryoshkaLoss(model, loss, dimensions),
    )
    if progress:
        trainer.remove_callback(PrinterCallback)
        trainer.add_callback(_telling(progress))
    checkpoint = get_last_checkpoint(str(work)) if work.is_dir() else None  # type: ignore[no-untyped-call]
    trainer.train(resume_from_checkpoint=checkpoint)
    weights: Any = model[0]
    trained = np.asarray(weights.embedding.weight.detach().numpy(), dtype=np.float32)
    if not np.isfinite(trained).all():
        raise TrainingError(f"the training failed: numbers that are none; remove {work} and look at the triples")
    return trained


def between(start: Matrix, trained: Matrix, share: float = TRAINED) -> Matrix:
    """The vectors between start and end of a training, which do better on other texts than either (WiSE-FT: Wortsman
    et al., Robust fine-tuning of zero-shot models, CVPR 2022). Both (tokens, width); `start` is brought to the mean
    length of `trained` first.
    """
    scale = float(np.linalg.norm(trained, axis=1).mean() / np.linalg.norm(start, axis=1).mean())
    return np.asarray(share * trained + (1 - share) * scale * start, dtype=np.float32)


def _telling(progress: Callable[[int, int], None]) -> Any:  # noqa: ANN401  (untyped import)
    from transformers import TrainerCallback

    class Telling(TrainerCallback):
        def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:  # noqa: ANN401
            progress(state.global_step, state.max_steps)

    return Telling()


def save(tokenizer: Tokenizer, weights: Matrix, folder: Path) -> None:
    """Write the folder that sentence-transformers loads: StaticEmbedding (weights in 16 bits), then Normalize."""
    static = folder / "0_StaticEmbedding"
    (folder / "1_Normalize").mkdir(parents=True, exist_ok=True)
    static.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(static / "tokenizer.json"), pretty=False)
    data = np.ascontiguousarray(weights, dtype="<f2").tobytes()
    entry = {"embedding.weight": {"dtype": "F16", "shape": list(weights.shape), "data_offsets": [0, len(data)]}}
    header = json.dumps(entry).encode()
    header += b" " * (-len(header) % 8)
    (static / "model.safetensors").write_bytes(len(header).to_bytes(8, "little") + header + data)
    prefix = "sentence_transformers.sentence_transformer.modules"
    modules = [
        {"idx": 0, "name": "0", "path": "0_StaticEmbedding", "type": f"{prefix}.static_embedding.StaticEmbedding"},
        {"idx": 1, "name": "1", "path": "1_Normalize", "type": f"{prefix}.normalize.Normalize"},
    ]
    (folder / "modules.json").write_text(json.dumps(modules, indent=1), encoding="utf-8")
    config: dict[str, Any] = {
        "model_type": "SentenceTransformer",
        "similarity_fn_name": "cosine",
        "prompts": {},
        "default_prompt_name": None,
        "search_form": True,  # texts are to be given as index.text.normalise makes them; the fast encoder does
    }
    (folder / "config_sentence_transformers.json").write_text(json.dumps(config, indent=1), encoding="utf-8")
