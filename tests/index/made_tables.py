"""Known tables, and the document that the layouts of table_generator.py and column_layouts.py print them in.

Labels and wording are none of the reports in the corpus.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from index.records import Line
from index.text import normalise

POOL = [
    ("外购热力消耗量", "吉焦", 900, 90_000, 2),
    ("氨氮排放量", "千克", 2, 900, 1),
    ("化学需氧量排放量", "吨", 1, 60, 3),
    ("厨余垃圾清运量", "吨", 20, 4_000, 2),
    ("光伏发电量", "万千瓦时", 3, 700, 2),
    ("公务车行驶里程", "公里", 9_000, 400_000, 0),
    ("绿色采购金额", "万元", 30, 9_000, 2),
    ("循环用水率", "%", 20, 99, 1),
    ("人均办公用纸量", "千克/人", 2, 40, 2),
    ("单位产值综合能耗", "吨标准煤/万元", 0, 3, 4),
    ("单位营收碳排放强度", "吨二氧化碳当量/百万元", 1, 90, 2),
    ("在岗职工人数", "人", 300, 60_000, 0),
    ("新入职职工人数", "人", 20, 5_000, 0),
    ("职工体检率", "%", 80, 100, 1),
    ("安全演练次数", "次", 1, 60, 0),
    ("安全培训参与人次", "人次", 100, 60_000, 0),
    ("人均培训学时", "小时", 3, 90, 1),
    ("工伤保险缴纳金额", "万元", 3, 900, 2),
    ("因公死亡职工人数", "人", 0, 2, 0),
    ("工会活动场次", "场", 2, 90, 0),
    ("在研课题数", "项", 3, 300, 0),
    ("新获授权实用新型专利数", "件", 1, 400, 0),
    ("研发人员占比", "%", 3, 60, 2),
    ("客户回访完成率", "%", 60, 100, 2),
    ("客诉受理数量", "件", 3, 9_000, 0),
    ("平均办结天数", "天", 1, 30, 1),
    ("本地采购比例", "%", 10, 95, 1),
    ("在册供货商数目", "家", 30, 3_000, 0),
    ("社区捐赠金额", "万元", 3, 3_000, 2),
    ("义工服务时长", "小时", 90, 30_000, 0),
    ("董事会召开会议次数", "次", 3, 20, 0),
    ("独立非执行董事占比", "%", 30, 60, 2),
    ("内控检查发现问题数", "个", 3, 300, 0),
    ("反舞弊宣讲覆盖率", "%", 50, 100, 1),
    ("信息系统中断时长", "分钟", 0, 90, 0),
    ("理财产品余额", "亿元", 30, 3_000, 2),
    ("每股净资产", "元", 2, 30, 2),
    ("净息差", "%", 1, 3, 2),
    ("线上交易笔数", "万笔", 30, 30_000, 2),
    ("新设网点数量", "个", 0, 20, 0),
    ("污水处理达标率", "%", 90, 100, 2),
    ("一般固体废弃物处置量", "吨", 30, 9_000, 2),
    ("购买绿电量", "兆瓦时", 30, 9_000, 1),
    ("员工满意度得分", "分", 70, 99, 1),
]  # fmt: skip
PARTITIONS = [
    ("按性别划分", ("男职工", "女职工")),
    ("按年龄层划分", ("35 岁以下", "35 至 50 岁", "50 岁以上")),
    ("按工作地划分", ("华北", "华东", "西南", "境外")),
    ("按合约类别划分", ("长期合约", "短期合约")),
    ("按职级划分", ("管理层", "骨干员工", "普通员工")),
]  # fmt: skip
THEMES = ["排污管控", "职工权益", "创新能力", "守法经营", "社群共建", "客户关怀", "供货链", "气候行动"]
TITLES = ["环境数据表", "社会数据表", "治理数据表", "资源使用情况表", "职工数据一览表", "经营数据表", "关键量化指标"]
PROSE = [
    "我们坚持稳健经营，把绿色理念融入日常工作，持续改进管理水平。", "管理层每季度听取汇报，并就重大事项作出决定。",
    "报告期内共开展各类活动 36 场，参与者逾 1,200 人次，社会反响良好。", "目录 03 关于我们 12 治理 25 环境 48 社会 66",
    "公司于 2019 年上线新平台，2021 年完成升级，服务更加便捷。",
    "GRI 305-1 直接排放 第 48 页",
    "98% 客户好评", "42 家分支机构",
    "展望未来，我们将继续前行；感谢各方信任。", "A1.1 排放物种类 已披露 环境 48-52", "1,024 亿元", "资产规模",
]  # fmt: skip
RUNNING = "关于我们 公司治理 绿色运营 员工与社会 数据附录 独立声明"


@dataclass
class Row:
    """A row to print: its cells as (printed, value)."""

    label: str
    unit: str
    cells: list[tuple[str, float | None]]
    group: tuple[str, ...] = ()


@dataclass
class Table:
    """Sections of rows: (heading or "", rows)."""

    title: str
    years: list[int]
    sections: list[tuple[str, list[Row]]]

    def rows(self) -> list[Row]:
        return [row for _, rows in self.sections for row in rows]


@dataclass(frozen=True)
class Truth:
    """One cell as it must be read."""

    label: str
    unit: str
    period: str
    value: float | None
    line: int
    group: tuple[str, ...] = ()


@dataclass
class Document:
    """Lines so far and the cells they hold; required: cells a reader has no excuse to miss."""

    lines: list[str] = field(default_factory=list)
    truth: list[Truth] = field(default_factory=list)
    optional: set[int] = field(default_factory=set)
    blank: bool = False
    layout: str = ""

    def add(self, text: str = "") -> int:
        self.lines.append(text)
        number = len(self.lines)
        if self.blank and text:
            self.lines.append("")
        return number

    def cell(self, row: Row, at: int, period: str, line: int) -> None:
        printed, value = row.cells[at]
        if printed.count(",") and not grouped(printed):
            return  # a misprint: nothing to be read
        self.truth.append(Truth(row.label, row.unit, period, value, line, row.group))

    def as_lines(self, script: Callable[[str], str] = str) -> list[Line]:
        texts = [script(text) for text in self.lines]
        return [Line(number, raw, normalise(raw)) for number, raw in enumerate(texts, start=1)]


_FULL_WIDTH = str.maketrans("0123456789,.", "０１２３４５６７８９，．")


def grouped(printed: str) -> bool:
    whole = printed.lstrip("-").partition(".")[0].split(",")
    return all(len(part) == 3 for part in whole[1:]) and 0 < len(whole[0]) <= 3


def _number(rng: random.Random, low: float, high: float, decimals: int) -> float:
    return round(rng.uniform(low, high), decimals)


def _print(rng: random.Random, value: float, decimals: int) -> str:
    style = rng.random()
    if style < 0.12:
        return f"{value:.{decimals}f}"
    text = f"{value:,.{decimals}f}"
    if style > 0.985:
        return text.translate(_FULL_WIDTH)
    return text.replace(",", "，") if style > 0.97 else text


def make_row(rng: random.Random, entry: tuple[str, str, float, float, int], years: int, *, gaps: bool = True) -> Row:
    """A row whose figures drift from year to year."""
    label, unit, low, high, decimals = entry
    value = _number(rng, low, high, decimals)
    cells: list[tuple[str, float | None]] = []
    for _ in range(years):
        cells.append((_print(rng, value, decimals), round(value, decimals)))
        change = value * rng.uniform(0.8, 1.2) if decimals or value > 20 else value + rng.choice((0, 1, 2))
        value = round(change if change <= high else value * rng.uniform(0.8, 0.99), decimals)
    if gaps and rng.random() < 0.15:
        mark = rng.choice(("/", "—", "不适用", "-", "N/A"))
        for at in range(rng.randint(1, years - 1)):
            cells[at] = (mark, None)
    return Row(label, unit, cells)


def make_table(rng: random.Random, years: int = 3, *, rows: int | None = None, groups: bool = True) -> Table:
    """A table of known figures, oldest year first; parts of a partition sum to the total above them."""
    last = rng.randint(2018, 2027)
    span = list(range(last - years + 1, last + 1))
    picked = rng.sample(POOL, rows or rng.randint(4, 12))
    sections: list[tuple[str, list[Row]]] = []
    at = 0
    while at < len(picked):
        size = rng.randint(2, 5)
        heading = rng.choice(THEMES) if groups and rng.random() < 0.5 else ""
        sections.append((heading, [make_row(rng, entry, years) for entry in picked[at : at + size]]))
        at += size
        if groups and rng.random() < 0.4:
            sections += _partition(rng, years)
    for heading, members in sections:
        for row in members:
            row.group = (heading,) if heading else ()
    return Table(rng.choice(TITLES), span, sections)


def _partition(rng: random.Random, years: int) -> list[tuple[str, list[Row]]]:
    heading, names = rng.choice(PARTITIONS)
    parts = [[rng.randint(20, 4_000) for _ in range(years)] for _ in names]
    total = [sum(part[year] for part in parts) for year in range(years)]
    whole = Row("职工总数", "人", [(f"{value:,}", float(value)) for value in total])
    rows = [
        Row(name, "人", [(f"{value:,}", float(value)) for value in part])
        for name, part in zip(names, parts, strict=True)
    ]
    return [("", [whole]), (heading, rows)]


def mark(rng: random.Random, label: str) -> str:
    return label + rng.choice([""] * 6 + [" 3", "（1）", "①", "注2", "\t4", "*"])


def year_head(rng: random.Random, year: int, style: int) -> str:
    return (f"{year}年", f"{year} 年", f"{year}年度")[style]


def prose(doc: Document, rng: random.Random, lines: int) -> None:
    """Running text, contents, page references and call-outs: nothing of it is a table."""
    for _ in range(lines):
        doc.add(rng.choice(PROSE))


def header(
    doc: Document, rng: random.Random, years: list[int], style: int, *, unit: bool, category: bool = False
) -> int:
    lead = "指标" if not category else "类别 指标"
    words = [lead, "单位"] if unit else [lead]
    return doc.add(" ".join([*words, *(year_head(rng, year, style) for year in years)]))
