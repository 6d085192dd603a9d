"""Units and scales of Chinese reports: what a printed unit measures, and how a number in one unit reads in another."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from index.text import normalise

# Scale words, longest first; a scale may stand alone ("8.45万") or before a counter ("万元", "亿美元").
_SCALES: tuple[tuple[str, float], ...] = (
    ("万亿", 1e12),
    ("千亿", 1e11),
    ("百亿", 1e10),
    ("十亿", 1e9),
    ("亿", 1e8),
    ("千万", 1e7),
    ("百万", 1e6),
    ("十万", 1e5),
    ("万", 1e4),
    ("千", 1e3),
    ("百", 1e2),
)
# Measures: printed form (normalised) → (dimension, factor to the dimension's base).
_MEASURES: dict[str, tuple[str, float]] = {
    "%": ("percent", 1),
    "百分比": ("percent", 1),
    "%个": ("percent", 1),
    "个百分点": ("percentage point", 1),
    "百分点": ("percentage point", 1),
    "‰": ("percent", 0.1),
    "bp": ("percentage point", 0.01),
    "bps": ("percentage point", 0.01),
    "个基点": ("percentage point", 0.01),
    "基点": ("percentage point", 0.01),
    "元": ("CNY", 1),
    "人民币": ("CNY", 1),
    "人民币元": ("CNY", 1),
    "元人民币": ("CNY", 1),
    "rmb": ("CNY", 1),
    "cny": ("CNY", 1),
    "美元": ("USD", 1),
    "usd": ("USD", 1),
    "港元": ("HKD", 1),
    "港币": ("HKD", 1),
    "欧元": ("EUR", 1),
    "吨": ("tonne", 1),
    "公吨": ("tonne", 1),
    "t": ("tonne", 1),
    "公斤": ("tonne", 1e-3),
    "千克": ("tonne", 1e-3),
    "kg": ("tonne", 1e-3),
    "克": ("tonne", 1e-6),
    "吨二氧化碳当量": ("tco2e", 1),
    "吨·二氧化碳当量": ("tco2e", 1),
    "吨二氧化碳": ("tco2e", 1),
    "tco2e": ("tco2e", 1),
    "tco2": ("tco2e", 1),
    "吨co2e": ("tco2e", 1),
    "吨co2": ("tco2e", 1),
    "千克二氧化碳当量": ("tco2e", 1e-3),
    "千克二氧化碳": ("tco2e", 1e-3),
    "公斤二氧化碳": ("tco2e", 1e-3),
    "kgco2e": ("tco2e", 1e-3),
    "kgco2": ("tco2e", 1e-3),
    "吨标准煤": ("tce", 1),
    "吨标煤": ("tce", 1),
    "tce": ("tce", 1),
    "千克标准煤": ("tce", 1e-3),
    "千瓦时": ("kWh", 1),
    "度": ("kWh", 1),
    "度电": ("kWh", 1),
    "kwh": ("kWh", 1),
    "兆瓦时": ("kWh", 1e3),
    "mwh": ("kWh", 1e3),
    "吉瓦时": ("kWh", 1e6),
    "gwh": ("kWh", 1e6),
    "吉焦": ("GJ", 1),
    "gj": ("GJ", 1),
    "兆焦": ("GJ", 1e-3),
    "太焦": ("GJ", 1e3),
    "tj": ("GJ", 1e3),
    "立方米": ("m3", 1),
    "m3": ("m3", 1),
    "m³": ("m3", 1),
    "方": ("m3", 1),
    "升": ("litre", 1),
    "l": ("litre", 1),
    "平方米": ("m2", 1),
    "m2": ("m2", 1),
    "m²": ("m2", 1),
    "平方公里": ("km2", 1),
    "亩": ("mu", 1),
    "公里": ("km", 1),
    "米": ("metre", 1),
    "小时": ("hour", 1),
    "h": ("hour", 1),
    "分钟": ("hour", 1 / 60),
    "秒": ("second", 1),
    "毫秒": ("second", 1e-3),
    "天": ("day", 1),
    "日": ("day", 1),
    "工作日": ("day", 1),
    "个工作日": ("day", 1),
    "年": ("year", 1),
    "周岁": ("age", 1),
    "岁": ("age", 1),
    "个月": ("month", 1),
    "人": ("person", 1),
    "名": ("person", 1),
    "位": ("person", 1),
    "人次": ("person-time", 1),
    "人/次": ("person-time", 1),
    "户": ("household", 1),
    "户次": ("household-time", 1),
    "家": ("institution", 1),
    "家次": ("institution-time", 1),
    "所": ("institution", 1),
    "次": ("time", 1),
    "场": ("time", 1),
    "场次": ("time", 1),
    "期": ("time", 1),
    "轮": ("time", 1),
    "遍": ("time", 1),
    "件": ("item", 1),
    "项": ("item", 1),
    "个": ("item", 1),
    "份": ("item", 1),
    "篇": ("item", 1),
    "则": ("item", 1),
    "条": ("item", 1),
    "起": ("item", 1),
    "宗": ("item", 1),
    "笔": ("deal", 1),
    "席": ("item", 1),
    "只": ("item", 1),
    "支": ("item", 1),
    "款": ("item", 1),
    "门": ("item", 1),
    "台": ("item", 1),
    "套": ("item", 1),
    "包": ("item", 1),
    "棵": ("item", 1),
    "株": ("item", 1),
    "批": ("item", 1),
    "张": ("item", 1),
    "本": ("item", 1),
    "册": ("item", 1),
    "处": ("item", 1),
    "座": ("item", 1),
    "辆": ("item", 1),
    "部": ("item", 1),
    "课时": ("hour", 1),
    "学时": ("hour", 1),
    "手": ("lot", 1),
    "股": ("share", 1),
    "分": ("point", 1),
    "倍": ("multiple", 1),
    "点": ("point", 1),
    "名次": ("rank", 1),
    "单": ("item", 1),
    "趟": ("time", 1),
    "盏": ("item", 1),
    "间": ("item", 1),
    "人年": ("person-year", 1),
    "卷": ("item", 1),
    "幅": ("item", 1),
    "枚": ("item", 1),
    "箱": ("item", 1),
    "瓶": ("item", 1),
    "袋": ("item", 1),
    "艘": ("item", 1),
    "栋": ("item", 1),
    "幢": ("item", 1),
    "颗": ("item", 1),
    "种": ("item", 1),
    "通": ("item", 1),
    "堂": ("item", 1),
    "例": ("item", 1),
    "组": ("item", 1),
    "城": ("item", 1),
}
# What makes another word of a counter: "ISO14001通过认证", "5组织".
_BEGINS_ANOTHER = {
    "通": "过常用知融信行道报胀货讯勤关车",
    "例": "如会行外假",
    "组": "织成合建件长员训装",
    "堂": "食",
    "城": "市投商镇农区乡建中际轨",
    "升": "级至到值幅学旗为了格温降高任息",
}
_WEAK = {"item", "institution", "time", "deal", "household", "count", "point", "rank", "share", "lot", "age"}
CURRENCIES = frozenset({"CNY", "USD", "HKD", "EUR"})
_COUNTED = {"person", "household", "institution", "item", "deal", "time"}
_MASSES = {"tonne", "tco2e", "tce"}
_MARKS = re.compile(r"[()\[\]（）:：\s]")


@dataclass(frozen=True, slots=True)
class Unit:
    """What a unit measures. `factor` turns a number in this unit into the dimension's base unit.

    dimension: e.g. "CNY", "percent", "tonne per person"; "count" for a bare scale ("万"); the word itself if unknown.
    """

    dimension: str
    factor: float

    def is_weak(self) -> bool:
        """Whether the unit is a mere counter (个, 项, 家): a question may use another one for the same thing."""
        return self.dimension in _WEAK

    def is_count(self) -> bool:
        """Whether the unit counts things rather than measuring an amount."""
        return self.dimension in _COUNTED or self.dimension == "count"


@lru_cache(maxsize=4096)
def parse_unit(text: str) -> Unit | None:
    """The unit that `text` names ("亿元", "噸 / 人", "萬人次", "个百分点"); None for an empty text."""
    plain = _MARKS.sub("", normalise(text))
    if not plain:
        return None
    if plain in _MEASURES:
        return Unit(*_MEASURES[plain])
    if "/" in plain:
        over, _, under = plain.partition("/")
        top, bottom = parse_unit(over), parse_unit(under)
        if top and bottom:
            return Unit(f"{top.dimension} per {bottom.dimension}", top.factor / bottom.factor)
    if plain.startswith("人民币"):
        return parse_unit(plain.removeprefix("人民币"))  # 人民币亿元
    for word, scale in _SCALES:
        if plain.startswith(word):
            rest = plain[len(word) :]
            if not rest:
                return Unit("count", scale)
            inner = parse_unit(rest)
            return Unit(inner.dimension, inner.factor * scale) if inner else None
    return Unit(plain, 1.0)


def split_scale(text: str) -> tuple[float, str]:
    """The scale that a unit begins with, 1 for none, and the rest of it: (1e8, "元") for 亿元."""
    plain = _MARKS.sub("", normalise(text))
    if plain in _MEASURES:
        return 1.0, plain  # 千瓦时 is no thousand
    return next(((scale, plain[len(word) :]) for word, scale in _SCALES if plain.startswith(word)), (1.0, plain))


def with_scale(scale: float, unit: str) -> str | None:
    """A unit with the word for its scale, 万元 for 1e4 and 元; None where there is none."""
    if scale == 1:
        return unit
    return next((f"{word}{unit}" for word, known in _SCALES if known == scale), None)


def known_unit(text: str) -> bool:
    """Whether `text` is a unit of the table above, with or without a scale word."""
    unit = parse_unit(text)
    return unit is not None and unit.dimension != _MARKS.sub("", normalise(text))


def leading_unit(text: str) -> str:
    """The longest known unit that `text` (normalised) begins with; "" for none."""
    match = re.match(UNIT_PATTERN, text)
    return match[0] if match else ""


def is_measure(text: str) -> bool:
    """Whether a normalised text is a unit by itself, without a scale: 千瓦时 is, 万元 and 吨/人 are not."""
    return text in _MEASURES


def compatible(asked: Unit | None, given: Unit | None) -> bool:
    """Whether a figure in `given` can answer a question that asks in `asked`; True when either is unknown.

    A percentage never answers for percentage points; money not for people; a bare count fits any counter.
    """
    if asked is None or given is None or asked.dimension == given.dimension:
        return True
    if asked.is_count() and given.is_count():
        loose = {"item", "count", "institution", "time", "deal", "household"}
        return "count" in (asked.dimension, given.dimension) or {asked.dimension, given.dimension} <= loose
    own, per, _ = asked.dimension.partition(" per ")
    its = given.dimension.partition(" per ")[0]
    return (own == its and not per) or {asked.dimension, its} <= _MASSES


# Longest first, so that 万人次 is not read as 万人.
_ALL = sorted({*_MEASURES, *(scale for scale, _ in _SCALES)}, key=len, reverse=True)
_SCALE_PATTERN = rf"(?!百分[点比之])(?:{'|'.join(word for word, _ in _SCALES)})"  # 百分点 is no hundred of 分
_MEASURE_PATTERN = "|".join(
    re.escape(word)
    + ("(?![a-z])" if word[-1].isascii() and word[-1].isalpha() else "")  # no t in tco2
    + (f"(?![{_BEGINS_ANOTHER[word]}])" if word in _BEGINS_ANOTHER else "")
    for word in sorted(_MEASURES, key=len, reverse=True)
)
UNIT_PATTERN = rf"(?:(?:{_SCALE_PATTERN})?(?:{_MEASURE_PATTERN})(?:/(?:{_MEASURE_PATTERN}))?|{_SCALE_PATTERN})"
NUMBER_PATTERN = r"[-−–]?\d{1,3}(?:,\d{3})+(?:\.\d+)?|[-−–]?\d+(?:\.\d+)?"


_SPOKEN = {"两": 2, "兩": 2} | {digit: value for value, digit in enumerate("二三四五六七八九十", start=2)}
_DIGITS = {"一": 1, **{digit: int(value) for digit, value in _SPOKEN.items() if digit in "二三四五六七八九"}}
# A small number in words after a word of counting: 占两席, 现有十三名, 连续三年. Not 一 ("一家" is mostly "a"), nor
# 三项制度.
SPOKEN_PATTERN = (
    r"(?<=[有占共为為達达设設计計含获獲开開办辦召聘选選派至了由地续])(十[一二三四五六七八九]|[两兩二三四五六七八九十])\s*"
    r"((?<!续[两三四五六七八九十])(?<!续十[一二三四五六七八九])(?:名|位|席|家|次|项|人|场|款|所|只|支|座|期)|"
    r"(?<=连续[两三四五六七八九十])年|(?<=连续十[一二三四五六七八九])年)(?![大级类])"
)


def spoken_number(text: str) -> float | None:
    """The number that 两, 三 … 十九 stand for; None for anything else."""
    tens, last = ("十", text[1]) if len(text) == 2 and text[0] == "十" else ("", text)
    value = 1 if tens and last == "一" else _SPOKEN.get(last)
    return None if value is None else float(value + (10 if tens else 0))


def plain_ordinals(text: str) -> str:
    """A text with its ordinals in digits: 第8年 for 第八年."""

    def digits(match: re.Match[str]) -> str:
        tens, _, ones = match[1].rpartition("十")
        value = 10 * _DIGITS.get(tens or "一", 0) * ("十" in match[1]) + _DIGITS.get(ones, 0)
        return f"第{value}"

    one = f"[{''.join(_DIGITS)}]"
    return re.sub(rf"第({one}?十{one}?|{one})(?![百千])", digits, text)


def parse_number(text: str) -> float | None:
    """The number a text prints ("1,924.37", "３，５００", "−25.1"); None when it is not exactly one number."""
    plain = normalise(text).replace(" ", "").replace("−", "-").replace("–", "-")
    if not re.fullmatch(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?", plain):
        return None
    return float(plain.replace(",", ""))
