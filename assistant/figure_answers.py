"""Questions that want figures: look-ups, series, comparisons and arithmetic over looked-up figures."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from assistant.decomposition import Decomposer, Plan, read_reply
from assistant.drafting import Draft
from assistant.figures import Figure, groups_of, metric_name
from assistant.levels import Levels, asks_before, asks_opening
from assistant.llm import Cancelled, LanguageModel, Usage
from assistant.lookup import Found, Lookup
from assistant.measures import words_before
from assistant.periods import asks_previous_year, end_of, previous, step
from assistant.prompts import Prompt
from assistant.question import Question, comparison_periods
from assistant.retrieval import Hit
from assistant.series import look_up_each, one_metric, operand, worked_out
from assistant.stated import JOINT, RATE, TOTAL, states
from assistant.workings import Workings, of_one_month
from index.text import normalise

Understand = Callable[[str, Sequence[str]], Question]  # (Chinese question, preselected reports) → understood

_CHANGES = {"growth", "difference"}
_STEPS = {"month": re.compile(r"比上月|较上月|环比"), "year": re.compile(r"比上年|较上年|同比")}
_TWO_PERIODS = ("growth", "difference", "ratio", "average", "sum")
# A change over the year asked for without naming the year before: 2024年净增加了多少项（按累计数相减）.
_RISEN = re.compile(r"(?<!新)(?:增[加长]|减少|上升|下降|提[高升]|降低|缩[减小短]|扩大)了?\s*(?:多少|几)")
_BETWEEN = re.compile(
    r"相差|差[额值距]|通过|[与和及]|男女"
)  # two things, or what a measure brought: no level at two times
_NET = re.compile(r"净增|相减")
_PLANNED = re.compile(
    r"(?:(?<![综管理股项激励权养])计划|目标(?!客)|(?<![模虚])拟|(?<!信用)预[计期](?!信用)|打算|争取)"
    r"(?![^,。?]{0,12}(?:实际|达成|完成))"
)
_FROM_TO = re.compile(r"[从自]?(20\d\d)年?(?:到|至|-|—)(20\d\d)年?(?:期间|间|这几年|[这]?[两三四五]年)?(?!末|底)")
_PER_ONE = re.compile(r"人均|平均|均|每|/|强度|密度")  # by which a figure is so much a piece
_CHANGE_OF_YEAR = re.compile(r"同比|环比|增长|增速|增幅|降幅")
_CHANGED_BY = re.compile(r"(?:[增减升降涨跌]|变[动化]|[多少高低])[^,，;；。]{0,6}$")
_SUMMED_UP = re.compile(rf"{TOTAL.pattern}|累计|累积|(?<!公)共")  # words by which a figure is of several things
PART = 0.3  # of the words for the part of a printed share, which may hold those for its whole too
ALL_TERMS = 0.75  # of the terms of an English question, those of the part and the whole
PART_ALONE = 0.8  # the same, where a sentence need not name the whole
WHOLE = 0.25  # of the words for the whole of a printed share: it is often left out
LONGEST_RATE = 8  # characters of the name of a rate before its value in prose
_VERB = re.compile(r"(?:为|是|达到?|超过?|约|逾|近)*\s*$")
NEAREST_LABEL = 60  # a longer label is a whole sentence: no figure to offer as the nearest


class FigureAnswers:
    """Answers figure questions into a Draft."""

    def __init__(
        self,
        lookup: Lookup,
        understand: Understand,
        llm: LanguageModel | None,
        decompose: Prompt,
        conflicts: Callable[[Figure], Sequence[Figure]],
        decomposer: Decomposer | None,
    ) -> None:
        """conflicts: other values that the same report gives for the same thing. decomposer None: only the LLM splits
        what needs arithmetic.
        """
        self._decomposer = decomposer
        self._lookup = lookup
        self._workings = Workings(lookup)
        self._levels = Levels(lookup, self._workings, understand)
        self._understand = understand
        self._llm = llm
        self._decompose = decompose
        self._conflicts = conflicts

    def answer(self, draft: Draft, hits: Sequence[Hit], usage: Usage, cancelled: Cancelled | None) -> Iterator[str]:
        """Yield the sentences of the answer as they are found; the draft holds all else."""
        question = draft.question
        named = tuple(dict.fromkeys(asked.period for asked in question.periods))
        several = len(question.reports) > 1
        series = not several and len(named) > 1  # one metric at several periods
        plans = [] if series or self._decomposer is None else self._decomposer.plans(question)
        report = question.reports[0] if question.reports else None
        period = named[0] if named else None
        figure = None
        if asks_opening(question) and not (several or plans) and len(named) == 1:
            opening = self._levels.opening(draft, report, named[0], usage, cancelled)
            if opening.figure is not None:
                yield from self._state(draft, opening.figure, opening.figure.period)
            elif opening.worked is not None:
                yield opening.worked
            else:
                yield from self._refuse(draft, opening.found, report, named[0])
            return
        if asks_before(question) and not (several or plans) and len(named) == 1:
            worked = self._levels.before(draft, report, usage, cancelled)
            if worked is not None:
                yield worked
            else:
                yield from self._refuse(draft, Found(None), report, named[0])
            return
        if report is not None and (worked := self._levels.year_before(draft, report, usage, cancelled)):
            yield worked
            return
        if series and (change := self._printed_change(question, report, sorted(named, key=end_of))):
            yield from self._state(draft, change, change.period)
            return
        if not (several or series):
            figure = self._lookup.figure(question, report, period, hits=hits, sure=True)
            if figure is not None and not self._stated(question, figure, plans):
                figure = None
        if figure is not None and all(
            plan.operation in ("share", "sum") or plan.each or (plan.running and of_one_month(figure)) for plan in plans
        ):
            yield from self._state(draft, figure, period)  # nothing to work out, or a share printed as one
            return
        if not several and any(plan.operation == "share" for plan in plans):
            printed = self._lookup.likely(question, period, hits)
            if printed is not None and self._stated(question, printed, plans):
                yield from self._state(draft, printed, period)  # "4名非执行董事（占比44.45%）" need not be divided
                return
        worked = self._workings.first(draft, plans, usage, cancelled, sure=True)
        if worked is None and several:
            worked = self._workings.first(draft, plans, usage, cancelled)
            if worked is None:
                yield from self._several(draft, usage, cancelled, whole=bool(plans))
                return
        if worked is not None:
            yield worked
            return
        wanted = [name for name in question.operations if name in _TWO_PERIODS]
        if series:
            figure = self._of_all_years(question, report, usage, cancelled)
            if figure is not None:
                yield from self._state(draft, figure, None)
                return
            yield from self._series(draft, report, sorted(named, key=end_of), wanted, usage, cancelled)
            return
        if figure is not None:
            yield from self._state(draft, figure, period)
            return
        worked = self._workings.first(draft, plans, usage, cancelled)
        years = () if plans else self._with_year_before(question)
        if worked is None and years and self._needs_the_year_before(question):
            worked = self._computed_series(draft, report, years, wanted, usage, cancelled)
        if worked is not None:
            yield worked
            return
        found = self._lookup.find(question, report, period, hits=hits, usage=usage, cancelled=cancelled)
        computed_only = any(plan.operation != "share" and not plan.each for plan in plans) and not question.operations
        best = found.best.figure if found.best is not None else None
        if best is not None and not computed_only and self._stated(question, best, plans):
            yield from self._state(draft, best, period)
            return
        if years and not self._needs_the_year_before(question):
            worked = self._computed_series(draft, report, years, wanted, usage, cancelled)
        if worked is not None:
            yield worked
        elif question.operations and not plans and self._llm is not None:
            yield from self._composed(draft, found, period, usage, cancelled)
        else:
            yield from self._refuse(draft, found, report, period)

    def _stated(self, question: Question, figure: Figure, plans: Sequence[Plan]) -> bool:
        """Whether a printed figure is itself what is to be worked out; a share must speak of its part and its whole."""
        sums = [plan for plan in plans if plan.operation == "sum"]
        joint = any(all(self._lookup.names(figure, part.metric) for part in plan.parts) for plan in sums)
        listed = [[part.metric for part in plan.parts] for plan in sums]
        if "sum" in question.operations and not sums and question.metric:
            listed = [JOINT.split(question.metric.split()[-1])]  # "多少项制度和细则": what is counted, not what adds up
        joint = joint or any(len(things) > 1 and self._lookup.lists(figure, things) for things in listed)
        summed = _SUMMED_UP.search(normalise(figure.words))
        joint = joint or (
            summed is not None
            and any(all(self._lookup.ranks_first(figure, part) for part in plan.parts) for plan in sums)
        )
        words = (figure.words, *groups_of(figure.passage), figure.basis, figure.unit_text, figure.sentence)
        if any(plan.each for plan in plans) and not _PER_ONE.search(normalise(" ".join(words))):
            return False
        compared = any(not plan.running for plan in plans)
        if not joint and not states(question, figure, compared=compared):
            return False
        label = normalise(figure.label)
        if figure.row is not None and f"({label})" in question.chinese:
            return True  # "…相当于不良贷款的百分之几（拨备覆盖率）"
        shares = [plan for plan in plans if plan.operation == "share"]
        if not shares:
            return True
        named = f"{label} {figure.basis} {' '.join(groups_of(figure.passage))}"
        if _CHANGE_OF_YEAR.search(named) and not _CHANGE_OF_YEAR.search(question.chinese):
            return False  # 财政支出同比增长率 is no share of it
        if question.gloss and self._lookup.speaks_of(figure, question.gloss, ALL_TERMS):
            return True
        part, whole = shares[0].parts
        if figure.row is None and self._lookup.speaks_of(figure, part.metric, PART_ALONE):
            return True  # "三次产业比重为…": of what is left out
        if not self._lookup.speaks_of(figure, part.metric, PART):
            return False
        name = label if figure.row is not None else _VERB.sub("", words_before(figure))[-LONGEST_RATE:]
        return bool(name.endswith("率") and RATE.search(name)) or self._lookup.speaks_of(figure, whole.metric, WHOLE)

    def _of_all_years(
        self, question: Question, report: str | None, usage: Usage, cancelled: Cancelled | None
    ) -> Figure | None:
        """What the report itself counts up since the first of the years asked about: "自2021年起累计4,268名"."""
        span = _FROM_TO.search(question.chinese)
        if span is None or "sum" not in question.operations:
            return None
        asked = f"{question.chinese[: span.start()]}自{span[1]}年以来{question.chinese[span.end() :]}"
        since = self._understand(asked, question.reports)
        best = self._lookup.find(since, report, None, usage=usage, cancelled=cancelled).best
        if best is None or best.figure.value is None or best.figure.row is not None:
            return None
        # Up to the report's own year, and from the first of the years on: else it is another span.
        own = best.figure.period[:4] in ("", span[2]) and self._lookup.year_of(best.figure.report) == int(span[2])
        said = re.search(rf"{span[1]}年?[^,，。;；]{{0,20}}?(?:起|以来|至今)", best.figure.sentence)
        return best.figure if own and said else None

    def _printed_change(
        self,
        question: Question,
        report: str | None,
        named: Sequence[str],
        *,
        sure: bool = True,
        usage: Usage | None = None,
        cancelled: Cancelled | None = None,
    ) -> Figure | None:
        """The change from one period to the next that the report itself prints. sure: where ranking leaves no doubt."""
        asked = _CHANGES.intersection(question.operations)
        said = _STEPS.get(step(named[0], named[1])) if len(named) == 2 and asked else None
        if said is None:
            return None
        last = tuple(period for period in question.periods if period.period == named[1])
        asked_last = replace(question, periods=last)
        figure = self._lookup.figure(asked_last, report, named[1], sure=sure, usage=usage, cancelled=cancelled)
        if figure is None or not states(question, figure):
            return None
        if figure.row is None:  # in its own clause: beside a change stands the level that changed
            return figure if said.search(figure.words) and _CHANGED_BY.search(words_before(figure)) else None
        return figure if said.search(normalise(f"{metric_name(figure)} {figure.basis}")) else None

    def over_editions(
        self, draft: Draft, where: Mapping[str, str], usage: Usage, cancelled: Cancelled | None
    ) -> Iterator[str]:
        """The same metric at several periods, each looked up in the report that `where` names for it."""
        wanted = [name for name in draft.question.operations if name in _TWO_PERIODS]
        yield from self._series(draft, where, sorted(where, key=end_of), wanted, usage, cancelled)

    @staticmethod
    def _with_year_before(question: Question) -> tuple[str, ...]:
        """The year asked and the one before, where a change over the year is asked for; else nothing."""
        periods = comparison_periods(question)
        if _PLANNED.search(question.chinese):
            return ()  # what was to be gained is not what was
        if asks_previous_year(question.chinese):
            return periods if len(periods) == 2 and question.operations else ()
        text = question.chinese
        risen = "difference" in question.operations and _RISEN.search(text) and not _BETWEEN.search(text)
        change = "growth" in question.operations or _NET.search(text) or risen
        return (previous(periods[0]), periods[0]) if change and len(periods) == 1 and len(periods[0]) == 4 else ()

    @staticmethod
    def _needs_the_year_before(question: Question) -> bool:
        """Whether the change is worked out before the LLM looks for a printed one."""
        named = asks_previous_year(question.chinese) or "growth" in question.operations
        return named or bool(_NET.search(question.chinese))

    def _state(self, draft: Draft, figure: Figure, period: str | None) -> Iterator[str]:
        cumulative = any(asked.cumulative for asked in draft.question.periods)
        yield draft.add_figure(figure, period=period, cumulative=cumulative)
        others = self._conflicts(figure)
        if others:
            yield draft.add_conflict(figure, others)

    def _refuse(self, draft: Draft, found: Found, report: str | None, period: str | None) -> Iterator[str]:
        reports = (report,) if report else ()
        if found.undisclosed is not None:
            yield draft.add_undisclosed(found.undisclosed.figure)
            return
        yield draft.refuse(reports)
        for candidate, why in found.near:
            if candidate.figure.value is not None and len(candidate.figure.label) <= NEAREST_LABEL:
                draft.add_nearest(candidate.figure, why)
                yield draft.sentences[-1]
                return

    def _series(
        self,
        draft: Draft,
        report: str | Mapping[str, str] | None,
        periods: Sequence[str],
        wanted: Sequence[str],
        usage: Usage,
        cancelled: Cancelled | None,
    ) -> Iterator[str]:
        """The same metric at several periods, and what is to be worked out from them."""
        where = report if isinstance(report, Mapping) else dict.fromkeys(periods, report)
        found, missed = look_up_each(self._lookup, draft.question, where, periods, usage, cancelled, patient=True)
        figures = [found[period] for period in periods if period in found]
        if missed and not isinstance(report, Mapping):
            change = self._printed_change(draft.question, report, periods, sure=False, usage=usage, cancelled=cancelled)
            if change is not None:
                yield from self._state(draft, change, change.period)
                return
        if missed:
            period = next(period for period in periods if period in missed)
            yield from self._refuse(draft, missed[period], where[period], period)
            return
        if not one_metric(figures):
            yield from self._refuse(draft, Found(None), where[periods[0]], periods[0])
            return
        sentence = self._computed_from(draft, figures, periods, wanted)
        if sentence is not None:
            yield sentence
            return
        for figure, period in zip(figures, periods, strict=True):
            yield draft.add_figure(figure, period=period)

    def _computed_series(
        self,
        draft: Draft,
        report: str | None,
        periods: Sequence[str],
        wanted: Sequence[str],
        usage: Usage,
        cancelled: Cancelled | None,
    ) -> str | None:
        """What is to be worked out from the same metric at several periods; None where a figure is missing."""
        where = dict.fromkeys(periods, report)
        found, missed = look_up_each(self._lookup, draft.question, where, periods, usage, cancelled, patient=False)
        figures = [found[period] for period in periods if period in found]
        yearly = len(periods[-1]) == 4 and periods[-1] in found and found[periods[-1]].period in ("", periods[-1])
        if yearly and missed and wanted[:1] == ["growth"]:
            return self._workings.grown(draft, found[periods[-1]])
        if missed or not one_metric(figures):
            return None
        return self._computed_from(draft, figures, periods, wanted)

    def _computed_from(
        self, draft: Draft, figures: Sequence[Figure], periods: Sequence[str], wanted: Sequence[str]
    ) -> str | None:
        computed = worked_out(wanted, figures, draft.question)
        if computed is None:
            return None
        for figure, period in zip(figures, periods, strict=True):
            draft.add_figure(figure, period=period, say=False)
        return draft.add_computed(figures, computed, draft.wording.metric(figures[-1], draft.language), periods[-1])

    def _several(
        self, draft: Draft, usage: Usage, cancelled: Cancelled | None, *, whole: bool = False
    ) -> Iterator[str]:
        """One look-up an institution; then which is higher, or the difference.

        whole: what is asked needs every one of the figures; where one is missing the others are only the nearest.
        """
        question = draft.question
        periods = tuple(dict.fromkeys(asked.period for asked in question.periods)) or (None,)
        figures: list[Figure] = []
        missing: list[tuple[str, str | None, Found]] = []
        for report in question.reports:
            for period in periods:
                single = replace(question, reports=(report,), operations=())
                if question.operations and period is not None:
                    part = operand(single, period)
                    found = self._lookup.find(part, report, period, usage=usage, cancelled=cancelled)
                else:
                    found = self._lookup.find(single, report, period, usage=usage, cancelled=cancelled)
                if found.best is not None:
                    figures.append(found.best.figure)
                else:
                    missing.append((report, period, found))
        if whole and missing:
            yield draft.refuse(tuple(dict.fromkeys(report for report, _, _ in missing)))
            for figure in figures:
                draft.add_nearest(figure, "part")
                yield draft.sentences[-1]
            return
        for figure in figures:
            yield draft.add_figure(figure, period=figure.period or None)
        if not question.ambiguous:
            for report, period, found in missing:
                yield from self._refuse(draft, found, report, period)
        if not figures and question.ambiguous:
            yield draft.refuse(question.reports)
        if len(figures) == 2 and figures[0].report != figures[1].report and not question.ambiguous:
            yield from self._compare(draft, figures)

    def _compare(self, draft: Draft, figures: Sequence[Figure]) -> Iterator[str]:
        question = draft.question
        operations = [name for name in question.operations if name in ("difference", "ratio", "sum", "average")]
        first, second = figures
        if operations:
            base = [second, first] if operations[0] == "difference" else [first, second]
            computed = worked_out(operations[:1], base, question)
            if computed is not None:
                yield draft.add_computed(figures, computed, draft.wording.metric(first, draft.language), None)
                return
        if "compare" not in question.operations or first.value is None or second.value is None:
            return
        if (first.unit and second.unit and first.unit.dimension == second.unit.dimension) or first.unit == second.unit:
            a = first.value * (first.unit.factor if first.unit else 1)
            b = second.value * (second.unit.factor if second.unit else 1)
            name = "equal" if a == b else "higher" if a > b else "lower"
            yield draft.add_sentence(
                draft.wording.say(
                    name,
                    draft.language,
                    first=draft.wording.institution(first.report, draft.language),
                    second=draft.wording.institution(second.report, draft.language),
                )
            )

    def _composed(
        self, draft: Draft, direct: Found, period: str | None, usage: Usage, cancelled: Cancelled | None
    ) -> Iterator[str]:
        """Let the LLM split the question into look-ups and a formula; look up and calculate in code."""
        question = draft.question
        assert self._llm is not None
        report = question.reports[0] if question.reports else None
        reply = self._llm.complete(
            self._decompose, {"question": question.chinese}, max_tokens=120, usage=usage, cancelled=cancelled
        )
        operation, texts = read_reply(reply, question)
        if operation is None:
            yield from self._refuse(draft, direct, report, period)
            return
        figures = []
        for text in texts:
            sub = self._understand(text, question.reports)
            when = sub.periods[0].period if sub.periods else period
            found = self._lookup.find(replace(sub, operations=()), report, when, usage=usage, cancelled=cancelled)
            if found.best is None:
                yield from self._refuse(draft, direct if direct.near else found, report, period)
                return
            figures.append(found.best.figure)
        if len({(figure.report, figure.value_text, figure.unit_text) for figure in figures}) < len(figures):
            # One figure found for several parts: there is nothing to work out.
            if direct.best is not None and operation == "sum":
                yield from self._state(draft, direct.best.figure, period)
                return
            yield from self._refuse(draft, direct, report, period)
            return
        if sentence := self._workings.work_out(draft, operation, figures):
            yield sentence
        else:
            yield from self._refuse(draft, direct, report, period)
