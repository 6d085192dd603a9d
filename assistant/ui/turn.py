"""One question with what has arrived of its answer; and the conversation it belongs to."""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from assistant import Answer, Citation, Event, EvidenceFound, Finished, Queued, Sentence

State = Literal["loading", "searching", "queued", "writing", "done", "stopped", "failed"]
RUNNING: tuple[State, ...] = ("loading", "searching", "queued", "writing")


def new_id() -> str:
    """A fresh id for a turn or a conversation."""
    return secrets.token_hex(6)


@dataclass
class Turn:
    """A question and its answer so far. `take` is the only thing that changes it while it runs."""

    question: str
    reports: tuple[str, ...] = ()
    id: str = field(default_factory=new_id)
    asked: float = field(default_factory=time.time)
    state: State = "searching"
    position: int = 0
    found: tuple[Citation, ...] = ()
    sentences: list[str] = field(default_factory=list)
    cited: dict[int, Citation] = field(default_factory=dict)
    answer: Answer | None = None
    error: str = ""
    rating: str = ""
    followups: tuple[str, ...] = ()

    @property
    def running(self) -> bool:
        """Whether more is to come."""
        return self.state in RUNNING

    @property
    def text(self) -> str:
        """The answer's words so far."""
        return self.answer.answer if self.answer else "".join(self.sentences)

    def take(self, event: Event) -> None:
        """Take in the next event of the stream."""
        match event:
            case Queued(position=position):
                waiting: State = "searching" if self.state == "searching" else "writing"
                self.state, self.position = "queued" if position else waiting, position
            case EvidenceFound(citations=citations):
                self.found = citations
                if self.state == "searching":
                    self.state = "writing"
            case Sentence(text=text, citations=citations):
                self.state = "writing"
                self.sentences.append(text)
                self.cited.update({citation.n: citation for citation in citations})
            case Finished(answer=answer):
                self.answer = answer
                self.cited = {citation.n: citation for citation in answer.citations}
                self.error = answer.error or ""
                self.state = "failed" if answer.error else "done"

    def fail(self, message: str) -> None:
        """End with one line that says what went wrong."""
        self.state, self.error = "failed", message

    def dump(self) -> dict[str, Any]:
        """For the history on disk."""
        return {
            "id": self.id,
            "question": self.question,
            "reports": list(self.reports),
            "asked": self.asked,
            "state": "stopped" if self.running else self.state,
            "sentences": self.sentences,
            "found": [citation.model_dump(mode="json") for citation in self.found],
            "cited": [citation.model_dump(mode="json") for citation in self.cited.values()],
            "answer": self.answer.model_dump(mode="json") if self.answer else None,
            "error": self.error,
            "rating": self.rating,
            "followups": list(self.followups),
        }

    @classmethod
    def load(cls, data: dict[str, Any]) -> Turn:
        """From the history on disk; raises KeyError, TypeError or ValueError on anything else."""
        cited = [Citation.model_validate(item) for item in data["cited"]]
        return cls(
            question=str(data["question"]),
            reports=tuple(data["reports"]),
            id=str(data["id"]),
            asked=float(data["asked"]),
            state=data["state"],
            found=tuple(Citation.model_validate(item) for item in data["found"]),
            sentences=list(data["sentences"]),
            cited={citation.n: citation for citation in cited},
            answer=Answer.model_validate(data["answer"]) if data["answer"] else None,
            error=str(data["error"]),
            rating=str(data["rating"]),
            followups=tuple(data["followups"]),
        )


@dataclass
class Conversation:
    """Turns in order, owned by one user."""

    id: str = field(default_factory=new_id)
    created: float = field(default_factory=time.time)
    turns: list[Turn] = field(default_factory=list)

    @property
    def title(self) -> str:
        """The first question, cut to a line."""
        return " ".join(self.turns[0].question.split())[:60] if self.turns else ""

    def find(self, turn_id: str) -> Turn | None:
        """The turn with this id."""
        return next((turn for turn in self.turns if turn.id == turn_id), None)

    def history(self) -> Sequence[dict[str, str]]:
        """The finished turns as the pipeline wants them: role and content, oldest first."""
        messages: list[dict[str, str]] = []
        for turn in self.turns:
            if turn.state == "done" and turn.text:
                messages.append({"role": "user", "content": turn.question})
                messages.append({"role": "assistant", "content": turn.text})
        return messages
