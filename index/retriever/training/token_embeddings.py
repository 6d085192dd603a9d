"""The LLM's own token embeddings, read from its GGUF file, as the vectors that training starts from."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer, decoders, models, pre_tokenizers

from index.retriever.training.vocabulary import NUMBER, UNKNOWN, llm_tokens

Matrix = NDArray[np.float32]
_TENSOR = "token_embd.weight"
_COMMON = 3e-4  # a token of this share of all tokens counts half (smooth inverse frequency)


@dataclass(frozen=True)
class TokenEmbeddings:
    """tokens: the LLM's vocabulary as written in the file; merges: its byte-pair merges; vectors: (tokens, width)."""

    tokens: list[str]
    merges: list[tuple[str, str]]
    vectors: Matrix


def read(path: Path) -> TokenEmbeddings:
    """Read vocabulary and token embeddings; raises ValueError when the file holds none that can be used.

    Needs the `gguf` package (extra `train`).
    """
    from gguf import GGUFReader, dequantize

    reader: Any = GGUFReader(str(path))
    found = [tensor for tensor in reader.tensors if tensor.name == _TENSOR]
    if not found or "tokenizer.ggml.merges" not in reader.fields:
        raise ValueError(f"{path}: no {_TENSOR} with a byte-level vocabulary in it")
    vectors = np.asarray(dequantize(found[0].data, found[0].tensor_type), dtype=np.float32)
    merges = [tuple(merge.split(" ", 1)) for merge in _strings(reader, "tokenizer.ggml.merges")]
    return TokenEmbeddings(_strings(reader, "tokenizer.ggml.tokens"), [(a, b) for a, b in merges], vectors)


def initial(source: TokenEmbeddings, pieces: Sequence[str], width: int) -> Matrix:
    """Vectors to start from, (len(pieces), width): centred, by principal components, common tokens made short.

    A piece takes the mean of the LLM's tokens that are the same word (with a space, a capital), else of its parts.
    """
    forms: dict[str, list[int]] = {}
    for number, text in enumerate(llm_tokens(source.tokens)):
        forms.setdefault(text.strip().lower(), []).append(number)
    cut = _byte_pairs(source)
    taken = np.zeros((len(pieces), source.vectors.shape[1]), dtype=np.float32)
    rank = np.full(len(pieces), 60_000)
    for row, piece in enumerate(pieces):
        if piece in (UNKNOWN, NUMBER) or piece.startswith("<0x"):
            continue
        same = forms.get(piece)
        numbers = same or cut.encode(f" {piece}" if piece.isascii() else piece).ids
        taken[row] = source.vectors[numbers].mean(axis=0)
        if same:
            rank[row] = min(same)
    used = np.any(taken != 0, axis=1)
    taken[used] -= taken[used].mean(axis=0)
    _, _, axes = np.linalg.svd(taken[used][:: max(1, used.sum() // 8000)], full_matrices=False)
    reduced = taken @ axes[:width].T
    reduced /= np.maximum(np.linalg.norm(reduced, axis=1, keepdims=True), 1e-9)
    share = 1.0 / ((rank + 1_000) * math.log(len(source.tokens)))  # Zipf, by the order in which tokens were merged
    return np.asarray(reduced * (_COMMON / (_COMMON + share))[:, None], dtype=np.float32)


def _byte_pairs(source: TokenEmbeddings) -> Tokenizer:
    vocabulary = {token: number for number, token in enumerate(source.tokens)}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=source.merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def _strings(reader: Any, key: str) -> list[str]:  # noqa: ANN401  (untyped library)
    field = reader.fields[key]
    return [bytes(field.parts[number]).decode("utf-8") for number in field.data]
