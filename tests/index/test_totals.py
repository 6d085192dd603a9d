from __future__ import annotations

from index.records import Cell, Row
from index.totals import totals


def row(line: int, label: str, *group: str, table: str = "员工", unit: str = "人", basis: str = "") -> Row:
    return Row("alpha", table, group, label, unit, basis, (Cell("2024", 1.0, "1", line),), line)


def test_a_breakdown_belongs_to_the_total_above() -> None:
    rows = [row(1, "员工总数"), row(2, "男性", "按性别划分"), row(3, "女性", "按性别划分")]
    assert totals(rows) == ["", "员工总数", "员工总数"]


def test_the_nearest_total_above_counts() -> None:
    rows = [row(1, "员工总数"), row(2, "新进员工人数"), row(3, "男性", "按性别划分")]
    assert totals(rows)[2] == "新进员工人数"


def test_further_breakdowns_belong_to_the_same_total() -> None:
    rows = [row(1, "员工总数"), row(2, "男性", "按性别划分"), row(3, "30岁以下", "按年龄划分")]
    assert totals(rows) == ["", "员工总数", "员工总数"]


def test_a_breakdown_that_names_its_metric_needs_no_total() -> None:
    assert totals([row(1, "员工总数"), row(2, "男性", "按性别划分的流失人数")]) == ["", ""]


def test_a_row_that_is_no_whole_is_no_total() -> None:
    assert totals([row(1, "董事长"), row(2, "男性", "按性别划分")]) == ["", ""]


def test_another_unit_table_or_basis_has_another_total() -> None:
    for other in ({"unit": "%"}, {"table": "培训"}, {"basis": "同比"}):
        assert totals([row(1, "员工总数"), row(2, "男性", "按性别划分", **other)]) == ["", ""]


def test_a_total_far_above_is_not_meant() -> None:
    assert totals([row(1, "员工总数"), row(61, "男性", "按性别划分")])[1] == "员工总数"
    assert totals([row(1, "员工总数"), row(62, "男性", "按性别划分")])[1] == ""


def test_traditional_labels() -> None:
    assert totals([row(1, "員工總數"), row(2, "男", "按性別劃分")])[1] == "員工總數"


def test_nothing() -> None:
    assert totals([]) == []
    assert totals([row(2, "男性", "按性别划分")]) == [""]
