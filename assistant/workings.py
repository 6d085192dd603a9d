"""A plan carried out: each part looked up, the figures made to belong together, and the result with its formula."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.arithmetic import Operand, compute
from assistant.decomposition import Plan
from assistant.drafting import Draft
from assistant.figures import Figure, groups_of
from assistant.llm import Cancelled, Usage
from assistant.lookup import Lookup
from assistant.measures import words_before
from assistant.question import Question
from assistant.stated import TOTAL
from assistant.units import compatible, parse_unit
from index.text import normalise

_ALL_OF_IT = re.compile(
    r"^(?:全部|总)的?(?:数|额|量|余额|金额|规模|体|人数|户数|家数|次数)?$"
)  # names no whole: that of the part is meant
_NOT_RUNNING = re.compile(r"比上月|较上月|当月|单月|环比|余额|月末")
_GIVEN_TO = re.compile(
    r"(?:[向给对]|(?<![数量额性中率])为|惠及|覆盖)(?:了|约|近|超过?)?$"
)  # "面向1,400名骨干,授予3,335万份"
_ABOUT = re.compile(r"(?:超过?|逾|约|近|将近|大约|接近|不少于)\s*$")
ABOUT = 0.15  # how far from a number that is said roughly the exact one may be
COUNTED = 0.35  # of the words for what is counted, in those of a number beside an amount that is shared
_STAFF = re.compile(r"员工|职工|雇员|男性|女性|学历")


class Workings:
    """Carries plans out and writes what comes of them into a Draft."""

    def __init__(self, lookup: Lookup) -> None:
        """lookup: finds the figure of each part."""
        self._lookup = lookup

    def first(
        self,
        draft: Draft,
        plans: Sequence[Plan],
        usage: Usage,
        cancelled: Cancelled | None,
        *,
        sure: bool = False,
    ) -> str | None:
        """The sentence of the first plan that can be carried out; None when none can. sure: without the LLM."""
        for plan in plans:
            figures = []
            unnamed = plan.operation == "share" and _names_no_whole(plan)
            for part in plan.parts[:1] if unnamed else plan.parts:
                figure = self._part(part, usage, cancelled, sure=sure)
                if figure is None or (plan.running and of_one_month(figure)):
                    break
                figures.append(figure)
            else:
                figures = self._in_one_measure(plan, figures, usage, cancelled, sure=sure)
                figures = self._part_alone(plan, figures, usage, cancelled)
            if plan.each and figures:
                figures = self._shared_out(plan, figures[0]) or figures
            if plan.apart:
                figures = sorted(figures, key=_amount)
            if plan.operation == "share" and figures:
                figures = self._of_its_whole(plan, figures)
            figures = [self._exact(figure, part) for figure, part in zip(figures, plan.parts, strict=False)]
            if len(figures) == len(plan.parts):
                if plan.each and not compatible(draft.question.unit, figures[0].unit):
                    continue  # sessions a student for students a session
                if plan.each and "/" in figures[0].unit_text:
                    continue  # tonnes a head are already so much a piece
                if plan.each and figures[0].unit_text == figures[1].unit_text:
                    continue  # students of this year a student of all years
                if plan.each and not (figures := self._of_one_group(plan, figures)):
                    continue
                if plan.operation == "ratio" and not plan.each and not compatible(figures[0].unit, figures[1].unit):
                    continue  # "几倍" compares like with like
                if sentence := self.work_out(draft, plan.operation, figures, fall=plan.fall):
                    return sentence
        return None

    def _part(self, part: Question, usage: Usage, cancelled: Cancelled | None, *, sure: bool) -> Figure | None:
        report = part.reports[0] if len(part.reports) == 1 else None
        period = part.periods[0].period if part.periods else None
        return self._lookup.figure(part, report, period, sure=sure, usage=usage, cancelled=cancelled)

    def _in_one_measure(
        self, plan: Plan, figures: list[Figure], usage: Usage, cancelled: Cancelled | None, *, sure: bool
    ) -> list[Figure]:
        """The figures; one found in another measure than the other (12 只 of 1,511 亿元) is looked up again in that."""
        if plan.each or len(figures) != 2 or None in (figures[0].unit, figures[1].unit):
            return figures
        for own, other in ((0, 1), (1, 0)):
            unit = figures[other].unit
            if unit is None or compatible(unit, figures[own].unit):
                continue
            again = self._part(replace(plan.parts[own], unit=unit), usage, cancelled, sure=sure)
            if again is not None and compatible(unit, again.unit):
                return [again, figures[1]] if own == 0 else [figures[0], again]
        return figures

    def _of_its_whole(self, plan: Plan, figures: list[Figure]) -> list[Figure]:
        """A part with the whole that it is printed under, where that is the whole asked about; else the figures."""
        above = self._lookup.related.whole_of(figures[0])
        wanted = plan.parts[1].metric
        if above is not None and compatible(figures[0].unit, above.unit):
            return [figures[0], above] if _ALL_OF_IT.search(wanted) or self._lookup.names(above, wanted) else figures
        beside = self._total_beside(figures[0], plan.parts[1])
        return [figures[0], beside] if beside else figures

    def _total_beside(self, part: Figure, wanted: Question) -> Figure | None:
        """The one total that the part's own table prints of what is wanted: 合作供应商总数 for 供应商."""
        if part.row is None:
            return None
        totals = [
            candidate.figure
            for candidate in self._lookup.candidates_for(replace(wanted, reports=(part.report,)))
            if candidate.figure.row is not None
            and candidate.figure.row.table == part.row.table
            and candidate.figure.period == part.period
            and compatible(part.unit, candidate.figure.unit)
            and _is_total(candidate.figure, part)
            and self._lookup.speaks_of(candidate.figure, wanted.metric)
            and not candidate.fit.narrower
        ]
        return totals[0] if len(totals) == 1 else None

    def _of_one_group(self, plan: Plan, figures: list[Figure]) -> list[Figure]:
        """The figures, when they are of one thing; of two groups of one table, those of the group that both can have.

        The staff of the city banks over the outlets of all banks is no average. Empty where no one group has both.
        """
        one, two = figures
        if one.row is None and (beside := self._counted_beside(one, plan.parts[1])):
            return [one, beside]
        if one.row is None or two.row is None or one.row.table != two.row.table or one.row.group == two.row.group:
            return figures
        found = []
        for own, group in ((0, two.row.group), (1, one.row.group)):
            for candidate in self._lookup.candidates_for(plan.parts[own]):
                figure = candidate.figure
                same = figure.row is not None and figure.row.group == group and figure.label == figures[own].label
                if same and not candidate.fit.narrower and figure.period == figures[own].period:
                    found.append([figure, figures[1]] if own == 0 else [figures[0], figure])
                    break
        return found[0] if len(found) == 1 else []

    def _shared_out(self, plan: Plan, amount: Figure) -> list[Figure]:
        """An amount and the number of those who share it, where one sentence has both: "向1,400名骨干授予3,335万份"."""
        for candidate in self._lookup.candidates_for(plan.parts[0]):
            figure = candidate.figure
            if (figure.value, figure.unit, figure.period) == (amount.value, amount.unit, amount.period):
                beside = self._counted_beside(figure, plan.parts[1])
                if beside is not None:
                    return [figure, beside]
        return []

    def _exact(self, figure: Figure, part: Question) -> Figure:
        """The cell that says exactly what prose says roughly, 10,927 for "超过10,000名"; the figure where none does."""
        if figure.row is not None or figure.value is None or not _ABOUT.search(words_before(figure)):
            return figure
        for candidate in self._lookup.candidates_for(part):
            cell = candidate.figure
            if (
                cell.row is None
                or cell.value is None
                or candidate.fit.narrower
                or not compatible(figure.unit, cell.unit)
            ):
                continue
            if abs(_amount(cell) - _amount(figure)) <= ABOUT * abs(_amount(figure)):
                return cell
        return figure

    def _part_alone(self, plan: Plan, figures: list[Figure], usage: Usage, cancelled: Cancelled | None) -> list[Figure]:
        """The figures of a share; where the whole was found for its part too, the part by its own words, in the whole's
        sentence: "发行1511亿元,其中发行科创票据12只,金额合计185亿元".
        """
        if plan.operation != "share" or len(figures) != 2 or len({(f.value, f.unit) for f in figures}) == 2:
            return figures
        metric, unit = plan.parts[0].metric.rpartition("的")[2], figures[1].unit_text
        own = replace(plan.parts[0], metric=metric, chinese=f"{metric}共多少{unit}?", unit=figures[1].unit)
        part = self._part(own, usage, cancelled, sure=False)
        if part is None or part.value == figures[1].value:
            return figures
        return next(([part, whole] for whole in figures[::-1] if whole.sentence == part.sentence), figures)

    def _counted_beside(self, amount: Figure, counted: Question) -> Figure | None:
        """The number of the things among which an amount is shared that its own sentence states, of all that are there
        the one most like it: "为80万信用用户发放贷款,余额834亿元".
        """
        beside = [
            candidate.figure
            for candidate in self._lookup.candidates_for(counted)
            if candidate.figure.passage.id == amount.passage.id
            and candidate.figure.sentence == amount.sentence
            and candidate.figure.unit is not None
            and candidate.figure.unit.is_count()
        ]
        to = [figure for figure in beside if _GIVEN_TO.search(words_before(figure))]
        if len(to) == 1 and compatible(counted.unit, to[0].unit):
            return to[0]
        best = max(beside, key=lambda figure: self._lookup.named(figure, counted.metric), default=None)
        return best if best is not None and self._lookup.named(best, counted.metric) >= COUNTED else None

    def work_out(self, draft: Draft, operation: str, figures: Sequence[Figure], *, fall: bool = False) -> str | None:
        """Compute with figures that are not all the same cell; None where units or values do not allow it."""
        if len({(figure.report, figure.line, figure.value_text, figure.period) for figure in figures}) < len(figures):
            return None  # one figure found for several parts: there is nothing to work out
        if operation in ("share", "ratio") and len({(f.value, f.unit, f.period) for f in figures}) == 1:
            return None  # the same figure, from two places of the report
        operands = [Operand(f.value_text, f.value or 0.0, f.unit_text, f.unit) for f in figures]
        computed = compute(operation, operands, draft.question.decimals, fall=fall)
        if computed is None:
            return None
        asked = draft.question.unit
        unit = parse_unit(computed.unit)
        percentage = unit is not None and unit.dimension in ("percent", "percentage point")
        if asked is not None and asked.dimension == "percent" and not percentage:
            return None  # how many courses were added is no share of them
        periods = {figure.period for figure in figures}
        for figure in figures:
            draft.add_figure(figure, period=figure.period, say=False)
        names = " / ".join(dict.fromkeys(draft.wording.metric(figure, draft.language) for figure in figures))
        return draft.add_computed(figures, computed, names, periods.pop() if len(periods) == 1 else None)

    def grown(self, draft: Draft, level: Figure) -> str | None:
        """Growth over the year from its end and what was gained since its beginning."""
        gain = self._lookup.related.gain_of(level)
        return None if gain is None else self.work_out(draft, "growth since", [level, gain])


def _names_no_whole(plan: Plan) -> bool:
    """Whether a share is of "all of it", which is that of the part; the 总人数 of staff is that of the staff."""
    part, whole = (question.metric for question in plan.parts)
    return bool(_ALL_OF_IT.search(whole)) and not _STAFF.search(part)


def _is_total(figure: Figure, part: Figure) -> bool:
    """Whether a figure is the total of the part's table: by its label, or by its group in the same column."""
    groups = " ".join(groups_of(figure.passage))
    return bool(TOTAL.search(normalise(groups if figure.label == part.label else figure.label)))


def _amount(figure: Figure) -> float:
    """The value in the base unit of its kind."""
    return (figure.value or 0.0) * (figure.unit.factor if figure.unit else 1.0)


def of_one_month(figure: Figure) -> bool:
    """Whether a figure is that of its month alone, or a level, and no running total."""
    return bool(_NOT_RUNNING.search(normalise(" ".join((figure.label, figure.basis, *groups_of(figure.passage))))))
