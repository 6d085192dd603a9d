"""The evidence of a turn as cards: what the answer cites first, then what else was found."""

from __future__ import annotations

from markupsafe import Markup

from assistant import Citation
from assistant.ui import evidence
from assistant.ui.conversation import anchor
from assistant.ui.evidence import Cited, Library
from assistant.ui.texts import Texts
from assistant.ui.turn import Turn

FIRST_OPEN = 3  # of the evidence shown before the answer

Card = tuple[str, Markup]  # what it is known by in the page, and its HTML


def evidence_html(turn: Turn, library: Library, texts: Texts) -> list[Card]:
    """The cards in order, with a heading before each part; nothing when nothing was found."""
    cited = _cited(turn)
    cards = [
        (group[0].anchor, evidence.cited_card(group, library, texts, back=f"t-{turn.id}"))
        for group in _grouped(cited, library)
    ]
    places = {_spot(one.citation) for one in cited}
    rest = []
    for citation in turn.found:
        if _spot(citation) not in places:
            places.add(_spot(citation))
            rest.append(citation)
    unfolded = 0 if cited else FIRST_OPEN
    others = []
    for order, citation in enumerate(rest):
        key = f"f-{turn.id}-{order}"
        others.append((key, evidence.found_card(citation, key, library, texts, folded=order >= unfolded)))
    head = [(f"h-{turn.id}", _heading(texts("evidence.cited")))] if cards else []
    title = texts("evidence.others" if cards else "evidence.found")
    return [*head, *cards, *([(f"o-{turn.id}", _heading(title))] if others else []), *others]


def _heading(text: str) -> Markup:
    return Markup("<h3>{}</h3>").format(text)


def _cited(turn: Turn) -> list[Cited]:
    results = turn.answer.results if turn.answer else ()
    periods = {n: result.period or "" for result in reversed(results) for n in result.citations if not result.formula}
    return [
        Cited(number, citation, anchor(turn, number), periods.get(number, ""))
        for number, citation in sorted(turn.cited.items())
    ]


def _grouped(cited: list[Cited], library: Library) -> list[list[Cited]]:
    """Citations of one row together, in the order of their first."""
    groups: dict[object, list[Cited]] = {}
    for one in cited:
        shown = library.rows.find(one.citation, one.period)
        key: object = id(shown.rows[shown.cited]) if shown else one.anchor
        groups.setdefault(key, []).append(one)
    return list(groups.values())


def _spot(citation: Citation) -> tuple[str, int, int]:
    return citation.report, citation.line_start, citation.line_end
