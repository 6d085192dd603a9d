"""The project's own retriever on the question path: numpy, scipy and `tokenizers`; no torch.

The folder is a sentence-transformers model (StaticEmbedding, then Normalize). What that library computes with torch is
here a look-up and a mean: a text's vector is the mean of its tokens' vectors, cut to unit length.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property
from itertools import chain
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from index.embedding import EncoderError, Vectors
from index.text import normalise

if TYPE_CHECKING:
    from tokenizers import Tokenizer

STATIC = "0_StaticEmbedding"
_WEIGHTS = "embedding.weight"
_TYPES: dict[str, np.dtype[np.floating[Any]]] = {"F16": np.dtype("<f2"), "F32": np.dtype("<f4")}
_BATCH = 4096


class StaticEncoder:
    """A StaticEmbedding model of sentence-transformers. Its files are read when it is first used."""

    def __init__(self, name: str, folder: Path) -> None:
        """folder: as sentence-transformers saves it. Nothing is read yet."""
        self.name = name
        self.folder = folder
        self._loading = Lock()

    @property
    def dimension(self) -> int:
        """Length of the vectors; reads the model."""
        return int(self._parts[1].shape[1])

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of `texts`, float32 (len(texts), dimension); zeros for a text without a letter or digit.

        Any script is read in its search form (`index.text.normalise`). Raises EncoderError when the model is damaged.
        """
        tokenizer, weights = self._parts
        made = np.zeros((len(texts), weights.shape[1]), dtype=np.float32)
        for start in range(0, len(texts), _BATCH):
            held = [normalise(text).split() for text in texts[start : start + _BATCH]]
            # No token reaches over a space, so each word is tokenized once.
            places = {word: place for place, word in enumerate(dict.fromkeys(chain.from_iterable(held)))}
            encoded = tokenizer.encode_batch_fast(list(places), add_special_tokens=False)
            of_words = _counts([item.ids for item in encoded], len(weights))
            of_texts = _counts([[places[word] for word in words] for words in held], len(places))
            made[start : start + len(held)] = _means(of_texts, of_words, weights)
        lengths = np.linalg.norm(made, axis=1, keepdims=True)
        return np.asarray(made / np.maximum(lengths, 1e-12), dtype=np.float32)

    @property
    def _parts(self) -> tuple[Tokenizer, Vectors]:
        with self._loading:
            return self._loaded

    @cached_property
    def _loaded(self) -> tuple[Tokenizer, Vectors]:
        from tokenizers import Tokenizer

        try:
            told = json.loads((self.folder / STATIC / "tokenizer.json").read_text(encoding="utf-8"))
            # `normalise` has done these; a third of the tokenizer's time.
            kept = [step for step in told["normalizer"]["normalizers"] if step["type"] not in ("NFKC", "Lowercase")]
            told["normalizer"]["normalizers"] = kept
            tokenizer = Tokenizer.from_str(json.dumps(told))
        except Exception as error:  # the library raises plain Exception
            raise EncoderError(f"{self.folder / STATIC / 'tokenizer.json'}: cannot be read: {error}") from error
        weights = read_weights(self.folder / STATIC / "model.safetensors")
        if tokenizer.get_vocab_size() != len(weights):
            raise EncoderError(f"{self.folder}: {tokenizer.get_vocab_size()} tokens but {len(weights)} vectors")
        return tokenizer, weights


def read_weights(path: Path) -> Vectors:
    """The matrix of a StaticEmbedding's safetensors file as float32; raises EncoderError when there is none."""
    try:
        data = path.read_bytes()
        size = int.from_bytes(data[:8], "little")
        entry = json.loads(data[8 : 8 + size])[_WEIGHTS]
        start, end = entry["data_offsets"]
        raw = data[8 + size + start : 8 + size + end]
        stored: NDArray[np.floating[Any]] = np.frombuffer(raw, dtype=_TYPES[entry["dtype"]])
        return stored.reshape(entry["shape"]).astype(np.float32)
    except OSError as error:
        raise EncoderError(f"{path}: cannot be read: {error.strerror or error}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise EncoderError(f"{path}: not the weights of a StaticEmbedding model") from error


def _counts(lists: Sequence[Sequence[int]], width: int) -> csr_array:
    """How often each list holds each number below `width`: (len(lists), width)."""
    ends = np.cumsum([0, *map(len, lists)])
    flat = np.fromiter(chain.from_iterable(lists), dtype=np.int32, count=int(ends[-1]))
    return csr_array((np.ones(len(flat), dtype=np.float32), flat, ends), shape=(len(lists), width))


def _means(of_texts: csr_array, of_words: csr_array, weights: Vectors) -> Vectors:
    """The mean vector of each text's tokens, from the words of texts and the tokens of words; zeros where none is."""
    totals = of_texts @ of_words.sum(axis=1)
    return np.asarray(of_texts @ (of_words @ weights) / np.maximum(totals, 1)[:, None], dtype=np.float32)
