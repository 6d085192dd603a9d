"""Question → cited answer. Public names: Assistant, Answer and the events; all else is internal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assistant.answer import Answer, Citation, Event, EvidenceFound, Finished, Queued, Sentence

if TYPE_CHECKING:
    from assistant.answering import Assistant

__all__ = ["Answer", "Assistant", "Citation", "Event", "EvidenceFound", "Finished", "Queued", "Sentence"]


def __getattr__(name: str) -> Any:  # noqa: ANN401  (the pipeline is heavy to import: only when asked for)
    if name == "Assistant":
        from assistant.answering import Assistant

        return Assistant
    raise AttributeError(f"module 'assistant' has no attribute {name!r}")
