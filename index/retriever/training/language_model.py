"""The local LLM as the training data's writer: one greedy completion at a time, every reply kept on disk."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)

Message = dict[str, str]


class Writer:
    """Greedy replies of a GGUF model, remembered by their prompt, so that a run that was cut off goes on.

    The model is loaded when the first reply is wanted that is not in the file yet.
    """

    def __init__(self, model: Path, replies: Path, threads: int = 2) -> None:
        """replies: JSON lines {"key", "reply"}; a line that cannot be read is skipped."""
        self._path = model
        self._file = replies
        self._threads = threads
        self._llama: Any = None
        self._known: dict[str, str] = {}
        if replies.is_file():
            for line in replies.read_text(encoding="utf-8").splitlines():
                try:
                    item = json.loads(line)
                    self._known[str(item["key"])] = str(item["reply"])
                except (ValueError, KeyError, TypeError):
                    log.warning("%s: a line that is no reply is left out", replies)

    def known(self, messages: Sequence[Message]) -> str | None:
        """The reply to `messages` if it was written before."""
        return self._known.get(_key(messages))

    def write(self, messages: Sequence[Message], max_tokens: int) -> str:
        """The reply to `messages`; on disk when this returns. Raises ValueError when the model cannot be loaded."""
        key = _key(messages)
        if key not in self._known:
            done = self._model().create_chat_completion(list(messages), max_tokens=max_tokens, temperature=0.0, seed=0)
            self._known[key] = str(done["choices"][0]["message"]["content"] or "")
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with self._file.open("a", encoding="utf-8") as out:
                out.write(json.dumps({"key": key, "reply": self._known[key]}, ensure_ascii=False) + "\n")
        return self._known[key]

    def _model(self) -> Any:  # noqa: ANN401  (untyped library)
        if self._llama is None:
            from llama_cpp import Llama

            self._llama = Llama(
                str(self._path),
                n_ctx=2048,
                n_threads=self._threads,
                n_threads_batch=self._threads,
                flash_attn=True,
                verbose=False,
                seed=0,
            )
        return self._llama


def _key(messages: Sequence[Message]) -> str:
    return hashlib.sha256(json.dumps(list(messages), ensure_ascii=False).encode()).hexdigest()[:20]
