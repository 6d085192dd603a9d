"""Known tables printed in every layout that extracted reports show, with all the faults of extraction.

`document(seed)` gives the lines of a made-up report and the cells that stand in them. Labels and wording are
none of the reports in the corpus.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from index.records import Line
from index.tables.quantities import families
from index.text import normalise, traditional

# label, unit, smallest, largest, decimals
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
        if printed.count(",") and not _grouped(printed):
            return  # a misprint: nothing to be read
        self.truth.append(Truth(row.label, row.unit, period, value, line, row.group))

    def as_lines(self, script: Callable[[str], str] = str) -> list[Line]:
        texts = [script(text) for text in self.lines]
        return [Line(number, raw, normalise(raw)) for number, raw in enumerate(texts, start=1)]


def _grouped(printed: str) -> bool:
    whole = printed.lstrip("-").partition(".")[0].split(",")
    return all(len(part) == 3 for part in whole[1:]) and 0 < len(whole[0]) <= 3


def _number(rng: random.Random, low: float, high: float, decimals: int) -> float:
    return round(rng.uniform(low, high), decimals)


def _print(rng: random.Random, value: float, decimals: int) -> str:
    style = rng.random()
    if style < 0.12:
        return f"{value:.{decimals}f}"
    text = f"{value:,.{decimals}f}"
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


def _mark(rng: random.Random, label: str) -> str:
    return label + rng.choice([""] * 6 + [" 3", "（1）", "①", "注2", "\t4", "*"])


def _year(rng: random.Random, year: int, style: int) -> str:
    return (f"{year}年", f"{year} 年", f"{year}年度")[style]


def prose(doc: Document, rng: random.Random, lines: int) -> None:
    """Running text, contents, page references and call-outs: nothing of it is a table."""
    for _ in range(lines):
        doc.add(rng.choice(PROSE))


def _header(
    doc: Document, rng: random.Random, years: list[int], style: int, *, unit: bool, category: bool = False
) -> int:
    lead = "指标" if not category else "类别 指标"
    words = [lead, "单位"] if unit else [lead]
    return doc.add(" ".join([*words, *(_year(rng, year, style) for year in years)]))


def by_line(doc: Document, rng: random.Random) -> None:
    """One row a line, with page breaks, wrapped labels and units, glued groups, marks, notes and misprints."""
    doc.layout = "line"
    doc.blank = rng.random() < 0.4
    table = make_table(rng, rng.choice((2, 3, 3, 3)))
    order = list(range(len(table.years)))
    if rng.random() < 0.4:
        order.reverse()
    years = [table.years[at] for at in order]
    style = rng.randrange(3)
    with_unit = rng.random() < 0.85
    doc.add(table.title)
    header = lambda: _header(doc, rng, years, style, unit=with_unit)  # noqa: E731
    header()
    printed = 0
    for heading, rows in table.sections:
        glued = bool(heading) and "按" in heading and rng.random() < 0.4
        if heading and not glued:
            doc.add(heading)
        for place, row in enumerate(rows):
            printed += 1
            if place == 0 and not heading and printed > 3 and rng.random() < 0.2:
                doc.add(" " + RUNNING)
                if rng.random() < 0.7:
                    header()
            _print_row(doc, rng, row, order, years, heading if glued and place == 0 else "", with_unit)
    if rng.random() < 0.3:
        doc.add("注：以上数据经内部核对，统计范围为集团及各分支机构，部分数据因四舍五入略有出入。")
    doc.blank = False


def _print_row(
    doc: Document, rng: random.Random, row: Row, order: list[int], years: list[int], glued: str, with_unit: bool
) -> None:
    cells = [row.cells[at] for at in order]
    if rng.random() < 0.02 and cells[0][1] is not None and cells[0][1] >= 100_000:
        cells[0] = (cells[0][0][:-1], cells[0][1])  # the last digit is lost: 8,278,39
    texts = [text for text, _ in cells]
    label = _mark(rng, row.label)
    unit = row.unit if with_unit else ""
    if not with_unit:
        label = f"{row.label}（{row.unit}）"
    wrap = rng.random()
    if with_unit and wrap < 0.06 and len(row.label) > 6:
        doc.add(row.label[: len(row.label) - 2] if not glued else f"{glued} {row.label[:-2]}")
        if glued:
            doc.lines.pop() if not doc.blank else (doc.lines.pop(), doc.lines.pop())
            number = doc.add(" ".join([glued, label, unit, *texts]))
        else:
            doc.add(row.label[len(row.label) - 2 :])
            doc.add(unit)
            number = doc.add(" ".join(texts))
    elif with_unit and wrap < 0.1 and "/" in unit:
        head, _, tail = unit.partition("/")
        doc.add(" ".join(part for part in (glued, label) if part))
        doc.add(f"{head} /")
        doc.add(tail)
        number = doc.add(" ".join(texts))
    else:
        number = doc.add(" ".join(part for part in (glued, label, unit, *texts) if part))
    for at, (period, (text, value)) in enumerate(zip(years, cells, strict=True)):
        if "," in text and not _grouped(text):
            continue
        doc.truth.append(Truth(row.label, row.unit, str(period), value, number, row.group))
        del at
    return


def by_cell(doc: Document, rng: random.Random) -> None:
    """Label, unit and every figure on a line of its own."""
    doc.layout = "cell"
    doc.blank = rng.random() < 0.3
    table = make_table(rng, 3, groups=False)
    doc.add(table.title)
    _header(doc, rng, table.years, 0, unit=True)
    for row in table.rows():
        doc.add(row.label)
        doc.add(row.unit)
        for at, year in enumerate(table.years):
            number = doc.add(row.cells[at][0])
            doc.cell(row, at, str(year), number)
    doc.blank = False


def tabbed(doc: Document, rng: random.Random) -> None:
    """Fields divided by tabs: months or years, a unit line, spanning stub cells, stacked halves."""
    doc.layout = "tab"
    year = rng.randint(2018, 2027)
    doc.add(f"表 {rng.randint(1, 9)} {year} 年{rng.choice(TITLES)}")
    doc.add()
    rows = [make_row(rng, entry, 12) for entry in rng.sample(POOL, rng.randint(3, 8))]
    spans = rng.random() < 0.4
    halves = rng.random() < 0.5
    chunks = [range(0, 6), range(6, 12)] if halves else [range(0, 12)]
    for chunk in chunks:
        doc.add("\t".join(["项目", *([""] if spans else []), *(f"{month + 1}月" for month in chunk)]))
        for at, row in enumerate(rows):
            group = "甲类业务" if at < 2 else "乙类业务"
            stub = (
                [group if at in (0, 2) else "", f"{row.label}（{row.unit}）"]
                if spans
                else [f"{row.label}（{row.unit}）"]
            )
            number = doc.add("\t".join([*stub, *(row.cells[month][0] for month in chunk)]))
            for month in chunk:
                doc.cell(row, month, f"{year}-{month + 1:02d}", number)
    doc.add("")
    doc.add("数据来源：内部统计。")


def named_columns(doc: Document, rng: random.Random) -> None:
    """Columns that are measures: two header lines with a spanning cell, or a header in words."""
    year = rng.randint(2018, 2027)
    names = rng.sample(["甲支行", "乙支行", "丙支行", "丁支行", "戊支行", "己支行"], 4)
    picked = rng.sample([entry for entry in POOL if "率" not in entry[0]], 3)
    tabs = rng.random() < 0.5
    doc.layout = "tab" if tabs else "matrix"
    doc.add(f"表 {rng.randint(1, 9)} {year} 年网点情况表" if tabs else f"{year}年网点情况表")
    if tabs:
        doc.add("\t".join(["机构", "经营情况", "", f"{picked[2][0]} ({picked[2][1]})"]))
        doc.add("\t".join(["", *(f"{entry[0]} ({entry[1]})" for entry in picked[:2]), ""]))
    else:
        doc.add(" ".join(["机构", *(f"{entry[0]}（{entry[1]}）" for entry in picked)]))
    for name in names:
        values = [make_row(rng, entry, 2, gaps=False).cells[0] for entry in picked]
        number = doc.add(("\t" if tabs else " ").join([name, *(text for text, _ in values)]))
        for entry, (_, value) in zip(picked, values, strict=True):
            doc.truth.append(Truth(entry[0], entry[1], str(year), value, number, (name,)))


def by_column(doc: Document, rng: random.Random) -> None:
    """Labels, units and each year's figures in blocks apart; the years' runs may come in any order.

    Evidence of the years is printed as prose elsewhere, as reports do, except that some documents have none: there a
    reader may give nothing, and must give nothing wrong.
    """
    doc.layout = "column"
    table = make_table(rng, 3, rows=rng.randint(5, 10), groups=False)
    rows = table.rows()
    _brackets(rng, rows)
    order = _order(rng)
    datable = rng.random() < 0.9
    if datable:
        _evidence(doc, rng, table.years, rows)
    before = rng.random() < 0.5
    doc.add(f" {table.title}")
    _header(doc, rng, table.years, 0, unit=True)
    doc.add()
    ghost = rng.randrange(1, len(rows) - 1) if rng.random() < 0.15 else None
    if before:
        _labels(doc, rng, rows, ghost)
    _units(doc, rows)
    _runs(doc, rng, table.years, rows, order, ghost, datable)
    if not before:
        _labels(doc, rng, rows, ghost)
    if rng.random() < 0.5:
        doc.add(rng.choice(THEMES))
        doc.add()
    doc.add(" 附录")


def by_columns(doc: Document, rng: random.Random) -> None:
    """Two or three groups of blocks under one header: headings and labels before or after, in the groups' order."""
    doc.layout = "column"
    years = make_table(rng, 3, groups=False).years
    entries = rng.sample(POOL, rng.randint(9, 20))
    cut = sorted(rng.sample(range(3, len(entries) - 2), rng.randint(1, 2)))
    groups = [entries[start:stop] for start, stop in zip([0, *cut], [*cut, len(entries)], strict=True)]
    tables = [[make_row(rng, entry, 3) for entry in group] for group in groups if len(group) > 2]
    order = _order(rng)
    for rows in tables:
        _brackets(rng, rows)
        _evidence(doc, rng, years, rows)
    doc.add(" 关键量化指标")
    _header(doc, rng, years, 0, unit=True)
    doc.add()
    mode = rng.randrange(3)  # labels before all figures, after all, or beside their own
    if mode == 0:
        for rows in tables:
            _labels(doc, rng, rows, None)
    for at, rows in enumerate(tables):
        if mode == 2 and at % 2:
            _labels(doc, rng, rows, None)
        _units(doc, rows)
        _runs(doc, rng, years, rows, order, None, True)
        if mode == 2 and not at % 2:
            _labels(doc, rng, rows, None)
        if rng.random() < 0.4:
            doc.add(rng.choice(THEMES))
            doc.add()
    if mode == 1:
        for rows in tables:
            _labels(doc, rng, rows, None)
    for heading in rng.sample(THEMES, rng.randint(0, 3)):
        doc.add(heading)
        doc.add()
    doc.add(" 附录")


def _order(rng: random.Random) -> list[int]:
    order = list(range(3))
    if rng.random() < 0.5:
        rng.shuffle(order)
    return order


def _brackets(rng: random.Random, rows: list[Row]) -> None:
    for row in rows:
        if len(row.label) > 8 and rng.random() < 0.2:
            row.label = row.label[:4] + "（含分支机构）" + row.label[4:]


def _evidence(doc: Document, rng: random.Random, years: list[int], rows: list[Row]) -> None:
    for at in rng.sample(range(3), 2):
        dated = [row for row in rows if row.cells[at][1] is not None and _telling(row, at)]
        for row in dated[:3]:
            doc.add(f"{years[at]}年，公司{row.label}为{row.cells[at][0]}{row.unit}。")


def _units(doc: Document, rows: list[Row]) -> None:
    for row in rows:
        doc.add(row.unit)
    doc.add()


def _runs(
    doc: Document,
    rng: random.Random,
    years: list[int],
    rows: list[Row],
    order: list[int],
    ghost: int | None,
    datable: bool,
) -> None:
    for at in order:
        for place, row in enumerate(rows):
            number = doc.add(row.cells[at][0] + rng.choice(["", " "]))
            if place != ghost:
                doc.cell(row, at, str(years[at]), number)
                if not datable or (ghost is not None and families(row.unit) & families(rows[ghost].unit)):
                    doc.optional.add(len(doc.truth) - 1)
        doc.add()


def _telling(row: Row, at: int) -> bool:
    digits = row.cells[at][0].replace(",", "").replace("，", "").replace(".", "").strip("0")
    values = [value for _, value in row.cells]
    return len(digits) >= 3 and values.count(values[at]) == 1


def _labels(doc: Document, rng: random.Random, rows: list[Row], ghost: int | None) -> None:
    for place, row in enumerate(rows):
        if place == ghost:
            continue
        if "（含分支机构）" in row.label:
            cut = row.label.index("构")
            doc.add(row.label[:cut])
            doc.add(row.label[cut:])
        else:
            doc.add(row.label)
    doc.add()


def restarted(doc: Document, rng: random.Random) -> None:
    """A table that goes on in a second column: title and header again, halves under years, a column of changes."""
    doc.layout = "line"
    table = make_table(rng, 2, rows=rng.randint(6, 10), groups=False)
    rows = table.rows()
    kind = rng.randrange(3)
    half = len(rows) // 2
    for part in (rows[:half], rows[half:]):
        doc.add(table.title)
        if kind == 0:
            doc.add("指标 单位 " + " ".join(f"{year}年" for year in table.years))
        elif kind == 1:
            doc.add("指标 单位 " + " ".join(f"{year}年" for year in reversed(table.years)) + " 同比变动")
        else:
            doc.add("指标 单位 " + " ".join(f"{year} 年" for year in table.years))
            doc.add("上半年 下半年 上半年 下半年")
        for row in part:
            if kind == 2:
                extra = make_row(rng, next(entry for entry in POOL if entry[0] == row.label), 2)
                texts = [text for pair in zip(row.cells, extra.cells, strict=True) for text in pair]
                periods = [f"{year}-{half_year}" for year in table.years for half_year in ("H1", "H2")]
            else:
                order = (0, 1) if kind == 0 else (1, 0)
                texts = [row.cells[at] for at in order]
                periods = [str(table.years[at]) for at in order]
            change = [f"{rng.uniform(-30, 30):.1f}%"] if kind == 1 else []
            number = doc.add(" ".join([_mark(rng, row.label), row.unit, *(text for text, _ in texts), *change]))
            for period, (text, value) in zip(periods, texts, strict=True):
                if "," not in text or _grouped(text):
                    doc.truth.append(Truth(row.label, row.unit, period, value, number))
            if change:
                doc.truth.append(Truth(row.label, "%", str(table.years[1]), float(change[0][:-1]), number))
        doc.add()


LAYOUTS = (by_line, by_line, by_cell, restarted, tabbed, named_columns, by_column, by_columns)


def document(seed: int, layout: Callable[[Document, random.Random], None] | None = None) -> Document:
    """A made-up report with one or two tables."""
    rng = random.Random(seed)
    doc = Document()
    doc.add("可持续发展报告")
    prose(doc, rng, rng.randint(2, 6))
    for number in range(4):
        doc.add(" " + RUNNING)
        prose(doc, rng, 20)
        del number
    (layout or rng.choice(LAYOUTS))(doc, rng)
    doc.add("")
    prose(doc, rng, rng.randint(3, 8))
    return doc


__all__ = ["LAYOUTS", "Document", "Truth", "document", "traditional"]
