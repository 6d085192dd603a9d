"""The answer object that other programs rely on, and the events in which an answer arrives.

`Answer.model_json_schema()` is its JSON Schema; `assistant/answer.schema.json` is the same, shipped in the package.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Language = Literal["zh-Hans", "zh-Hant", "en"]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CitedLine(_Model):
    """One line of the report that takes part in the proof."""

    role: Literal["value", "label", "unit", "header", "group", "text"]
    line: int
    text: str


class Citation(_Model):
    """A place in a report. line_start–line_end is as narrow as can be; quote is a substring of those lines."""

    n: int
    report: str
    line_start: int
    line_end: int
    page: int | None = None
    section: str = ""
    quote: str
    value_text: str | None = None
    lines: tuple[CitedLine, ...] = ()


class Result(_Model):
    """One figure of the answer. `value` is the number as the report states it, in `unit`."""

    report: str
    metric: str
    period: str | None = None
    value: float | None
    unit: str | None = None
    formula: str | None = None
    verified: bool = False
    citations: tuple[int, ...] = ()


class Nearest(_Model):
    """A disclosed figure near to what was asked, and why it is not the answer."""

    report: str
    metric: str
    period: str | None = None
    value: float | None
    unit: str | None = None
    why: str
    citations: tuple[int, ...] = ()


class Conflict(_Model):
    """Two or more values that one report gives for the same thing."""

    report: str
    metric: str
    period: str | None = None
    values: tuple[float, ...]
    unit: str | None = None
    citations: tuple[int, ...] = ()


class Timings(_Model):
    """Seconds from the call to each stage's end; None when the stage was not reached."""

    retrieval: float | None = None
    first_evidence: float | None = None
    first_sentence: float | None = None
    tokens_read: int = 0
    tokens_written: int = 0


class Answer(_Model):
    """A cited answer, a plain "not disclosed" (`abstained`), or an `error`; never an empty string without an error."""

    id: str | None = None
    question: str
    language: Language
    answer: str
    abstained: bool = False
    value: float | None = None
    unit: str | None = None
    period: str | None = None
    formula: str | None = None
    results: tuple[Result, ...] = ()
    citations: tuple[Citation, ...] = ()
    nearest: tuple[Nearest, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    error: str | None = None
    seconds: float = 0.0
    timings: Timings = Field(default_factory=Timings)


@dataclass(frozen=True)
class Queued:
    """The LLM is busy; `position` questions are before this one."""

    position: int


@dataclass(frozen=True)
class EvidenceFound:
    """What retrieval found, best first, before the LLM has read anything."""

    citations: tuple[Citation, ...]


@dataclass(frozen=True)
class Sentence:
    """A checked sentence of the answer, with its [n] marks, and the citations those marks point to."""

    text: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True)
class Finished:
    """The whole answer; always the last event."""

    answer: Answer


Event = Queued | EvidenceFound | Sentence | Finished
