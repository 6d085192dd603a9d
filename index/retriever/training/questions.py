"""Questions that the local LLM writes on rows and passages: one in Chinese and one in English on each.

Reports, kinds and passages are visited in turn in a fixed random order, so that any number of them is a fair sample.
"""

from __future__ import annotations

import json
import random
import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import zip_longest
from pathlib import Path

from index.passages import row_text
from index.records import Passage
from index.retriever.training.language_model import Message, Writer
from index.store import make_index

SEED = 7
_MAX_TOKENS = 90
_FIRST = 5  # a question that finds its passage no sooner than this says too little, or asks of something else
_HAN = re.compile(r"[\u3400-\u9fff]")
_VALUES = re.compile(r"[:：] .*$")


@dataclass(frozen=True)
class Question:
    """A written question pair and the passage it was written on."""

    passage: str
    report: str
    zh: str
    en: str


def order(passages: Sequence[Passage]) -> list[Passage]:
    """All passages worth a question: one of each report and kind in turn."""
    groups: dict[tuple[str, str], list[Passage]] = {}
    for passage in passages:
        if passage.row is not None or len(_HAN.findall(passage.text)) >= 24:
            groups.setdefault((passage.report, passage.kind), []).append(passage)
    shuffler = random.Random(SEED)
    for group in groups.values():
        shuffler.shuffle(group)
    turns = zip_longest(*(groups[key] for key in sorted(groups)))
    return [passage for turn in turns for passage in turn if passage is not None]


def write(passages: Iterable[Passage], writer: Writer) -> Iterator[Question]:
    """The usable questions on `passages`, in order; slow where the writer has to ask its model."""
    for passage in passages:
        made = _parse(passage, writer.write(messages(passage), _MAX_TOKENS))
        if made is not None:
            yield made


def answerable(questions: Sequence[Question], passages: Sequence[Passage]) -> list[Question]:
    """Those whose words, in one of the languages, point at their passage rather than at another of its report."""
    kept = []
    for report in dict.fromkeys(question.report for question in questions):
        own = [passage for passage in passages if passage.report == report]
        searched = make_index(own)
        for question in questions:
            if question.report != report:
                continue
            found = (searched.lexical(text, _FIRST) for text in (question.zh, question.en))
            if any(own[place].id == question.passage for places in found for place, _ in places):
                kept.append(question)
    return kept


def messages(passage: Passage) -> list[Message]:
    """What the LLM is asked about a passage."""
    told = tomllib.loads(Path(__file__).with_name("questions.toml").read_text(encoding="utf-8"))
    made = [{"role": "system", "content": told["system"]}]
    for example in told["example"]:
        made.append({"role": "user", "content": example["passage"]})
        made.append({"role": "assistant", "content": example["questions"]})
    return [*made, {"role": "user", "content": _shown(passage)}]


def read(file: Path) -> list[Question]:
    """Questions written before, one JSON object a line."""
    return [Question(**json.loads(line)) for line in file.read_text(encoding="utf-8").splitlines()]


def save(questions: Sequence[Question], file: Path) -> None:
    """Keep questions as JSON lines, sorted, so that two runs give the same file."""
    lines = sorted(json.dumps(asdict(question), ensure_ascii=False) for question in questions)
    file.write_text("".join(line + "\n" for line in lines), encoding="utf-8")


def _shown(passage: Passage) -> str:
    # A row without its values: a question must not give the answer away.
    text = _VALUES.sub("", row_text(passage.row)) if passage.row is not None else passage.text
    return " ".join(text.split())[:260]


def _parse(passage: Passage, reply: str) -> Question | None:
    lines = [line.strip() for line in reply.splitlines() if line.strip()]
    if len(lines) < 2:
        return None
    zh, en = lines[:2]
    if len(_HAN.findall(zh)) < 5 or _HAN.search(en) or len(en.split()) < 4 or not (zh[-1] in "？?" and en[-1] == "?"):
        return None
    return Question(passage.id, passage.report, zh, en)
