"""Does a figure answer the question? Metric, scope, unit and period must all fit one cell or span, not digits alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from assistant import bands, measures
from assistant.contrasts import Contrasts
from assistant.entities import OF_THE_KIND, Entities
from assistant.figures import Figure, groups_of
from assistant.meaning import UNKNOWN
from assistant.periods import fits
from assistant.question import Question
from assistant.terms import EVERYDAY, Terms
from index.glossary import Glossary
from index.text import normalise

_PARTED = re.compile(r"^按.+(?:划分|分类|区分|统计)|^按.*分的")
# "存款、理财、信用卡等39个业务功能" is about none of them alone.
_EXAMPLES = re.compile(r"(?:[\u3400-\u9fff]{2,8}、)+[\u3400-\u9fff]{2,8}等(?=[^,。;]{0,3}\d)")
# "本科以下", "太原市以外"; bands of ages and rates are read as such (assistant/bands.py).
_BEYOND = re.compile(r"([\u3400-\u9fff]{2,}?)[省市县区]?(?:(?<!及)以下|以外|之外|(?<=[省市县区境])外(?![汇币资商]))")
_WITHOUT = re.compile(r"[非不没无除]|低于|少于|[外异]地|[省市县区境]外")
_COUNTED = re.compile(r"人数|人次|次数|场次|金额")
_SHARE_ASKED = re.compile(r"占|比例|比重|份额")
# The average age "全体员工" have is not that of those newly appointed.
_ALL_OF = re.compile(r"全体|全部|所有")
_NEWLY = re.compile(r"新(?:任用|任职|提拔|晋升|入职|进员工|招聘|聘任)")
_SAYS_WHO = re.compile(r"[人员工者干生数量男女]|其他|合计|总")
_SHORT_LABEL = 6  # characters
_IS_TOTAL = re.compile(r"..(?:总[量数额]|合计|总计|总.{2})$")
_COUNTING_ONLY = re.compile(r"[总合计量额数人 ]|[(][^()]*[)]")
# "农林牧渔等第一产业": the kind is what is asked about; 高等教育, 同等 are words.
_SUCH_AS = re.compile(
    r"(?<![\u3400-\u9fff、])[\u3400-\u9fff]{2,8}?(?<![高中平同相初优均对劣特一二三四上下])等"
    r"(?![级额值候于待效离分比量式宽身])(?=[\u3400-\u9fff]{3})"
)
BAND_NAMED = 0.8  # share of a metric that is named by the band alone
# "工会员工占员工总数": the part tells one share from another, the whole is much the same for all.
_PART_OF = re.compile(r"(?P<part>[^占]{2,}(?<!市场))占(?![地用有比])(?P<whole>[^占]{2,})")
OF_PART = 0.75  # how much of what a share is about its part makes up
_SINCE_THEN = re.compile(r"以来|至今|到现在|到目前")
_SUMMED = re.compile(r"累计|累积|历年")
_IN_BRACKETS = re.compile(r"(?<=[\u3400-\u9fff])[(]([\u3400-\u9fff]{2,12}\d?)[)]")
_AT_THE_END = re.compile(r"[^,。;()]{0,3}(?:多少|几|百分之|什么)?[^,。;()]{0,6}[?]?$")


@dataclass(frozen=True)
class Fit:
    """How well a figure fits a question; each share is 0 to 1, weighted by inverse document frequency.

    asked: share of the question's metric that the figure's own words cover (label, groups, basis; the clause in prose);
    around: the same with table, section and sentence. named: share of the figure's own label that the question names.
    unit: 1 fits, 0 not said, -1 another measure. period: 1 stated and asked, 0.5 not stated, 0 another.
    clash: contrasts (男/女, 范围一/范围二, …) on which the two differ; narrower: qualifiers only the figure has; wider:
    qualifiers of the question that nothing around the figure has.
    change: the figure is a change though a level was asked, or the other way round.
    missing: share of the question that is technical terms (流动性覆盖率) that nothing around the figure names.
    meaning: how near the figure's words are to the question's in meaning, a cosine (assistant/meaning.py).
    """

    asked: float
    around: float
    named: float
    unit: int
    period: float
    clash: int
    narrower: int
    wider: int
    change: bool
    meaning: float = UNKNOWN
    missing: float = 0.0

    @property
    def ruled_out(self) -> bool:
        """Whether something speaks against the figure, however much its words speak for it."""
        return bool(self.period <= 0 or self.unit < 0 or self.clash or self.change)

    def merged(self, other: Fit) -> Fit:
        """The fit by two readings of one question: the mean of the shares, and every other doubt that either raises."""
        return replace(
            self,
            asked=(self.asked + other.asked) / 2,
            around=(self.around + other.around) / 2,
            named=(self.named + other.named) / 2,
            clash=max(self.clash, other.clash),
            narrower=max(self.narrower, other.narrower),
            wider=max(self.wider, other.wider),
            missing=(self.missing + other.missing) / 2,
        )


class Grounding:
    """Checks figures against questions with the corpus's word weights, the glossary and the contrasts."""

    def __init__(self, idf: Callable[[str], float], glossary: Glossary, contrasts: Contrasts) -> None:
        """idf: weight of a token in the library."""
        self.terms = Terms(idf, glossary)
        self.entities = Entities(self.terms, glossary)
        self._glossary = glossary
        self._contrasts = contrasts

    def fit(self, question: Question, figure: Figure, period: str | None, report_year: int, *, before: str = "") -> Fit:
        """Compare; `period` is the one asked for (None: none named), `before` the text before the figure's passage.

        The LLM's translation of an English question loses a term now and then, and the glossary alone loses how the
        terms belong together: where there are both, both count.
        """
        fit = self._fit(question, figure, period, report_year, before=before)
        if question.gloss:
            # Names are the translation's: the glossary also lists the institution's own place among the terms.
            terms = replace(question, metric=question.gloss)
            fit = fit.merged(self._fit(terms, figure, period, report_year, own_reading=False))
        term, whole = self._term_added(question.chinese)
        if term:
            given = normalise(f"{figure.words} {figure.context} {figure.basis} {figure.sentence}")
            own, around = self.own(figure, term), self.terms.coverage(term, given)
            missing = self.terms.missing(term, given)
            # Within a sentence the term explains one word, 机器人 for 智能客服: it can help a figure, not harm it.
            least = (0.0, 0.0, 1.0) if whole else (fit.asked, fit.around, fit.missing)
            fit = replace(
                fit,
                asked=max(least[0], (fit.asked + own) / 2),
                around=max(least[1], (fit.around + around) / 2),
                missing=min(least[2], (fit.missing + missing) / 2),
            )
        return fit

    def _term_added(self, text: str) -> tuple[str, bool]:
        """The term that a question adds in brackets to its own words, 拨备覆盖率 in "拨备相当于…（拨备覆盖率）", and
        whether it stands at the end, as the name for all that is asked.
        """
        for match in _IN_BRACKETS.finditer(text):
            entry = self._glossary.exact(match[1])
            if entry and entry.domain not in EVERYDAY:
                return match[1], bool(_AT_THE_END.match(text[match.end() :]))
        return "", False

    def _fit(
        self,
        question: Question,
        figure: Figure,
        period: str | None,
        report_year: int,
        *,
        own_reading: bool = True,
        before: str = "",
    ) -> Fit:
        asked = question.metric or question.chinese
        if figure.row:
            label = normalise(f"{figure.label} {figure.unit_text} {measures.per_words(figure)}")
            near = normalise(" ".join((*groups_of(figure.passage), figure.basis)))
        else:
            label, near = figure.words, normalise(" ".join(figure.passage.section[-1:]))
        context = normalise(f"{figure.context} {figure.basis} {figure.sentence}")
        kind = _SUCH_AS.sub("", asked)
        scope = f"{kind}总量" if question.operations[:1] == ("sum",) else kind  # 一共多少 is the total
        share = False
        if question.unit is not None and question.unit.dimension == "percent":
            # 培训人数占员工的百分之几 asks for no number of people, but for a share.
            share = bool(_SHARE_ASKED.search(question.chinese) and _SHARE_ASKED.search(label))
            scope = f"{_COUNTED.sub('', scope)}{'占比' if share else ''}"
        clashes, narrower, wider = self._contrasts.compare(
            scope,
            f"{_EXAMPLES.sub('', label)}{'占比' if share else ''}",
            near if figure.row else "",
            context,
            prose=figure.row is None,
        )
        if own_reading:
            passage = figure.passage
            about = normalise(" ".join((*passage.section, before, passage.text)))
            given = f"{label} {context} {about}"
            clashes += self.entities.clashes(question, given, normalise(figure.label) if figure.row else "")
            wider += self.entities.subsidiary_unnamed(question, given)
        clashes += _ages_differ(asked, label, context)
        rates, printed = bands.rates(asked), bands.rates(label) or bands.rates(near)
        clashes += bool(rates) and bool(printed) and not bands.same(rates, printed)
        if printed and not rates and figure.row is not None:
            # The share of loans in a band of rates is no rate.
            clashes += not bands.speaks_of_rates(f"{normalise(question.text)} {question.chinese} {question.gloss}")
        clashes += own_reading and figure.row is not None and _beyond_differs(asked, normalise(figure.label))
        clashes += self._excluded(question, f"{label} {near}")
        clashes += measures.differences(question, asked, figure, f"{label} {near}")
        newly = figure.row is None and _NEWLY.search(f"{label} {context}") and not _NEWLY.search(asked)
        clashes += bool(newly and _ALL_OF.search(asked) and not _ALL_OF.search(label))
        own = normalise(figure.label) if figure.row else figure.words
        narrower += self._part_of_a_total(figure, asked)
        parted = figure.row is not None and any(
            _PARTED.search(group) for group in map(normalise, groups_of(figure.passage))
        )
        narrow = narrower or (bands.ages(label) and not bands.ages(asked))
        if own_reading and parted and (narrow or not self.terms.coverage(own, f"{asked} {question.text}")):
            clashes += 1  # one member of a breakdown, of which the question says nothing: not the whole
        label = f"{label} {_of_people(figure)}"
        # A band is named by its ends, whatever the words: the row is the one spoken of.
        least = BAND_NAMED if bands.same(rates, printed) else 0.0
        return Fit(
            asked=max(least, self._spoken_of(asked, f"{label} {near}")),
            around=max(least, self._spoken_of(asked, f"{label} {context}")),
            named=max(least, self.terms.coverage(own, f"{asked} {question.unit_text}")),
            unit=measures.unit_fit(question, figure),
            period=_period_fit(question, figure, period, report_year),
            clash=clashes,
            narrower=narrower,
            wider=wider,
            change=measures.change_differs(question, figure),
            missing=self.terms.missing(OF_THE_KIND.sub(" ", kind), f"{label} {near} {context}", f"{label} {near}"),
        )

    def _part_of_a_total(self, figure: Figure, asked: str) -> bool:
        """Whether a row is but a part of the total it stands under, and the question does not say which part: 直接能源
        消耗总量 of 能源消耗总量.
        """
        groups = groups_of(figure.passage) if figure.row is not None else ()
        total, label = normalise(groups[0]) if groups else "", normalise(figure.label)
        rest = label.replace(total, " ") if _IS_TOTAL.search(total) else label
        if rest == label or not _COUNTING_ONLY.sub("", rest):
            return False
        return self.terms.coverage(rest, asked) == 0.0

    def _spoken_of(self, asked: str, given: str) -> float:
        """How much of a metric `given` has; of a share more by its part than by its whole."""
        share = _PART_OF.fullmatch(asked)
        if share is None:
            return self.terms.coverage(asked, given)
        part, whole = (self.terms.coverage(share[name], given) for name in ("part", "whole"))
        return OF_PART * part + (1 - OF_PART) * whole

    def _excluded(self, question: Question, given: str) -> bool:
        """Whether the figure is about what the question leaves out: 反贿赂 in "合规培训（不含反贿赂）"."""
        return any(
            term in given and not re.search(rf"(?:非|不含|不包含|不包括|不计|除){re.escape(term)}", given)
            for excluded in question.excluded
            for term in self.terms.within(excluded)
        )

    def own(self, figure: Figure, wanted: str) -> float:
        """Share of the tokens of `wanted`, by weight, that the figure's own words have."""
        return self.terms.coverage(wanted, normalise(" ".join((figure.words, *groups_of(figure.passage)))))

    def around(self, figure: Figure, wanted: str) -> float:
        """Share of the tokens of `wanted`, by weight, that stand in or around the figure."""
        groups = groups_of(figure.passage) if figure.row else ()
        words = (figure.words, figure.label, *groups, figure.context, figure.sentence)
        return self.terms.coverage(wanted, normalise(" ".join(words)))


def _of_people(figure: Figure) -> str:
    """What a short label of a number of people leaves out: 信息技术, 188人 are 信息技术人员."""
    people = figure.unit is not None and figure.unit.dimension == "person" and len(figure.label) <= _SHORT_LABEL
    named = normalise(figure.label)
    return "" if figure.row is None or not people or _SAYS_WHO.search(named) else f"{named}人员"


def _period_fit(question: Question, figure: Figure, period: str | None, report_year: int) -> float:
    if period is None:
        if len(figure.period) == 4 and f"{figure.period}年" in question.chinese:
            return 0.5  # "自2016年成立以来": where a span begins, in the question as in the report
        if _SINCE_THEN.search(question.chinese):
            if figure.row is not None and figure.period:
                return 1.0 if _SUMMED.search(figure.label) else 0.5  # one year's figure is not that of all years
            since = _SINCE_THEN.search(figure.sentence)
            said = since is not None and re.search(r"\d", figure.sentence[since.end() :])
            if said and not _SINCE_THEN.search(measures.words_before(figure)):
                return 0.0  # nor what the sentence says before it speaks of all years, of another figure
        # None asked: the report's own year is meant.
        return 1.0 if not figure.period or figure.period.startswith(str(report_year)) else 0.0
    if figure.period:
        if fits(period, figure.period):
            return 1.0
        # A day names its month: "2025年4月22日,…".
        if figure.row is None and figure.period == period[:4] and period[5:].isdigit():
            return 0.5 if re.search(rf"年0?{int(period[5:])}月\d", normalise(figure.passage.text)) else 0.0
        # Prose of a year's report speaks of a month or day of that year: "2024年9月" within a question on 2024.
        return 0.5 if figure.row is None and len(period) == 4 and figure.period[:4] == period else 0.0
    if figure.month == period:
        return 0.5
    # Prose without a period speaks of the report's year or its end, never of a month within it.
    whole = len(period) == 4 or period.endswith("-12")
    return 0.5 if period[:4] == str(report_year) and whole else 0.0


def _beyond_differs(asked: str, label: str) -> bool:
    """Whether a row is for what lies beyond something that the question names, or the other way round: 本科以下 for
    本科, 太原市以外 for 太原.
    """
    for one, other in ((asked, label), (label, asked)):
        for match in _BEYOND.finditer(one):
            name = match[1][-2:]
            if name in other and not _BEYOND.search(other) and not _WITHOUT.search(other):
                return True
    return False


def _ages_differ(asked: str, label: str, context: str) -> bool:
    """Whether the question is about an age group and the figure about another, or about none."""
    wanted = bands.ages(asked)
    if not wanted:
        return False
    given = bands.ages(label) or bands.ages(f"{label} {context}")
    unread = not given and "岁" in label  # printed in a way that cannot be read: no reason to rule it out
    return not unread and not bands.same_age(wanted, given)
