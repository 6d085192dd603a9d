"""English questions put into Chinese: rules and glossary first, then the LLM, whose translation is put straight."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant import bands
from assistant.answer import Language
from assistant.english import (
    adds_up,
    asks_alone,
    asks_arithmetic,
    asks_change,
    asks_figure,
    asks_money,
    asks_name,
    asks_per_head,
    asks_per_thing,
    asks_points,
    asks_portion,
    asks_share,
    asks_sum,
    asks_times,
    asks_together,
    asks_why,
    asks_word,
    counted,
    divided,
    proper_names,
    span_counted,
    year_within,
)
from assistant.llm import Cancelled, LanguageModel, Usage
from assistant.periods import find_periods
from assistant.periods import previous as previous_period
from assistant.pinyin import PinyinNames
from assistant.places import EVERYWHERE, INSTITUTIONS, PLACES, abbreviated
from assistant.prompts import Prompt
from assistant.question import understand
from assistant.rewriting import (
    chinese_bands,
    chinese_periods,
    owner_first,
    per_revenue,
    plain_terms,
    straight_times,
    straight_years,
    without_answer_unit,
    without_left_out,
    without_manner,
    without_negated,
    without_source,
    worked_back,
)
from assistant.units import leading_unit
from assistant.vocabulary import Vocabulary
from index.catalog import Catalog
from index.glossary import Entry, Glossary
from index.text import normalise

_HAN = re.compile(r"[\u3400-\u9fff]")
_ASKS_NAME = re.compile(r"哪|什么|谁|何|几[年月号日]")
_ASKS_WHY = re.compile(r"为什么|为何|原因|怎么会")
_ASKED_MUCH = re.compile(r"(?:是|为|有|达到?)?(?:多少|百分之几|几)[^,，。]*$")
_ASKS = re.compile(r"多[少高大长久快重]|几|哪|什么|谁|吗|何|怎|是否")
_GENERAL = {"general", "question", "time", "place", "places", "unit", "units"}
_RISEN = r"(?:增[加长]?|减少?|上升|下[降滑]|提[高升]|降低?|上?涨|下?跌|缩[短减小]|压缩|节[省约]|变[动化])"
_CHANGED = re.compile(rf"(?:{_RISEN}|[高低多少大小长短])[了出额幅到]*\s*约?(?:多少|百分之几|几)|相差")
_DECADE = re.compile(r"\b(?:the )?(?:19|20)\d0s\b")
_BASE = re.compile(
    r"\b(?:since|earlier|ago|from|than|compared|against|baseline|base|versus|over(?! 20\d\d)|previous|prior|before)\b",
    re.IGNORECASE,
)
_EACH = re.compile(r"人均|平均|每")
_OWNER = re.compile(r"['’]s? ")
_GRADE = re.compile(r"(等级|评级|级别)(?:是|为)多少")
_PER_CENT = re.compile(r"百分之(?:几|多少)|多少(?:个?百分比|%)")
_ADDED = re.compile(r"合计|一共|总共|共计|之和|总和|加起来|相加")
_IN_ALL = re.compile(r"的?总(?:数量|数|额|量|人数|金额)?(?=[是为有达]|多少)")
_OFTEN = re.compile(r"(?:多少|几)次")
_WHICH = re.compile(r"\bwhich[ |]+((?:[\w-]+ ?){1,4})", re.IGNORECASE)
_OCCASIONS = re.compile(r"(?<!人)次数|(?<=多少)次|(?<=几)次")
_OUTSIDE = re.compile(r"\b(?:outside|beyond|excluding|except|other than)(?: of)?(?: the)? $", re.IGNORECASE)
_OUTSIDE_OF = re.compile(r"\b(?:outside|beyond)(?: of)?(?: the)? ", re.IGNORECASE)
_OF = re.compile(r"([\u3400-\u9fff])的(?=[\u3400-\u9fff])")
_LEFT_STANDING = re.compile(r"(?<![A-Za-z])[a-z]{4,}(?: [a-z]{3,})*(?![A-Za-z])")
_BAND = re.compile(r"LPR加点[\d.到不]+个百分点(?:以上)?")
# "2024年前5个月比2024年同期": no year is compared with itself.
_SAME_YEAR = re.compile(r"((20\d\d)年[^,，。?？]*?)(?:比|较)\2年(?:的)?同期")
_SPANS = {"hours": "小时", "days": "天", "minutes": "分钟", "weeks": "周", "months": "个月"}
_HOW_MANY = re.compile(r"(?=(?:是|为|有|达到?)?(?:多少|几(?!年|个月)))")
# Nothing to add up: levels at two dates, rates, a difference, each by itself.
_NO_SUM = re.compile(r"分别|各自|差|率|比例|占|[年月期]末|年底")
_MUCH = re.compile(r"多少|几|百分之")
_WHICH_ONES = re.compile(r"哪些(?:个)?|哪几个|哪个")
# "实际使用外资占实际使用外资的百分比变化了多少": nothing is a share of itself.
_OF_ITSELF = re.compile(r"(?P<what>[\u3400-\u9fff]{2,16}?)占(?P=what)的?(?:百分比|比例|比重)")
_YEARLY_GROWTH = re.compile(r"(?<![\d同])(?:年度?增长率|年增幅|年增速)")
_YEAR_ON_YEAR = re.compile(r"\byear[- ]on[- ]year\b", re.IGNORECASE)
_CARBON = re.compile(r"二氧化碳(?:等效物?|等价物?|等量物?|当量物)")
_MAX_TERMS = 4
_BY_WORKING_BACK = "按当年数额和同比变化推算，"
_PORTION_OF = re.compile(r"的?(?:比例|占比|百分之几)(?=[是为有]?多少|[?？]|$)")

_COMPARED_YEAR = re.compile(r",?(?:比|较|与|相比于?)(20\d\d)年(?:末|初|底|同期)?(?:相比)?")
_ANOTHER_YEAR = re.compile(
    r"\b(?:year[- ](?:on[- ]year|earlier)|versus|vs|against|compar\w+|than|FY\d\d|previous|prior|preceding|last|past|"
    r"earlier|ago|before|since|annual|years)\b",
    re.IGNORECASE,
)


class Translator:
    """Makes the Chinese question that the rest of the pipeline works on."""

    def __init__(
        self,
        llm: LanguageModel | None,
        catalog: Catalog,
        glossary: Glossary,
        translate: Prompt,
        arithmetic: Prompt,
        names: PinyinNames | None = None,
        vocabulary: Vocabulary | None = None,
    ) -> None:
        """llm None: English questions are put into Chinese by the glossary alone.

        translate: for plain look-ups; arithmetic: for questions that compare, add or divide. names: finds what is
        written in pinyin; None leaves it as it is. vocabulary: gives the words that the reports use; None: the
        glossary's own.
        """
        self._pinyin = names
        self._vocabulary = vocabulary
        self._llm = llm
        self._catalog = catalog
        self._glossary = glossary
        self._translate = translate
        self._arithmetic = arithmetic

    def chinese(self, question: str, language: Language, usage: Usage, cancelled: Cancelled) -> str:
        """A question in Chinese; one that is in Chinese is left alone."""
        if language != "en":
            return question
        question, names = self.named(owner_first(question))
        question = without_source(question)
        if self._llm is None:
            return self.by_glossary(question)
        if (asked := worked_back(question)) is not None:
            named = self._institutions(self._catalog.resolve(question))
            about = "".join(named) if len(named) == 1 else ""
            told = self.chinese(asked, language, usage, cancelled)
            return f"{'' if about in told else about}{_BY_WORKING_BACK}{told}"
        money = asks_money(question)
        question = straight_years(straight_times(without_answer_unit(plain_terms(without_negated(question)))))
        prepared = self._names(per_revenue(chinese_bands(chinese_periods(question))))
        arithmetic = asks_arithmetic(question) and not asks_why(question)
        first, other = self._translate, self._arithmetic
        if arithmetic:
            first, other = other, first
        text = self._translated(question, prepared, first, usage, cancelled)
        text = self._all_chinese(text, prepared)
        if lost := self._lost(question, text):
            # Terms that the glossary gave, and that are not in the translation: the other prompt may keep them.
            again = self._all_chinese(self._translated(question, prepared, other, usage, cancelled), prepared)
            text = again if len(self._lost(question, again)) < len(lost) else text
        if asks_change(question) and not (arithmetic or asks_why(question)) and not _CHANGED.search(text):
            # "by how much did it rise" has become "how much was it"
            again = self._translated(question, prepared, self._arithmetic, usage, cancelled)
            text = again if _CHANGED.search(again) else text
        if not _HAN.search(text):
            return self.by_glossary(question)
        text = _CARBON.sub("二氧化碳当量", _with_bands(text, prepared))
        if money:
            text = text.replace("笔数", "规模")
        text = _OF_ITSELF.sub(r"\g<what>", text)
        text = _YEARLY_GROWTH.sub("同比增长率", text) if _YEAR_ON_YEAR.search(question) else text
        text = re.sub(r"[比较]单月", "比上月", text)  # "increase in the single month of June"
        text = _SAME_YEAR.sub(r"\1同比", text)
        years = {asked.period for asked in find_periods(normalise(text))}
        joint = adds_up(question)
        if asks_sum(question) and not (_ADDED.search(text) or _NO_SUM.search(text)) and (len(years) > 1 or joint):
            text = _HOW_MANY.sub("一共", text.replace("或", "和") if joint else text, count=1)
        if not asks_share(question) and counted(question) and not _MUCH.search(text):
            text = _WHICH_ONES.sub("多少个", text, count=1)
        if (year := year_within(question)) and "当年" not in text:
            text = re.sub(
                rf"{year}年(?:期间|[内中里](?!期)|度(?!末))?(?![年末底初上下前第中全度一二三四Q\d])",
                f"{year}年当年",
                text,
                count=1,
            )
        if formula := self._formula(question):
            text = f"{text.rstrip('?？')}({formula})？"
        if self.unit(question) == "人次":
            text = re.sub(r"人[-/·]次", "人次", text)
            text = _OCCASIONS.sub("人次", text)
        if asks_times(question):
            text = _OFTEN.sub("多少倍", text)
        if asks_per_head(question) and not _EACH.search(text):
            text, found = _OF.subn(r"\1的人均", text, count=1)
            text = text if found else _HOW_MANY.sub("人均", text, count=1)
        if asks_portion(question) and "占" not in text:
            text = _PORTION_OF.sub("的金额" if money else "的数额", text)  # "how much of A went to B"
        text = self._with_outside(text, question)
        text = _GRADE.sub(r"\1是什么", text)
        if asks_points(question) and "百分点" not in text:
            text = _PER_CENT.sub("多少个百分点", text)
        if asks_together(question) and not _ADDED.search(text):
            text = _IN_ALL.sub("合计", text, count=1)
        if asks_per_thing(per_revenue(question)) and "平均" not in text:
            text = text.replace("每", "平均每", 1)
        text = self._with_slots(self._with_places(_without_invented_years(text, question), question), prepared)
        dropped = "".join(f"（{name}）" for name in dict.fromkeys(names) if name not in text)
        return f"{text.rstrip('?？')}{dropped}？" if dropped else text

    def by_glossary(self, question: str) -> str:
        """An English question as a bag of Chinese terms, with names and periods; no LLM."""
        question = without_negated(question)
        prepared = self._names(chinese_periods(question))
        return " ".join([prepared, *self._glossary.chinese(question)])

    def named(self, question: str) -> tuple[str, tuple[str, ...]]:
        """The question with the names that it writes in pinyin in Chinese, and these names."""
        return (question, ()) if self._pinyin is None else self._pinyin.replaced(question)

    def quoted(self, question: str) -> tuple[str, ...]:
        """The names in pinyin that an English question sets in quotation marks, in Chinese."""
        text, names = self.named(question)
        return tuple(name for name in dict.fromkeys(names) if re.search(rf"[“‘\"'「]{re.escape(name)}", text))

    def gloss(self, question: str) -> str:
        """The Chinese terms alone, in order, that the glossary has for an English question about a metric."""
        question, names = self.named(question)
        plain = without_negated(without_left_out(without_manner(plain_terms(without_source(question)))))
        # Commas keep the terms apart: what the end of one and the beginning of the next make together is no word.
        prepared = self._names(chinese_bands(chinese_periods(plain)))
        terms = self._glossary.chinese(self._without_names(self._without_owners(plain)))
        bag = understand(plain, "、".join([prepared, *names, *terms]), "en", self._catalog)
        return " ".join(word for word in bag.metric.split() if _HAN.search(word))

    def _translated(self, question: str, prepared: str, prompt: Prompt, usage: Usage, cancelled: Cancelled) -> str:
        """The LLM's translation. With many terms it sometimes states what it should ask: without them it asks."""
        assert self._llm is not None
        figure = asks_figure(question)
        text, asked = "", "" if figure else asks_word(question)
        asking = _ASKS_NAME if not figure and asks_name(question) else _ASKS
        if why := asks_why(question):
            figure, asking = False, _ASKS_WHY
        other = self._arithmetic if prompt is self._translate else self._translate
        ways = [(prompt, self._terms(question)), (prompt, "")]
        ways += [(other, self._terms(question))] if asking is _ASKS_NAME else []
        for way, terms in ways:
            values = {"terms": terms, "question": prepared}
            reply = self._llm.complete(way, values, max_tokens=90, usage=usage, cancelled=cancelled).strip()
            text = reply.splitlines()[0] if reply else ""
            if _HAN.search(text) and asking.search(text):
                return text
        if why and _HAN.search(text):
            return f"{_ASKED_MUCH.sub('', text.rstrip('?？。'))}的原因是什么？"
        if not _HAN.search(text) or (_ASKS.search(text) and (figure or asking is _ASKS)):
            return text
        # "Which minister led a delegation?" has become a statement.
        plain = text.rstrip("?？。")
        if asked.startswith("哪"):
            asked += self._kind_asked(question)
        return f"{plain}是多少？" if figure else f"{plain}（{asked}）？" if asked else text

    def _kind_asked(self, question: str) -> str:
        """The Chinese for the noun after "which", the institution's name apart: 子公司 in "Which A Bank subsidiary"."""
        after = _WHICH.search(self._without_names(question))
        found = self._glossary.match_en(after[1]) if after else []
        return found[0].entry.chinese[0] if found and found[0].start == 0 else ""

    def _lost(self, question: str, text: str) -> list[str]:
        """The terms of a question, in Chinese, of which its translation has not even half the characters."""
        plain = normalise(text)

        def kept(term: str) -> bool:
            return 2 * sum(char in plain for char in term) >= len(term)

        hints = self._hints(question).values()
        return [entry.chinese[0] for entry in hints if not any(kept(term.lower()) for term in entry.chinese)]

    def _formula(self, question: str) -> str:
        """By what an English question says that it is to be worked out, in the glossary's terms; "" for nothing."""
        parts = divided(question)
        terms = [self._hints(part) for part in parts or ()]
        if not terms or not all(terms):
            return ""
        return "除以".join(max(found.items(), key=lambda item: len(item[0]))[1].chinese[0] for found in terms)

    def unit(self, question: str) -> str:
        """The unit that an English question itself names after "how many", or %, in Chinese; "" for none."""
        if asks_share(question):
            return "%"
        if asks_times(question):
            return "倍"
        if span := span_counted(question):
            return _SPANS[span]
        words = counted(plain_terms(question))
        for told in dict.fromkeys((words, words.partition(" of ")[0])):  # "hours of training" is one term
            begins = [match.entry for match in self._glossary.match_en(told) if match.start == 0] if told else []
            if unit := next((term for entry in begins for term in entry.chinese if leading_unit(term) == term), ""):
                return unit
        return ""

    def _without_names(self, question: str) -> str:
        """An English question with the library's institutions cut out."""
        for mention in reversed(self._catalog.mentions(question)):
            question = f"{question[: mention.start]}|{question[mention.end :]}"
        return question

    def _without_owners(self, question: str) -> str:
        """An English question without "Alpha Bank's": "percentage of Alpha Bank's employees" is one term."""
        for mention in reversed(self._catalog.mentions(question)):
            owner = _OWNER.match(question, mention.end)
            if owner:
                question = question[: mention.start] + question[owner.end() :]
        return question

    def names_others(self, question: str) -> bool:
        """Whether an English question names what is neither in the library nor a term: another institution, say."""
        plain = self._without_names(question)
        named = any(match.entry.domain == INSTITUTIONS for match in self._glossary.match_en(plain))
        return named or any(not self._glossary.match_en(name) for name in proper_names(plain))

    def _all_chinese(self, text: str, prepared: str) -> str:
        """English words that the LLM left standing, put into Chinese where the glossary has them (tertiary产业)."""
        for word in sorted(set(_LEFT_STANDING.findall(text)), key=len, reverse=True):
            found = self._glossary.match_en(word)
            if found and found[0].start == 0 and found[0].end == len(word) and f"'{word}" not in prepared:
                text = re.sub(rf"(?<![A-Za-z]){re.escape(word)}(?![A-Za-z])", found[0].entry.chinese[0], text)
        return text

    def _with_places(self, text: str, question: str) -> str:
        """The translation with the places that the question names: 苏州 for Shuozhou, Datong left standing, or lost."""
        wanted = {
            normalise(question)[match.start : match.end]: match.entry.chinese
            for match in self._glossary.match_en(question)
            if match.entry.domain == PLACES
        }
        apart = self._without_names(question)  # places are part of an institution's name too
        known = [m for m in self._glossary.match_zh(text) if m.entry.domain == PLACES]
        given = {normalise(text)[m.start : m.end] for m in known}
        foreign = given - {term for terms in wanted.values() for term in terms}
        for english, chinese in wanted.items():
            if any(term in given for term in chinese):
                continue
            standing = re.compile(rf"(?<![A-Za-z]){re.escape(english)}(?![A-Za-z])", re.IGNORECASE)
            if standing.search(text):
                text = standing.sub(chinese[0], text)
            elif len(foreign) == 1 and not any(m.reports for m in self._catalog.mentions(min(foreign))):
                text = text.replace(foreign.pop(), chinese[0])
            elif chinese[0] not in EVERYWHERE and not abbreviated(chinese[0].removeprefix("中国"), text):
                named = re.search(rf"\b{re.escape(english)}\b", apart, re.IGNORECASE)
                outside = "以外" if named and _OUTSIDE.search(apart[: named.start()]) else ""
                text = f"{text.rstrip('?？')}（{chinese[0]}{outside}）？" if named else text
        return text

    def _with_outside(self, text: str, question: str) -> str:
        """The translation with the place that the question says lies outside: 山西省以外, not 山西省."""
        found = _OUTSIDE_OF.search(question)
        if found is None or re.search(r"[以之省市县区境国]外|海外|外[地省]|除[^,，]{1,8}外", text):
            return text
        named = self._catalog.mentions(text)
        for match in self._glossary.match_en(question[found.end() :]):
            if match.start != 0 or match.entry.domain != PLACES:
                continue
            for name in sorted(match.entry.chinese, key=len, reverse=True):
                ends = [m.end() for m in re.finditer(re.escape(name), text)]
                apart = [p for p in ends if not any(m.start < p < m.end for m in named)]
                if apart:
                    return f"{text[: apart[-1]]}以外{text[apart[-1] :]}"
        return text

    def _terms(self, question: str) -> str:
        """The glossary's hints for the LLM, in the words of the report that is asked about."""
        reports = self._catalog.resolve(question)

        def spelling(names: Sequence[str]) -> str:
            return names[0] if self._vocabulary is None else self._vocabulary.spelling(names, reports)

        return "；".join(f"{english}={spelling(entry.chinese)}" for english, entry in self._hints(question).items())

    def _hints(self, question: str) -> dict[str, Entry]:
        """The longest terms of the glossary's fields; general words the LLM knows itself."""
        question = self._without_names(self._without_owners(question))
        found = [match for match in self._glossary.match_en(question) if match.entry.domain not in _GENERAL]
        longest = sorted(found, key=lambda match: match.start - match.end)[:_MAX_TERMS]
        plain = normalise(question)
        return {plain[match.start : match.end]: match.entry for match in sorted(longest, key=lambda match: match.start)}

    def _with_slots(self, text: str, prepared: str) -> str:
        """The translation may not lose a name or a period."""
        # "Shanxi Bank" is neither the province nor the securities firm: what is not certain is not put in.
        sure = [m.reports[0] for m in self._catalog.mentions(prepared) if len(self._institutions(m.reports)) == 1]
        told = self._institutions(self._catalog.resolve(text))
        names = "".join(name for name in self._institutions(sure) if name not in told)
        plain = _DECADE.sub("", normalise(prepared))
        wanted = [asked.period for asked in find_periods(plain)]
        given = [asked.period for asked in find_periods(normalise(text))]
        for period in () if _BASE.search(prepared) else wanted:
            # "rose in 2024" leaves open against what, and a printed change says so itself.
            before = previous_period(period)
            if before in given and before not in wanted:
                rest = rf"(?:的[^比较，,？?]{{0,20}}?)?(?={_RISEN}了?(?:多少|百分之|几))"
                text = re.sub(rf"[比较]{before[:4]}年(?:\d\d?月)?[末底]?{rest}", "", text)
        if wanted and set(wanted) != set(given):
            years = sorted({period[:4] for period in wanted} - {period[:4] for period in given})
            # 2013年 of 自2013年以来 stands there, though it is no period.
            text = "".join(f"{year}年" for year in years if f"{year}年" not in text) + text
            text = _with_parts(text, plain)
        if asks_alone(prepared) and len(set(wanted)) == 1 and not re.search(r"[单当][月季]", text):
            text = f"{text.rstrip('?？')}（单{'季' if '-Q' in wanted[0] else '月'}）？"
        return names + text

    def _institutions(self, reports: Sequence[str]) -> dict[str, None]:
        """The Chinese names of the institutions of some reports, each once, in order."""
        return dict.fromkeys(self._catalog.get(report).institution["zh-Hans"] for report in reports)

    def _names(self, text: str) -> str:
        """English names of institutions replaced by Chinese ones."""
        plain = text
        for report in self._catalog.reports:
            names = sorted((n for n in report.names() if n.isascii() and len(n) > 5), key=len, reverse=True)
            for name in names:
                mentioned = self._catalog.resolve(name)
                if mentioned == (report.id,):
                    chinese = report.institution["zh-Hans"]
                    pattern = rf"(?<![A-Za-z]){re.escape(name)}(?![A-Za-z])"
                    plain = re.sub(rf"{pattern}['’](?= )", f"{chinese}'s", plain, flags=re.IGNORECASE)
                    plain = re.sub(pattern, chinese, plain, flags=re.IGNORECASE)
        return plain


def _with_bands(text: str, prepared: str) -> str:
    """The translation with the band of rates as the question, prepared for it, names it: 低于 has been made of 不到."""
    for band in dict.fromkeys(_BAND.findall(prepared)):
        if bands.same(bands.rates(normalise(text)), bands.rates(normalise(band))):
            continue
        number = re.escape(re.findall(r"\d+(?:\.\d+)?", band)[-1])
        loose = re.compile(
            rf"(?:不?[高低]于|不到|超过|比|在)?\s*LPR(?:[^,，。?？\d]{{0,8}})\d*[^,，。?？\d]{{0,6}}{number}"
            r"\s*(?:个?百分点|%)(?:以[上下内])?",
            re.IGNORECASE,
        )
        text, found = loose.subn(band, text, count=1)
        text = text if found else f"{text.rstrip('?？')}（{band}）？"
    return text


def _with_parts(text: str, wanted: str) -> str:
    """A translation whose one period is a bare year, with the month or quarter of that year that is asked for."""
    parts = {asked.period: wanted[asked.start : asked.end] for asked in find_periods(wanted)}
    given = {asked.period for asked in find_periods(normalise(text))}
    if len(parts) != 1 or len(given) != 1:
        return text
    (period, spoken), (year,) = *parts.items(), given
    return re.sub(rf"{year}年[度末底]?", spoken, text, count=1) if period[:4] == year and period != year else text


def _without_invented_years(text: str, question: str) -> str:
    """A translation without a year that the question does not compare with: "increase during March 2024"."""
    if _ANOTHER_YEAR.search(question):
        return text
    return _COMPARED_YEAR.sub(lambda match: match[0] if match[1] in question else "", text)
