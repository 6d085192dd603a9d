"""Follow-ups ("那2023年呢？", "and Hundsun?") made whole by what was asked before: rules first, then the LLM."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from assistant.answer import Language
from assistant.contrasts import Contrasts
from assistant.llm import Cancelled, LanguageModel, Usage
from assistant.periods import find_periods
from assistant.periods import previous as previous_of
from assistant.prompts import Prompt
from assistant.question import understand
from index.catalog import Catalog
from index.glossary import Glossary
from index.text import normalise

_HAN = re.compile(r"[\u3400-\u9fff]")
_EVERYDAY = {"general", "question", "time", "place", "unit", "units"}  # its words name no metric
_FOLLOW_UP = re.compile(
    r"^(?:那么|那|它|其|该|这|同一|and\b|what about|how about|那麼|還有|还有|其中|相比|比)|(?:呢|呢？|呢\?)$",
    re.IGNORECASE,
)
_YEAR_BEFORE = re.compile(
    r"^(?:那么?|and )?(?:前一年|上一年|上年|去年|前年同期|the year before|the previous year)(?:度|的)?呢?\??$"
)
_MONTH_ALONE = re.compile(r"^(?:那么?|那)?(\d{1,2}月[末底份]?)的?呢\??$")
_AND_THIS = re.compile(r"^(?:那么?|那|还有)?([\u3400-\u9fff]{2,12}?)的?呢\??$")
_LONGEST_HISTORY = 12  # turns: what was said before is not what a follow-up means, and each costs a translation

InChinese = Callable[[str, Language], str]


class FollowUps:
    """Makes the complete question of the last one of a conversation."""

    def __init__(
        self, llm: LanguageModel | None, catalog: Catalog, glossary: Glossary, contrasts: Contrasts, rewrite: Prompt
    ) -> None:
        """llm None: what no rule completes stands beside the question before."""
        self._llm = llm
        self._catalog = catalog
        self._glossary = glossary
        self._contrasts = contrasts
        self._rewrite = rewrite

    def completed(
        self,
        question: str,
        language: Language,
        history: Sequence[Mapping[str, str]],
        in_chinese: InChinese,
        usage: Usage,
        cancelled: Cancelled,
    ) -> str:
        """The complete question in Chinese; in_chinese translates one question."""
        history = history[-_LONGEST_HISTORY:]
        before = [turn["content"] for turn in history if turn.get("role") == "user" and turn.get("content")]
        text = in_chinese(question, language)
        if not before or self._stands_alone(text):
            return text
        earlier = history[: _last_user(history)]
        previous_one = self.completed(before[-1], _script(before[-1]), earlier, in_chinese, usage, cancelled)
        return self._completed(text, previous_one, usage, cancelled)

    def _stands_alone(self, text: str) -> bool:
        """Whether a question names institution and metric itself, so that nothing said before can change it."""
        now = understand(text, text, "zh-Hans", self._catalog)
        return bool(len(_bare(now.metric)) >= 4 and now.reports and not _FOLLOW_UP.search(text.strip("？? ")))

    def _completed(self, text: str, previous: str, usage: Usage, cancelled: Cancelled) -> str:
        """A follow-up made whole; a question that stands on its own is left alone."""
        now = understand(text, text, "zh-Hans", self._catalog)
        then = understand(previous, previous, "zh-Hans", self._catalog)
        metric = _bare(now.metric)
        whole = len(metric) >= 4 and (now.reports or not then.reports) and not _FOLLOW_UP.search(text.strip("？? "))
        if whole:
            return text
        if _YEAR_BEFORE.search(normalise(text)) and then.periods and len(metric) <= 6 and not now.operations:
            earlier = previous_of(then.periods[0].period)
            return _swapped(previous, f"{earlier[:4]}年{_month_of(earlier)}", self._catalog)
        month = _MONTH_ALONE.match(normalise(text))
        if month and then.periods:
            return _swapped(previous, f"{then.periods[0].period[:4]}年{month[1]}", self._catalog)
        if len(metric) <= 1 and not now.operations:
            return _swapped(previous, text, self._catalog)
        if alike := self._in_its_place(text, previous):
            return alike
        if self._llm is None:
            return f"{text} {previous}"
        reply = self._llm.complete(
            self._rewrite, {"previous": previous, "question": text}, max_tokens=90, usage=usage, cancelled=cancelled
        ).strip()
        rewritten = reply.splitlines()[0] if reply else text
        check = understand(rewritten, rewritten, "zh-Hans", self._catalog)
        compared = "比" in rewritten and "比" not in f"{text}{previous}"  # 女性呢 asks for no difference
        if compared or (now.reports and set(now.reports) - set(check.reports)):
            return f"{text} {previous}"
        return rewritten

    def _in_its_place(self, text: str, previous: str) -> str:
        """The question before with 女性 of "女性呢" in place of 男性, 长治 in that of 朔州; "" where none is alike."""
        match = _AND_THIS.match(normalise(text))
        if match is None:
            return ""
        word, plain = match[1], normalise(previous)
        swapped = self._contrasts.swapped(plain, word)
        if swapped and set(word) <= set(swapped):
            return swapped  # 境外员工 for 境内客户 would leave the customers
        entry = self._glossary.exact(word)
        if entry is None or entry.domain in _EVERYDAY:
            return ""
        named = [(mention.start, mention.end) for mention in self._catalog.mentions(plain)]
        alike = [
            m
            for m in self._glossary.match_zh(plain)
            if m.entry.domain == entry.domain and not any(a < m.end and m.start < b for a, b in named)
        ]
        # 个人贷款 for 公司贷款, and not for 不良贷款率: the one term of its field, or the one that ends as it does.
        same = [m for m in alike if plain[m.start : m.end].endswith(word[-2:])] if len(alike) > 1 else alike
        return plain[: same[0].start] + word + plain[same[0].end :] if len(same) == 1 else ""


def _bare(metric: str) -> str:
    return re.sub(r"^(?:那么?|还有|其中)|呢$", "", metric).strip()


def _swapped(previous: str, text: str, catalog: Catalog) -> str:
    """The question before with the new period or institution in place of the old one."""
    plain = normalise(previous)
    new_periods, old_periods = find_periods(normalise(text)), find_periods(plain)
    if new_periods:
        spoken = normalise(text)[new_periods[0].start : new_periods[-1].end]
        start, end = (old_periods[0].start, old_periods[-1].end) if old_periods else (0, 0)
        plain = plain[:start] + spoken + plain[end:]
    named, old = catalog.mentions(text), catalog.mentions(plain)
    if named and old:
        spoken = catalog.get(named[0].reports[0]).institution["zh-Hans"]
        plain = plain[: old[0].start] + spoken + plain[old[0].end :]
    elif named:
        plain = catalog.get(named[0].reports[0]).institution["zh-Hans"] + plain
    return plain


def _month_of(period: str) -> str:
    return f"{int(period[5:])}月" if period[5:].isdigit() else {"H1": "上半年", "H2": "下半年"}.get(period[5:], "")


def _script(text: str) -> Language:
    return "zh-Hans" if _HAN.search(text) else "en"


def _last_user(history: Sequence[Mapping[str, str]]) -> int:
    return max(place for place, turn in enumerate(history) if turn.get("role") == "user")
