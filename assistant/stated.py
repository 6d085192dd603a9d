"""Whether a printed figure is itself the difference, share, total or average that a question asks for."""

from __future__ import annotations

import re

from assistant import bands
from assistant.figures import Figure
from assistant.question import Question
from index.text import normalise

# A word between two things; not 参加, 碳中和 or 涉及.
JOINT = re.compile(
    r"以及|(?<![参赠给])与(?!会)|(?<![中总缓亲饱平随柔共])和(?![谐解平])|(?<![涉普危顾推触波以])及(?![时格])|、|"
    r"加上|(?<![参增追附更外施叠累新])加(?![班入强快点工盟密上权油坡])"
)
# "A与B合计": two things to add, unless the report prints their total.
_ADDED_UP = re.compile(rf"{JOINT.pattern}|男女|[两三四五]个.{{0,4}}[段类组项]")
# "信息安全和数据安全制度体系里 份管理规范文件": where it is counted, and not what.
_FRAME = re.compile(r"^.*(?<![高初境省国市海])(?:里面?|中|内)(?= )")
# Words by which a printed figure is itself the result of the arithmetic.
_STATED = {
    "difference": re.compile(r"[增减差降升]|变动|变化|高出|缩短|节约|节省"),
    "growth": re.compile(r"[增减降升涨跌]|同比|环比|变动|变化|缩短"),
    "ratio": re.compile(r"倍|之比|比率"),
    "average": re.compile(r"平均|均|每|单位(?:面积|产值|营收|收入)|强度|密度"),
}
_SET_AGAINST = re.compile(
    r"高出|多出|超[出过]|高于|低于|相差|差[额值距]|(?<![占同环])比(?!\d{4}年|期初|年初|[同上去年月例重率值])[^,。;]{1,20}?"
    r"(?:[多高低少大小长短]|节[省约]|[缩提压][短高升缩]|下降|增[加长])"
)
# A rate that is a share of its kind: 不良贷款率, 签署率; not what a rate measures otherwise.
RATE = re.compile(r"(?<![利汇税费效比])(?<!流失)(?<!离职)(?<!增长)(?<!满意)(?<!收益)(?<!回报)(?<!周转)率")
_PORTION = re.compile(rf"占|比例|比重|百分比|份额|%|{RATE.pattern}")
TOTAL = re.compile(r"合 ?计|总 ?计|总(?:人|户)?数|总额|总量|共计")
# A row of "范围一和范围二" is their total, one of "30岁及以下" none; a sentence may only list the two.
_JOINT = re.compile(r"[和与]|及(?!以[上下]|其)")


def states(question: Question, figure: Figure, *, compared: bool = False) -> bool:
    """Whether the figure is itself the difference, share, total, … that the question wants, as printed.

    compared: two things are set against each other ("A比B多多少"), so that the change of one is not their difference.
    """
    if not question.operations:
        return True
    words = normalise(" ".join((figure.label, figure.basis, *(figure.row.group if figure.row else (figure.sentence,)))))
    percent = figure.unit is not None and figure.unit.dimension in ("percent", "percentage point")
    for operation in question.operations:
        if operation == "sum":
            label = normalise(figure.label)
            joint = figure.row is not None and bool(_JOINT.search(label))
            counted = _FRAME.sub("", question.metric)
            stated = not _ADDED_UP.search(counted) or joint or bool(TOTAL.search(label))
        elif operation in ("difference", "growth") and compared:
            stated = bool(_SET_AGAINST.search(words))
        elif operation == "share":
            # A table by bands of rates over the LPR prints shares of loans.
            named = (figure.label, *figure.row.group) if figure.row is not None else ()
            portion = _PORTION.search(words) or any(bands.rates(normalise(name)) for name in named)
            stated = percent and ("占" not in question.chinese or bool(portion))
        else:
            stated = bool(_STATED[operation].search(words)) if operation in _STATED else True
        if stated:
            return True
    return False
