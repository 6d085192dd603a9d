"""A question that needs arithmetic → the look-ups and the operation, by the ways in which Chinese asks for it.

"A比B多多少" is a difference, "A占B的百分之几" and "B里A占…" a share, "A是B的几倍" a ratio, "A和B合计" a sum, and
"第四季度单季" a difference of two running totals. Each part is a question of its own; what it leaves out it takes from
the other part.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from assistant.contrasts import Contrasts
from assistant.periods import Asked
from assistant.question import Question
from assistant.stated import JOINT
from assistant.units import UNIT_PATTERN, Unit, parse_unit

_REMARK = re.compile(
    r"[(（][^()（）]*(?:保留|四舍五入|精确|小数|相减|相除|计算|除以)[^()（）]*[)）]|,?(?:保留|精确到)[^,?]*"
)
_QUESTION_END = re.compile(r"[?？。,，]*$")
_MUCH = r"(?:多少|几|百分之几|多大)"
_SHARE = re.compile(
    rf"^(?P<a>.+?)占(?![比百多几了到])(?P<b>.+?)(?:的)?(?:比例|比重|百分之|百分比|份额|占比|几成|{_MUCH})"
)
_SHARE_OF = re.compile(rf"^(?P<a>.+?)(?:相当于|能?覆盖了?(?![率面]))(?P<b>.+?)的(?:约|大约)?(?:百分之|几成|{_MUCH}%)")
_SHARE_IN = re.compile(
    rf"^(?P<a>.+?)在(?P<b>.+?)(?:里面|里|裏|中|当中|之中|内)(?:的)?(?:占比?|所占)(?:了|到|的)?(?:比例|比重|百分|份额|几成|{_MUCH})"
)
_SHARE_WITHIN = re.compile(
    rf"^(?P<b>.+?)(?:里面|里|裏|中|当中|之中|内),?(?:的)?(?P<a>[^,]+?)(?:占比?|所占)(?:了|到|的|是|为)?(?:比例|比重|百分|份额|几成|{_MUCH})"
)
_SHARE_AMONG = re.compile(
    rf"^(?P<b>.+?)(?<![高初境省国市])(?:里面|里|裏|当中|之中|中(?![层小级高期央外国])|(?<=余额|总额|金额|贷款|存款|人数|总数|员工)中(?![层级]|长期|小)|内(?![部外])),?"
    rf"(?P<a>[^,占]+?)的(?:比例|比重|占比|份额|百分比)(?:大约|约)?(?:[是为有]|达到?)?{_MUCH}"
)
_SEVERAL = re.compile(r"[和与及、]")
_ALL = re.compile(r"总(?:数|额|量|人数|体)|全部|全体|所有|各项|合计|整个|^$")
_EARLIER = r"一年[以之]?前|半年前|上年|上一年|去年|前一年|年初|上个?月|前一?个?月|上个?季度?|上期|同期"
_MORE = re.compile(
    rf"^(?P<a>.+?)(?<![占同环百相])比(?![例重率值])(?!{_EARLIER})(?P<b>.+?)(?:总共|一共)?(?P<way>多出|少|多|高出|高|低|大|小|长|短|超出|增加|减少|增长|下降|下滑|上升)(?:了|出)?(?:约)?{_MUCH}"
)
_BEYOND = re.compile(rf"^(?P<a>.+?)(?P<way>超出|超过|高出|高于|低于)(?:了)?(?P<b>.+?)(?:的)?{_MUCH}")
# "城镇居民和农村居民的收入相差多少": by how much the greater exceeds the lesser.
_APART = re.compile(
    rf"^(?P<ab>.+?)(?:之间)?(?:的)?(?:相差|(?<![利息价顺逆汇温误偏级税时落])差(?:[额值距](?:是|为|有)?|了)?)(?:约|大约)?{_MUCH}"
)
# The ratio's own definition, where a report prints only what it is of.
_LOANS_TO_DEPOSITS = re.compile(
    r"^(?![^?]*(?:[上下]限|要求|标准|目标|较|相比|(?<!存贷)(?<!贷存)(?<!贷款)比[^例率重]|变化|[增减升降]))(?P<lead>.*?)(?:存贷|贷存)款?比(?:例|率)?"
    r"(?=[是为有达]|多少|[,(?])"
)
_TIMES = re.compile(rf"^(?P<a>.+?)(?:是|为|相当于)(?P<b>.+?)的(?:约|大约)?{_MUCH}倍")
# "偏好和限额方案里,高阶和低阶指标": only what follows is a list.
_WITHIN = re.compile(r"^.*[里中内],")
_SUM = re.compile(
    rf"^(?P<ab>.+?)(?:的)?(?:合计|加起来|加总|相加|之和|总和|一共|总共|共计|共)(?:的)?(?:是|为|有|设|达)?(?:了)?.{{0,12}}?{_MUCH}"
)
# "用A除以B来算", "(A减B)": how it is to be worked out, in the question's own words.
_BY_FORMULA = re.compile(
    r"(?:[用以按拿]|[(（])(?P<a>[^,()（）?]{2,24}?)(?P<sign>除以|÷|减去|减(?![值排费持少免税碳灾贫负员息薪仓产半弱缓退让]))(?P<b>[^,()（）?]{2,24}?)"
    r"(?=[)）,]|(?:的)?(?:口径|差额?|商)?(?:来|去)?(?:计?算|得)|$)"
)
_RATE_NAMED = re.compile(r"(?:占比|比例|比重|存贷比|贷存比)$")  # in per cent, as such are printed
_COUNTER = "(?:个|家|名|位|人次|人|户|笔|单|场|次|件|项|只|台|辆|份|所|期|节|批|届|堂)"
# "平均一个网点摊到多少亿元资产", "平均每人次服务多少小时": so much a piece, worked out where it is not printed.
_EACH = re.compile(
    rf"^(?P<lead>.+?),?(?:平均(?:每一?|一)(?P<counter>{_COUNTER})|每一?(?P<counted>{_COUNTER}))(?![年月日天周季]|星期|工作日)(?P<b>[^,多几]{{0,10}}?)"
    rf"(?P<verb>(?:摊到|分摊到?|分到|分得|拿到|得到|领到|收到|获得?|获授|获赠|配有?|拥有|有|对应|管理|服务|募集|发放|投放|产生|消耗|使用|创造|实现|贡献|承担)?了?)"
    rf"(?:多少|几)(?P<unit>{UNIT_PATTERN})?(?P<a>[^?]*)\?$"
)
# "平均每个网点的资产是多少亿元"
_EACH_OF = re.compile(
    rf"^(?P<lead>.+?),?平均每一?(?P<counter>{_COUNTER})(?P<b>[^,多几的]{{1,10}})的(?P<a>[^?,多几]+?)(?:[是为有达]|约)*"
    rf"(?:多少|几)(?P<unit>{UNIT_PATTERN})?\?$"
)
_HAVING = re.compile(r"^(?:摊到|分摊到?|分到|分得|拿到|得到|领到|收到|获得?|获授|获赠|配有?|拥有|有|对应)?了?$")
# "碳排放总量（范围一和范围二加起来）": scopes say by themselves what they are of.
_SCOPE = re.compile(r"范围 ?[一二三123]")
_SUM_OF = re.compile(
    r"[(](?P<parts>[^()]+?)(?:两[者项个]?|三[者项个]?)?(?:的)?(?:合计|加起来|加总|相加|之和|总和|合起来|合并计算|相加之和)[)]"
    r"(?=(?:[是为有达共约]|一共|总共)*(?:多少|几|[?]))"
)
_SUMMED = re.compile(r"^(?:的)?(?:合计|加起来|加总|相加|之和|总和|一共|总共|共计|共)(?:的)?")
_NOT_COUNTED = re.compile(rf"(?:多少|几)(?:{UNIT_PATTERN})?|[是为有设达到了约?]")
_CHANGED = re.compile(r"[增减升降占]|同比|环比")
_RISEN = re.compile(r"(?:提[升高]|增[加长]|上升|下降|减少|降低|缩短|节省|节约)了?(?:多少|几|百分)")
_AMOUNT_OF = re.compile(r"的(?:总?资产|存款|贷款|收入|利润|产值|[^的]{0,6}(?:余额|总?额|金额|规模))$")
_SINGLE = re.compile(
    r"单季度?|单月|当季|当月|单独(?:一个)?[季月]|(?<![不少几多\d])[仅只光](?:是|算|看)?(?:在)?(?=\s|(?:20\d\d年)?第?[一二三四五六七八九十\d]+(?:季度|月))"
)
_BOTH = (("男女", "男性", "女性"), ("存贷款", "存款", "贷款"), ("进出口", "进口", "出口"), ("城乡", "城镇", "农村"))
_FALLING = {"少", "低", "小", "短", "减少", "下降", "下滑", "低于"}
_GROWTH_UNIT = re.compile(r"百分之|%|(?:增长|下降|减少|增加)率|幅")
_LEVEL = re.compile(r"年?[末底]|率|余额|人数|总数|数量|存量")  # what is not counted up over the year
_TOTAL_WORDS = re.compile(r"^(?:全年|\s|全部|整个|所有|全体|总的)+")
_WHOLE_STAFF = re.compile(r"^(?:全|整个|本)?(?:公司|集团|行)的?(?:全体|所有|全部)?(?:员工|职工|雇员)(?:总?人数)?$")
_PART_OF_YEAR = re.compile(r"(?<!\d)\d{1,2}\s*月|[一二三四1-4]季度|[上下]半年")
_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")
_YEAR_SAID = re.compile(r"(?<!\d)20\d\d(?!\d)年?")
_OF_EACH = re.compile(r"^(?:平均)?每[一名位个]*")  # 每名初级员工 are 初级员工
_NO_METRIC = 2  # characters: a verb such as 收到 says nothing of what is counted

_WORDS = re.compile(r"[\u3400-\u9fffa-z]")
# "金融机构本外币贷款相当于存款的百分之几": of all deposits in the same scope, which a kind of loan has none of.
_SCOPE_ALONE = re.compile(r"(?:金融机构|银行|本外币|各项|全部|的)+")
_MONEY_LENT = re.compile(r"(?:存款|贷款)(?:余额)?$")
# What is a metric by itself, in "营业收入和缴纳的税费".
_MEASURED = re.compile(r"(?:收入|支出|资产|负债|利润|贷款|存款|费用?|[率量额数]|比例|规模|薪酬|强度|密度)$")
_NAMES = "甲乙丙丁"
_LINE = re.compile(rf"([{_NAMES}])\s*[:：]\s*(.+)")
_FORMULA = re.compile(r"算式\s*[:：]\s*(.+)")

Understand = Callable[[str], Question]


@dataclass(frozen=True)
class Plan:
    """What to look up and what to do with it. Parts stand in the order that arithmetic.compute wants.

    fall: the question asks by how much the first part exceeds the second, as a positive number. apart: by how much
    either exceeds the other.
    running: the parts are running totals from the beginning of the year. each: so much a piece, as the report may print
    it itself.
    """

    operation: str
    parts: tuple[Question, ...]
    fall: bool = False
    apart: bool = False
    running: bool = False
    each: bool = False


class Decomposer:
    """Splits questions by rule."""

    def __init__(self, understand: Understand, contrasts: Contrasts) -> None:
        """understand: a part as a question of its own. contrasts: the pairs of which a part may name the other."""
        self._understand = understand
        self._contrasts = contrasts

    def plans(self, question: Question) -> list[Plan]:
        """The ways to work out an answer, the likeliest first; none when the question has no such form."""
        text = _QUESTION_END.sub("", _REMARK.sub("", question.chinese)) + "?"
        found: list[Plan] = []
        if single := self._single(question):
            return [single]
        if match := _BY_FORMULA.search(question.chinese):
            found += self._by_formula(match, question)
        rate = question.unit is None or question.unit.dimension == "percent"
        if rate and not question.operations and (match := _LOANS_TO_DEPOSITS.match(text)):
            lent, held = (f"{match['lead']}{name}" for name in ("各项贷款余额", "各项存款余额"))
            found += self._two("share", lent, held, question)
        if match := _TIMES.match(text):
            found += self._two("ratio", match["a"], match["b"], question)
        if match := _SHARE.match(text):
            found += self._two("share", match["a"], match["b"], question)
        if match := _SHARE_OF.match(text):
            found += self._two("share", match["a"], match["b"], question)
        if match := _SHARE_IN.match(text):
            found += self._two("share", match["a"], match["b"], question)
        elif match := _SHARE_WITHIN.match(text) or _SHARE_AMONG.match(text):
            # "新进员工中女性" are no women of the whole staff: the part alone only where the whole takes in everything.
            one, whole = match["a"].rstrip("的"), match["b"]
            if _ALL.search(self._part(whole, question).metric):
                found += self._two("share", one, whole, question)
            found += self._two("share", f"{whole}的{one}", whole, question)
            if _AMOUNT_OF.search(whole):  # "银行机构的总资产中大型商业银行所占…": the total assets of those
                found += self._two("share", f"{one}的{whole.rpartition('的')[2]}", whole, question)
        for pattern in (_MORE, _BEYOND):
            if match := pattern.match(text):
                percent = bool(_GROWTH_UNIT.search(text[match.end("b") :]))
                fall = match["way"] in _FALLING
                found += self._two("growth" if percent else "difference", match["b"], match["a"], question, fall)
        if "difference" in question.operations and (match := _APART.match(text)):
            found += self._apart(match["ab"], question)
        match = _EACH_OF.match(text) or _EACH.match(text)
        if match and not _RISEN.search(text):  # "平均每人处理的审批量提高了多少" is printed
            found.append(self._each(match, question))
        match = _SUM_OF.search(text)
        scopes = [part for part in JOINT.split(match["parts"]) if part] if match else []
        if len(scopes) > 1 and all(map(_SCOPE.fullmatch, scopes)):
            found += self._sum(scopes, question)
        elif "sum" in question.operations and (match := _SUM.match(text)):
            found += self._sums(match["ab"], text[match.end("ab") :], question)
        return [plan for plan in found if _worth_it(plan)]

    def _two(self, operation: str, first: str, second: str, question: Question, fall: bool = False) -> list[Plan]:
        """A plan over two parts, of which one may leave out what the other says."""
        one, two = self._part(first, question), self._part(second, question)
        if not one.metric and not two.metric:
            return []
        # The fuller part lends its words: for a share the part itself, for a comparison the one before 比.
        if operation in ("growth", "difference"):
            one = self._completed(one, two)
            if not two.metric:
                two = replace(two, metric=one.metric)
        elif operation == "ratio":
            two = self._completed(two, one)
        elif two.metric and _SCOPE_ALONE.fullmatch(_MONEY_LENT.sub("", one.metric)) and len(two.metric) == 2:
            two = replace(two, metric=self._contrasts.swapped(one.metric, two.metric) or two.metric)
        elif not two.metric:
            two = replace(two, metric=one.metric)
        unit = question.unit if operation == "difference" else None
        if unit is not None and unit.dimension == "percentage point":
            unit = parse_unit("%")
        parts = tuple(self._filled(part, other, question, unit) for part, other in ((one, two), (two, one)))
        return [Plan(operation, parts, fall)]

    def _apart(self, listed: str, question: Question) -> list[Plan]:
        """Plans for "A和B的X相差多少", by each word that may join the two, the last one first."""
        for both, *each in _BOTH:
            if both in listed:
                one, two = (listed.replace(both, name) for name in each)
                return [replace(plan, apart=True) for plan in self._two("difference", one, two, question)]
        plans = []
        for joint in reversed(list(JOINT.finditer(listed))):
            before, after = listed[: joint.start()], listed[joint.end() :]
            of = before.rpartition("的")[0] if "的" not in after else ""
            tail = after.rpartition("的")[2] if "的" in after else ""
            if not before or not after or joint[0] == "、":
                continue
            whole = before.endswith(tail) or _MEASURED.search(before)
            one = before if not tail or whole else f"{before}的{tail}"
            two = f"{of}的{after}" if of else after
            plans += [replace(plan, apart=True) for plan in self._two("difference", one, two, question)]
        return plans

    def _by_formula(self, match: re.Match[str], question: Question) -> list[Plan]:
        """A plan by the formula that the question gives."""
        if match["sign"].startswith("减"):
            return [plan for plan in self._two("difference", match["b"], match["a"], question) if _worth_it(plan)]
        percent = question.unit is not None and question.unit.dimension == "percent"
        percent = percent or (question.unit is None and bool(_RATE_NAMED.search(question.chinese[: match.start()])))
        plans = self._two("share" if percent else "ratio", match["a"], match["b"], question)
        return [plan for plan in plans if _worth_it(plan)]

    def _each(self, match: re.Match[str], question: Question) -> Plan:
        """A plan for an amount divided by the number of things that share it."""
        said = match.groupdict()
        verb = "" if _HAVING.match(said.get("verb") or "") else said["verb"]
        counter = said["counter"] or said["counted"]
        amount = self._part(f"{match['lead']}{verb}{match['a']}多少{match['unit'] or ''}?", question)
        number = self._part(f"{match['lead']}{match['b']}多少{counter}?", question)
        parts = ((amount, number), (number, amount))
        return Plan("ratio", tuple(self._filled(own, other, question, own.unit) for own, other in parts), each=True)

    def _part(self, text: str, whole: Question) -> Question:
        """A part as a question of its own; a month or quarter without a year is of the year the whole one names."""
        year = _YEAR.search(whole.chinese)
        if year and not _YEAR.search(text) and _PART_OF_YEAR.search(text):
            text = f"{year[0]}年{text}"
        return self._understand(text)

    def _completed(self, short: Question, full: Question) -> Question:
        """The part after 比 with the words it shares with the part before: "女性" after "男性员工流失率"."""
        own = _OF_EACH.sub("", short.metric)
        swapped = self._contrasts.swapped(full.metric, own) if own else ""
        head, _, tail = full.metric.rpartition("的")
        several = _SEVERAL.search(head) and len(short.metric) > _NO_METRIC
        if several and self._contrasts.swapped(head, short.metric):
            swapped = f"{short.metric}的{tail}"  # 中级员工 for the whole of 高级和班子成员
        if not swapped and len(short.metric) <= _NO_METRIC:
            swapped = full.metric
        return replace(short, metric=swapped) if swapped else short

    @staticmethod
    def _filled(part: Question, other: Question, whole: Question, unit: Unit | None) -> Question:
        """A part with institution and period of the other part, else of the whole question, where it names none."""
        reports = part.reports or (other.reports if len(other.reports) == 1 else ()) or whole.reports
        periods = part.periods or other.periods or whole.periods
        metric = _WHOLE_STAFF.sub("员工总数", _TOTAL_WORDS.sub("", part.metric))
        return replace(
            part, reports=reports, periods=periods, metric=metric, operations=(), unit=unit, unit_text="", kind="figure"
        )

    def _sums(self, listed: str, rest: str, question: Question) -> list[Plan]:
        # "A、B和C一共审议通过了多少项议案": what is counted comes after the list.
        tail = _SUMMED.sub("", rest)
        tail = tail if len(_NOT_COUNTED.sub("", tail)) >= _NO_METRIC and not _CHANGED.search(tail) else ""
        frame = _WITHIN.match(listed)
        lead, listed = (frame[0], listed[frame.end() :]) if frame else ("", listed)
        for both, one, two in _BOTH:
            if both in listed:
                return self._sum([f"{lead}{listed.replace(both, each)}{tail}" for each in (one, two)], question)
        plans = []
        for joint in reversed(list(JOINT.finditer(listed))):
            before, after = listed[: joint.start()], listed[joint.end() :]
            if joint[0] != "、" and before and after:
                if "、" not in before:
                    after = self._contrasts.continued(before, after)  # 碳酸锂期权 in "碳酸锂期货和期权"
                plans += self._sum([f"{lead}{part}{tail}" for part in (*before.split("、"), after)], question)
        return plans

    def _sum(self, texts: Sequence[str], question: Question) -> list[Plan]:
        parts = [self._part(text, question) for text in texts]
        if not all(part.metric for part in parts):
            return []
        last = parts[-1]
        completed = [self._completed(part, last) for part in parts[:-1]] + [last]
        return [Plan("sum", tuple(self._filled(part, parts[0], question, question.unit) for part in completed))]

    def _single(self, question: Question) -> Plan | None:
        """One quarter or month, or a second half, out of running totals: up to its end, less up to before it."""
        asked = question.periods[0] if len({asked.period for asked in question.periods}) == 1 else None
        if asked is None:
            return None
        year, _, part = asked.period.partition("-")
        level = question.unit is not None and question.unit.dimension == "percent"
        if part == "H2" and not level and not _LEVEL.search(question.chinese):  # no running total begins in July
            before, month = 6, 12
        elif not _SINGLE.search(question.chinese):
            return None
        else:
            month = int(part[1]) * 3 if part[:1] == "Q" else int(part) if part.isdigit() else 0
            before = month - (3 if part[:1] == "Q" else 1)
        if month < 2 or before < 1:
            return None
        metric = _YEAR_SAID.sub("", _SINGLE.sub("", question.metric)).strip(" 的")
        parts = [
            replace(
                question,
                metric=metric,
                periods=(Asked(f"{year}-{end:02d}", 0, 0, cumulative=True),),
                operations=(),
            )
            for end in (before, month)
        ]
        return Plan("difference", tuple(parts), running=True)


def _worth_it(plan: Plan) -> bool:
    """Whether the parts differ in metric, period or institution: else there is nothing to work out."""
    keys = {(part.metric, part.reports, tuple(asked.period for asked in part.periods)) for part in plan.parts}
    if any(len(_WORDS.findall(part.metric)) < _NO_METRIC for part in plan.parts):
        return False  # 境内员工 has been split within a word, or nothing is left but a unit
    return len(keys) == len(plan.parts) and all(len({a.period for a in part.periods}) <= 1 for part in plan.parts)


def read_reply(reply: str, question: Question) -> tuple[str | None, list[str]]:
    """The operation and the look-ups of the LLM's reply to prompts/decompose.txt; (None, []) when it is of no use."""
    parts = {match[1]: match[2].strip() for match in map(_LINE.match, reply.splitlines()) if match}
    formula = next((match[1].strip() for match in map(_FORMULA.match, reply.splitlines()) if match), "")
    operation, order = _operation_of(formula, question)
    if operation is None or not set(order) <= set(parts) or len(order) < 2:
        return None, []
    return operation, [parts[name] for name in order]


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
