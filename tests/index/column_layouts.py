"""Column-major layouts: labels, units and every year's figures in blocks apart."""

from __future__ import annotations

import random

from index.tables.quantities import families
from tests.index.made_tables import POOL, THEMES, Document, Row, header, make_row, make_table


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
    header(doc, rng, table.years, 0, unit=True)
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
    header(doc, rng, years, 0, unit=True)
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
