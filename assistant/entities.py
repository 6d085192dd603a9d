"""Whose figure is asked about: the subsidiaries, banks, raters, places and products that a question names."""

from __future__ import annotations

import re

from assistant.places import EVERYWHERE, INSTITUTIONS, PLACES, abbreviated
from assistant.question import Question
from assistant.terms import Terms
from index.glossary import Glossary

# "智能手表、手环这类可穿戴设备": they need not be named where the kind is.
OF_THE_KIND = re.compile(
    r"[^\s,。?;:()、的与和及]{2,10}(?:[、 ][^\s,。?;:()、的与和及]{2,10})+(?:这类|这种|这样|这些|之类)"
)
# "从事证券经纪业务", "这类城市定制型保险": what stands before a term and is no name.
_OPENS_TERM = re.compile(r"(?:从事|开展|办理|经营|参与|涉及|主营|有关|关于|[的类种对向在从由为个])$")
# 施工行业, 上海银行间, 中国银行卡, 北京大学生: what begins like a name, or ends like one, and is none.
_RUNS_ON = re.compile(r"[业间卡保监生动情为列程]|鹏元|\d")
_RUNS_INTO = re.compile(r"[施加手成助共举执进发流银外]$")
_LATIN_NAME = re.compile(r"(?<![a-z\d])[a-z][a-z\d]{2,}(?![a-z\d])")
# "资产管理子公司的规模": a subsidiary's, without its name; not 公司及子公司, nor how many there are.
_OF_SUBSIDIARY = re.compile(r"(?:子公司|附属公司)(?=的(?!数量|个数|家数)|在?20\d\d)")
_AND_SUBSIDIARIES = re.compile(
    r"(?:[及和与含括、]|连同)(?:其|各|下属|所属|全资|控股|主要|境内|境外){0,3}(?:子公司|附属公司)"
)
_OF_THE_REPORTER = re.compile(
    r"资产|负债|营业(?:总?收入|支出)|营收|利润|净利|员工|雇员|职工|人数|董事|股东|纳税|薪酬|捐赠|[存贷]款余额|用电|用水|能耗|能源|温室气体|排放|废弃物"
)
_SUBSIDIARIES = re.compile(r"子公司|附属|控股|旗下")


class Entities:
    """Checks whether a text is about what a question names."""

    def __init__(self, terms: Terms, glossary: Glossary) -> None:
        """glossary: with institutions and places in fields of their own."""
        self._terms = terms
        self._glossary = glossary

    def clashes(self, question: Question, given: str, label: str) -> int:
        """In how many ways `given`, a figure's words and all around it, is about another entity than the question.

        label: a row's own; what every firm has is the reporting firm's own unless another is named.
        """
        told = question.subsidiaries or _AND_SUBSIDIARIES.search(question.chinese)
        unnamed = not told and _OF_SUBSIDIARY.search(question.chinese)
        whole = bool(_OF_THE_REPORTER.search(label)) and self.subsidiary_unnamed(question, given)
        return self._names_another(question, given) + (bool(unnamed) and not _SUBSIDIARIES.search(given)) + whole

    def subsidiary_unnamed(self, question: Question, given: str) -> bool:
        """Whether `given` lacks the name of a subsidiary that is asked about, whose its table may be all the same."""
        return not all(named_in(name, given) for name in question.subsidiaries if not self._glossary.covers(name))

    def lacks_institution(self, asked: str, given: str) -> bool:
        """Whether the question names a bank, rater or university that `given` does not name by any of its names."""
        plain = OF_THE_KIND.sub(" ", asked)
        named = [
            match.entry
            for match in self._glossary.match_plain(plain)
            if match.entry.domain == INSTITUTIONS
            and not _RUNS_ON.match(plain, match.end)
            and not (match.end - match.start == 2 and _RUNS_INTO.search(plain, 0, match.start))
        ]
        return any(not any(term.lower() in given for term in (*entry.chinese, *entry.english)) for entry in named)

    def _names_another(self, question: Question, given: str) -> bool:
        """Whether the question is about a subsidiary, bank, place or product that nothing around the figure names.

        A product is a Latin name that the library knows: then what is said of it stands beside it.
        """
        metric = question.metric
        if self.lacks_institution(metric, given):
            return True
        for match in self._glossary.match_plain(metric):
            place = match.entry.domain == PLACES and match.entry.chinese[0] not in EVERYWHERE
            name = re.escape(metric[match.start : match.end])
            if re.search(rf"{name}[省市]", question.chinese) and not re.search(rf"{name}[省市]", metric):
                continue  # 山西财务公司 of 山西省, the institution asked about
            if place and not any(abbreviated(term.lower(), given) for term in match.entry.chinese):
                return True
        for name in _LATIN_NAME.findall(metric):
            if question.language == "en" and not _is_product(name, question.text):
                continue  # a word that the translation left standing
            if re.search(rf"\([^()]*{name}[^()]*\)", question.chinese):
                continue  # 核心一级资本充足率（CET1）: the term's own abbreviation, or what else it tells of it
            if name not in given and self._terms.is_known(name) and not self._terms.is_word(name):
                return True
        for entity in question.entities:
            if self._within_term(entity, question.chinese):
                continue  # 从事证券 of "从事证券经纪业务"
            if self._terms.coverage(entity, given) == 1.0:
                continue  # by another word for the same: 邮政储蓄 for 邮储银行
            if not named_in(entity, given):
                return True
        return False

    def _within_term(self, name: str, text: str) -> bool:
        """Whether what reads as a name is but the beginning of a term after a word that opens none."""
        place = text.find(name)
        if place < 0:
            return False
        return any(
            match.start < len(name) < match.end and _OPENS_TERM.search(name[: match.start])
            for match in self._glossary.match_plain(text[place:])
        )


def named_in(name: str, text: str) -> bool:
    """Whether a text has a name, or most of its pairs of characters: 中德证券 for 中德证券有限责任公司."""
    pairs = [name[place : place + 2] for place in range(len(name) - 1)]
    return sum(pair in text for pair in pairs) >= 0.6 * len(pairs)


def _is_product(name: str, text: str) -> bool:
    """Whether an English text writes a name as no common word is written: BizPro, SaaS, iPhone."""
    written = re.search(rf"(?<![a-z\d]){re.escape(name)}(?![a-z\d])", text, re.IGNORECASE)
    return written is not None and bool(re.search(r"[A-Z\d]", written[0][1:]))
