"""Does a figure answer the question? Metric, scope, unit and period must all fit one cell or span, not digits alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

from assistant import bands, measures
from assistant.contrasts import Contrasts
from assistant.figures import Figure, groups_of
from assistant.meaning import UNKNOWN
from assistant.periods import fits
from assistant.places import EVERYWHERE, INSTITUTIONS, PLACES, abbreviated
from assistant.question import Question
from index.glossary import Glossary
from index.text import normalise
from index.tokens import tokenize

_PARTED = re.compile(r"^按.+(?:划分|分类|区分|统计)|^按.*分的")
# "从事证券经纪业务", "这类城市定制型保险": what stands before a term and is no name.
_OPENS_TERM = re.compile(r"(?:从事|开展|办理|经营|参与|涉及|主营|有关|关于|[的类种对向在从由为个])$")
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
_EVERYDAY = {"general", "units", "places", "reporting", ""}  # fields of the glossary whose words name no metric
# "培训27次" speaks of 培训次数
_COUNTING = re.compile(r"(?<=[\u3400-\u9fff]{2})(?:次数|场次|人数|人次|数量|总数|家数)$")
# What may stand within a term: 新招聘女性员工 are 新招聘员工.
_OF_WHOM = re.compile(r"(?:男性|女性|[男女]|境内|境外|海外|在职|全职)(?=员工|雇员|职工|人员|董事|高管)")
# "智能手表、手环这类可穿戴设备": they need not be named where the kind is.
_OF_THE_KIND = re.compile(
    r"[^\s,。?;:()、的与和及]{2,10}(?:[、 ][^\s,。?;:()、的与和及]{2,10})+(?:这类|这种|这样|这些|之类)"
)
# "农林牧渔等第一产业": the kind is what is asked about; 高等教育, 同等 are words.
_SUCH_AS = re.compile(
    r"(?<![\u3400-\u9fff、])[\u3400-\u9fff]{2,8}?(?<![高中平同相初优均对劣特一二三四上下])等"
    r"(?![级额值候于待效离分比量式宽身])(?=[\u3400-\u9fff]{3})"
)
# 施工行业, 上海银行间, 中国银行卡, 北京大学生: what begins like a name, or ends like one, and is none.
_RUNS_ON = re.compile(r"[业间卡保监生动情为列程]|鹏元|\d")
_RUNS_INTO = re.compile(r"[施加手成助共举执进发流银外]$")
TERM_COVERED = 0.5  # share of a technical term's tokens that must stand around the figure
BAND_NAMED = 0.8  # share of a metric that is named by the band alone
# "工会员工占员工总数": the part tells one share from another, the whole is much the same for all.
_PART_OF = re.compile(r"(?P<part>[^占]{2,}(?<!市场))占(?![地用有比])(?P<whole>[^占]{2,})")
OF_PART = 0.75  # how much of what a share is about its part makes up
_SINCE_THEN = re.compile(r"以来|至今|到现在|到目前")
_SUMMED = re.compile(r"累计|累积|历年")
_IN_BRACKETS = re.compile(r"(?<=[\u3400-\u9fff])[(]([\u3400-\u9fff]{2,12}\d?)[)]")
_AT_THE_END = re.compile(r"[^,。;()]{0,3}(?:多少|几|百分之|什么)?[^,。;()]{0,6}[?]?$")
# "资产管理子公司的规模": a subsidiary's, without its name; not 公司及子公司, nor how many there are.
_OF_SUBSIDIARY = re.compile(r"(?:子公司|附属公司)(?=的(?!数量|个数|家数)|在?20\d\d)")
_AND_SUBSIDIARIES = re.compile(
    r"(?:[及和与含括、]|连同)(?:其|各|下属|所属|全资|控股|主要|境内|境外){0,3}(?:子公司|附属公司)"
)
_SUBSIDIARIES = re.compile(r"子公司|附属|控股|旗下")
_LATIN_NAME = re.compile(r"(?<![a-z\d])[a-z][a-z\d]{2,}(?![a-z\d])")


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
        self._idf = lru_cache(maxsize=65536)(idf)
        self._unseen = idf("\0")
        self._glossary = glossary
        self._contrasts = contrasts

    def fit(self, question: Question, figure: Figure, period: str | None, report_year: int) -> Fit:
        """Compare; `period` is the one asked for (None: none named).

        The LLM's translation of an English question loses a term now and then, and the glossary alone loses how the
        terms belong together: where there are both, both count.
        """
        fit = self._fit(question, figure, period, report_year)
        if question.gloss:
            # Names are the translation's: the glossary also lists the institution's own place among the terms.
            terms = replace(question, metric=question.gloss)
            fit = fit.merged(self._fit(terms, figure, period, report_year, own_reading=False))
        term, whole = self._term_added(question.chinese)
        if term:
            given = normalise(f"{figure.words} {figure.context} {figure.basis} {figure.sentence}")
            own, around = self.own(figure, term), self.coverage(term, given)
            missing = self.missing(term, given)
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
            if entry and entry.domain not in _EVERYDAY:
                return match[1], bool(_AT_THE_END.match(text[match.end() :]))
        return "", False

    def _fit(
        self, question: Question, figure: Figure, period: str | None, report_year: int, *, own_reading: bool = True
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
            about = normalise(" ".join((*passage.section, passage.text)))
            clashes += self._other_entity(question, f"{label} {context} {about}")
            # A table may be a subsidiary's without a word of it in the table: doubtful, no more.
            own_names = (name for name in question.subsidiaries if not self._glossary.covers(name))
            wider += not all(named_in(name, f"{label} {context} {about}") for name in own_names)
            told = question.subsidiaries or _AND_SUBSIDIARIES.search(question.chinese)
            unnamed = not told and _OF_SUBSIDIARY.search(question.chinese)
            clashes += bool(unnamed) and not _SUBSIDIARIES.search(f"{label} {context} {about}")
        clashes += _ages_differ(asked, label, context)
        rates, printed = bands.rates(asked), bands.rates(label) or bands.rates(near)
        clashes += bool(rates) and bool(printed) and not bands.same(rates, printed)
        if printed and not rates and figure.row is not None:
            # The share of loans in a band of rates is no rate.
            clashes += not bands.speaks_of_rates(f"{normalise(question.text)} {question.chinese} {question.gloss}")
        clashes += figure.row is not None and _beyond_differs(asked, normalise(figure.label))
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
        if own_reading and parted and (narrow or not self.coverage(own, f"{asked} {question.text}")):
            clashes += 1  # one member of a breakdown, of which the question says nothing: not the whole
        label = f"{label} {_of_people(figure)}"
        # A band is named by its ends, whatever the words: the row is the one spoken of.
        least = BAND_NAMED if bands.same(rates, printed) else 0.0
        return Fit(
            asked=max(least, self._spoken_of(asked, f"{label} {near}")),
            around=max(least, self._spoken_of(asked, f"{label} {context}")),
            named=max(least, self.coverage(own, f"{asked} {question.unit_text}")),
            unit=measures.unit_fit(question, figure),
            period=_period_fit(question, figure, period, report_year),
            clash=clashes,
            narrower=narrower,
            wider=wider,
            change=measures.change_differs(question, figure),
            missing=self.missing(_OF_THE_KIND.sub(" ", kind), f"{label} {near} {context}", f"{label} {near}"),
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
        return self.coverage(rest, asked) == 0.0

    def _spoken_of(self, asked: str, given: str) -> float:
        """How much of a metric `given` has; of a share more by its part than by its whole."""
        share = _PART_OF.fullmatch(asked)
        if share is None:
            return self.coverage(asked, given)
        return OF_PART * self.coverage(share["part"], given) + (1 - OF_PART) * self.coverage(share["whole"], given)

    def _other_entity(self, question: Question, given: str) -> int:
        """Whether the question is about a subsidiary, bank, place or product that nothing around the figure names.

        A product is a Latin name that the library knows: then what is said of it stands beside it.
        """
        metric = question.metric
        if self.lacks_institution(metric, given):
            return 1
        for match in self._glossary.match_plain(metric):
            place = match.entry.domain == PLACES and match.entry.chinese[0] not in EVERYWHERE
            name = re.escape(metric[match.start : match.end])
            if re.search(rf"{name}[省市]", question.chinese) and not re.search(rf"{name}[省市]", metric):
                continue  # 山西财务公司 of 山西省, the institution asked about
            if place and not any(abbreviated(term.lower(), given) for term in match.entry.chinese):
                return 1
        for name in _LATIN_NAME.findall(metric):
            if question.language == "en" and not _is_product(name, question.text):
                continue  # a word that the translation left standing
            if re.search(rf"\([^()]*{name}[^()]*\)", question.chinese):
                continue  # 核心一级资本充足率（CET1）: the term's own abbreviation, or what else it tells of it
            if name not in given and self._idf(name) < self._unseen and not self.is_word(name):
                return 1
        for entity in question.entities:
            if self._within_term(entity, question.chinese):
                continue  # 从事证券 of "从事证券经纪业务"
            if self.coverage(entity, given) == 1.0:
                continue  # by another word for the same: 邮政储蓄 for 邮储银行
            if not named_in(entity, given):
                return 1
        return 0

    def lacks_institution(self, asked: str, given: str) -> bool:
        """Whether the question names a bank, rater or university that `given` does not name by any of its names."""
        plain = _OF_THE_KIND.sub(" ", asked)
        named = [
            match.entry
            for match in self._glossary.match_plain(plain)
            if match.entry.domain == INSTITUTIONS
            and not _RUNS_ON.match(plain, match.end)
            and not (match.end - match.start == 2 and _RUNS_INTO.search(plain, 0, match.start))
        ]
        return any(not any(term.lower() in given for term in (*entry.chinese, *entry.english)) for entry in named)

    def _within_term(self, name: str, text: str) -> bool:
        """Whether what reads as a name is but the beginning of a term after a word that opens none."""
        place = text.find(name)
        if place < 0:
            return False
        return any(
            match.start < len(name) < match.end and _OPENS_TERM.search(name[: match.start])
            for match in self._glossary.match_plain(text[place:])
        )

    def _excluded(self, question: Question, given: str) -> bool:
        """Whether the figure is about what the question leaves out: 反贿赂 in "合规培训（不含反贿赂）"."""
        return any(
            term in given and not re.search(rf"(?:非|不含|不包含|不包括|不计|除){re.escape(term)}", given)
            for excluded in question.excluded
            for term in self._terms(excluded)
        )

    def is_term(self, words: str) -> bool:
        """Whether words are terms of the glossary, and so no name."""
        return self._glossary.covers(words)

    def is_word(self, latin: str) -> bool:
        """Whether Latin letters are a term of the glossary (APP, ABS), and no name."""
        return bool(self._glossary.match_en(latin)) or self._glossary.exact(latin) is not None

    def missing(self, asked: str, given: str, own: str = "") -> float:
        """The share of the question, in characters, that is technical terms with no word for them around the figure.

        own: label and group, of which each may have a part of a term.
        """
        terms = [match for match in self._glossary.match_plain(asked) if match.entry.domain not in _EVERYDAY]
        joined = given.replace(" ", "")  # "范围 1" is 范围1
        joined = f"{joined} {_OF_WHOM.sub('', joined)} {joined.replace('总', '')}"  # 耗电总量 is a 耗电量
        joined = f"{joined} {joined.replace('相关', '')}" if "相关" in joined else joined  # 数据安全相关审计
        spoken_of = {
            (match.start, match.end)
            for match in terms
            if any(term.lower() in joined or _stands_uncounted(term.lower(), joined) for term in match.entry.chinese)
            or any(term.lower() in given for term in match.entry.english)
        }
        # 存款余额（人民币） speaks of 人民币存款, 社会保险覆盖率 not of 风险覆盖率:
        # what tells two terms apart comes first.
        told = {(match.start, match.end): match.entry.chinese for match in terms}
        lacking = {
            (start, end)
            for start, end in told.keys() - spoken_of
            if (
                asked[start : start + 2] not in given
                or self.coverage(_COUNTING.sub("", asked[start:end]), given) < TERM_COVERED
            )
            # 女性 under 员工流失率 speaks of the 女性员工流失率, and so of the 女员工流失率.
            and not any(_stands_in_two(term.lower(), own) for term in told[start, end])
        }
        size = len(asked.replace(" ", ""))
        return min(1.0, sum(end - start for start, end in lacking) / size) if size else 0.0

    def _terms(self, text: str) -> list[str]:
        """The glossary's terms in a text, those of more than two characters; the whole text where it has none."""
        found = [text[match.start : match.end] for match in self._glossary.match_plain(text)]
        return [term for term in found if len(term) > 2] or ([text] if len(text) > 1 else [])

    def own(self, figure: Figure, wanted: str) -> float:
        """Share of the tokens of `wanted`, by weight, that the figure's own words have."""
        return self.coverage(wanted, normalise(" ".join((figure.words, *groups_of(figure.passage)))))

    def around(self, figure: Figure, wanted: str) -> float:
        """Share of the tokens of `wanted`, by weight, that stand in or around the figure."""
        groups = groups_of(figure.passage) if figure.row else ()
        words = (figure.words, figure.label, *groups, figure.context, figure.sentence)
        return self.coverage(wanted, normalise(" ".join(words)))

    def coverage(self, wanted: str, given: str) -> float:
        """Share of the tokens of `wanted`, by weight, that `given` has, as they are or by another word for the same."""
        have = set(tokenize(given))
        covered_spans = []
        plain = f"{given}|{given.replace('总', '')}"  # 耗电总量 is a 耗电量
        for match in self._glossary.match_plain(wanted):
            if any(term.lower() in plain for term in (*match.entry.chinese, *match.entry.english)):
                covered_spans.append((match.start, match.end))
        total = found = 0.0
        for start, token in _weighted_tokens(wanted):
            weight = self._idf(token)
            if len(token) == 1:
                weight *= 0.5
            total += weight
            if token in have or any(a <= start and start + len(token) <= b for a, b in covered_spans):
                found += weight
        return found / total if total else 0.0


def _stands_in_two(term: str, given: str) -> bool:
    """Whether a text has a term in two parts, of two characters or more each, as label and group may have."""
    return any(term[:place] in given and term[place:] in given for place in range(2, len(term) - 1))


def _of_people(figure: Figure) -> str:
    """What a short label of a number of people leaves out: 信息技术, 188人 are 信息技术人员."""
    people = figure.unit is not None and figure.unit.dimension == "person" and len(figure.label) <= _SHORT_LABEL
    named = normalise(figure.label)
    return "" if figure.row is None or not people or _SAYS_WHO.search(named) else f"{named}人员"


def _stands_uncounted(term: str, given: str) -> bool:
    """Whether a text has a term without its word of counting: 女性员工 for 女性员工人数."""
    plain = _COUNTING.sub("", term)
    return plain != term and len(plain) > 3 and plain in given


def named_in(name: str, text: str) -> bool:
    """Whether a text has a name, or most of its pairs of characters: 中德证券 for 中德证券有限责任公司."""
    pairs = [name[place : place + 2] for place in range(len(name) - 1)]
    return sum(pair in text for pair in pairs) >= 0.6 * len(pairs)


def _is_product(name: str, text: str) -> bool:
    """Whether an English text writes a name as no common word is written: BizPro, SaaS, iPhone."""
    written = re.search(rf"(?<![a-z\d]){re.escape(name)}(?![a-z\d])", text, re.IGNORECASE)
    return written is not None and bool(re.search(r"[A-Z\d]", written[0][1:]))


def _weighted_tokens(text: str) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    for match in re.finditer(r"[\u3400-\u9fff]+|[a-z][a-z0-9+]*|\d+(?:\.\d+)?", text):
        word, start = match[0], match.start()
        if word[0].isascii():
            found.append((start, tokenize(word)[0] if tokenize(word) else word))
            continue
        found += [(start + place, char) for place, char in enumerate(word)]
        found += [(start + place, word[place : place + 2]) for place in range(len(word) - 1)]
    return found


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
