"""Questions that want figures: look-ups, series, comparisons and arithmetic over looked-up figures."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from assistant.arithmetic import Computed, Operand, compute
from assistant.drafting import Draft
from assistant.figures import Figure
from assistant.llm import Cancelled, LanguageModel, Usage
from assistant.lookup import Found, Lookup
from assistant.periods import asks_previous_year
from assistant.prompts import Prompt
from assistant.question import Question, comparison_periods
from assistant.retrieval import Hit
from assistant.units import parse_unit
from index.text import normalise

Understand = Callable[[str, Sequence[str]], Question]  # (Chinese question, preselected reports) → understood

_COMPARISON_TAIL = re.compile(r"(?:比|较|相比|同比|环比|对比).*$")
_CHANGE_WORDS = re.compile(
    r"(?:增长|增加|减少|下降|上升|降低|提高|提升|下滑|变化|变动|增减|多出|少了|多了|高出|相差|差额|差值|差距|合计|总共|一共|共计|之和|平均值|平均|年均|三年|两年|增|减|降|升)"
    r"(?:了|率|额|幅度|幅|百分|情况)*"
)
_FALL = re.compile(r"减少|下降|降低|下滑|缩减|缩短|降幅|跌|少了|少多少|低了|低多少|降了|减了")
_TWO_PERIODS = ("growth", "difference", "ratio", "average", "sum")
# "A与B合计": two things to add, unless the report prints their total.
_ADDED_UP = re.compile(r"[与和及、加]|男女")
# Words by which a printed figure is itself the result of the arithmetic.
_STATED = {
    "difference": re.compile(r"[增减差降升]|变动|变化|高出|缩短|节约|节省"),
    "growth": re.compile(r"[增减降升涨跌]|同比|环比|变动|变化|缩短"),
    "ratio": re.compile(r"倍|之比|比率"),
    "average": re.compile(r"平均|均"),
}
_TOTAL = re.compile(r"合计|总计|总数|总额|总量|共计|[和与及]")
NEAREST_LABEL = 60  # a longer label is a whole sentence: no figure to offer as the nearest
_NAMES = "甲乙丙丁"
_LINE = re.compile(rf"([{_NAMES}])\s*[:：]\s*(.+)")
_FORMULA = re.compile(r"算式\s*[:：]\s*(.+)")


class FigureAnswers:
    """Answers figure questions into a Draft."""

    def __init__(
        self,
        lookup: Lookup,
        understand: Understand,
        llm: LanguageModel | None,
        decompose: Prompt,
        conflicts: Callable[[Figure], Sequence[Figure]],
    ) -> None:
        """conflicts: other values that the same report gives for the same thing."""
        self._lookup = lookup
        self._understand = understand
        self._llm = llm
        self._decompose = decompose
        self._conflicts = conflicts

    def answer(self, draft: Draft, hits: Sequence[Hit], usage: Usage, cancelled: Cancelled | None) -> Iterator[str]:
        """Yield the sentences of the answer as they are found; the draft holds all else."""
        question = draft.question
        if len(question.reports) > 1:
            yield from self._several(draft, usage, cancelled)
            return
        report = question.reports[0] if question.reports else None
        periods = comparison_periods(question)
        wanted = [name for name in question.operations if name in _TWO_PERIODS]
        named = tuple(dict.fromkeys(asked.period for asked in question.periods))
        if len(named) > 1:
            yield from self._series(draft, report, sorted(named), wanted, usage, cancelled)
            return
        period = named[0] if named else None
        found = self._lookup.find(question, report, period, hits=hits, usage=usage, cancelled=cancelled)
        if found.best is not None and self._states(question, found.best.figure):
            yield from self._state(draft, found.best.figure, period)
        elif wanted and asks_previous_year(question.chinese) and len(periods) == 2:
            yield from self._series(draft, report, list(periods), wanted, usage, cancelled)
        elif question.operations and self._llm is not None:
            yield from self._composed(draft, found, period, usage, cancelled)
        else:
            yield from self._refuse(draft, found, report, period)

    @staticmethod
    def _states(question: Question, figure: Figure) -> bool:
        """Whether the figure is itself the difference, share, total, … that the question wants, as printed."""
        if not question.operations:
            return True
        words = normalise(
            " ".join((figure.label, figure.basis, *(figure.row.group if figure.row else (figure.sentence,))))
        )
        percent = figure.unit is not None and figure.unit.dimension in ("percent", "percentage point")
        for operation in question.operations:
            if operation == "sum":
                stated = not _ADDED_UP.search(question.metric) or bool(_TOTAL.search(normalise(figure.label)))
            elif operation == "share":
                stated = percent
            else:
                stated = bool(_STATED[operation].search(words)) if operation in _STATED else True
            if stated:
                return True
        return False

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

    def _operand(
        self, question: Question, report: str | None, period: str, usage: Usage, cancelled: Cancelled | None
    ) -> Found:
        metric = _CHANGE_WORDS.sub("", _COMPARISON_TAIL.sub("", question.metric)).strip(" 的从由和与")
        unit = question.unit
        if unit is not None and (unit.dimension in ("percent", "percentage point")):
            percent = unit.dimension == "percentage point"
            unit = parse_unit("%") if percent else None
        operand = replace(
            question,
            metric=metric or question.metric,
            unit=unit,
            operations=(),
            chinese=f"{_spoken(period)}{metric or question.metric}是多少?",
            periods=tuple(asked for asked in question.periods if asked.period == period),
        )
        return self._lookup.find(operand, report, period, usage=usage, cancelled=cancelled)

    def _series(
        self,
        draft: Draft,
        report: str | None,
        periods: Sequence[str],
        wanted: Sequence[str],
        usage: Usage,
        cancelled: Cancelled | None,
    ) -> Iterator[str]:
        """The same metric at several periods, and what is to be worked out from them."""
        question = draft.question
        founds = [self._operand(question, report, period, usage, cancelled) for period in periods]
        figures = [found.best.figure for found in founds if found.best is not None]
        if len(figures) < len(periods) or not _one_metric(figures):
            for found, period in zip(founds, periods, strict=True):
                if found.best is None or not _one_metric(figures):
                    yield from self._refuse(draft, found, report, period)
                    return
        computed = self._compute(wanted, figures, question)
        for figure, period in zip(figures, periods, strict=True):
            if computed is None:
                yield draft.add_figure(figure, period=period)
            else:
                draft.add_figure(figure, period=period, say=False)
        if computed is not None:
            metric = draft.wording.metric(figures[-1], draft.language)
            yield draft.add_computed(figures, computed, metric, periods[-1])

    def _compute(self, wanted: Sequence[str], figures: Sequence[Figure], question: Question) -> Computed | None:
        operands = [
            Operand(figure.value_text, figure.value, figure.unit_text, figure.unit)
            for figure in figures
            if figure.value is not None
        ]
        for operation in wanted:
            if operation in ("sum", "average") or len(operands) == 2:
                if operation == "ratio":
                    operands = operands[::-1]  # the later over the earlier
                return compute(operation, operands, question.decimals, fall=bool(_FALL.search(question.chinese)))
            if operation in ("growth", "difference") and len(operands) > 2:
                ends = [operands[0], operands[-1]]
                return compute(operation, ends, question.decimals, fall=bool(_FALL.search(question.chinese)))
        return None

    def _several(self, draft: Draft, usage: Usage, cancelled: Cancelled | None) -> Iterator[str]:
        """One look-up an institution; then which is higher, or the difference."""
        question = draft.question
        periods = tuple(dict.fromkeys(asked.period for asked in question.periods)) or (None,)
        figures: list[Figure] = []
        for report in question.reports:
            for period in periods:
                single = replace(question, reports=(report,), operations=())
                if question.operations and period is not None:
                    found = self._operand(single, report, period, usage, cancelled)
                else:
                    found = self._lookup.find(single, report, period, usage=usage, cancelled=cancelled)
                if found.best is not None:
                    figures.append(found.best.figure)
                    yield draft.add_figure(found.best.figure, period=period)
                elif not question.ambiguous:
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
            computed = self._compute(operations[:1], base, question)
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
        parts = {match[1]: match[2].strip() for match in map(_LINE.match, reply.splitlines()) if match}
        formula = next((match[1].strip() for match in map(_FORMULA.match, reply.splitlines()) if match), "")
        operation, order = _operation_of(formula, question)
        if operation is None or not set(order) <= set(parts) or len(order) < 2:
            yield from self._refuse(draft, direct, report, period)
            return
        figures = []
        for name in order:
            sub = self._understand(parts[name], question.reports)
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
        operands = [Operand(f.value_text, f.value or 0.0, f.unit_text, f.unit) for f in figures]
        computed = compute(operation, operands, question.decimals)
        if computed is None:
            yield from self._refuse(draft, direct, report, period)
            return
        for figure in figures:
            draft.add_figure(figure, period=period, say=False)
        names = " / ".join(dict.fromkeys(draft.wording.metric(figure, draft.language) for figure in figures))
        yield draft.add_computed(figures, computed, names, period)


def _operation_of(formula: str, question: Question) -> tuple[str | None, str]:
    """The operation a formula over 甲乙丙丁 stands for, and the operands in the order `compute` wants them."""
    plain = re.sub(r"\s", "", formula).replace("×", "*").replace("÷", "/").replace("－", "-").replace("＋", "+")
    plain = re.sub(r"\*?100%?$", "", plain)
    one = rf"[{_NAMES}]"
    if match := re.fullmatch(rf"({one})-({one})", plain):
        return "difference", match[2] + match[1]
    if match := re.fullmatch(rf"\(?\(({one})-({one})\)/({one})\)?", plain):
        return ("growth", match[2] + match[1]) if match[3] == match[2] else (None, "")
    if match := re.fullmatch(rf"({one})/({one})", plain):
        share = "share" in question.operations or (question.unit is not None and question.unit.dimension == "percent")
        return ("share" if share else "ratio"), match[1] + match[2]
    if re.fullmatch(rf"{one}(?:\+{one})+", plain):
        return "sum", plain.replace("+", "")
    if match := re.fullmatch(rf"\(({one}(?:\+{one})+)\)/(\d)", plain):
        names = match[1].replace("+", "")
        return ("average", names) if len(names) == int(match[2]) else (None, "")
    return None, ""


def _one_metric(figures: Sequence[Figure]) -> bool:
    """Whether the figures of a series are one metric: one row, or rows of the same label, group and unit."""
    keys = {
        (figure.row.group, figure.row.label, figure.unit_text, figure.row.basis)
        if figure.row
        else ("", figure.unit_text)
        for figure in figures
    }
    return len(keys) == 1


def _spoken(period: str) -> str:
    year, _, part = period.partition("-")
    return (
        f"{year}年{int(part)}月末"
        if part.isdigit()
        else f"{year}年{'上半年' if part == 'H1' else '下半年' if part == 'H2' else ''}"
    )
