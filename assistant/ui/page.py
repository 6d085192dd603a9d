"""What the tabs share: the page they stand in, the interface's language, the conversation that is open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import gradio as gr


@dataclass
class Page:
    """The page while it is put together. `language` and `conversation` are hidden components."""

    blocks: gr.Blocks
    language: gr.Textbox
    conversation: gr.Textbox
    on_ready: list[tuple[Callable[..., Any], list[Any], list[Any]]] = field(default_factory=list)

    def when_ready(self, function: Callable[..., Any], inputs: list[Any], outputs: list[Any]) -> None:
        """Call `function` in every open page once, when the assistant has been opened."""
        self.on_ready.append((function, inputs, outputs))
