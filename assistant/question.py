"""What a question asks: language, reports, periods, the metric's words, the unit wanted and the kind of answer."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.answer import Language
from assistant.bands import plain_ages
from assistant.english import looks_english, looks_foreign
from assistant.errors import UsageError
from assistant.operations import operations_asked
from assistant.periods import Asked, asks_previous_year, end_of, find_periods, previous
from assistant.unit_asked import unit_asked
from assistant.units import Unit, compatible, parse_unit
from index.catalog import Catalog, Mention
from index.text import normalise, simplify, traditional

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_OTHER_SCRIPT = re.compile(r"[\u0370-\u052f\u0590-\u06ff\u0900-\u0e7f\u3040-\u30ff\uac00-\ud7af]")

# Words that ask, and carry no metric. Longest first where one begins with another.
_ASKING = re.compile(
    r"^\s*(?:比较|对比)(?=\s)|(?:比较|对比)(?=[。?!\s]*$)|为什么|为何|(?:的|是|有)?(?:什么|哪些)原因(?:造成|导致|引起)?的?|的?原因(?=是什么|何在|有哪些)|怎么做|怎么样?|怎样|请介绍|介绍一下|请问|请告诉我|请列出|告诉我|加起来|加在一起|(?:分别|各自?)(?=是|为|有)|(?:一共|总共|共)?(?:是|为|有|达到|达|约为|等于|占)?(?:多少|几|多大|多高|多长|百分之几)|是什么|有哪些|哪些|哪个|哪家|哪一|是否|怎么样|如何|"
    r"什么|吗|呢|[?!,。;:、()\"“”‘’《》「」]|报告期内|截至|截止|(?:保留|精确到|四舍五入)[^,。?)]*"
)
_PER_HEAD = re.compile(r"平均(?:下来)?,?每一?[名个位]?(?:员工|职工|雇员)|每[名个位](?:员工|职工|雇员)(?:的?平均)?")
# "用掉多少吨水" speaks of 用水量.
_USED = re.compile(
    r"(?:使用|用|消耗|耗费|花)[了掉去]?(?:多少|几)(?:[万千亿]?(?:吨|度|千瓦时|兆瓦时|升|公升|立方米|公斤|千克|张|m3|kwh|mwh))的?"
    r"(水|电|汽油|柴油|天然气|燃气|纸张?)(?![\u3400-\u9fff]*(?:费|价))"
)
# "和上一年相比,…" compares as 同比 does.
_WITH_THE_YEAR_BEFORE = re.compile(
    r"[和与跟同]?(?:上一?年度?|去年|前一年)(?:同期)?相比,?|相比于?(?:上一?年度?|去年|前一年)(?:同期)?,?"
)
# "4月这一个月里增减了多少" is the change over the month before.
_IN_THE_MONTH = re.compile(
    r"(?<=月)(?:[这该]一?个?月|一个月)(?:里面?|内|之内|中|间)?"
    r"(?![末底])(?=[^,。?新]{0,2}(?:增减|增加|减少|增长|变动|变化|上升|下降|多了|少了)|"
    r"(?:(?![较比员]|同比|环比|年初|新增)[^。?]){0,20}?(?:增减|是增是减|变动|变化|(?<![最更])[多少增减]了|增加了|减少了))"
)
_MONTH_CHANGED = re.compile(r"((?:变化|变动|增减)了?多少[^,。?(]{0,4})[(]单月[)]")
# "把外币贷款也算进来,…"
_FOREIGN_TOO = re.compile(
    r"(?<![不未没仅只非除了])(?:(?:把|将|连)外币(?:贷款|存款|业务|部分)?(?:也|都|一起|一并)?(?:算|计|包括|纳入|加|合并)"
    r"|(?:加上|算上|包括|包含)外币(?:贷款|存款|业务|部分)?)(?:进来|进去|在内|上|入内?)?(?=,)"
)
# "不含外币,…" is about the other currency.
_NO_FOREIGN = re.compile(
    r"(?:不含|不包括|不包含|不计|不算|剔除|扣除|除去?)外币(?:贷款|存款|部分)?(?:以外|之外|外)?(?=[,)的])"
)
_ALL_STAFF = re.compile(r"^(?:全体|全部|所有|在职)?(?:员工|职工|雇员) ?[人名位]?$")
_ENTITY = re.compile(
    r"[\u3400-\u9fff]{2,8}?(?:村镇银行|银行|证券|集团|有限公司)(?!业|卡|类|化|[\u3400-\u9fff]?(?:分行|客户|产品|投资者))|"
    r"(?<![城上超股全本各地都])(?:(?![的省])[\u3400-\u9fff]){2}(?<![城楼股债汇超上])市(?![场值民公盈净政级])|(?:河北|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|"
    r"内蒙古|广西|西藏|宁夏|新疆)(?:省|自治区|壮族自治区|回族自治区|维吾尔自治区)"
)
# Kinds of institution and service, which name none in particular.
_ENTITY_KIND = re.compile(
    r"^(?:村镇银行|银行|证券)$|^(?:全球|世界)[\u3400-\u9fff]*银行$|^企业集团$|(?:顶级|顶尖|最佳|领先|千强|百强|同业|上市|手机|网上|电子|直销|外资|政策性|股份制|商业|开发|大型|中小|民营|国有|全球|各家|多家|一家|家|所有|全部|全体|各类|其[他它]|非法|机构|问题|有价|固定收益|资产支持)(?:银行|证券|集团|公司)$|"
    r"^(?:数智|数字|智慧|智能|开放|线上|移动|私人|零售|交易|储蓄|法人|农村(?:合作)?|城市|地方|存在|存放|存入|[的该本我贵各等些向从到由被让和与及])"
    r"(?:银行|证券|集团|公司)$|等(?:证券|银行|保险|集团|公司)$"
)
# What may stand before a name without a gap: 2024年末X银行, 与X证券, 子公司X证券.
_ENTITY_LEAD = re.compile(
    r"^.*(?:年末|年底|年度|年|月末|月|的|在|与|和|及|由|是|对|向|从|按|子公司|旗下|附属|截至|比|给|了)(?=[\u3400-\u9fff]{4})"
)
# A subsidiary by whatever name: 旗下山证资管2024年末, 子公司格林大华的.
_SUBSIDIARY = re.compile(r"(?:旗下|子公司|附属公司)的?([\u3400-\u9fff]{2,6}?)(?=的|在?20\d\d|[,(])")
# What a question says it does not mean: "一级资本充足率（不是核心一级）".
_NOT_MEANT = re.compile(
    r"[(](?:不只?是|不仅|不限于|并非|而非|非(?!金融|银行|正式|执行|全职|全日制|独立|流动|公有|国有|农户|标准|化石|可再生|管理|合并)|而不是)[^()]*[)]|,?(?:而不是|而非|并非|(?<!是)不是|不限于|不局限于|不只是|不限(?=[^,。?()]{1,8}口径))"
    r"[^,?。()]*(?=[,?。)]|$)"
)
# What a question leaves out: "（不含反贿赂培训）", "（厨余除外）", "除行政处罚外".
_LEFT_OUT = re.compile(
    r"[(](?:但|其中)?(?:不含|不包括|不包含|不计入?|剔除|扣除)(?P<a>[^()]+)[)]|"
    r"[(](?:除了?)?(?P<b>[^()]+?)(?:以外|之外|除外)(?:的)?[)]|"
    r"(?:(?<![解消免删清排去拆扣剔])除了?(?!此)|剔除|扣除|不含|不包括|不计)(?P<c>[^,。?()、]{2,20}?)"
    r"(?:以外|之外|外(?![籍包币汇部出贸资]))(?:的|,)?|"
    r"[(](?:除了?)(?P<d>[^()]+?)外?[)]|"
    r",(?:但)?(?:不含|不包括|不包含|不计入?)(?P<e>[^,。?()]{2,20}?)(?=[,。?]|的|$)|"
    r"(?:不属于|不算)(?P<f>[^,。?()]{2,24}?),?而(?:是|归|算)|"
    r"不(?:算|计(?![息提])|含|包括|包含)(?P<g>[^,。?()、的]{2,12})的(?=[\u3400-\u9fff])"
)
# "（如农村商业银行和农村信用社）" tells what the words before it mean.
_EXAMPLES = re.compile(
    r"[(](?:例如|比如|譬如|诸如|如)[^()]*[)]|[(][^()、]{2,12}、[^()]*(?:等|之类|这类|这些)[)]|"
    r"(?<=产业)[(][^()]{2,12}[)]|"
    r"(?<=[件个台项名位家种只条张])(?:(?![多少几了着过的])[\u3400-\u9fff]){2,8}(?:[、和][\u3400-\u9fff]{2,8})+之类的?(?=[\u3400-\u9fff]{2})|"
    r"(?<=[\u3400-\u9fff])[(][^()]{2,16}(?:减去|减(?![排值持少免税])|除以|÷|占(?![用地有]))[^()]{2,16}[)](?=[是为有达的多]|$)|"
    r",(?:例如|比如|譬如|诸如|如(?![何果期下今此同意约实仅只按以加减扣剔不含计]))"
    r"(?:(?!多少|几|什么|哪)[^,。?()是有])*(?=[。?]?$)"
)
# "大型商业银行（工商银行、农业银行和交通银行）": names in a list explain the words before it.
_NAMES_LISTED = re.compile(
    r"[(](?!不|除|非|剔|扣|其中|包|含)(?:[\u3400-\u9fff]{2,8}[、,]){2,}[\u3400-\u9fff]{2,8}"
    r"(?:[和及与、,][\u3400-\u9fff]{2,8})?[)]"
)
# "（山西以外）" says where, and is what is asked for.
_PLACE_LEFT_OUT = re.compile(
    r"(?:省|市|县|区|国|境|大陆|内地|本地|总部|总行|公司|集团)(?:以外|之外|除外)|"
    r"^[(](?:除了?)?[\u3400-\u9fff]{2,3}(?:省|市)?(?:以外|之外)[)]$"
)
# 核心一级（CET1）资本充足率: the term's own abbreviation says nothing more.
_ABBREVIATION = re.compile(r"(?<=[\u3400-\u9fff])[(][a-z][a-z0-9&.-]{1,9}[)]")
# A name in quotation marks: “常和”志愿服务队.
_QUOTED = re.compile(r"[“「『‘]([^“”「」『』‘’]{2,20})[”」』’]|\"([^\"]{2,20})\"")
# "据2024年ESG报告,…", "…（2024年报告）", once the year is cut out: where it stands, and no part of what is asked for.
_SOURCE = re.compile(
    r"(?:^|(?<=[ ,(]))(?:(?:根据|依据|按照?|据) *)?的?(?:年度)?(?:可持续发展|社会责任|esg|公司治理)?"
    r"报告(?:(?:里|中|内)?(?:称|提到|披露|显示|承诺|口径|点名)?的?)?(?=[,) ])"
)
# A number that is a name: no figure.
_NUMBER_OF = re.compile(r"(?:文号|编号|代码|电话|热线|网址|邮箱|邮编|证号|字号)(?:是|为)?多少(?![个通次人小分万])")
# A span of time or a date, where "多长" and "几" ask for no figure.
_IN_WORDS = re.compile(
    r"哪个等级的奖|第几版|时间范围|多长的时间|哪个区间|什么范围|(?<![前近这后])几月(?!.*多少)|几号(?!楼)|星期几"
)
# Which of a row, "连续参加的第几年", as reports tell in words; a rank is a figure: "排第几".
_ORDINAL = re.compile(r"第几(?!名|位|大|版)")
_RANK = re.compile(r"(?:排|名次|排名|居|位于|位列|列|处于)[^,。?]{0,6}第几")
_DECIMALS = re.compile(
    r"(?:保留|精确到|四舍五入)[^,。?)]*?(?:([一二两三四\d])位小数|整数|(?:小数点后([一二两三四\d])位))"
)
_YEAR_NAMED = re.compile(r"(?:19|20)\d\d ?年?[末底度]?")
_DECIMALS_EN = re.compile(r"\b(one|two|three|\d) decimals?(?: places?)?|to (\d) ?d\.?p", re.IGNORECASE)
_COUNT_WORDS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "one": 1, "two": 2, "three": 3}

_FIGURE = re.compile(
    r"多少|几(?!乎)|百分之|多大|多高|多长|占比|比例|比率|数量|金额|总额|余额|规模|增速|增长率|总量|排名第|人数|次数|时长|[^效]率是|是否超过|增长了|下降了"
)
# "对比甲和乙的排放量": the name of an amount, and nothing that asks for words.
_AMOUNT_NAMED = re.compile(r"[量额数率费](?:的?(?:比较|对比))?\s*[?。!]?$")
_EXPLAIN = re.compile(
    r"怎么|怎样|如何|为什么|为何|原因|介绍|概述|总结|概括|说明|哪些措施|有何|做法|举措|describe|summar|explain"
)
_LIST = re.compile(r"哪些|哪几|哪两|哪三|列出|分别是|有什么")
_TEXT = re.compile(
    r"哪(?:一)?(?:家|个|所|位|天|年|月|里|座|市|省|国|类|种|项|款|日|级|部|版|本|份|场)|什么|谁|何时|何地|哪里|哪儿|名称|叫|哪一|日期|是否|几月几日|哪些|哪几"
)


@dataclass(frozen=True)
class Question:
    """A question understood.

    text: as asked. chinese: its normal form in Simplified Chinese (the translation of an English one).
    reports: ids meant, empty for all; ambiguous: the name used fits several. periods: as asked, in order.
    metric: the words left once names, periods and asking words are gone. unit: wanted, None when not said.
    kind: "figure", "text" or "explain"; operations: which arithmetic may be asked for, most likely first.
    entities: other institutions or provinces that the question names (subsidiaries, competitors).
    asked: the question as asked, in its own language, without the names of institutions and the years.
    excluded: what the question says it leaves out. subsidiaries: companies it names as the institution's own.
    gloss: the metric of an English question by the glossary alone, beside the LLM's translation; "" for none.
    named: names in quotation marks, those of an English question in pinyin: they stand near what is said of them.
    """

    text: str
    language: Language
    chinese: str
    reports: tuple[str, ...] = ()
    ambiguous: bool = False
    periods: tuple[Asked, ...] = ()
    metric: str = ""
    unit: Unit | None = None
    unit_text: str = ""
    kind: str = "figure"
    operations: tuple[str, ...] = ()
    decimals: int | None = None
    list_wanted: bool = False
    entities: tuple[str, ...] = ()
    asked: str = ""
    gloss: str = ""
    excluded: tuple[str, ...] = ()
    subsidiaries: tuple[str, ...] = ()
    named: tuple[str, ...] = ()

    def asks_for(self, report: str) -> Question:
        """The same question about one report only."""
        return replace(self, reports=(report,), ambiguous=False)


def detect_language(text: str) -> Language:
    """Script and language of a question. Raises UsageError for an empty text or one in none of the three."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if any("\ud800" <= char <= "\udfff" for char in plain):
        raise UsageError("the question is not valid text (half of a surrogate pair, or bytes that are not UTF-8)")
    if not plain:
        raise UsageError("the question is empty; ask something, e.g. 晋商银行2024年末不良贷款率是多少？")
    other = len(_OTHER_SCRIPT.findall(plain)) > len(_HAN.findall(plain)) // 4 + 1
    if other or (not _HAN.search(plain) and looks_foreign(plain)):
        raise UsageError(
            "the question is in a language this assistant does not know; ask in 简体中文, 繁體中文 or English"
        )
    han = "".join(_HAN.findall(plain))
    if han:
        latin = sum(map(len, re.findall(r"[A-Za-z]{2,}", plain)))
        if latin > 6 * len(han) and looks_english(plain):
            return "en"  # an English question that quotes a Chinese name
        to_simple = sum(a != b for a, b in zip(han, simplify(han), strict=False))
        to_traditional = sum(a != b for a, b in zip(han, traditional(han), strict=False))
        return "zh-Hant" if to_simple > to_traditional else "zh-Hans"
    if not re.search(r"[A-Za-z]{2}", plain):
        raise UsageError("the question has no words in it; ask in 简体中文, 繁體中文 or English")
    return "en"


def check_length(text: str, limit: int) -> None:
    """Raises UsageError when the question is longer than `limit` characters."""
    if len(text) > limit:
        raise UsageError(f"the question has {len(text)} characters; at most {limit} are read (max_question_chars)")


def understand(
    text: str, chinese: str, language: Language, catalog: Catalog, *, reports: Sequence[str] = ()
) -> Question:
    """Parse the Chinese form of a question. `reports`: ids the user preselected; they outweigh names in the text."""
    plain = _WITH_THE_YEAR_BEFORE.sub("同比", plain_ages(normalise(chinese)))
    plain = _NO_FOREIGN.sub("人民币", _FOREIGN_TOO.sub("本外币", plain))
    plain = _IN_THE_MONTH.sub("比上月", _MONTH_CHANGED.sub(r"比上月\1", plain)).replace(
        "几等奖", "哪个等级的奖"
    )  # of which the LLM makes a number
    mentions = catalog.mentions(plain) or []
    named = catalog.resolve(plain) or catalog.resolve(text)
    certain = any(len(mention.reports) == 1 for mention in mentions)
    periods = find_periods(plain)
    operations = operations_asked(plain, periods, len(reports) or len(named))
    unit, unit_text = unit_asked(plain)
    kind = _kind(plain, unit_text)
    metric = _metric(plain, _names_to_drop(mentions), periods)
    return Question(
        text=text,
        language=language,
        chinese=plain,
        reports=tuple(reports) or named,
        ambiguous=not reports and not certain and len(named) > 1,
        periods=tuple(periods),
        metric=metric,
        unit=unit,
        unit_text=unit_text,
        kind=kind,
        operations=operations,
        decimals=_decimals(plain, text),
        list_wanted=bool(_LIST.search(plain)),
        entities=_entities(_NAMES_LISTED.sub(lambda match: " " * len(match[0]), plain), mentions),
        asked=_own_words(text, catalog),
        excluded=_excluded(plain),
        subsidiaries=tuple(match[1] for match in _SUBSIDIARY.finditer(plain)),
        named=() if language == "en" else _quoted(plain),
    )


def _quoted(plain: str) -> tuple[str, ...]:
    """The names of Chinese characters, Latin letters among them, that a question sets in quotation marks."""
    found = (match[1] or match[2] for match in _QUOTED.finditer(plain))
    return tuple(name for name in found if re.fullmatch(rf"[a-z\d ]*{_HAN.pattern}[\u3400-\u9fffa-z\d]+", name))


def _excluded(plain: str) -> tuple[str, ...]:
    return tuple(
        next(part for part in match.groups() if part)
        for match in _LEFT_OUT.finditer(plain)
        if not _PLACE_LEFT_OUT.search(match[0])
    )


def _own_words(text: str, catalog: Catalog) -> str:
    plain = simplify(text)
    for mention in reversed(catalog.mentions(text)):
        plain = plain[: mention.start] + plain[mention.end :]
    return normalise(_YEAR_NAMED.sub("", plain))


def _entities(plain: str, mentions: Sequence[Mention]) -> tuple[str, ...]:
    """Names that end like an institution, or are a province, and are none of the library's."""
    full = {mention.end for mention in mentions if mention.end - mention.start > 2}
    found = []
    for match in _ENTITY.finditer(plain):
        if any(m.start < match.end() < m.end for m in mentions):
            continue  # 晋商银行 of 晋商银行股份有限公司
        own = [m.end for m in mentions if match.start() <= m.start and m.end - m.start > 2 and m.end < match.end()]
        name = _ENTITY_LEAD.sub("", plain[max(own, default=match.start()) : match.end()])
        if len(name) > 2 and match.end() not in full and not _ENTITY_KIND.search(name):
            found.append(name)
    return tuple(found)


def _kind(plain: str, unit_text: str) -> str:
    if _IN_WORDS.search(plain) or _NUMBER_OF.search(plain) or asks_ordinal(plain):
        return "text"
    if re.search(r"多少|百分之几|几(?=[个名位家次件项份人户场万亿天年小倍所条种款])", plain) and not re.search(
        r"为什么|为何", plain
    ):
        if re.search(r"哪几|几月几", plain):
            return "text"
        return "figure"
    if _EXPLAIN.search(plain):
        return "explain"
    if _TEXT.search(plain):
        return "text"
    return "figure" if unit_text or _FIGURE.search(plain) or _AMOUNT_NAMED.search(plain) else "text"


def asks_ordinal(plain: str) -> bool:
    """Whether a question asks for a place in a row: 第几年, 第几届; not for a rank."""
    return _ORDINAL.search(plain) is not None and not _RANK.search(plain)


def _names_to_drop(mentions: Sequence[Mention]) -> list[tuple[int, int]]:
    # A short alias (山证, 恒生) may be part of a product's or subsidiary's name: it stays when the institution is
    # also named in full.
    full = {mention.reports for mention in mentions if mention.end - mention.start > 2}
    return [(m.start, m.end) for m in mentions if m.end - m.start > 2 or m.reports not in full]


def without_left_out(plain: str) -> str:
    """The question without what it says it leaves out: 除碳减排支持工具外."""
    return _LEFT_OUT.sub(lambda m: m[0] if _PLACE_LEFT_OUT.search(m[0]) else " ", plain)


def _unless_institutions(listed: re.Match[str]) -> str:
    """A list in brackets as it is, a blank for one of banks: 范围一、范围二 say what is asked for."""
    return " " if len(re.findall(r"银行|证券|保险|信托|基金|公司", listed[0])) > 1 else listed[0]


def _metric(plain: str, names: Sequence[tuple[int, int]], periods: Sequence[Asked]) -> str:
    kept = list(plain)
    for start, end in [*names, *((asked.start, asked.end) for asked in periods)]:
        kept[start:end] = " " * (end - start)
    plain = _SOURCE.sub(" ", "".join(kept))
    meant = without_left_out(_EXAMPLES.sub(" ", _NAMES_LISTED.sub(_unless_institutions, plain)))
    meant = _USED.sub(lambda m: f"用{m[1]}量 " if len(m[1]) == 1 else f"{m[1]}用量 ", meant)
    words = _ASKING.sub(" ", _ABBREVIATION.sub("", _NOT_MEANT.sub(" ", meant)))
    words = re.sub(r"(?<![\u3400-\u9fff])[的末底了在对是为和与年内中于](?![\u3400-\u9fff])", " ", words)
    metric = re.sub(r"\s+", " ", words).strip(" 的末底了,")
    metric = _PER_HEAD.sub("人均", metric)
    # "2022年的员工比2021年少多少人" speaks of how many there are in all.
    return _ALL_STAFF.sub("员工总数", metric)


def _decimals(plain: str, text: str) -> int | None:
    match = _DECIMALS.search(plain)
    if match:
        word = match[1] or match[2]
        return 0 if word is None else int(word) if word.isdigit() else _COUNT_WORDS[word]
    match = _DECIMALS_EN.search(text)
    if match:
        word = (match[1] or match[2]).lower()
        return int(word) if word.isdigit() else _COUNT_WORDS[word]
    return None


def comparison_periods(question: Question) -> tuple[str, ...]:
    """The periods to compute with, earliest first; "上年" adds the year before the one named."""
    periods = sorted({asked.period for asked in question.periods}, key=end_of)
    if len(periods) == 1 and asks_previous_year(question.chinese):
        periods = [previous(periods[0]), *periods]
    return tuple(periods)


def without_unit(question: Question) -> Question:
    """The question with its unit left open: that of a translation which the question itself does not bear out."""
    return replace(question, unit=None, unit_text="")


def with_unit(question: Question, unit_text: str) -> Question:
    """The question with the unit that its own language names, where the translation made another measure of it."""
    unit = parse_unit(unit_text) if unit_text else None
    chinese, operations = question.chinese, question.operations
    points = question.unit is not None and question.unit.dimension == "percentage point"
    if unit_text == "%" and not points and "difference" in operations and "growth" not in operations:
        operations = ("growth", *operations)  # "by what percentage did it fall"
        question = replace(question, operations=operations)
    if unit is None or (question.unit is not None and compatible(unit, question.unit)):
        return question
    if question.unit_text:
        chinese = re.sub(rf"(多少|几)个?{re.escape(question.unit_text)}", rf"\1{unit_text}", chinese)
    return replace(question, unit=unit, unit_text=unit_text, chinese=chinese, operations=operations)
