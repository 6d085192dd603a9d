"""Which arithmetic a question asks for: a difference, growth, a ratio, a share, an average, a sum, a comparison."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.periods import Asked, asks_previous_year

_DIFFERENCE = re.compile(
    r"(?:比|较|与|和|相比).*?(?:多|少|高|低|增加|减少|增长|下降|上升|降低|提高|提升|变化|变动|缩减|扩大|增|减|降|升)(?:了|出)?\s*(?:多少|几)|相差|差额|差值|差距|差多少|"
    r"(?:增加|减少|增长|下降|下滑|上升|降低|提高|变化|变动|增减|净增|(?<![晋每公毫])[增减降升涨跌])(?:了|额)?\s*(?:多少|几)(?!.{0,3}百分之)|多多少|(?<!至)少多少|高多少|低多少|多几|少几|(?<![至减增])[多少高低]了(?:多少|几)(?!.{0,3}百分之)"
)
_GROWTH = re.compile(
    r"(?:增长|下降|下滑|减少|缩减|缩短|缩水|压缩|节省|节约|扩大|回落|增加|上升|降低|提高|提升|变动|变化|增|减|降|升|涨|跌|少|多|(?<!最)[高低])(?:了|出|幅|率|幅度)?(?:约|大约)?(?:是|为)?(?:百分之|多少\s*%|多少百分比)|增长率|增幅|降幅|变动率|变化率|"
    r"变动幅度|变化幅度|涨幅|跌幅|降幅|增速"
)
_SHARE = re.compile(
    r"占.{0,24}?(?:的)?(?:比例|比重|百分之|多少%|份额|百分比|几成|占比)|(?:比例|比重)|占(?![地用])[^,?]{1,24}的多少(?=[?(,]|$)"
)
_RATIO = re.compile(r"多少倍|几倍|倍数|之比|比值")
_SUM = re.compile(
    r"合计|总共|一共|共计|总和|之和|加起来|加总|相加|合共|累计一共|总计|"
    r"(?:(?<![参赠给])与(?!会)|(?<![中总缓亲饱平随柔共])和(?![谐解平])|(?<![涉普危顾推触波以])及(?![时格]))[^,。?和与及]{2,16}的总(?:数量?|量|额|人数)?(?=[是有为达]|多少)"
)
_AVERAGE = re.compile(r"平均值|平均数|年均|均值|三年平均|两年平均|年平均(?!每)|平均每年|平均为|平均是多少|的平均")
_COMPARE = re.compile(
    r"谁|哪(?:一)?(?:家|个|方|年|者)[^?]{0,16}?(?:更|最|较|高|多|大|低|少|小)|更高|更多|更大|更低|更少|对比|比较|趋势|变化情况|走势"
)


def operations_asked(plain: str, periods: Sequence[Asked], institutions: int) -> tuple[str, ...]:
    """The operations a question in normal form may ask for, likeliest first; institutions: how many it names."""
    found = []
    several = len({asked.period for asked in periods}) > 1 or asks_previous_year(plain) or institutions > 1
    if _GROWTH.search(plain):
        found.append("growth")
    if _DIFFERENCE.search(plain):
        found.append("difference")
    if _RATIO.search(plain):
        found.append("ratio")
    if _SHARE.search(plain):
        found.append("share")
    if _AVERAGE.search(plain):
        found.append("average")
    if _SUM.search(plain):
        found.append("sum")
    if _COMPARE.search(plain) and several:
        found.append("compare")
    return tuple(found)
