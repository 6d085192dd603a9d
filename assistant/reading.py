"""The LLM's one job: read a few numbered lines of evidence and say the shortest answer and its line, or 未披露."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.figures import Figure, groups_of
from assistant.llm import Cancelled, LanguageModel, Usage
from assistant.prompts import Prompt
from index.records import Passage
from index.text import normalise

_MARK = re.compile(r"\s*\[(\d+)\]")
_REFUSED = re.compile(r"未披露|没有披露|未提及|未说明|无法|不详|没有提到")
# What a passage begins with that speaks of what stands before it.
REFERS_BACK = re.compile(r"(?:[两二三四五上]项|上述|以上|前述|该|此|其(?!他|中|余)|它|这|本[期次笔单只])")
MAX_CHARS = 150  # of one line of evidence: about 100 tokens


@dataclass(frozen=True)
class Evidence:
    """A line of evidence as the LLM sees it, and where it comes from. figures: those it may state."""

    text: str
    passage: Passage
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True)
class Reply:
    """What the LLM said: the answer without its marks, the evidence it marked (0-based), or a refusal."""

    text: str
    marks: tuple[int, ...]
    refused: bool


def cell_line(figures: Sequence[Figure]) -> str:
    """A row for the LLM: groups, label, basis, then period and value of the cells that matter."""
    first = figures[0]
    assert first.row is not None
    path = "·".join(part for part in (*groups_of(first.passage)[-2:], first.label) if part)
    basis = f"({first.basis})" if first.basis else ""
    values = ";".join(f"{_period(figure.period)}{figure.value_text}{figure.unit_text}" for figure in figures)
    return f"{normalise(path + basis)}:{normalise(values)}"


def figure_line(figure: Figure) -> str:
    """One figure for the LLM to compare with the question: a cell with its path, or its words in prose."""
    if figure.row is not None:
        return cell_line([figure]).replace(":", " ", 1)
    words = figure.words if len(figure.words) > 12 else figure.sentence[-60:]
    place = words.find(figure.value_text)
    words = words[max(0, place - 40) : place + 30] if place >= 0 else words[:60]
    return f"{words},[{figure.value_text}{figure.unit_text}]"


def prose_line(passage: Passage, around: str | None = None) -> str:
    """A prose passage for the LLM, cut to MAX_CHARS around the place that matters, with its heading if short."""
    text = normalise(passage.text)
    if len(text) > MAX_CHARS:
        place = text.find(around) if around else 0
        start = max(0, min(place - MAX_CHARS * 2 // 3, len(text) - MAX_CHARS))
        text = text[start : start + MAX_CHARS]
    heading = normalise(passage.section[-1]) if passage.section and len(text) < 60 else ""
    return f"{heading}:{text}" if heading and heading not in text else text


def read(
    llm: LanguageModel,
    prompt: Prompt,
    question: str,
    evidence: Sequence[Evidence],
    *,
    max_tokens: int = 48,
    usage: Usage | None = None,
    cancelled: Cancelled | None = None,
) -> Reply:
    """Ask the LLM. Marks that point nowhere are dropped."""
    numbered = "\n".join(f"[{place}] {item.text}" for place, item in enumerate(evidence, start=1))
    reply = llm.complete(
        prompt, {"evidence": numbered, "question": question}, max_tokens=max_tokens, usage=usage, cancelled=cancelled
    )
    line = reply.strip().splitlines()[0] if reply.strip() else ""
    marks = tuple(dict.fromkeys(int(mark) - 1 for mark in _MARK.findall(line) if 0 < int(mark) <= len(evidence)))
    text = _MARK.sub("", line).strip(" 。.;")
    return Reply(text, marks, not text or bool(_REFUSED.search(text)))


def _period(period: str) -> str:
    if re.fullmatch(r"\d{4}", period):
        return f"{period}年 "
    match = re.fullmatch(r"(\d{4})-(\d\d)", period)
    if match:
        return f"{match[1]}年{int(match[2])}月 "
    return f"{period} " if period else ""
