"""Levels that no report prints for their date, worked back from a later one and from what was gained since."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from assistant.drafting import Draft
from assistant.figures import Figure
from assistant.llm import Cancelled, Usage
from assistant.lookup import Found, Lookup
from assistant.measures import words_before
from assistant.periods import find_periods, previous
from assistant.question import Question
from assistant.related import SINCE_THE_YEAR_BEFORE
from assistant.series import operand
from assistant.workings import Workings

# The level at the beginning of a year, and not what has changed since: "2024年年初时是多少户".
_BEGUN = r"(?![^?]{0,14}(?:制定|发布|召开|启动|计划|推出|成立|开展|招聘|出台|提出|设定|确定|印发|目标|预算|规划))"
# "2024年之前已经累计发了多少张": all up to now less this year's.
_BEFORE = re.compile(r"(?:在|截[至止])?(20\d\d)年?(?:之前|以前)的?[,，]?")
_DONE = re.compile(r"(?:发[行放出]?|投放|举办|开展|服务|授予|获得|申请|完成|捐赠?|建成?|培训)了(?:多少|几)")
_AHEAD = re.compile(r"目标|计划|力争|预计|将|实现|成立|入职|加入")
_SO_FAR = re.compile(r"已经?|累计|累积|一共|总共|合计")
JUST_BEFORE = 12  # characters before a number in which its own words stand
_INCREASE = re.compile(r"增量|新增|净增|增加|增长")
# "按2024年的数额和同比多出的部分推算,2023年的…": what is asked for stands behind.
_WORKED_BACK = re.compile(
    r"(?:(?:同比|比上年|较上年|比去年)[^?]*?|(?:从|按|用|由|根据)20\d\d年的?(?:数据|数字|数额|情况)(?:来|往回)?)"
    r"(?:推算|倒推|反推|倒算|算下来)[,，]?(.+)$"
)
_OPENING = re.compile(
    rf"(?<![较比从由自与和到至])年初(?:时候?)?(?=[,是有为余的]|$){_BEGUN}|"
    rf"(?<![较比从由自与和到至])20\d\d年年?初(?![级中步始创次期审至到起增新减]|以来){_BEGUN}"
)
_OPENING_WORDS = re.compile(r"^初(?=[ ,的])|年?年初(?:时候?)?")


@dataclass(frozen=True)
class Opening:
    """A level at the beginning of a year: printed as that of the end of the year before, else worked out.

    found: what the search came to, with the nearest figures, where there is neither.
    """

    found: Found
    figure: Figure | None = None
    worked: str | None = None


def asks_opening(question: Question) -> bool:
    """Whether a level at the beginning of a year is asked for, and not what has changed since."""
    return not question.operations and _OPENING.search(question.chinese) is not None


def asks_before(question: Question) -> bool:
    """Whether all up to the beginning of a year is asked for, and not that year's."""
    text = question.chinese
    return bool(_BEFORE.search(text) and (_SO_FAR.search(text) or _DONE.search(text)) and not _AHEAD.search(text))


class Levels:
    """Works levels back."""

    def __init__(
        self, lookup: Lookup, workings: Workings, understand: Callable[[str, Sequence[str]], Question]
    ) -> None:
        """understand: (Chinese question, preselected reports) → understood."""
        self._lookup = lookup
        self._workings = workings
        self._understand = understand

    def opening(
        self, draft: Draft, report: str | None, year: str, usage: Usage, cancelled: Cancelled | None
    ) -> Opening:
        """The level at the beginning of `year`: at the end of the year before, else at its end less what was gained."""
        question = replace(draft.question, metric=_OPENING_WORDS.sub("", draft.question.metric).strip(" 的,"))
        before = self._lookup.figure(operand(question, previous(year[:4])), report, previous(year[:4]), sure=True)
        if before is not None:
            return Opening(Found(None), figure=before)
        found = self._lookup.find(operand(question, year), report, year, usage=usage, cancelled=cancelled)
        if found.best is None:
            return Opening(found)
        level = found.best.figure
        gain = self._lookup.related.gain_of(level)
        share = gain is not None and gain.unit is not None and gain.unit.dimension == "percent"  # of what, is not said
        worked = self._workings.work_out(draft, "difference", [gain, level]) if gain is not None and not share else None
        return Opening(replace(found, best=None, near=[(found.best, "period"), *found.near]), worked=worked)

    def before(self, draft: Draft, report: str | None, usage: Usage, cancelled: Cancelled | None) -> str | None:
        """All up to the beginning of a year: what the report counts up to its end, less that year's, where one passage
        says both; None elsewhere.
        """
        text = draft.question.chinese
        asked = _BEFORE.search(text)
        if asked is None:
            return None
        year, rest = asked[1], text[: asked.start()] + text[asked.end() :]
        now = self._understand(f"{year}年{_SO_FAR.sub('', rest)}", (report,) if report else ())
        found = self._lookup.find(now, report, year, usage=usage, cancelled=cancelled)
        if found.best is None:
            return None
        own = found.best.figure
        beside = (c.figure for c in found.candidates if c.figure.passage.id == own.passage.id and c.figure != own)
        totals = [f for f in beside if f.unit == own.unit and _SO_FAR.search(words_before(f)[-JUST_BEFORE:])]
        total = totals[0] if len(totals) == 1 else None
        if total is None or _SO_FAR.search(words_before(own)[-JUST_BEFORE:]):
            return None
        larger = own.value is not None and total.value is not None and total.value > own.value
        return self._workings.work_out(draft, "difference", [own, total]) if larger else None

    def year_before(self, draft: Draft, report: str, usage: Usage, cancelled: Cancelled | None) -> str | None:
        """The level of the year before, from this year's and by how much the report says that it is more; None where
        the question does not ask for it so, or the report does not say it.
        """
        asked = _WORKED_BACK.search(draft.question.chinese)
        named = find_periods(asked[1]) if asked else []
        if asked is None or len(named) != 1 or len(named[0].period) != 4:
            return None
        year = str(int(named[0].period) + 1)
        wanted = asked[1]
        now = self._understand(wanted[: named[0].start] + f"{year}年" + wanted[named[0].end :], (report,))
        found = self._lookup.find(now, report, year, usage=usage, cancelled=cancelled)
        if found.best is None:
            return None
        first = found.best.figure
        said = (first.value, first.unit, first.words)
        told = (c.figure for c in found.candidates if (c.figure.value, c.figure.unit, c.figure.words) == said)
        gains = ((level, self._lookup.related.gain_of(level, SINCE_THE_YEAR_BEFORE)) for level in (first, *told))
        level, more = next(((level, gain) for level, gain in gains if gain is not None), (first, None))
        if more is None or more.unit is None or more.unit.dimension == "percent":
            return None
        if words_before(more).endswith("多增") and not _INCREASE.search(level.words):
            return None  # a balance that grew by more than a year ago is not by so much more
        return self._workings.work_out(draft, "difference", [more, level])
