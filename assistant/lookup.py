"""One figure: from a question about one report and one period to the cell or span that answers it, or to none."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from assistant import bands
from assistant.entities import named_in
from assistant.figure_evidence import evidence_of, read_out
from assistant.figures import Figure, Lines, figures_of
from assistant.grounding import Fit, Grounding
from assistant.llm import Cancelled, LanguageModel, Usage
from assistant.meaning import Meaning
from assistant.measures import words_before
from assistant.prompts import Prompt
from assistant.question import Question
from assistant.reading import REFERS_BACK, Reply, figure_line, read
from assistant.related import Related
from assistant.retrieval import Hit, Retriever
from assistant.stated import JOINT
from assistant.weighing import (
    ACCEPT,
    ACCEPT_TRANSLATED,
    AGREED,
    DOUBTED,
    LIKELY,
    MOST_MISSING,
    MOST_UNNAMED,
    SURE,
    SURE_IN_DOUBT,
    Candidate,
    Weighed,
    lead_of,
    prior,
    score,
    shadowed,
    speaks_itself,
    vouched_for,
)
from index.catalog import Catalog
from index.records import Passage
from index.text import normalise

LOWEST = 1.0  # below this score hardly a word of the question is in the figure's own
LEAST_COVERED = 0.15  # share of the question's metric that must stand somewhere around the figure, or
LEAST_NEAR = 0.2  # how near it must be in meaning
SPOKEN_OF = 0.5  # share of a part's words that must stand around a printed share of it
LISTED = 0.3  # share of the words for each thing that must stand in the list of them before a figure
ALIKE = 0.6  # of the words of question and label, from which on a cell that is ruled out is offered as the nearest
DEPTH = 40
# What is quoted says which one is meant, what else a question says only explains it: where a figure's own clause has
# the name, so much of the terms that it lacks still counts.
BESIDE_NAME = 0.5
LEAD_CHARS = 70  # of the sentence that a passage refers back to
LINES_APART = 2  # at most between two passages of one text
NAME_REACH = 12  # lines from a figure within which a name that a question quotes must stand

_CLAUSE = re.compile(r"[,，;；。]")
_LATIN_NAME = re.compile(r"(?<![a-z\d])[a-z]{3,}(?![a-z\d])")

Without = Callable[[Candidate], bool]


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
        meaning: Meaning,
        lines: Lines,
        catalog: Catalog,
        llm: LanguageModel | None,
        prompt: Prompt,
        verify: Prompt,
        *,
        certain: bool = True,
        checks: bool = True,
    ) -> None:
        """llm None: only cells that answer beyond doubt are found.

        certain False: the LLM reads even where ranking leaves no doubt. checks False: what the LLM reads out is taken
        as the answer, whether or not it fits the question. Both are for measuring what these bring.
        """
        self._certain = certain
        self._checks = checks
        self._retriever = retriever
        self._grounding = grounding
        self._meaning = meaning
        self._lines = lines
        self._catalog = catalog
        self._llm = llm
        self._prompt = prompt
        self._verify = verify
        self.related = Related(retriever.index, lines, catalog)

    def candidates(
        self, question: Question, period: str | None, hits: Sequence[Hit], without: Without | None = None
    ) -> list[Candidate]:
        """All figures of the hits, best first; without those that `without` is true of."""
        ranked = [
            (rank, hit.position, figure)
            for rank, hit in enumerate(hits)
            for figure in figures_of(hit.passage, self._lines, self._catalog.get(hit.passage.report).year)
        ]
        near = self._meaning.nearness(question, [figure for _, _, figure in ranked])
        names = [name for name in question.named if not self._grounding.terms.is_term(name)]
        found = []
        for (rank, position, figure), meaning in zip(ranked, near, strict=True):
            year = self._catalog.get(figure.report).year
            fit = self._grounding.fit(question, figure, period, year, before=self._before(question, position))
            fit = replace(fit, meaning=meaning)
            if names and not self._near(figure, names):
                fit = replace(fit, clash=fit.clash + 1)
            elif names and fit.missing < MOST_UNNAMED and all(name in figure.words for name in names):
                fit = replace(fit, missing=fit.missing * BESIDE_NAME)
            found.append(Candidate(figure, fit, rank, score(fit, rank, figure)))
        kept = self._by_name(question, (candidate for candidate in found if without is None or not without(candidate)))
        return shadowed(sorted(kept, key=lambda candidate: -candidate.score))

    def _before(self, question: Question, position: int) -> str:
        """The passage before one of prose under the same heading, which may name whom a figure is about."""
        if position == 0 or not (question.entities or question.subsidiaries):
            return ""
        own, before = self._retriever.index.passages[position], self._retriever.index.passages[position - 1]
        if not REFERS_BACK.match(normalise(own.text)):
            return ""
        joined = own.row is None and before.row is None and own.line_start - before.line_end <= LINES_APART
        return before.text if joined and (own.report, own.section) == (before.report, before.section) else ""

    def _lead(self, passage: Passage) -> str:
        """The last sentence before a passage that refers back to it, "两项举措预计…", under the same heading."""
        if not REFERS_BACK.match(normalise(passage.text)):
            return ""
        index = self._retriever.index
        near = index.near(passage.report, passage.line_start - LINES_APART, passage.line_start)
        beside = [index.passages[place] for place in near if index.passages[place].section == passage.section]
        prose = [other for other in beside if other.row is None and other.line_start < passage.line_start]
        sentences = [part for part in re.split(r"(?<=[。！？!?])", normalise(prose[-1].text)) if part] if prose else []
        return sentences[-1][-LEAD_CHARS:] if sentences else ""

    def _by_name(self, question: Question, candidates: Iterable[Candidate]) -> list[Candidate]:
        """The candidates; one of prose is ruled out when another clause of its passage, with a figure in the same unit,
        has the name in Latin letters that is asked about, and its own has not: "连续6年入围A榜,连续7年入围B榜".
        """
        kept = list(candidates)
        written = f"{question.text} {question.chinese}"
        for name in set(_LATIN_NAME.findall(question.chinese)):
            if not re.search(rf"(?<![A-Za-z]){name.upper()}(?![A-Za-z])", written) or self._grounding.terms.is_word(
                name
            ):
                continue  # a word that a translation left standing, or the word for a thing: APP
            having = {
                (c.figure.passage.id, c.figure.unit) for c in kept if c.figure.row is None and name in c.figure.words
            }
            kept = [
                replace(c, fit=replace(c.fit, clash=c.fit.clash + 1))
                if (c.figure.passage.id, c.figure.unit) in having and name not in c.figure.words
                else c
                for c in kept
            ]
        return kept

    def _near(self, figure: Figure, names: Sequence[str]) -> bool:
        """Whether the names stand in the figure's passage or near it: headings stand above, captions below."""
        passage = figure.passage
        first, last = max(1, passage.line_start - NAME_REACH), passage.line_end + NAME_REACH
        lines = self._lines(passage.report, first, last)
        text = normalise(" ".join((*passage.section, passage.text, "".join(line.text for line in lines))))
        return all(named_in(name, text) for name in names)

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
        alike = [(c, "metric") for c in self._look_alikes(ranked)]
        if self._llm is None or not usable:
            found.near += alike
            return found
        said = self._read(question, usable, found, usage=usage, cancelled=cancelled)
        if not self._checks:
            return found if said is None else self._decide(found, said)
        likely, fit = prior(usable[0], lead_of(usable[0], usable)), usable[0].fit
        in_its_words = not fit.wider and fit.missing < MOST_MISSING and speaks_itself(usable[0])
        if said == usable[0] and likely >= AGREED and in_its_words:
            return self._decide(found, said)
        doubted = said is None and likely < DOUBTED
        weighed = [] if doubted else self._weighed(question, usable, said, found, usage)
        likeliest = max(weighed, key=lambda item: item.chance(), default=None)
        least = ACCEPT_TRANSLATED if question.language == "en" else ACCEPT
        if likeliest is not None and likeliest.chance() >= least and vouched_for(likeliest):
            return self._decide(found, likeliest.candidate)
        offered = [likeliest.candidate] if likeliest else []
        others = [(c, "metric") for c in (*offered, usable[0]) if c.fit.asked > 0.3][:1] + alike
        found.near += sorted(others, key=lambda item: -item[0].fit.asked)
        return found

    def figure(
        self,
        question: Question,
        report: str | None,
        period: str | None,
        *,
        sure: bool,
        hits: Sequence[Hit] | None = None,
        usage: Usage | None = None,
        cancelled: Cancelled | None = None,
    ) -> Figure | None:
        """The disclosed figure that answers, or None. sure: only one beyond doubt, for which the LLM is not asked."""
        if not sure:
            best = self.find(question, report, period, hits=hits, usage=usage, cancelled=cancelled).best
        else:
            if hits is None:
                hits = self._retriever.search(question, DEPTH, (report,) if report else None)
            best = self._beyond_doubt(self.usable(question, period, hits))
            if best is not None and best.fit.wider and "share" in question.operations:
                best = None  # the share of the women who were trained is not their share of all
        return best.figure if best is not None and best.figure.value is not None else None

    def likely(self, question: Question, period: str | None, hits: Sequence[Hit]) -> Figure | None:
        """The best candidate where ranking makes it likely that it answers; None elsewhere."""
        ranked = self.usable(question, period, hits)
        if not ranked or prior(ranked[0], lead_of(ranked[0], ranked)) < LIKELY:
            return None
        if ranked[0].fit.wider or ranked[0].fit.narrower:
            return None  # the share of the women who were trained is not their share of all
        missing = ranked[0].fit.missing >= MOST_MISSING or not speaks_itself(ranked[0])
        return None if missing or ranked[0].figure.value is None else ranked[0].figure

    def year_of(self, report: str) -> int:
        """The year that a report is about."""
        return self._catalog.get(report).year

    def speaks_of(self, figure: Figure, words: str, least: float = SPOKEN_OF) -> bool:
        """Whether `least` of `words` stands around the figure, or a band of rates that it names."""
        named = bands.same(bands.rates(normalise(words)), bands.rates(normalise(figure.label)))
        return named or self._grounding.around(figure, words) >= least

    def names(self, figure: Figure, words: str) -> bool:
        """Whether most of `words` stands in the figure's own words."""
        return self.named(figure, words) >= SPOKEN_OF

    def lists(self, figure: Figure, things: Sequence[str]) -> bool:
        """Whether the clause of prose lists the things before a figure, "发放再贷款、办理再贴现1084亿元", or after it,
        "48项制度及实施细则".
        """
        before = _CLAUSE.split(words_before(figure))[-1]
        after = _CLAUSE.split(figure.sentence.partition(figure.value_text)[2])[0]

        def listed(words: str) -> bool:
            if figure.row is not None or len(JOINT.split(words)) != len(things) or re.search(r"\d", words):
                return False  # another thing too, or "分公司22家、营业部97家", which have a number each
            return all(self._grounding.terms.coverage(thing, words) >= LISTED for thing in things)

        return listed(before) or listed(after)

    def named(self, figure: Figure, words: str) -> float:
        """The share of `words` that stands in the figure's own words."""
        return self._grounding.own(figure, words)

    def usable(
        self, question: Question, period: str | None, hits: Sequence[Hit], without: Without | None = None
    ) -> list[Candidate]:
        """The candidates that nothing rules out, best first."""
        return self._usable(self.candidates(question, period, hits, without))

    def candidates_for(self, part: Question) -> list[Candidate]:
        """The candidates for one part of a computation, which names its report and period, that nothing rules out."""
        hits = self._retriever.search(part, DEPTH, part.reports or None)
        return self.usable(part, part.periods[0].period if part.periods else None, hits)

    def ranks_first(self, figure: Figure, part: Question) -> bool:
        """Whether the figure is the best candidate for one part of a computation, and likely to answer it."""
        ranked = self.candidates_for(part)
        return bool(ranked) and ranked[0].figure == figure and prior(ranked[0], lead_of(ranked[0], ranked)) >= AGREED

    def weigh_all(
        self, question: Question, period: str | None, hits: Sequence[Hit], without: Without | None = None
    ) -> list[Weighed]:
        """What `find` would weigh among the figures of `hits`, for fitting; nothing where it needs no weighing."""
        usable = self.usable(question, period, hits, without)
        doubtful = usable and self._beyond_doubt(usable) is None
        return self.weigh(question, usable, Found(None, usable)) if doubtful else []

    @staticmethod
    def _other_periods(ranked: Sequence[Candidate], period: str | None) -> list[Candidate]:
        """Figures for what was asked but another period, of the best such row or passage the nearest period first."""
        others = [c for c in ranked if c.fit.period == 0 and c.fit.asked > 0.6 and not c.fit.clash and c.figure.period]
        if not others or period is None:
            return others[:1]
        same = [c for c in others if c.figure.passage.id == others[0].figure.passage.id]
        return sorted(same, key=lambda c: abs(int(c.figure.period[:4]) - int(period[:4])))[:1]

    @staticmethod
    def _look_alikes(ranked: Sequence[Candidate]) -> list[Candidate]:
        """The best cell for the period that but one contrast rules out: the men's rate, where that of all is asked."""
        alike = (c for c in ranked if c.fit.clash == 1 and not c.fit.change and c.figure.value is not None)
        near = (c for c in alike if c.fit.period > 0 and c.fit.unit >= 0 and c.figure.row is not None)
        return [c for c in near if min(c.fit.asked, c.fit.named) > ALIKE][:1]

    def _usable(self, ranked: Sequence[Candidate]) -> list[Candidate]:
        def usable(fit: Fit) -> bool:
            return not fit.ruled_out if self._checks else fit.period > 0 and fit.unit >= 0

        return _distinct(c for c in ranked if usable(c.fit))

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
        said = self._read(question, usable, found, usage=usage, cancelled=cancelled)
        return self._weighed(question, usable, said, found, usage)

    def _weighed(
        self, question: Question, usable: Sequence[Candidate], said: Candidate | None, found: Found, usage: Usage | None
    ) -> list[Weighed]:
        refused = found.reply is not None and found.reply.refused
        weighed = []
        for candidate in dict.fromkeys(c for c in (usable[0], said) if c is not None):
            fit = candidate.fit
            speaks = fit.around >= LEAST_COVERED or fit.meaning >= LEAST_NEAR
            if candidate.score < LOWEST or not speaks:
                continue
            same = self._same(question, candidate.figure, usage)
            lead = lead_of(candidate, usable)
            weighed.append(Weighed(candidate, lead, said, refused, same))
        return weighed

    def _read(
        self,
        question: Question,
        usable: Sequence[Candidate],
        found: Found,
        *,
        usage: Usage | None,
        cancelled: Cancelled | None,
    ) -> Candidate | None:
        """The candidate that the LLM reads out of the evidence; None when it finds none."""
        assert self._llm is not None
        evidence = evidence_of(usable, self._lead)
        found.reply = read(self._llm, self._prompt, question.chinese, evidence, usage=usage, cancelled=cancelled)
        return read_out(found.reply, evidence, usable, normalise(question.chinese))

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
        """The best candidate when ranking alone makes it all but certain, or its label says what was asked and no more.

        A cell printed as not disclosed needs the words: it must never hide a figure that stands elsewhere. A number in
        prose must be the more certain, as other sentences read alike, and so must what names more than was asked. What
        does not name the question's own terms is never certain: 女性员工平均任期 for 女性员工平均薪酬.
        """
        first = usable[0] if usable and self._certain else None
        if first is None or first.fit.missing >= MOST_MISSING:
            return None
        lead, fit, row = lead_of(first, usable), first.fit, first.figure.row
        least = SURE if row is not None and not fit.narrower else SURE_IN_DOUBT
        if first.figure.value is not None and prior(first, lead) >= least:
            return first
        in_full = min(fit.asked, fit.named) >= 0.85 and not fit.narrower and not fit.wider and fit.period == 1
        return first if row is not None and in_full and lead >= 1.0 else None


def _distinct(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The best candidate of each value and line."""
    best: dict[tuple[str, int, float | None], Candidate] = {}
    for candidate in candidates:
        figure = candidate.figure
        best.setdefault((figure.report, figure.line, figure.value), candidate)
    return list(best.values())
