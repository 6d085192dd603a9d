"""The same metric at several periods: look-ups that help one another, and what is worked out from them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from assistant.arithmetic import Computed, Operand, compute
from assistant.figures import Figure
from assistant.llm import Cancelled, Usage
from assistant.lookup import Found, Lookup
from assistant.question import Question
from assistant.units import parse_unit

_COMPARISON_TAIL = re.compile(r"(?:比|较|相比|同比|环比|对比).*$")
_COMPARISON_HEAD = re.compile(r"^(?:比|较|相比|对比) *的?")  # "2023年比2022年的用电量降了多少", without its years
_CHANGE_WORDS = re.compile(
    r"(?:增长|增加|减少|下降|上升|降低|提高|提升|下滑|变化|变动|增减|多出|少了|多了|高出|缩减|(?:节省|节约|压缩|回落|扩大)(?=了|多少|百分|几|\s|$)|相差|差额|差值|差距|合计|总共|一共|共计|之和|平均值|平均|年均|三年|两年|增|减|降|升)"
    r"(?:了|率|速|额|幅度|幅|百分|情况)*"
)
_FALL = re.compile(
    r"减少|(?:节省|节约|压缩|回落)(?=了|多少|百分|几|\s|$)|下降|降低|下滑|缩减|缩短|降幅|(?<!涨)跌|少了|少多少|低了|低多少|(?<!升)降了|(?<!增)减了"
)

_RISE = re.compile(r"(?:增[加长]|提[高升]|上升|[多高涨升])了?(?:多少|几|百分之)")

_CHANGE_EN = re.compile(r"\b(?:chang\w+|differ\w*|var(?:y|ied|iation))\b", re.IGNORECASE)


def operand(question: Question, period: str) -> Question:
    """The look-up of one period of a series: the metric without the words of change, and its own unit."""
    named = _COMPARISON_HEAD.sub("", question.metric)
    metric = _CHANGE_WORDS.sub("", _COMPARISON_TAIL.sub("", named)).strip(" 的从由和与")
    unit = question.unit
    if unit is not None and (unit.dimension in ("percent", "percentage point")):
        percent = unit.dimension == "percentage point"
        unit = parse_unit("%") if percent else None
    if question.operations[:1] == ("ratio",) and unit is not None and unit.dimension == "multiple":
        unit, metric = None, re.sub(r"\s*倍$", "", metric)  # how many times the other: the figures are no multiples
    return replace(
        question,
        metric=metric or question.metric,
        gloss=_CHANGE_WORDS.sub("", question.gloss),
        unit=unit,
        operations=(),
        chinese=f"{_spoken(period)}{metric or question.metric}是多少?",
        periods=tuple(asked for asked in question.periods if asked.period == period),
    )


def look_up_each(
    lookup: Lookup,
    question: Question,
    where: Mapping[str, str | None],
    periods: Sequence[str],
    usage: Usage,
    cancelled: Cancelled | None,
    *,
    patient: bool,
) -> tuple[dict[str, Figure], dict[str, Found]]:
    """The figure of each period, and what was found instead where there is none.

    A row found for one period has those of the others, so that what is certain comes first and saves the rest.
    patient False: the first period that the LLM finds nothing for is the end of it.
    """
    figures: dict[str, Figure] = {}
    missed: dict[str, Found] = {}

    def keep(period: str, figure: Figure) -> None:
        figures[period] = figure
        for other in periods:
            undisclosed = other in missed and missed[other].undisclosed is not None
            if other not in figures and not undisclosed and where[other] in (None, figure.report):
                sibling = lookup.related.sibling(figure, other)
                if sibling is not None:
                    figures[other] = sibling

    for sure in (True, False):
        for period in reversed(periods):
            if period in figures:
                continue
            single = operand(question, period)
            if sure:
                figure = lookup.figure(single, where[period], period, sure=True)
                if figure is not None:
                    keep(period, figure)
                continue
            found = lookup.find(single, where[period], period, usage=usage, cancelled=cancelled)
            if found.best is not None and found.best.figure.value is not None:
                missed.pop(period, None)
                keep(period, found.best.figure)
            else:
                missed[period] = found
                if not patient:
                    return figures, missed
    rows = [figure for figure in figures.values() if figure.row is not None]
    for period, figure in figures.items():
        # Like for like: what prose says of one year stands in the row that has the other.
        if rows and figure.row is None:
            figures[period] = lookup.related.sibling(rows[0], period) or figure
    return figures, {period: found for period, found in missed.items() if period not in figures}


def worked_out(wanted: Sequence[str], figures: Sequence[Figure], question: Question) -> Computed | None:
    """The first of the operations `wanted` that the figures allow; None when none of them is."""
    operands = [
        Operand(figure.value_text, figure.value, figure.unit_text, figure.unit)
        for figure in figures
        if figure.value is not None
    ]
    fall = bool(_FALL.search(question.chinese))
    for operation in wanted:
        change = operation in ("growth", "difference")
        if change and len(operands) >= 2:
            computed = compute(operation, (operands[0], operands[-1]), question.decimals, fall=fall)
            asked = "fall" if fall else "rise" if _RISE.search(question.chinese) else ""
            if question.language == "en" and _CHANGE_EN.search(question.text):
                asked = ""  # "by how many did it change", whatever the translation made of it
            if computed is None or computed.value >= 0 or not asked:
                return computed
            return replace(computed, contrary="rise" if fall else "fall")
        if operation in ("sum", "average") or len(operands) == 2:
            if operation == "ratio":
                operands = operands[::-1]  # the later over the earlier
            return compute(operation, operands, question.decimals, fall=fall)
    return None


def one_metric(figures: Sequence[Figure]) -> bool:
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
