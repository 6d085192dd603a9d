"""The local LLM (llama-cpp-python) or an OpenAI-compatible server: one fair queue, fixed prompt prefixes read once.

One llama.cpp context serves one completion at a time, so all callers of a process share one first-in-first-out queue.
Each prompt's fixed prefix is evaluated once and kept as a sequence state on disk (llama_state_seq_save_file, a few MB);
a change of prompt restores it in milliseconds instead of reading the prefix again.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import logging
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from assistant.errors import AssistantError
from assistant.prompts import Message, Prompt

logger = logging.getLogger(__name__)

Cancelled = Callable[[], bool]


class Stopped(Exception):
    """The caller cancelled while waiting or writing."""


@dataclass
class Usage:
    """Tokens read anew and written, summed over the completions of one answer."""

    read: int = 0
    written: int = 0


class LanguageModel(Protocol):
    """What the pipeline needs of an LLM."""

    name: str

    def complete(
        self,
        prompt: Prompt,
        values: Mapping[str, str],
        *,
        max_tokens: int,
        grammar: str | None = None,
        usage: Usage | None = None,
        cancelled: Cancelled | None = None,
    ) -> str:
        """The model's reply at temperature 0; `grammar` is GBNF and binds the reply where the model supports it."""
        ...

    def choose(
        self,
        prompt: Prompt,
        values: Mapping[str, str],
        choices: Sequence[str],
        *,
        usage: Usage | None = None,
    ) -> list[float]:
        """Probability of each choice (single-token strings) as the first token of the reply; sums to 1."""
        ...


class FairQueue:
    """A first-in-first-out lock whose waiters know their position."""

    def __init__(self) -> None:
        """Nobody waits."""
        self._condition = threading.Condition()
        self._waiting: deque[object] = deque()

    def __len__(self) -> int:
        """How many hold or wait for a turn."""
        return len(self._waiting)

    @contextmanager
    def turn(
        self, on_position: Callable[[int], None] | None = None, cancelled: Cancelled | None = None
    ) -> Iterator[None]:
        """Wait for the turn and hold it. Raises Stopped when `cancelled` says so while waiting."""
        ticket = object()
        with self._condition:
            self._waiting.append(ticket)
        told = 0
        try:
            with self._condition:
                while self._waiting[0] is not ticket:
                    position = self._waiting.index(ticket)
                    if on_position and position != told:
                        on_position(position)
                        told = position
                    if cancelled and cancelled():
                        raise Stopped
                    self._condition.wait(timeout=0.2)
            yield
        finally:
            with self._condition:
                self._waiting.remove(ticket)
                self._condition.notify_all()


class LocalModel:
    """A GGUF model in this process."""

    def __init__(self, path: Path, *, states_folder: Path, threads: int = 2, context: int = 2048) -> None:
        """Load the model; raises AssistantError when the file is missing or not a GGUF model llama.cpp can read."""
        if not path.is_file():
            raise AssistantError(f"the language model is not at {path}; run: assistant models pull")
        import llama_cpp

        self._cpp = llama_cpp
        self.name = path.stem
        self.queue = FairQueue()
        self._states = states_folder
        self._context = context
        try:
            self._llama: Any = llama_cpp.Llama(
                str(path),
                n_ctx=context,
                n_threads=threads,
                n_threads_batch=threads,
                flash_attn=True,
                verbose=False,
                logits_all=False,
                seed=0,
            )
        except (ValueError, OSError, RuntimeError) as error:
            raise AssistantError(
                f"{path} cannot be loaded as a GGUF model ({error}); run: assistant models verify"
            ) from error
        stamp = path.stat()
        self._key = f"{path.name}:{stamp.st_size}:{stamp.st_mtime_ns}:{context}:{llama_cpp.__version__}"
        self._formatter = _formatter(self._llama)
        self._prefixes: dict[tuple[Message, ...], tuple[list[int], str]] = {}

    def complete(
        self,
        prompt: Prompt,
        values: Mapping[str, str],
        *,
        max_tokens: int,
        grammar: str | None = None,
        usage: Usage | None = None,
        cancelled: Cancelled | None = None,
    ) -> str:
        """See LanguageModel."""
        from llama_cpp.llama_grammar import LlamaGrammar

        with self.queue.turn(cancelled=cancelled):
            tokens = self._prepare(prompt, values, usage)
            bound = LlamaGrammar.from_string(grammar, verbose=False) if grammar else None
            written: list[int] = []
            text = b""
            for token in self._llama.generate(tokens, temp=0.0, top_k=1, repeat_penalty=1.0, grammar=bound):
                if self._cpp.llama_vocab_is_eog(self._vocab(), token) or len(written) >= max_tokens:
                    break
                written.append(token)
                if cancelled and cancelled():
                    raise Stopped
            text = self._llama.detokenize(written, prev_tokens=tokens)
        if usage is not None:
            usage.written += len(written)
        return str(text.decode("utf-8", errors="ignore")).strip()

    def choose(
        self,
        prompt: Prompt,
        values: Mapping[str, str],
        choices: Sequence[str],
        *,
        usage: Usage | None = None,
    ) -> list[float]:
        """See LanguageModel."""
        with self.queue.turn():
            tokens = self._prepare(prompt, values, usage)
            self._evaluate(tokens)
            pointer = self._cpp.llama_get_logits_ith(self._llama.ctx, -1)
            logits = np.ctypeslib.as_array(pointer, shape=(self._llama.n_vocab(),))
            ids = [self._llama.tokenize(choice.encode(), add_bos=False, special=False)[0] for choice in choices]
            picked = logits[ids].astype(np.float64)
        weights = np.exp(picked - picked.max())
        return [float(weight) for weight in weights / weights.sum()]

    def warm(self, prompts: Sequence[Prompt]) -> None:
        """Read (or restore) the prefixes now, so that the first question does not wait for them."""
        for prompt in prompts:
            with self.queue.turn():
                self._restore(prompt)

    def has_read(self, prompt: Prompt) -> bool:
        """Whether the prompt's prefix was read before and is kept."""
        tokens, _ = self._prefix(prompt)
        return any(self._states.glob(f"{self._digest(tokens)}-*.state"))

    def _vocab(self) -> Any:  # noqa: ANN401
        return self._cpp.llama_model_get_vocab(self._llama.model)

    def _prepare(self, prompt: Prompt, values: Mapping[str, str], usage: Usage | None) -> list[int]:
        prefix, suffix = self._restore(prompt)
        user = _defused(prompt.fill(values))
        # The user's text never yields special tokens: what a report or a question says stays text.
        tail = self._llama.tokenize(user.encode(), add_bos=False, special=False)
        tail += self._llama.tokenize(suffix.encode(), add_bos=False, special=True)
        room = self._context - len(prefix) - 256
        if len(tail) > room:
            raise AssistantError(f"the evidence is too long for the model's context ({len(tail)} > {room} tokens)")
        if usage is not None:
            usage.read += len(tail)
        return [*prefix, *tail]

    def _evaluate(self, tokens: list[int]) -> None:
        llama = self._llama
        same = 0
        for had, wanted in zip(llama.input_ids[: llama.n_tokens], tokens[:-1], strict=False):
            if had != wanted:
                break
            same += 1
        llama.n_tokens = same
        self._cpp.llama_memory_seq_rm(self._cpp.llama_get_memory(llama.ctx), 0, same, -1)
        llama.eval(tokens[same:])

    def _restore(self, prompt: Prompt) -> tuple[list[int], str]:
        """Make the context begin with the prompt's prefix; returns its tokens and the text that ends the user turn."""
        tokens, suffix = self._prefix(prompt)
        llama = self._llama
        if llama.n_tokens >= len(tokens) and list(llama.input_ids[: len(tokens)]) == tokens:
            return tokens, suffix
        digest = self._digest(tokens)
        if not self._load_state(digest, tokens):
            self._evaluate(tokens)
            self._save_state(digest, tokens)
        return tokens, suffix

    def _prefix(self, prompt: Prompt) -> tuple[list[int], str]:
        """The tokens of the prompt's prefix and the text that ends the user turn."""
        if prompt.prefix not in self._prefixes:
            head, suffix = self._formatter(prompt.prefix)
            self._prefixes[prompt.prefix] = (self._llama.tokenize(head.encode(), add_bos=False, special=True), suffix)
        return self._prefixes[prompt.prefix]

    def _digest(self, tokens: list[int]) -> str:
        return hashlib.sha256(json.dumps([self._key, tokens]).encode()).hexdigest()[:24]

    def _load_state(self, digest: str, tokens: list[int]) -> bool:
        """Restore a kept state; False when there is none that is as it was written."""
        file = next((file for file in self._states.glob(f"{digest}-*.state") if _intact(file)), None)
        if file is None:
            return False
        out = (self._cpp.llama_token * self._context)()
        count = ctypes.c_size_t()
        read = self._cpp.llama_state_seq_load_file(
            self._llama.ctx, os.fsencode(file), 0, out, self._context, ctypes.byref(count)
        )
        if not read or list(out[: count.value]) != tokens:
            self._llama.reset()
            self._cpp.llama_memory_clear(self._cpp.llama_get_memory(self._llama.ctx), True)
            return False
        self._llama.n_tokens = len(tokens)
        self._llama.input_ids[: len(tokens)] = tokens
        return True

    def _save_state(self, digest: str, tokens: list[int]) -> None:
        # A state is only a saving of time: a folder that cannot be written must not stop the answer.
        try:
            self._states.mkdir(parents=True, exist_ok=True)
            half = self._states / f"{digest}.{os.getpid()}.half"
            half.touch()  # llama.cpp does not say why it cannot write
            array = (self._cpp.llama_token * len(tokens))(*tokens)
            if self._cpp.llama_state_seq_save_file(self._llama.ctx, os.fsencode(half), 0, array, len(tokens)):
                kept = half.replace(self._states / f"{digest}-{_checksum(half)}.state")
                for old in self._states.glob(f"{digest}*.state"):
                    if old != kept:
                        old.unlink(missing_ok=True)
            half.unlink(missing_ok=True)
        except OSError as error:
            logger.warning("prompt state not kept in %s: %s", self._states, error)


class ServerModel:
    """Any OpenAI-compatible endpoint in place of the local model."""

    def __init__(self, url: str, *, model: str, key: str | None = None, timeout: float = 60.0) -> None:
        """`url` is the base, e.g. http://127.0.0.1:8080/v1."""
        import httpx

        self.name = model
        self._url = url.rstrip("/") + "/chat/completions"
        self._client = httpx.Client(timeout=timeout, headers={"Authorization": f"Bearer {key}"} if key else {})

    def complete(
        self,
        prompt: Prompt,
        values: Mapping[str, str],
        *,
        max_tokens: int,
        grammar: str | None = None,
        usage: Usage | None = None,
        cancelled: Cancelled | None = None,
    ) -> str:
        """See LanguageModel. The grammar is sent as llama.cpp's servers take it; others ignore it."""
        import httpx

        messages = [{"role": turn.role, "content": turn.content} for turn in prompt.prefix]
        messages.append({"role": "user", "content": prompt.fill(values)})
        body: dict[str, Any] = {
            "model": self.name,
            "messages": messages,
            "temperature": 0,
            "max_tokens": max_tokens,
        }
        if grammar:
            body["grammar"] = grammar
        try:
            reply = self._client.post(self._url, json=body)
            reply.raise_for_status()
            data = reply.json()
            text = data["choices"][0]["message"]["content"] or ""
        except (httpx.HTTPError, KeyError, IndexError, TypeError, ValueError) as error:
            raise AssistantError(f"the language model at {self._url} did not answer: {error}") from error
        if usage is not None:
            counts = data.get("usage") or {}
            usage.read += int(counts.get("prompt_tokens", 0))
            usage.written += int(counts.get("completion_tokens", 0))
        return str(text).strip()

    def choose(
        self,
        prompt: Prompt,
        values: Mapping[str, str],
        choices: Sequence[str],
        *,
        usage: Usage | None = None,
    ) -> list[float]:
        """See LanguageModel. Servers give no logits here: the choice made gets 0.9, the others share the rest."""
        grammar = "root ::= " + " | ".join(json.dumps(choice, ensure_ascii=False) for choice in choices)
        reply = self.complete(prompt, values, max_tokens=4, grammar=grammar, usage=usage)
        made = next((place for place, choice in enumerate(choices) if reply.startswith(choice)), None)
        if made is None or len(choices) == 1:
            return [1 / len(choices)] * len(choices)
        rest = 0.1 / (len(choices) - 1)
        return [0.9 if place == made else rest for place in range(len(choices))]


def _checksum(file: Path) -> str:
    with file.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()[:16]


def _intact(file: Path) -> bool:
    """Whether a state file still is what its name says: llama.cpp takes any numbers for a state."""
    try:
        return file.stem.rpartition("-")[2] == _checksum(file)
    except OSError:
        return False


def _defused(text: str) -> str:
    # Even as plain text a chat marker could look like a turn to the model.
    return text.replace("<|", "< |")


def _formatter(llama: Any) -> Callable[[Sequence[Message]], tuple[str, str]]:  # noqa: ANN401
    """Renders a dialogue with the model's own chat template, cut at the place where the user's text goes."""
    from llama_cpp.llama_chat_format import Jinja2ChatFormatter

    mark = "\u2402USER\u2403"
    template = llama.metadata.get("tokenizer.chat_template")
    if not template:
        raise AssistantError("the GGUF file carries no chat template; choose an instruct model")
    vocab_text = {
        name: llama._model.token_get_text(token) if token >= 0 else ""
        for name, token in (("eos", llama.token_eos()), ("bos", llama.token_bos()))
    }
    render = Jinja2ChatFormatter(template=template, eos_token=vocab_text["eos"], bos_token=vocab_text["bos"])

    def split(prefix: Sequence[Message]) -> tuple[str, str]:
        messages = [{"role": turn.role, "content": turn.content} for turn in prefix]
        messages.append({"role": "user", "content": mark})
        text = render(messages=messages).prompt  # type: ignore[arg-type]
        head, _, tail = text.partition(mark)
        return head, tail

    return split
