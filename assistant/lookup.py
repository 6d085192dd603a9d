"""One figure: from a question about one report and one period to the cell or span that answers it, or to none."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from assistant.figures import Figure, figures_of
from assistant.grounding import Fit, Grounding
from assistant.llm import Cancelled, LanguageModel, Usage
from assistant.prompts import Prompt
from assistant.question import Question
from assistant.reading import Evidence, Reply, cell_line, figure_line, prose_line, read
from assistant.retrieval import Hit, Retriever
from assistant.units import NUMBER_PATTERN, parse_number
from index.catalog import Catalog
from index.records import Line
from index.text import normalise

Lines = Callable[[str, int, int], Sequence[Line]]

EVIDENCE_LINES = 5
EVIDENCE_CHARS = 330  # about 220 tokens read anew: two seconds on two cores
LOWEST = 1.0  # below this score hardly a word of the question is in the figure's own
LEAST_COVERED = 0.15  # share of the question's metric that must stand somewhere around the figure
EVIDENCE_GAP = 4.5  # candidates further behind the best are not shown to the LLM
DEPTH = 40


@dataclass(frozen=True)
class Candidate:
    """A figure with its fit, its place in the ranking of passages, and its score (log-odds of being the answer)."""

    figure: Figure
    fit: Fit
    rank: int
    score: float


@dataclass
class Found:
    """What a look-up came to. best: the verified figure; None: not disclosed, with the nearest figures and why."""

    best: Candidate | None
    candidates: list[Candidate] = field(default_factory=list)
    near: list[tuple[Candidate, str]] = field(default_factory=list)
    undisclosed: Candidate | None = None
    reply: Reply | None = None


class Lookup:
    """Finds figures in one index."""

    def __init__(
        self,
        retriever: Retriever,
        grounding: Grounding,
        lines: Lines,
        catalog: Catalog,
        llm: LanguageModel | None,
        prompt: Prompt,
        verify: Prompt,
    ) -> None:
        """llm None: only cells that answer beyond doubt are found."""
        self._retriever = retriever
        self._grounding = grounding
        self._lines = lines
        self._catalog = catalog
        self._llm = llm
        self._prompt = prompt
        self._verify = verify

    def candidates(self, question: Question, period: str | None, hits: Sequence[Hit]) -> list[Candidate]:
        """All figures of the hits, best first."""
        found = []
        for rank, hit in enumerate(hits):
            year = self._catalog.get(hit.passage.report).year
            for figure in figures_of(hit.passage, self._lines, year):
                fit = self._grounding.fit(question, figure, period, year)
                found.append(Candidate(figure, fit, rank, score(fit, rank, figure)))
        return sorted(found, key=lambda candidate: -candidate.score)

    def find(
        self,
        question: Question,
        report: str | None,
        period: str | None,
        *,
        hits: Sequence[Hit] | None = None,
        usage: Usage | None = None,
        cancelled: Cancelled | None = None,
    ) -> Found:
        """The figure that answers `question` for one report (None: any) and period (None: the report's own)."""
        if hits is None:
            hits = self._retriever.search(question, DEPTH, (report,) if report else None)
        ranked = self.candidates(question, period, hits)
        usable = self._usable(ranked)
        near = [(c, "period") for c in self._other_periods(ranked, period)]
        found = Found(None, usable, near)
        sure = self._beyond_doubt(usable)
        if sure is not None:
            return self._decide(found, sure)
        if self._llm is None or not usable:
            return found
        weighed = self.weigh(question, usable, found, usage=usage, cancelled=cancelled)
        likeliest = max(weighed, key=lambda item: item.chance(), default=None)
        if likeliest is not None and likeliest.chance() >= ACCEPT:
            return self._decide(found, likeliest.candidate)
        offered = [likeliest.candidate] if likeliest else []
        found.near += [(c, "metric") for c in (*offered, usable[0]) if c.fit.asked > 0.3][:1]
        return found

    def weigh_all(self, question: Question, period: str | None, hits: Sequence[Hit]) -> list[Weighed]:
        """What `find` would weigh among the figures of `hits`, for fitting."""
        usable = self._usable(self.candidates(question, period, hits))
        return self.weigh(question, usable, Found(None, usable)) if usable else []

    @staticmethod
    def _other_periods(ranked: Sequence[Candidate], period: str | None) -> list[Candidate]:
        """Figures for what was asked but another period, of the best such row or passage the nearest period first."""
        others = [c for c in ranked if c.fit.period == 0 and c.fit.asked > 0.6 and not c.fit.clash and c.figure.period]
        if not others or period is None:
            return others[:1]
        same = [c for c in others if c.figure.passage.id == others[0].figure.passage.id]
        return sorted(same, key=lambda c: abs(int(c.figure.period[:4]) - int(period[:4])))[:1]

    @staticmethod
    def _usable(ranked: Sequence[Candidate]) -> list[Candidate]:
        return _distinct(c for c in ranked if c.fit.period > 0 and c.fit.unit >= 0)

    def weigh(
        self,
        question: Question,
        usable: Sequence[Candidate],
        found: Found,
        *,
        usage: Usage | None = None,
        cancelled: Cancelled | None = None,
    ) -> list[Weighed]:
        """The best candidate and the one the LLM reads out of the evidence, with what speaks for each."""
        assert self._llm is not None
        evidence = self._evidence(usable)
        found.reply = read(self._llm, self._prompt, question.chinese, evidence, usage=usage, cancelled=cancelled)
        said = None if found.reply.refused else self._said(found.reply, evidence, usable)
        weighed = []
        for candidate in dict.fromkeys(c for c in (usable[0], said) if c is not None):
            fit = candidate.fit
            if fit.clash or fit.change or candidate.score < LOWEST or fit.around < LEAST_COVERED:
                continue
            same = self._same(question, candidate.figure, usage)
            rivals = [c.score for c in usable[:6] if c.figure.value != candidate.figure.value]
            lead = candidate.score - max(rivals, default=candidate.score - 4.0)
            weighed.append(Weighed(candidate, max(-4.0, min(4.0, lead)), said, found.reply.refused, same))
        return weighed

    def _same(self, question: Question, figure: Figure, usage: Usage | None) -> float:
        """How sure the LLM is that the figure is what the question asks for, 0 to 1."""
        assert self._llm is not None
        values = {"question": question.chinese, "figure": figure_line(figure)}
        return self._llm.choose(self._verify, values, ("是", "否"), usage=usage)[0]

    def _decide(self, found: Found, chosen: Candidate) -> Found:
        if chosen.figure.value is None:
            found.undisclosed = chosen
        else:
            found.best = chosen
        return found

    def _beyond_doubt(self, usable: Sequence[Candidate]) -> Candidate | None:
        """A table cell whose label says what was asked, nothing more, with no rival."""
        if not usable or usable[0].figure.row is None:
            return None
        first = usable[0]
        fit = first.fit
        if fit.asked < 0.85 or fit.named < 0.85 or fit.clash or fit.narrower or fit.wider or fit.period < 1:
            return None
        rivals = [c for c in usable[1:] if c.score > first.score - 1.0 and c.figure.value != first.figure.value]
        return None if rivals else first

    def _evidence(self, usable: Sequence[Candidate]) -> list[Evidence]:
        """The best lines, one a passage; a row shows only the cells that fit the period."""
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
            if any(item.text == text for item in chosen):
                continue
            if chosen and (size + len(text) > EVIDENCE_CHARS or candidate.score < usable[0].score - EVIDENCE_GAP):
                break
            chosen.append(Evidence(text, passage, own))
            size += len(text)
            if len(chosen) == EVIDENCE_LINES:
                break
        return chosen

    def _said(self, reply: Reply, evidence: Sequence[Evidence], usable: Sequence[Candidate]) -> Candidate | None:
        """The candidate that states the number the LLM gave, in the evidence it marked, else in the other evidence."""
        numbers = numbers_in(reply.text)
        marked = [evidence[mark] for mark in reply.marks]
        order = marked + [item for item in evidence if item not in marked]
        for item in order:
            for number in numbers:
                fitting = [
                    c
                    for c in usable
                    if c.figure.passage.id == item.passage.id
                    and c.figure in item.figures
                    and (c.figure.value == number or (c.figure.value is None and number is None))
                ]
                if fitting:
                    return fitting[0]
        return None


FEATURES = (
    "asked",
    "around",
    "named",
    "asked_named",
    "unit",
    "period",
    "clash",
    "narrower",
    "wider",
    "change",
    "rank",
    "row",
    "callout",
    "no_unit",
    "undisclosed",
    "no_period_row",
)
_WEIGHTS = (4.0, 1.5, 2.5, 0.0, 1.0, 1.5, -2.5, -0.8, -1.0, -2.0, -0.6, 0.3, 0.0, -0.5, 0.0, 0.0)


def features(fit: Fit, rank: int, figure: Figure) -> list[float]:
    """The features of FEATURES, in order."""
    return [
        fit.asked,
        fit.around,
        fit.named,
        fit.asked * fit.named,
        float(fit.unit),
        fit.period,
        float(fit.clash),
        float(fit.narrower),
        float(fit.wider),
        float(fit.change),
        math.log1p(rank),
        float(figure.row is not None),
        float(figure.passage.kind == "callout"),
        float(figure.unit is None),
        float(figure.value is None),
        float(figure.row is not None and not figure.period),
    ]


def score(fit: Fit, rank: int, figure: Figure) -> float:
    """Log-odds-like score of a figure as the answer; weights fitted on the dev questions (eval/README.md)."""
    return sum(weight * value for weight, value in zip(_WEIGHTS, features(fit, rank, figure), strict=True))


# Fitted by eval/fit_lookup.py on the dev questions.
_BIAS = -5.522
_CHANCE = {
    "score": 0.196,
    "lead": 0.638,
    "said": 2.379,
    "refused": 0.622,
    "unmatched": 1.569,
    "same": 1.851,
    "asked": -1.325,
    "around": 1.997,
    "named": -0.109,
    "row": 1.046,
    "wider": -0.251,
    "undisclosed": -5.137,
}
FEATURES_OF_CHANCE = tuple(_CHANCE)
ACCEPT = 0.5


@dataclass(frozen=True)
class Weighed:
    """A candidate and what speaks for it.

    lead: score before the best other value, within ±4. said: the candidate that the LLM's reply states, None for none.
    refused: the LLM said 未披露. same: how sure the LLM is that the figure is what the question asks for, 0 to 1.
    """

    candidate: Candidate
    lead: float
    said: Candidate | None
    refused: bool
    same: float

    def values(self) -> dict[str, float]:
        """The features of FEATURES_OF_CHANCE."""
        fit, figure = self.candidate.fit, self.candidate.figure
        same = min(max(self.same, 1e-4), 1 - 1e-4)
        return {
            "score": self.candidate.score,
            "lead": self.lead,
            "said": float(self.candidate == self.said),
            "refused": float(self.refused),
            "unmatched": float(self.said is None and not self.refused),
            "same": math.log(same / (1 - same)),
            "asked": fit.asked,
            "around": fit.around,
            "named": fit.named,
            "row": float(figure.row is not None),
            "wider": float(fit.wider),
            "undisclosed": float(figure.value is None),
        }

    def chance(self) -> float:
        """The chance, 0 to 1, that the candidate is the answer."""
        total = _BIAS + sum(_CHANCE[name] * value for name, value in self.values().items())
        return 1 / (1 + math.exp(-total))


def _distinct(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The best candidate of each value and line."""
    best: dict[tuple[str, int, float | None], Candidate] = {}
    for candidate in candidates:
        figure = candidate.figure
        best.setdefault((figure.report, figure.line, figure.value), candidate)
    return list(best.values())


def numbers_in(text: str) -> list[float | None]:
    """The numbers a reply states, in order; None for a printed "not disclosed"."""
    plain = normalise(text)
    if re.fullmatch(r"[/—\-]+|不适用", plain):
        return [None]
    return [parse_number(match) for match in re.findall(NUMBER_PATTERN, plain)]
