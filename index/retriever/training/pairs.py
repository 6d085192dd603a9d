"""What the retriever learns from: triples of a question, the text that answers it, and a text that nearly does."""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from index.glossary import Entry
from index.passages import dense_text
from index.records import Passage
from index.retriever.training.questions import Question
from index.retriever.training.wordings import Wordings, has_han
from index.text import normalise

_WORD = re.compile(r"[\u3400-\u9fff]|[a-z]{2}")
_CLAUSE = re.compile(r"[，。；！？\n]+")


@dataclass(frozen=True)
class Triple:
    """anchor: what is asked; positive: what it should find; negative: what it should not. source: where it is from."""

    anchor: str
    positive: str
    negative: str
    source: str


def all_triples(
    passages: Sequence[Passage],
    questions: Sequence[Question],
    lexicon: Sequence[tuple[str, str]],
    wordings: Wordings,
    rounds: Mapping[str, int],
) -> list[Triple]:
    """Every kind of triple, each once; `rounds`: how often each source is drawn from (see `fit.ROUNDS`)."""
    neighbours = Neighbours(passages, wordings)
    made: list[Triple] = []
    for _ in range(rounds["glossary"]):
        made += glossary_triples(wordings)
    for _ in range(rounds["rows"]):
        made += row_triples([passage for passage in passages if passage.row is not None], neighbours, wordings)
    for _ in range(rounds["text"]):
        made += text_triples([passage for passage in passages if passage.row is None], neighbours, wordings)
    for _ in range(rounds["questions"]):
        made += question_triples(passages, questions, neighbours)
    for _ in range(rounds["lexicon"]):
        made += lexicon_triples(lexicon, wordings.random)
    unique = {(triple.anchor, triple.positive): triple for triple in made if _sound(triple)}
    return list(unique.values())


class Neighbours:
    """Texts close to a passage that do not answer what it answers."""

    def __init__(self, passages: Sequence[Passage], wordings: Wordings) -> None:
        """Group rows by report and label, by table, and the prose by report."""
        self._wordings = wordings
        self._random = wordings.random
        self._label: dict[tuple[str, str], list[str]] = {}
        self._table: dict[tuple[str, str], list[str]] = {}
        self._report: dict[str, list[str]] = {}
        for passage in passages:
            text = dense_text(passage)
            if passage.row is not None:
                self._label.setdefault((passage.report, normalise(passage.row.label)), []).append(text)
                self._table.setdefault((passage.report, passage.row.table), []).append(text)
            else:
                self._report.setdefault(passage.report, []).append(text)

    def one(self, passage: Passage) -> str:
        """A look-alike, a row of the same label, a sibling, or other text of the report."""
        own = dense_text(passage)
        if passage.row is not None:
            same = self._label[passage.report, normalise(passage.row.label)]
            siblings = self._table[passage.report, passage.row.table]
            choices = [self._wordings.confused(own), self._random.choice(same), self._random.choice(siblings)]
            fit = [text for text in choices if text and text != own]
            if fit:
                return self._random.choice(fit)
        near = self._report.get(passage.report) or next(iter(self._report.values()))
        place = near.index(own) if own in near else self._random.randrange(len(near))
        beside = near[max(0, place - 3) : place] + near[place + 1 : place + 4]
        return self._random.choice([text for text in beside if text != own] or near)


def glossary_triples(wordings: Wordings) -> Iterator[Triple]:
    """Terms that mean the same, within a language and across; negative: a term of the same field."""
    fields: dict[str, list[Entry]] = {}
    for entry in wordings.glossary.entries:
        fields.setdefault(entry.domain, []).append(entry)
    draw = wordings.random
    for entry in wordings.glossary.entries:
        other = draw.choice(fields[entry.domain])
        for source, target in (("en", "zh"), ("zh", "zh"), ("en", "en"), ("zh", "en")):
            anchor = draw.choice(entry.english if source == "en" else entry.chinese)
            positive = draw.choice(entry.english if target == "en" else entry.chinese)
            negative = draw.choice(other.english if target == "en" else other.chinese)
            if other is not entry and not set(other.chinese) & set(entry.chinese):
                yield Triple(_framed(draw, anchor, source), normalise(positive), normalise(negative), "glossary")


def row_triples(rows: Sequence[Passage], neighbours: Neighbours, wordings: Wordings) -> Iterator[Triple]:
    """Framed questions on table rows in Chinese, English and a mixture."""
    draw = wordings.random
    for passage in rows:
        row = passage.row
        assert row is not None
        group, unit = " ".join(row.group), normalise(row.unit)
        for language in ("zh", "zh", "en", "en", "mixed"):
            if language == "zh":
                parts = wordings.chinese(group, 0.6), wordings.chinese(row.label, 0.6)
                said = unit
            elif language == "en":
                parts, said = (wordings.english(group), wordings.english(row.label)), wordings.english(row.unit)
            else:
                parts, said = (wordings.mixed(group), wordings.mixed(row.label)), unit
            if not parts[1]:
                continue
            anchor = _ask(draw, parts, said, "en" if language == "en" else "zh")
            yield Triple(anchor, dense_text(passage), neighbours.one(passage), "rows")


def text_triples(passages: Sequence[Passage], neighbours: Neighbours, wordings: Wordings) -> Iterator[Triple]:
    """Title → passage, and inverse cloze: a clause, reworded or put into English terms, → the passage without it."""
    draw = wordings.random
    for passage in passages:
        whole = dense_text(passage)
        clauses = [part for part in _CLAUSE.split(normalise(passage.text)) if len(part) >= 6 and has_han(part)]
        if clauses:
            clause = draw.choice(clauses)
            rest = whole.replace(clause, " ") if draw.random() < 0.5 and len(clauses) > 2 else whole
            for language in ("zh", "en"):
                said = wordings.chinese(clause, 0.5) if language == "zh" else wordings.english(clause)
                if language == "zh" and draw.random() < 0.4:
                    said = _part(draw, said)
                if said:
                    yield Triple(_frame(draw, language, said), rest, neighbours.one(passage), "cloze")
        if passage.section:
            title = passage.section[-1]
            said = wordings.chinese(title, 0.3) if draw.random() < 0.5 else wordings.english(title)
            if said:
                body = whole.removeprefix(normalise(title)).strip()
                yield Triple(said, body, neighbours.one(passage), "titles")


def question_triples(
    passages: Sequence[Passage], questions: Iterable[Question], neighbours: Neighbours
) -> Iterator[Triple]:
    """The questions that the LLM wrote."""
    by_id = {passage.id: passage for passage in passages}
    for question in questions:
        passage = by_id.get(question.passage)
        if passage is not None:
            for text in (question.zh, question.en):
                yield Triple(normalise(text), dense_text(passage), neighbours.one(passage), "questions")


def lexicon_triples(lexicon: Sequence[tuple[str, str]], draw: random.Random) -> Iterator[Triple]:
    """Words that the LLM itself holds to be one another's translation."""
    for left, right in lexicon:
        negative = draw.choice(lexicon)[1]
        yield Triple(left, right, negative, "lexicon")


def _ask(draw: random.Random, parts: tuple[str, str], unit: str, language: str) -> str:
    group, label = parts
    frames = _frames()
    two = group and draw.random() < 0.4
    frame = draw.choice(frames[f"{language}_two" if two else language])
    both = [part for part in ((group, label) if draw.random() < 0.7 else (label, group)) if part]
    return normalise(frame.format(m=" ".join(both) if language == "en" else "".join(both), a=group, b=label, u=unit))


def _framed(draw: random.Random, term: str, language: str) -> str:
    if draw.random() < 0.5:
        return normalise(term)
    return normalise(draw.choice(_frames()[language]).format(m=term, u=""))


def _frame(draw: random.Random, language: str, said: str) -> str:
    return normalise(draw.choice(_frames()[f"{language}_text"]).format(m=said))


def _part(draw: random.Random, clause: str) -> str:
    size = draw.randint(6, 14)
    start = draw.randint(0, max(0, len(clause) - size))
    return clause[start : start + size]


def _sound(triple: Triple) -> bool:
    # A text of figures and signs alone has no vector at the start, and a direction of nothing no gradient: one such
    # text can end a training in NaN.
    texts = (triple.anchor, triple.positive, triple.negative)
    return all(_WORD.search(text) for text in texts) and triple.positive != triple.negative


@cache
def _frames() -> dict[str, list[str]]:
    """The frames of templates.toml."""
    return tomllib.loads(Path(__file__).with_name("templates.toml").read_text(encoding="utf-8"))
