"""Is a figure the kind of amount asked for: its unit; a level or a change; a total, or so much a head, day or piece?"""

from __future__ import annotations

import re

from assistant.english import asks_amount, asks_size
from assistant.figures import Figure, groups_of
from assistant.question import Question
from assistant.units import CURRENCIES, compatible
from index.text import normalise

# A change reported instead of the level: "较年初新增 433 亿元" is no balance.
_CHANGE_BEFORE = re.compile(
    r"(?:同比|环比|较[^,。;]{0,8}|(?<![占对相])比(?![例重率值])[^,。;]{0,8}|新增|净增|多增|少增)[^,。;\d]{0,6}$|"
    r"(?:增长|增加|提升|提高|上升|下降|减少|降低|缩短|增|降|多|少)(?:了|约|近|超过?|逾|至少)*$"
)
_COMPARED_BEFORE = re.compile(r"(?:同比|环比|较|(?<![占对相])比(?![例重率值]))[^,。;]*$")
# "提升至30%" is the level reached.
_LEVEL_BEFORE = re.compile(r"(?:到|至|达|为|突破|超过?|超)\s*$")
_CHANGE_ASKED = re.compile(
    r"(?<!定)增(?!值|加值|信|发|资|补)|降|减(?![值排])|升|提高|变化|变动|多(?![大长高元晶家])|少(?!数)|缩|涨|跌|节(?![目点])|同比|环比|"
    r"波动|超|高出|低"
)
# "比年初增加了多少" asks for the change alone, and a clause that speaks of none states the level.
_RISE_ASKED = re.compile(
    r"(?:比|较)(?:年初|期初|上[月年季]末?|去年末?|前一[月年季]末?)[^,。;?]{0,6}?"
    r"(?:增|减|升|降|多|少|提高|回落|扩大|收窄)[^,。;?]{0,4}?(?:多少|几|百分之)"
)
_GROWTH_PRINTED = re.compile(r"同比|增速|增长|环比")
_GAIN_PRINTED = re.compile(r"(?:比|较)(?:上月|上年|上年末|年初|上季)末?(?:新增|净增|增加|增减|增长额)")
_RATE_ASKED = re.compile(r"率|占|比[例重]|百分|%|快|速")
_CHANGE_SAID = re.compile(r"[增减升降涨跌扩缩多少]|提高|回落|收窄|变[化动]|同比|环比|百分点")
_NOT_TIMES = {"person", "person-time", "hour"}  # 次 counts events, 人次 those who came
_NEVER_TIMES = {"person", "household", "institution"}  # and neither people nor firms are counted by it
# A length of time beside an amount ("3年期1.7368亿美元") is not what a question without a unit asks for.
_SPANS = {"year", "age", "month", "day", "hour"}
_THINGS = {"item", "institution", "deal", "time"}
_SIZE_ASKED = re.compile(r"(?:规模|余额|金额|总额)[^,。;?]{0,4}?(?:多大|多少|几)|多大的?规模")
# "女性员工的薪酬": in money, if not in per cent of something.
_MONEY_NAMED = re.compile(
    r"(?:薪酬|薪资|薪水|工资|奖金|收入|营收|支出|花费|费用|成本|利润|产值|资产|负债|存款|贷款|投资)(?:总?额|水平|总量|规模)?$"
)
# "多少小微企业获得了贷款"
_WHO_ASKED = re.compile(r"(?:多少|几)(?!钱|元)[^?,。]{0,8}?(?:企业|客户|[农商住]户|学生|员工|人|户|家)")
_NO_MONEY = {"person", "person-time", "household", "hour", "time", "institution", "day", "age"}
_OF_PEOPLE = re.compile(r"[人员户]|职工|队伍|团队|学生|党员|会员")
_NEVER_COUNTED = {"age", "percent", "percentage point", *CURRENCIES}
_SPAN_ASKED = re.compile(r"年限|期限|多久|多长|时长|时间|时数|年龄|岁|几年|几天|几个月|多少[年天日月]|学时|小时")
_PER_ASKED = re.compile(r"人均|平均|每|单位|强度|密度")
_PER_ASKED_EN = re.compile(r"\b(?:per|intensit\w+|densit\w+|average|each)\b|万元[营产收]", re.IGNORECASE)
_INTENSITY = re.compile(r"强度|密度")
_EACH_ASKED = re.compile(
    r"人均|每[名位个]?(?:员工|职工|雇员)|平均(?:每|一[个家])(?!个?(?:[年月日天周季]|工作日|星期))|每人"
)
_AREA_ASKED = re.compile(r"单位面积|每平方米|每平米|平均每平")
_EACH = re.compile(r"[人户场笔单行件点日月]均|平均|每|均值|单位|强度|密度")
_AVERAGE_BEFORE = re.compile(r"(?:[日月年人户]均|平均每?[天日月年人户]?)(?:约|为|达|近|超过?)*\s*$")
_THIS_ONE = re.compile(r"本期(?![末间内])|[该单]期|[本该单]笔")
_FULL_MARKS = re.compile(r"满分(?:为|是)?\s*$")


def unit_fit(question: Question, figure: Figure) -> int:
    """1 when the figure's unit is the one asked for, 0 when nothing tells, -1 when it measures something else."""
    if question.unit is None:
        if figure.unit is not None and figure.unit.is_count() and asks_amount(question.text):
            return -1  # "how much", and not how many
        if figure.unit is not None and figure.unit.dimension in _THINGS and _asks_size(question):
            return -1  # how large three funds are, and not that they are three
        if figure.unit is not None and figure.unit.dimension == "person" and _asks_size(question):
            return (
                0 if _OF_PEOPLE.search(question.chinese) else -1
            )  # how large the assets are, and not how many work there
        own = figure.unit.dimension.partition(" per ")[0] if figure.unit is not None else ""
        counted = _WHO_ASKED.search(question.chinese)
        if own in _NO_MONEY and _MONEY_NAMED.search(question.metric) and not counted:
            return -1
        span = figure.unit is not None and figure.unit.dimension in _SPANS
        return -1 if span and figure.row is None and not _SPAN_ASKED.search(question.chinese) else 0
    if figure.unit is None:
        # A bare number in prose (a rank, a note, part of a name) measures nothing.
        return -1 if figure.row is None else 0
    if figure.row is None and figure.unit.dimension == "count" != question.unit.dimension:
        return 0 if question.unit.is_count() or figure.unit.factor > 1 else -1  # "7万+" leaves open of what
    if question.unit.dimension in _NEVER_TIMES and figure.unit.dimension == "time":
        return -1
    if compatible(question.unit, figure.unit):
        per = " per " in figure.unit.dimension and " per " not in question.unit.dimension
        return 0 if per and not _PER_ASKED.search(question.chinese) else 1
    if question.unit.dimension == "time" and figure.unit.dimension in _NOT_TIMES:
        return -1
    return 0 if question.unit.is_weak() and figure.unit.dimension not in _NEVER_COUNTED else -1


def change_differs(question: Question, figure: Figure) -> bool:
    """Whether the figure is a change though a level was asked for, or the other way round."""
    if figure.row is not None:
        return _change_for_level(question, figure)
    place = figure.words.find(figure.value_text)
    before = figure.words[:place] if place >= 0 else figure.words
    if _LEVEL_BEFORE.search(before.strip()) and not _COMPARED_BEFORE.search(before):
        return False
    asked = question.chinese.replace("多少", "")
    if _RISE_ASKED.search(question.chinese) and not _CHANGE_SAID.search(f"{figure.words}{figure.unit_text}"):
        return True
    return bool(_CHANGE_BEFORE.search(before.strip())) and not _CHANGE_ASKED.search(asked)


def differences(question: Question, asked: str, figure: Figure, given: str) -> int:
    """In how many ways the figure is another kind of amount than the one asked for: a total where so much a head is
    wanted, an intensity or a daily mean for an amount, the best possible score for the one reached, one issue for all.

    asked: the question's words for the metric; given: the figure's own words.
    """
    return (
        _total_for_each(asked, figure, given)
        + _for_another_each(asked, figure)
        + _intensity_for_amount(question, figure)
        + _average_for_total(question, figure)
        + _full_marks(question, figure)
        + _one_of_several(question, figure)
    )


def per_words(figure: Figure) -> str:
    """What a unit such as 吨/人 says of a row besides its measure."""
    per = figure.unit_text.replace("／", "/").partition("/")[2].strip()
    return "人均" if per in ("人", "名员工", "员工") else f"单位 每{per}" if per else ""


def words_before(figure: Figure) -> str:
    """A figure's sentence up to its value."""
    found = re.search(rf"(?<![\d.,]){re.escape(figure.value_text)}(?![\d年])", figure.sentence)
    return figure.sentence[: found.start()] if found else figure.sentence


def _asks_size(question: Question) -> bool:
    """Whether a size or an amount is asked for, in whatever unit."""
    return bool(_SIZE_ASKED.search(question.chinese)) or asks_size(question.text)


def _total_for_each(asked: str, figure: Figure, given: str) -> bool:
    """Whether so much a head is asked for and the figure is that for all."""
    if figure.unit is None or " per " in figure.unit.dimension:
        return False
    return bool(_EACH_ASKED.search(asked)) and not _EACH.search(given)


def _for_another_each(asked: str, figure: Figure) -> bool:
    """Whether so much a head is asked for and the figure is so much a square metre, or the other way round."""
    if figure.unit is None or " per " not in figure.unit.dimension:
        return False
    per = figure.unit.dimension.partition(" per ")[2]
    heads, area = bool(_EACH_ASKED.search(asked)), bool(_AREA_ASKED.search(asked))
    return heads != area and (per == "person") == area


def _intensity_for_amount(question: Question, figure: Figure) -> bool:
    """Whether a table's figure is an intensity, so much a square metre or head, and the question speaks of none."""
    percent = figure.unit is not None and figure.unit.dimension == "percent"  # 研发投入强度 is a share of revenue
    label = normalise(figure.label)
    a_head = "人均" in label and "/" in normalise(figure.unit_text)  # 人均培训时长 in hours may be all that is told
    if figure.row is None or percent or not (a_head or _INTENSITY.search(label)):
        return False
    asked = f"{question.chinese} {question.gloss} {question.asked}"
    return not (_PER_ASKED.search(asked) or _PER_ASKED_EN.search(asked))


def _average_for_total(question: Question, figure: Figure) -> bool:
    """Whether prose states so much a day or head, and the question speaks of none: 734,826人次,日均2,013人次."""
    if figure.row is not None or not _AVERAGE_BEFORE.search(words_before(figure)):
        return False
    asked = f"{question.chinese} {question.gloss} {question.asked}"
    return not (_EACH.search(asked) or _PER_ASKED_EN.search(asked))


def _full_marks(question: Question, figure: Figure) -> bool:
    """Whether prose states the best score there could be: 4.72分(满分5分)."""
    return (
        figure.row is None and _FULL_MARKS.search(words_before(figure)) is not None and "满分" not in question.chinese
    )


def _one_of_several(question: Question, figure: Figure) -> bool:
    """Whether prose speaks of this issue or this time, and the question of all: 本期债券发行规模为10亿元."""
    return figure.row is None and "sum" in question.operations and _THIS_ONE.search(figure.words) is not None


def _change_for_level(question: Question, figure: Figure) -> bool:
    """Whether a table's figure is a rate of growth, or what was gained in a month, and the question asks for the level:
    an industry's value added, a balance.
    """
    printed = normalise(f"{figure.label} {figure.basis} {' '.join(groups_of(figure.passage))}")
    asked = f"{question.chinese.replace('多少', '')} {question.gloss}"
    if _GAIN_PRINTED.search(printed):
        return not _CHANGE_ASKED.search(asked)
    if figure.unit is None or figure.unit.dimension != "percent" or question.unit is not None:
        return False
    return bool(_GROWTH_PRINTED.search(printed)) and not (_CHANGE_ASKED.search(asked) or _RATE_ASKED.search(asked))
