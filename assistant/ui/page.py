"""What the tabs share: the page they stand in, the interface's language, the conversation that is open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import gradio as gr


@dataclass
class Page:
    """The page while it is put together. `language`, `conversation` and `ready` are hidden components.

    `ready` counts the openings of the assistant: a new value says that the library is there, or another one.
    """

    blocks: gr.Blocks
    language: gr.Textbox
    conversation: gr.Textbox
    ready: gr.Textbox
    on_ready: list[tuple[Callable[..., Any], list[Any], list[Any]]] = field(default_factory=list)

    def when_ready(self, function: Callable[..., Any], inputs: list[Any], outputs: list[Any]) -> None:
        """Call `function` when the assistant has been opened, and when the library was changed on this page."""
        self.on_ready.append((function, inputs, outputs))
