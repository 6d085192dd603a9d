"""Bands of a breakdown: the age group or the band of loan rates that a text names, so that two can be compared.

"未满30岁" and "30岁以下" are one age group, "加点1.5到3个百分点" and "[LPR+1.5%, LPR+3%)" one band of rates.
"""

from __future__ import annotations

import math
import re

Band = tuple[float, float]

_TENS = {"二": 20, "三": 30, "四": 40, "五": 50, "六": 60, "七": 70}
_AGE_WORDS = re.compile(r"([二三四五六七])?十([一二三四五六七八九])?(?=\s*(?:多|几|来|出头)?\s*(?:周?岁|[-—–~至到]))")
_UNITS = "一二三四五六七八九"
_YEARS = r"\s*周?岁"
_TO = r"\s*(?:-|—|–|~|至|到)\s*"
_AGE_BANDS = (
    (re.compile(rf"(\d\d)(?:{_YEARS})?{_TO}(\d\d)(?={_YEARS}|之间)|年龄[^\d]{{0,4}}(\d\d){_TO}(\d\d)"), "between"),
    (re.compile(rf"(?:未满|不满|不到|不足|不超过|低于|小于等于|小于|<|≤|<=)\s*(\d\d)(?={_YEARS})"), "below"),
    (re.compile(rf"(\d\d)(?:{_YEARS})?\s*[(（]?(?:及|或|含)?[)）]?\s*(?:以下|以内)(?=[^万元]|$)"), "below"),
    (re.compile(rf"(?:超过|年满|大于等于|大于|不低于|高于|>|≥|>=)\s*(\d\d)(?={_YEARS})"), "above"),
    (re.compile(rf"(?:(\d\d){_YEARS}|年龄[^\d]{{0,4}}(\d\d))\s*(?:及|或|含)?\s*以上"), "above"),
    (re.compile(rf"(\d0)(?:多|几){_YEARS}"), "decade"),
)
_ENDS = re.compile(r"[(](?:不?含)\d*\s*(?:周?岁)?[)]|(?<=及)其")  # the end itself makes no difference here
_AGE_SPOKEN_OF = re.compile(r"岁|年龄")
_PAST_AGE = re.compile(r"年[过逾满]\s*(?:([三四五六七])十|(\d0))(?:\s*周?岁)?(?:以上)?")
_AGE_SLACK = 1.0  # "31 至 50 岁" is "30 至 50 岁" told apart from "30 岁及以下"

_RATE = r"(\d+(?:\.\d+)?)"
_POINT = r"(?:个?百分点|个?点(?!击)|%|个?基点|bps?)"
_LPR = re.compile(r"lpr|贷款市场报价利率|加点|减点")
_PRINTED = re.compile(r"lpr\s*(?:([+-])\s*(\d+(?:\.\d+)?)\s*(%|bps?|个?基点|个?百分点))?")
_RATE_BETWEEN = re.compile(rf"{_RATE}\s*{_POINT}?\s*(?:-|—|–|~|至|到|和)\s*{_RATE}\s*({_POINT})")
_RATE_ABOVE = re.compile(
    rf"(?:至少|不低于|超过|不少于|高于|大于)\s*{_RATE}\s*({_POINT})|{_RATE}\s*({_POINT})\s*(?:及|或)?以上"
)
_RATE_BELOW = re.compile(
    rf"(?:不到|不足|不超过|低于|小于|少于)\s*{_RATE}\s*({_POINT})|{_RATE}\s*({_POINT})\s*(?:以内|以下)"
)
_NAME = r"(?:lpr|贷款市场报价利率)"
_NEITHER = re.compile(
    r"[不没未无](?:有)?加点?[^,。;]{0,4}?[不没未无](?:有)?减点?|[不没未无](?:有)?减点?[^,。;]{0,4}?[不没未无](?:有)?加点?"
)
_UNDER_LPR = re.compile(rf"减点|(?:低于|小于)\s*{_NAME}|比\s*{_NAME}\s*(?:还|要|更)?[低小]|lpr\s*以下")
_AT_LPR = re.compile(rf"(?:等于|持平|按照?|执行)\s*{_NAME}|{_NAME}\s*(?:持平|相同|一致)|^\s*lpr(?:\s*%)?\s*$")
_OVER_LPR = re.compile(rf"加点|(?:高于|大于)\s*{_NAME}|比\s*{_NAME}\s*(?:还|要|更)?[高大]")
_SHARE_OF_LOANS = re.compile(rf"(?:占比?|比例|比重|份额)[^,。;]{{0,4}}?{_RATE}\s*%")


def ages(text: str) -> set[Band]:
    """The age groups that a normalised text names, as (from, to) in years; empty where it speaks of none."""
    if not _AGE_SPOKEN_OF.search(text):
        return set()
    plain = _AGE_WORDS.sub(lambda m: str(_TENS.get(m[1], 10) + (_UNITS.index(m[2]) + 1 if m[2] else 0)), text)
    plain = _ENDS.sub("", plain)
    found: set[Band] = set()
    for pattern, kind in _AGE_BANDS:
        for match in pattern.finditer(plain):
            numbers = [float(part) for part in match.groups() if part]
            if kind == "between" and numbers[0] < numbers[1]:
                found.add((numbers[0], numbers[1]))
            elif kind == "below":
                found.add((0.0, numbers[0]))
            elif kind == "above":
                found.add((numbers[0], math.inf))
            elif kind == "decade":
                found.add((numbers[0], numbers[0] + 10))
    above = [low for low, high in found if high == math.inf]
    below = [high for low, high in found if low == 0]
    if len(found) == 2 and len(above) == len(below) == 1 and above[0] < below[0]:
        return {(above[0], below[0])}  # "30岁以上50岁以下"
    return found


def plain_ages(text: str) -> str:
    """A normalised text with 年过五十 written as 50岁以上."""
    return _PAST_AGE.sub(lambda m: f"{_TENS[m[1]] if m[1] else m[2]}岁以上", text)


def rates(text: str) -> set[Band]:
    """The band of loan rates, in percentage points over the LPR, that a normalised text names; empty for none."""
    if not _LPR.search(text):
        return set()
    text = _SHARE_OF_LOANS.sub("", text)
    printed = [
        0.0 if not match[2] else _points(match[2], match[3]) * (-1 if match[1] == "-" else 1)
        for match in _PRINTED.finditer(text)
    ]
    if len(printed) == 2 and printed[0] != printed[1]:
        return {(min(printed), max(printed))}
    if _NEITHER.search(text):
        return {(0.0, 0.0)}
    if _UNDER_LPR.search(text):
        return {(-math.inf, 0.0)}
    if match := _RATE_BETWEEN.search(text):
        ends = _points(match[1], match[3]), _points(match[2], match[3])
        return {(min(ends), max(ends))}
    if match := _RATE_ABOVE.search(text):
        return {(_points(match[1] or match[3], match[2] or match[4]), math.inf)}
    if match := _RATE_BELOW.search(text):
        return {(0.0, _points(match[1] or match[3], match[2] or match[4]))}
    if len(printed) == 1 and printed[0] and "以上" in text:
        return {(printed[0], math.inf)}
    if _AT_LPR.search(text):
        return {(0.0, 0.0)}
    return {(0.0, math.inf)} if _OVER_LPR.search(text) else set()


def speaks_of_rates(text: str) -> bool:
    """Whether a normalised text speaks of loan rates by their distance from the LPR, or of the LPR itself."""
    return bool(_LPR.search(text))


def same(asked: set[Band], given: set[Band], slack: float = 0.0) -> bool:
    """Whether one of the bands asked for is one of those given; ends may differ by `slack`."""
    return any(_near(a[0], b[0], slack) and _near(a[1], b[1], slack) for a in asked for b in given)


def same_age(asked: set[Band], given: set[Band]) -> bool:
    """`same` for age groups, whose ends are printed now with and now without the year itself."""
    return same(asked, given, _AGE_SLACK)


def _near(one: float, other: float, slack: float) -> bool:
    return one == other or abs(one - other) <= slack


def _points(number: str, unit: str) -> float:
    return float(number) / (100 if unit.startswith(("bp", "基点", "个基点")) else 1)
