"""Several years' reports of one institution: a series that spans them, and figures that a later report restates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.drafting import Draft
from assistant.figure_answers import FigureAnswers
from assistant.figures import Figure, Lines, figures_of
from assistant.llm import Cancelled, Usage
from assistant.lookup import Lookup
from assistant.question import Question, comparison_periods
from index.catalog import Catalog
from index.editions import choose_editions
from index.records import Passage, Row
from index.store import Index
from index.tables.stub import plain
from index.tables.units import unit_key

_TREND = re.compile(
    r"(?:(?:最近|过去|近)[两二三四五六七八九十\d几 ]+年|历年|逐年)?(?:来|间|以来)?的?(?:数值|数据)?的?"
    r"(?:变化趋势|变动趋势|变化情况|趋势|走势)(?:是?(?:如何|怎样|怎么样|什么样|什么))?"
)
_YEARS = re.compile(r"(?:最近|过去|近)[两二三四五六七八九十\d几 ]+年来?的?|历年来?的?|逐年的?")
_MOST = 12  # figures of a series


class Editions:
    """What is asked of one institution over the years, and what its other reports say of a figure."""

    def __init__(self, index: Index, catalog: Catalog, lookup: Lookup, figures: FigureAnswers, lines: Lines) -> None:
        """Use the parts of one assistant."""
        self._index = index
        self._catalog = catalog
        self._lookup = lookup
        self._figures = figures
        self._lines = lines

    def concern(self, question: Question) -> bool:
        """Whether the question is about one institution over several years: more than one report, or a trend."""
        if not question.reports:
            return False
        if len({self._catalog.get(report).legal_name for report in question.reports}) > 1:
            return False
        trend = bool(_TREND.search(question.chinese)) and not question.periods
        return trend or (question.kind == "figure" and len(question.reports) > 1 and len(question.periods) > 0)

    def answer(self, draft: Draft, usage: Usage, cancelled: Cancelled | None) -> Iterator[str]:
        """The figures of the years asked for, each from the report of its year; then what is worked out from them."""
        question = draft.question
        periods = sorted(dict.fromkeys(asked.period for asked in question.periods))
        if not periods:
            yield from self._trend(draft, usage, cancelled)
            return
        if len(periods) == 1:
            periods = list(comparison_periods(question))
        where = {period: self._edition(question.reports, period) for period in periods}
        yield from self._figures.over_editions(draft, where, usage, cancelled)

    def noted(self, draft: Draft, sentences: Iterator[str]) -> Iterator[str]:
        """The sentences of an answer, and after them what other editions give for its figures."""
        yield from sentences
        if draft.abstained:
            return
        told: set[tuple[str, str, float | None]] = set()
        for citation in draft.citations.all()[:_MOST]:
            for figure in self._at(citation.report, citation.line_start):
                stated = any(
                    result.report == figure.report and result.period == figure.period and result.value == figure.value
                    and citation.n in result.citations
                    for result in draft.results
                )  # fmt: skip
                if not stated:
                    continue
                for other in self._elsewhere(figure):
                    key = (other.report, other.period, other.value)
                    if other.value is not None and not _agree(figure, other) and key not in told:
                        told.add(key)
                        yield draft.add_restated(figure, other, self._catalog.get(other.report).year)

    def _trend(self, draft: Draft, usage: Usage, cancelled: Cancelled | None) -> Iterator[str]:
        question = draft.question
        latest = max(question.reports, key=lambda report: self._catalog.get(report).year)
        metric = _YEARS.sub("", _TREND.sub("", question.metric)).strip(" 的")
        asked = replace(
            question,
            metric=metric or question.metric,
            gloss="",
            operations=(),
            kind="figure",
            chinese=f"{metric}是多少?",
            reports=(latest,),
            unit=None,
            unit_text="",
        )
        year = str(self._catalog.get(latest).year)
        found = self._lookup.find(asked, latest, year, usage=usage, cancelled=cancelled)
        if found.best is None or found.best.figure.row is None:
            yield draft.refuse((latest,))
            return
        best = found.best.figure
        series: dict[str, Figure] = {}
        for figure in (*self._row(best), *self._elsewhere(best, any_period=True)):
            own = self._edition(question.reports, figure.period) if len(question.reports) > 1 else latest
            like = figure.value is not None and len(figure.period) == len(best.period)
            if like and (figure.period not in series or figure.report == own):
                series[figure.period] = figure
        for period in sorted(series)[-_MOST:]:
            yield draft.add_figure(series[period], period=period)

    def _edition(self, reports: Sequence[str], period: str) -> str:
        """The report of the year, else the earliest later one, else the latest."""
        return choose_editions([self._catalog.get(report) for report in reports], period[:4])[0]

    def _row(self, figure: Figure) -> list[Figure]:
        return figures_of(figure.passage, self._lines, self._catalog.get(figure.report).year)

    def _at(self, report: str, line: int) -> list[Figure]:
        near = [self._index.passages[position] for position in self._index.near(report, line, line)]
        rows = [passage for passage in near if passage.row is not None]
        year = self._catalog.get(report).year
        return [figure for passage in rows for figure in figures_of(passage, self._lines, year) if figure.line == line]

    def _elsewhere(self, figure: Figure, *, any_period: bool = False) -> list[Figure]:
        """The cells of the same row in other reports of the institution, of the same period unless any will do."""
        if figure.row is None:
            return []
        owner = self._catalog.get(figure.report).legal_name
        others = {report.id for report in self._catalog.reports if report.legal_name == owner} - {figure.report}
        if not others:
            return []
        key = _key(figure.row)
        found: list[Figure] = []
        for passage in self._index.passages:
            if passage.report in others and passage.row is not None and _key(passage.row) == key:
                found += self._cells(passage, None if any_period else figure.period)
        return found

    def _cells(self, passage: Passage, period: str | None) -> list[Figure]:
        figures = figures_of(passage, self._lines, self._catalog.get(passage.report).year)
        return [figure for figure in figures if period is None or figure.period == period]


def _key(row: Row) -> tuple[str, ...]:
    return (*map(plain, row.group), plain(row.label), unit_key(row.unit), plain(row.basis))


def _agree(one: Figure, other: Figure) -> bool:
    """Whether two printed figures are the same up to rounding."""
    if one.value is None or other.value is None:
        return False
    step = max(_step(one.value_text), _step(other.value_text))
    return abs(one.value - other.value) <= 0.5 * step * (1 + 1e-9)


def _step(printed: str) -> float:
    return float(10.0 ** -len(printed.partition(".")[2])) if "." in printed else 1.0
