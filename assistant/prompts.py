"""What the LLM is told: text files a non-programmer can edit, read into a fixed prefix and a template for the rest.

A prompt file is a dialogue. A line `=== system`, `=== user` or `=== assistant` begins a turn; lines before the first
turn are comments. The last turn is a `user` turn whose {names} are filled in for each question; all turns before it
are the fixed prefix, which the model reads once and keeps (assistant/llm.py).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import AssistantError

# Those that answering needs; the last read is the one that the first question most likely needs.
USED = ("answer_english", "rewrite", "translate_arithmetic", "translate", "decompose", "verify", "extract")
_TURN = re.compile(r"^=== (system|user|assistant)[ \t]*$", re.MULTILINE)
_SLOT = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True)
class Message:
    """One turn of a dialogue."""

    role: str
    content: str


@dataclass(frozen=True)
class Prompt:
    """A fixed dialogue and the template of the turn that follows it."""

    name: str
    prefix: tuple[Message, ...]
    template: str

    def fill(self, values: Mapping[str, str]) -> str:
        """The last turn with its {slots} filled in; raises AssistantError on a slot the code does not know."""

        def value(match: re.Match[str]) -> str:
            if match[1] not in values:
                known = ", ".join(sorted(values))
                raise AssistantError(f"prompt {self.name}: unknown slot {{{match[1]}}}; known: {known}")
            return values[match[1]]

        return _SLOT.sub(value, self.template)


def load_prompts(folder: Path) -> list[Prompt]:
    """All prompts of USED, as `load_prompt` reads them."""
    return [load_prompt(folder, name) for name in USED]


def load_prompt(folder: Path, name: str) -> Prompt:
    """Read `<folder>/<name>.txt`; raises AssistantError when it is missing or not of the form above."""
    file = folder / f"{name}.txt"
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise AssistantError(f"cannot read prompt {file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise AssistantError(f"prompt {file} is not UTF-8 text; save it as UTF-8") from error
    parts = _TURN.split(text)[1:]
    turns = [Message(role, content.strip()) for role, content in zip(parts[::2], parts[1::2], strict=True)]
    if not turns or turns[-1].role != "user":
        raise AssistantError(f"prompt {file}: the last turn must be '=== user'")
    return Prompt(name, tuple(turns[:-1]), turns[-1].content)
