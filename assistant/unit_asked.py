"""Which unit a question asks for, by the word after 多少 or 几, in brackets, or by what it asks of: 多少钱, 占比."""

from __future__ import annotations

import re

from assistant.units import Unit, known_unit, leading_unit, parse_unit

_UNIT_NAMED = r"\s*((?:万亿|亿|万|千)?(?:[a-z]+\d)?(?:[^\d\s?,。;、的了呢吗(]|(?<=co)\d){0,10})"
# 几 also means some, "加上几家银行一共有多少员工": it counts where nothing else asks.
_UNITS_ASKED = re.compile(rf"多少{_UNIT_NAMED}"), re.compile(rf"几{_UNIT_NAMED}")
_NO_COUNTER = re.compile(r"支[小农持付出票援]")  # 投放了多少支小再贷款
_MONEY_ASKED = re.compile(
    r"(?:投资(?![者人])|资金|金额|余额|贷款|存款|收入|支出|资产|成本|费用|利润|投入)(?:总额|总计|合计|存量|规模|总规模)?(?:一共|总共)?(?:是|有|达|达到|为)?(?:多少|多大)(?=[?,。]|$|的?规模)|"
    r"(?:发行|融资|债券?|基金|交易|产品|专项计划|abs)(?:[(][^()]*[)])?的?(?:总|合计)?规模(?:是|有|达|达到|为)?(?:多少|多大)(?=[?,。]|$)"
)
_FOREIGN_MONEY = re.compile(r"外币|外汇|外国|外商|外资|美元|港元|港币|欧元")
_PEOPLE_ASKED = re.compile(
    r"(?:员工|职工|雇员|人员|人数|男性|女性)(?:的?总?人?数量?)?(?:一共|总共|共)?(?:有|是|为|达到?)?(?:多少|几)(?=[?,。;]|$)"
)
# A name that says its unit: 捐赠次数是多少.
_COUNT_OF = re.compile(r"(?<!人)(次|人|天)数(?:是|为|有|达到?)*(?:多少|几)")
# What "多少 …" asks for when a noun stands where a unit would.
_IMPLIED_UNITS = (
    (
        re.compile(
            r"钱|资金|金额|费用|经费|款项|善款|赔偿|收入|融资(?!融券|租|担保|平台|客户|主体|项目|企业)|投资(?![者人])|税(?!务|收优惠|种|率)"
        ),
        "元",
    ),
    (re.compile(r".{1,4}?(?:经费|费用|款项|补贴|奖金)(?=[?,。;]|$)"), "元"),
    (re.compile(r".{0,4}?(?:员工|人员|职工|雇员|工人|学员|董事|志愿者)|女性|男性"), "人"),
    (re.compile(r"时间|工时|时长"), "小时"),
)
_PERCENT = re.compile(
    r"百分之几|百分比|%|占比|比重|比例|份额|[^效功频]率(?!先|领|调整|下调|上调|市场化)|增速|增幅|降幅|幅度|覆盖率|达成率"
)
# "取的是多少（kgCO2/kWh）"
_IN_BRACKETS = re.compile(r"[(](?:单位[:为]?)?([^()]{1,14})[)][?]?$")
_HOW_LONG = re.compile(r"多长时间|多少时间|时间有多长|时长有多长")
_POINTS_ASKED = re.compile(r"(?:多少|几)个?百分点")


def unit_asked(plain: str) -> tuple[Unit | None, str]:
    """The unit that a question in normal form asks for, and the word for it; (None, "") where it names none."""
    text = _word(plain) or ("小时" if _HOW_LONG.search(plain) else "")
    bracketed = _IN_BRACKETS.search(plain)
    if not text and bracketed and known_unit(bracketed[1]):
        text = bracketed[1]
    if text:
        return parse_unit(text), text
    if _POINTS_ASKED.search(plain):
        return parse_unit("个百分点"), "个百分点"
    return (parse_unit("%"), "%") if _PERCENT.search(plain) else (None, "")


def _word(plain: str) -> str:
    for match in (match for pattern in _UNITS_ASKED for match in pattern.finditer(plain)):
        rest = match[1]
        if _NO_COUNTER.match(rest):
            continue
        if len(rest) > 2 and leading_unit(rest) == "个" and leading_unit(rest[1:]):
            rest = rest[1:]  # 多少个小时
        unit = leading_unit(rest)
        if unit:
            return unit
        for noun, implied in _IMPLIED_UNITS:
            if noun.match(rest):
                return implied
    if re.search(r"百分之几|百分比|几成|成以上", plain):
        return "%"
    if counted := _COUNT_OF.search(plain):
        return counted[1]
    if _PEOPLE_ASKED.search(plain):
        return "人"
    return "元" if _MONEY_ASKED.search(plain) and not _FOREIGN_MONEY.search(plain) else ""
