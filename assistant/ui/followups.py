"""Questions that the indexed rows can answer: offered to start with, and after an answer."""

from __future__ import annotations

import re

from assistant.ui.evidence import Library
from assistant.ui.texts import LANGUAGES, Texts
from assistant.ui.turn import Turn
from index.records import Passage, Row
from index.text import normalise, simplify, traditional

_YEAR = re.compile(r"(?:19|20)\d\d")
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
        if len(years) > 1 and not answer.formula:
            questions.append(
                texts(
                    "followup.change",
                    institution=institution,
                    metric=_name(cited, texts),
                    first=_period(years[0], texts, alone=True),
                    last=_period(years[-1], texts, alone=True),
                )
            )
        for row in shown.rows[shown.cited + 1 :] + shown.rows[: shown.cited][::-1]:
            if row.label and _years(row) and row.confidence >= cited.confidence:
                questions.append(_value(row, institution, answer.period or _years(row)[-1], texts))
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
        questions.append(_value(row, library.institution(report, speaking.language), _years(row)[-1], speaking))
    return tuple(questions)


def _value(row: Row, institution: str, period: str, texts: Texts) -> str:
    return texts("followup.value", institution=institution, metric=_name(row, texts), period=_period(period, texts))


def _name(row: Row, texts: Texts) -> str:
    words = " ".join((*row.group, row.label)) if texts.language == "en" else "".join((*row.group[-1:], row.label))
    return {"zh-Hans": simplify, "zh-Hant": traditional}.get(texts.language, str)(words)


def _years(row: Row) -> list[str]:
    return sorted({cell.period for cell in row.cells if cell.value is not None and _YEAR.fullmatch(cell.period)})


def _period(period: str, texts: Texts, *, alone: bool = False) -> str:
    if not _YEAR.fullmatch(period) or (alone and texts.language == "en"):
        return period
    return texts("followup.year", year=period)
