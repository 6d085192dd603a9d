"""Questions that the indexed rows can answer: offered to start with, and after an answer."""

from __future__ import annotations

import re

from assistant.ui.evidence import Library
from assistant.ui.texts import LANGUAGES, Texts
from assistant.ui.turn import Turn
from index.records import Passage, Row
from index.text import normalise, simplify, traditional

_YEAR = re.compile(r"(?:19|20)\d\d")
_ITEM = re.compile(r"^(?:[一二三四五六七八九十]+、|[(（][一二三四五六七八九十]+[)）])\s*")  # 一、 （二）
_MOST = 3


def suggest(turn: Turn, library: Library, texts: Texts) -> tuple[str, ...]:
    """At most three questions next to the one just answered: another row of its table, its change over the years."""
    answer = turn.answer
    if answer is None:
        return ()
    texts = Texts(answer.language)
    questions: list[str] = []
    for citation in turn.cited.values():
        shown = library.rows.find(citation)
        if shown is None:
            continue
        institution = library.institution(citation.report, texts.language)
        cited = shown.rows[shown.cited]
        years = _years(cited)
        metric = _name(cited, library, texts)
        if metric and len(years) > 1 and not answer.formula:
            questions.append(
                texts(
                    "followup.change",
                    institution=institution,
                    metric=metric,
                    first=_period(years[0], texts, alone=True),
                    last=_period(years[-1], texts, alone=True),
                )
            )
        for row in shown.rows[shown.cited + 1 :] + shown.rows[: shown.cited][::-1]:
            if row.label and _years(row) and row.confidence >= cited.confidence:
                questions += _value(row, institution, answer.period or _years(row)[-1], library, texts)
    asked = normalise(turn.question)
    return tuple(question for question in dict.fromkeys(questions) if normalise(question) != asked)[:_MOST]


def examples(passages: tuple[Passage, ...], library: Library, texts: Texts) -> tuple[str, ...]:
    """A question for each report that has a row on a common metric; one of them in each other script."""
    wanted = [normalise(word) for word in Texts(LANGUAGES[0])("followup.metrics").split("|")]
    best: dict[str, tuple[int, Row]] = {}
    for passage in passages:
        row = passage.row
        if row is None or row.confidence < 0.9 or not row.label or not _years(row):
            continue
        label = normalise(row.label)
        # A well-known metric by its own name, then one that begins with it, then anything not inside a group.
        ranks = [rank if word == label else rank + 100 for rank, word in enumerate(wanted) if label.startswith(word)]
        rank = min(ranks, default=200 if len(row.label) < 16 else 300) + (1000 if row.group else 0)
        if row.report not in best or rank < best[row.report][0]:
            best[row.report] = (rank, row)
    questions = []
    others = [language for language in LANGUAGES if language != texts.language]
    for place, (report, (_, row)) in enumerate(best.items()):
        # The reader's own language first, then one in each of the others.
        speaking = Texts(others[place - 1]) if 1 <= place <= len(others) else texts
        institution = library.institution(report, speaking.language)
        question = _value(row, institution, _years(row)[-1], library, speaking)
        questions += question or _value(
            row, library.institution(report, texts.language), _years(row)[-1], library, texts
        )
    return tuple(questions)


def _value(row: Row, institution: str, period: str, library: Library, texts: Texts) -> list[str]:
    metric = _name(row, library, texts)
    if not metric:
        return []
    return [texts("followup.value", institution=institution, metric=metric, period=_period(period, texts))]


def _name(row: Row, library: Library, texts: Texts) -> str | None:
    """The row in words of the language; None where the glossary has no English for it."""
    words = "".join(_ITEM.sub("", part) for part in (*row.group[-1:], row.label))
    if texts.language == "en":
        # The group is left out where it only repeats what the label says.
        return library.english(row.label if not row.group else words)
    return traditional(words) if texts.language == "zh-Hant" else simplify(words)


def _years(row: Row) -> list[str]:
    return sorted({cell.period for cell in row.cells if cell.value is not None and _YEAR.fullmatch(cell.period)})


def _period(period: str, texts: Texts, *, alone: bool = False) -> str:
    if not _YEAR.fullmatch(period) or (alone and texts.language == "en"):
        return period
    return texts("followup.year", year=period)
