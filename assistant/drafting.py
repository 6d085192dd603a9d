"""An answer in the making: sentences with their marks, figures, nearest figures, conflicts; always cited by code."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from assistant.answer import Citation, Conflict, Language, Nearest, Result
from assistant.arithmetic import Computed
from assistant.citing import Citations
from assistant.figures import Figure
from assistant.printed import printed
from assistant.question import Question
from assistant.wording import Wording, marks

SHORTEST_QUOTE = 10  # a shorter clause is quoted with its whole sentence


def _readable(sentence: str) -> str:
    """A sentence of a report as running text: call-out paths become commas, line breaks spaces."""
    text = re.sub(r"\s*>\s*", "，", re.sub(r"\s*\n\s*", " ", sentence)).strip(" ,，;:、")
    return re.sub(r"(?<=[\u3400-\u9fff]),(?=\S)", "，", re.sub(r"(?<=[\u3400-\u9fff]): ?", "：", text))


@dataclass
class Draft:
    """What has been found so far. `main` is the figure in the answer's value field."""

    question: Question
    citations: Citations
    wording: Wording
    sentences: list[str] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)
    nearest: list[Nearest] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    abstained: bool = False

    @property
    def language(self) -> Language:
        """Language of the answer."""
        return self.question.language

    @property
    def main(self) -> Result | None:
        """The figure the answer is about: the computed one if there is one, else the first."""
        computed = [result for result in self.results if result.formula]
        return next(iter(computed or self.results), None)

    def cite(self, figure: Figure) -> Citation:
        """The citation of a figure."""
        return self.citations.figure(figure)

    def add_figure(self, figure: Figure, *, period: str | None, cumulative: bool = False, say: bool = True) -> str:
        """Take a verified figure in, and write its sentence unless `say` is False; returns the sentence."""
        citation = self.cite(figure)
        self.results.append(
            Result(
                report=figure.report,
                metric=self.wording.metric(figure, self.language),
                period=figure.period or period or None,
                value=figure.value,
                unit=figure.unit_text or None,
                verified=True,
                citations=(citation.n,),
            )
        )
        if not say:
            return ""
        return self.add_sentence(self.figure_sentence(figure, citation, figure.period or period, cumulative))

    def figure_sentence(self, figure: Figure, citation: Citation, period: str | None, cumulative: bool) -> str:
        """The sentence that states a figure."""
        language, wording = self.language, self.wording
        value = wording.amount(figure.value_text, figure.unit_text, language)
        institution = wording.institution(figure.report, language)
        if figure.row is None:
            clause = figure.label if len(figure.label) >= SHORTEST_QUOTE else figure.sentence
            sentence = wording.script(_readable(printed(clause, figure.passage.text) or clause), language)
            when = wording.period(figure.period, language)
            when = f", {when}" if when and language == "en" else when
            return wording.say(
                "prose",
                language,
                institution=institution,
                period=when,
                value=value,
                sentence=sentence,
                mark=marks([citation]),
            )
        when = wording.period(period, language, cumulative)
        return wording.say(
            "figure" if when else "figure_noperiod",
            language,
            institution=institution,
            period=when,
            metric=wording.metric(figure, language),
            value=value,
            mark=marks([citation]),
        )

    def add_computed(self, figures: Sequence[Figure], computed: Computed, metric: str, period: str | None) -> str:
        """Take in a result worked out from verified figures, with its formula."""
        citations = [self.cite(figure) for figure in figures]
        report = figures[0].report
        owners = dict.fromkeys(self.wording.institution(figure.report, self.language) for figure in figures)
        formula = self.wording.formula(computed.formula, computed.unit, self.language)
        self.results.append(
            Result(
                report=report,
                metric=metric,
                period=period,
                value=computed.value,
                unit=computed.unit,
                formula=computed.formula,
                verified=True,
                citations=tuple(dict.fromkeys(c.n for c in citations)),
            )
        )
        said = self.wording.say(
            "computed",
            self.language,
            institution=self.wording.say("list_separator", self.language).join(owners),
            metric=metric,
            formula=self.wording.script(formula, self.language),
            mark=marks(citations),
        )
        if computed.contrary:
            joint = " " if self.language == "en" else ""
            said += joint + self.wording.say(f"contrary_{computed.contrary}", self.language)
        return self.add_sentence(said)

    def add_nearest(self, figure: Figure, why: str) -> None:
        """Offer a disclosed figure that is not the answer."""
        citation = self.cite(figure)
        reason = self.wording.say(f"why_{why}", self.language)
        self.nearest.append(
            Nearest(
                report=figure.report,
                metric=self.wording.metric(figure, self.language),
                period=figure.period or None,
                value=figure.value,
                unit=figure.unit_text or None,
                why=reason,
                citations=(citation.n,),
            )
        )
        self.add_sentence(
            self.wording.say(
                "nearest",
                self.language,
                institution=self.wording.institution(figure.report, self.language),
                period=self.wording.period(figure.period, self.language),
                metric=self.wording.metric(figure, self.language),
                value=self.wording.amount(figure.value_text, figure.unit_text, self.language),
                why=reason,
                mark=marks([citation]),
            )
        )

    def refuse(self, reports: Sequence[str], asked: str | None = None) -> str:
        """Say that what was asked (None: the whole question) is not disclosed; the answer is then an abstention."""
        self.abstained = not self.results
        what = self.wording.say("what", self.language, asked=(asked or self.question.text).strip(" ？?。.，,"))
        if not reports:
            return self.add_sentence(self.wording.say("absent_any", self.language, what=what))
        joint = self.wording.say("list_separator", self.language)
        names = joint.join(self.wording.institution(report, self.language) for report in reports)
        return self.add_sentence(self.wording.say("absent", self.language, institution=names, what=what))

    def add_sentence(self, sentence: str) -> str:
        """Append a sentence."""
        self.sentences.append(sentence)
        return sentence

    def add_undisclosed(self, figure: Figure) -> str:
        """The report has the cell but prints "/" or 不适用: not disclosed, and the cell is the proof."""
        self.abstained = not self.results
        citation = self.cite(figure)
        return self.add_sentence(
            self.wording.say(
                "not_disclosed_cell",
                self.language,
                institution=self.wording.institution(figure.report, self.language),
                period=self.wording.period(figure.period, self.language),
                metric=self.wording.metric(figure, self.language),
                value=figure.value_text,
                mark=marks([citation]),
            )
        )

    def add_restated(self, figure: Figure, other: Figure, year: int) -> str:
        """Show what another year's report of the institution gives for the same figure. year: of that report."""
        later = year > int((figure.period or "0")[:4]) and year > self.wording.year(figure.report)
        citation = self.cite(other)
        return self.add_sentence(
            self.wording.say(
                "restated" if later else "stated_before",
                self.language,
                year=str(year),
                period=self.wording.period(figure.period, self.language),
                metric=self.wording.metric(figure, self.language),
                value=self.wording.amount(other.value_text, other.unit_text, self.language),
                mark=marks([citation]),
            )
        )

    def add_conflict(self, figure: Figure, others: Sequence[Figure]) -> str:
        """Show the other values that the same report gives for the same thing."""
        citations = [self.cite(other) for other in others]
        own = self.cite(figure)
        self.conflicts.append(
            Conflict(
                report=figure.report,
                metric=self.wording.metric(figure, self.language),
                period=figure.period or None,
                values=tuple(f.value for f in (figure, *others) if f.value is not None),
                unit=figure.unit_text or None,
                citations=(own.n, *(citation.n for citation in citations)),
            )
        )
        values = self.wording.say("list_separator", self.language).join(
            self.wording.say(
                "conflict_value",
                self.language,
                value=self.wording.amount(other.value_text, other.unit_text, self.language),
                mark=marks([citation]),
            )
            for other, citation in zip(others, citations, strict=True)
        )
        return self.add_sentence(self.wording.say("conflict", self.language, values=values))
