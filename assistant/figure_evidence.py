"""What the LLM is shown of the candidates for a figure, and which of them its reply states."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from assistant.columns import named_alone, says_more
from assistant.figures import Figure
from assistant.reading import Evidence, Reply, cell_line, prose_line
from assistant.units import NUMBER_PATTERN, SPOKEN_PATTERN, parse_number, spoken_number
from assistant.weighing import OWN_WORDS, Candidate
from index.records import Passage
from index.text import normalise

EVIDENCE_LINES = 3  # the gold cell of the dev questions is never further down
EVIDENCE_CHARS = 200  # about 130 tokens read anew: three seconds on two cores
SHORT = 60  # characters of a passage that may need the sentence before it
EVIDENCE_GAP = 4.5  # candidates further behind the best are not shown to the LLM

_SPOKEN_ALONE = re.compile(
    r"(十[一二三四五六七八九]|[两二三四五六七八九十])(?:[期名位席家次项人场款所只支座个]|$)"
)  # "七期项目"


def evidence_of(usable: Sequence[Candidate], lead: Callable[[Passage], str] = lambda _: "") -> list[Evidence]:
    """The best lines, one a passage; a row shows only the cells that fit the period.

    lead: the sentence before a passage that refers back to it, which is shown with it.
    """
    chosen: list[Evidence] = []
    size = 0
    for candidate in usable:
        passage = candidate.figure.passage
        if any(item.passage.id == passage.id for item in chosen):
            continue
        own = tuple(c.figure for c in usable if c.figure.passage.id == passage.id)
        if candidate.figure.row is not None:
            text = cell_line(own[:1])
            own = own[:1]
        else:
            text = prose_line(passage, candidate.figure.value_text)
            text = f"{lead(passage)}{text}" if len(text) < SHORT else text
        if any(item.text == text for item in chosen):
            continue
        if chosen and (size + len(text) > EVIDENCE_CHARS or candidate.score < usable[0].score - EVIDENCE_GAP):
            break
        chosen.append(Evidence(text, passage, own))
        size += len(text)
        if len(chosen) == EVIDENCE_LINES:
            break
    return chosen


def read_out(
    reply: Reply, evidence: Sequence[Evidence], usable: Sequence[Candidate], question: str
) -> Candidate | None:
    """The candidate that states the number the LLM gave, in the evidence it marked, else in the other evidence.

    question: in the search form. A column of the same row that says more of what is asked, or alone names it, is taken
    for the one read out.
    """
    said = None if reply.refused else _stating(reply, evidence, usable)
    if said is None:
        return None
    said = _of_its_clause(said, usable)
    fuller = next((c for c in usable if says_more(c, said)), said)
    return _in_full(named_alone(question, usable, fuller) or fuller, usable[0])


def _stating(reply: Reply, evidence: Sequence[Evidence], usable: Sequence[Candidate]) -> Candidate | None:
    numbers = numbers_in(reply.text)
    marked = [evidence[mark] for mark in reply.marks]
    order = marked + [item for item in evidence if item not in marked]
    for item in order:
        for number in numbers:
            for candidate in usable:
                figure = candidate.figure
                if figure.passage.id == item.passage.id and figure in item.figures and _says(figure, number):
                    return candidate
    return None


def _of_its_clause(said: Candidate, usable: Sequence[Candidate]) -> Candidate:
    """What the LLM reads out; the best candidate where that is in the same passage and unit, and has words of the
    question in its own clause, and what was read out none: "60+智能辅助范本和5000+意图库".
    """
    best, own = usable[0].figure, said.figure
    beside = own.row is None and own.passage.id == best.passage.id and own.unit == best.unit
    return usable[0] if beside and said.fit.asked == 0.0 and usable[0].fit.asked >= OWN_WORDS else said


def _in_full(said: Candidate, best: Candidate) -> Candidate:
    """What was read out; the best candidate where that is a cell of which the other is the rounded value: 45,599.9亿元
    for 4.6万亿元.
    """
    own, full = said.figure, best.figure
    if own.row is not None or full.row is None or own.unit is None or full.unit is None:
        return said
    if own.value is None or full.value is None or own.unit.dimension != full.unit.dimension:
        return said
    half = 0.5 * 10.0 ** -len(own.value_text.partition(".")[2]) * (1 + 1e-9)
    apart = abs(full.value * full.unit.factor / own.unit.factor - own.value)
    return best if apart <= half and full.period.startswith(own.period) else said


def _says(figure: Figure, number: float | None) -> bool:
    """Whether a number read out is the figure's: "-1.1%" for 下降1.1% too."""
    return figure.value == number or (number is not None and figure.direction < 0 and figure.value == -number)


def numbers_in(text: str) -> list[float | None]:
    """The numbers a reply states, in order; None for a printed "not disclosed"."""
    plain = normalise(text)
    if re.fullmatch(r"[/—\-]+|不适用", plain):
        return [None]
    spoken = [spoken_number(match[1]) for match in re.finditer(SPOKEN_PATTERN, plain)]
    if alone := _SPOKEN_ALONE.match(plain):
        spoken.append(spoken_number(alone[1]))
    return [*map(parse_number, re.findall(NUMBER_PATTERN, plain)), *spoken]
