"""Text → vectors. One small interface; the project's own retriever, sentence-transformers, or nothing behind it."""

from __future__ import annotations

import json
import logging
import os
import warnings
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from index import retriever

log = logging.getLogger(__name__)

Vectors = NDArray[np.float32]


class EncoderError(RuntimeError):
    """The encoder cannot be used; the message says which one and what to do."""


class Encoder(Protocol):
    """Turns texts into unit vectors. `name` identifies the model: vectors of different names are never compared."""

    @property
    def name(self) -> str:
        """What the index remembers it by."""
        ...

    @property
    def dimension(self) -> int:
        """Length of the vectors."""
        ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of `texts`: float32, shape (len(texts), dimension), each of length 1."""
        ...


class SentenceEncoder:
    """A sentence-transformers model on the CPU. It is loaded when first used: an unchanged index needs no torch."""

    def __init__(self, name: str, source: str, max_tokens: int, batch_size: int = 32, quantise: bool = True) -> None:
        """Take a folder or a public model name as `source`; nothing is read yet."""
        self.name = name
        self.source = source
        self.max_tokens = max_tokens
        self.batch_size = batch_size
        self.quantise = quantise
        self._loading = Lock()

    @property
    def dimension(self) -> int:
        """Length of the vectors; loads the model."""
        return int(self._model.get_embedding_dimension())

    def encode(self, texts: Sequence[str]) -> Vectors:
        """As `Encoder.encode`; raises EncoderError when the model cannot be loaded."""
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        vectors = self._model.encode(
            list(texts), batch_size=self.batch_size, normalize_embeddings=True, show_progress_bar=False
        )
        return np.asarray(vectors, dtype=np.float32)

    @property
    def _model(self) -> Any:  # noqa: ANN401  (heavy, untyped import)
        with self._loading:
            return self._loaded

    @cached_property
    def _loaded(self) -> Any:  # noqa: ANN401
        try:
            from sentence_transformers import SentenceTransformer

            _quiet()
            model = SentenceTransformer(self.source, device="cpu")
            model.max_seq_length = min(int(model.max_seq_length or self.max_tokens), self.max_tokens)
        except Exception as error:  # the libraries raise anything from OSError to KeyError on a bad folder
            reason = (str(error).strip() or type(error).__name__).splitlines()[0]
            raise EncoderError(
                f"embedding model {self.name!r} cannot be loaded from {self.source}: {reason}"
            ) from error
        return _quantised(model) if self.quantise else model


def _quiet() -> None:
    """Keep the libraries' own progress bars off the terminal."""
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]


def _quantised(model: Any) -> Any:  # noqa: ANN401
    """Linear layers in 8 bits, activations quantised on the fly: twice as fast on a CPU, recall as before."""
    import torch

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # announces that the function will move to another package
            quantise: Any = torch.ao.quantization.quantize_dynamic
            return quantise(model, {torch.nn.Linear}, dtype=torch.qint8)
    except (AttributeError, RuntimeError) as error:  # no such function, or no such kernels on this processor
        log.info("the encoder runs in 32 bits: %s", error)
        return model


def load_encoder(spec: str, models_folder: Path, max_tokens: int = 128) -> Encoder | None:
    """The encoder that `spec` names: "none", the project's own, a folder in `models_folder`, a path, or a public name.

    The project's own is the one adapted to the user's library where there is one in `models_folder`. Texts are cut at
    `max_tokens`. Raises EncoderError when no such model is here and the name is not a public one.
    """
    if is_none(spec):
        return None
    name = encoder_name(spec, models_folder)
    if spec == retriever.NAME:
        return _own(name, retriever.model_in(models_folder))
    folder = _folder(spec, models_folder)
    if folder is not None and _search_form(folder):
        return _own(name, folder)
    if folder is not None:  # nothing on the network is needed, so nothing may be asked for
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        os.environ.setdefault("TRANSFORMERS_OFFLINE", "1")
    elif spec.count("/") != 1 or spec.startswith((".", "/", "~")):
        raise EncoderError(
            f"embedding model {spec!r} is not in {models_folder}: run `assistant models pull`, or set embedder to none"
        )
    return SentenceEncoder(name, str(folder or spec), max_tokens)


def is_none(spec: str) -> bool:
    """Whether `spec` asks for lexical search alone."""
    return spec.strip().lower() in {"", "none"}


def encoder_name(spec: str, models_folder: Path) -> str:
    """The name that an index built with `spec` carries."""
    if spec == retriever.NAME:
        return retriever.version(retriever.model_in(models_folder))
    return "none" if is_none(spec) else spec.rstrip("/").split("/")[-1]


def _own(name: str, folder: Path) -> Encoder:
    from index.retriever.encoder import StaticEncoder

    return StaticEncoder(name, folder)


def _search_form(folder: Path) -> bool:
    """Whether a folder holds a model made by index/retriever/training: it reads texts in their search form."""
    try:
        told = json.loads((folder / "config_sentence_transformers.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(told, dict) and bool(told.get("search_form"))


def _folder(spec: str, models_folder: Path) -> Path | None:
    for folder in (models_folder / spec, Path(spec).expanduser()):
        if (folder / "config.json").is_file() or (folder / "modules.json").is_file():
            return folder
    return None
