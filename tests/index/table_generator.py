"""Known tables printed in every layout that extracted reports show, with all the faults of extraction.

`document(seed)` gives the lines of a made-up report and the cells that stand in them.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.index.column_layouts import by_column, by_columns
from tests.index.made_tables import (
    PARTITIONS,
    POOL,
    RUNNING,
    TITLES,
    Document,
    Row,
    Truth,
    grouped,
    header,
    make_row,
    make_table,
    mark,
    prose,
)


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
    header(doc, rng, years, style, unit=with_unit)
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
                    header(doc, rng, years, style, unit=with_unit)
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
    label = mark(rng, row.label)
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
        if "," in text and not grouped(text):
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
    header(doc, rng, table.years, 0, unit=True)
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
            number = doc.add(" ".join([mark(rng, row.label), row.unit, *(text for text, _ in texts), *change]))
            for period, (text, value) in zip(periods, texts, strict=True):
                if "," not in text or grouped(text):
                    doc.truth.append(Truth(row.label, row.unit, period, value, number))
            if change:
                doc.truth.append(Truth(row.label, "%", str(table.years[1]), float(change[0][:-1]), number))
        doc.add()


def dressed(doc: Document, rng: random.Random) -> None:
    """Rows with more than figures: numbered, with remarks, with a change among the years, of one year, unit on top."""
    doc.layout = "line"
    kind = rng.choice(("numbered", "remarks", "change", "one year", "unit above", "unit line"))
    table = make_table(rng, 2, rows=rng.randint(4, 9), groups=False)
    rows = table.rows()
    newest, before = table.years[1], table.years[0]
    doc.add(table.title)
    if kind in ("unit above", "unit line"):
        unit = rng.choice(rows).unit
        rows = [row for row in rows if row.unit == unit]
        if kind == "unit line":
            doc.add(rng.choice((f"单位：{unit}", f"（单位：{unit}）", f"计量单位：{unit}")))
            doc.add(f"项目 {newest}年 {before}年")
        else:
            doc.add(f"{newest}年 {before}年")
            doc.add(f"{unit} {unit}")
    else:
        heads = {"numbered": "序号 指标 单位", "one year": "披露指标 计量单位"}.get(kind, "指标 单位")
        years = {
            "remarks": f"{newest}年 {before}年 备注",
            "change": f"{newest}年 较上年变动 {before}年",
            "one year": f"{newest}年数据",
        }.get(kind, f"{newest}年 {before}年")
        doc.add(f"{heads} {years}")
    for at, row in enumerate(rows):
        new, old = row.cells[1], row.cells[0]
        change = f"{rng.uniform(-30, 30):.1f}%"
        figures = {"change": [new[0], change, old[0]], "one year": [new[0]]}.get(kind, [new[0], old[0]])
        words = [row.label] if kind.startswith("unit") else [mark(rng, row.label), row.unit]
        if kind == "numbered":
            words = [rng.choice((f"{at + 1}", f"A{at + 1}.1")), *words]
        remark = [rng.choice(("含各分支机构", "GRI 302-1", "不含境外", "详见第四章"))] if kind == "remarks" else []
        number = doc.add(" ".join([*words, *figures, *(remark if rng.random() < 0.6 else [])]))
        for period, (text, value) in ((newest, new), (before, old)):
            if (period == newest or kind != "one year") and ("," not in text or grouped(text)):
                doc.truth.append(Truth(row.label, row.unit, str(period), value, number))
        if kind == "change":
            doc.truth.append(Truth(row.label, "%", str(newest), float(change[:-1]), number))
    doc.add()


def headed_below(doc: Document, rng: random.Random) -> None:
    """A total, its partitions, and the name of each partition under its parts; or years over measures of parts."""
    doc.layout = "line"
    last = rng.randint(2018, 2027)
    years = [last - 1, last]
    picked = rng.sample(PARTITIONS, 2)
    if rng.random() < 0.5:
        doc.layout = "matrix"
        name, parts = picked[0]
        doc.add(f"职工构成（{name}）")
        doc.add(f"类别 {years[0]}年 {years[1]}年")
        doc.add("人数（人） 占比（%） 人数（人） 占比（%）")
        for part in parts:
            shown = [(f"{rng.randint(20, 4000)}", f"{rng.uniform(1, 99):.1f}") for _ in years]
            number = doc.add(" ".join([part.replace(" ", ""), *(text for pair in shown for text in pair)]))
            for year, (people, share) in zip(years, shown, strict=True):
                group = (part.replace(" ", ""),)
                doc.truth.append(Truth("人数", "人", str(year), float(people), number, group))
                doc.truth.append(Truth("占比", "%", str(year), float(share), number, group))
        doc.add()
        return
    total = [rng.randint(2_000, 9_000) for _ in years]
    doc.add("职工构成情况")
    header(doc, rng, years, 0, unit=True)
    number = doc.add(f"职工总数 人 {total[0]:,} {total[1]:,}")
    doc.truth += [
        Truth("职工总数", "人", str(year), float(value), number) for year, value in zip(years, total, strict=True)
    ]
    for name, parts in picked:
        split = []
        for value in total:
            cuts = sorted(rng.sample(range(1, value), len(parts) - 1))
            split.append([after - before for before, after in zip([0, *cuts], [*cuts, value], strict=True)])
        for at, part in enumerate(parts):
            number = doc.add(f"{part} 人 {split[0][at]:,} {split[1][at]:,}")
            for year, values in zip(years, split, strict=True):
                doc.truth.append(Truth(part, "人", str(year), float(values[at]), number, (name,)))
        doc.add(name)
    doc.add()


LAYOUTS = (by_line, by_line, by_cell, restarted, dressed, headed_below, tabbed, named_columns, by_column, by_columns)


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
