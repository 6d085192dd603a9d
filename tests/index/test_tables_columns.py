"""Column-major tables: blocks matched by counts, units and sums; years told by evidence, else no rows."""

from __future__ import annotations

import pytest

from index.tables.periods import read_period
from index.tables.quantities import CLASHES, SUITS, suits
from index.tables.stub import is_group, strip_marks
from index.tables.units import is_unit, split_bracket_unit
from index.tables.values import read_value
from tests.index.test_tables import cells, only, rows_of

HEAD = "用能数据\n指标 单位 2021年 2022年 2023年\n\n"
BLOCKS = "千瓦时\n吨\n人\n\n外购电量\n耗水总量\n职工人数\n\n"
RUNS = {"2021": "1,501\n44\n1,145", "2022": "1,622\n46\n1,180", "2023": "1,733\n47\n1,207"}


def runs(*years: str) -> str:
    return "\n\n".join(RUNS[year] for year in years) + "\n"


def evidence(*years: str) -> str:
    figures = {"2021": "1,145", "2022": "1,180", "2023": "1,207"}
    return "".join(f"{year}年末，公司职工人数为{figures[year]}人。\n" for year in years)


@pytest.mark.parametrize("order", [("2021", "2022", "2023"), ("2022", "2021", "2023"), ("2023", "2021", "2022")])
def test_runs_in_any_order_are_dated_by_prose(order):
    rows = rows_of(evidence("2022", "2023") + HEAD + BLOCKS + runs(*order))
    assert cells(only(rows, "外购电量")) == {"2021": 1501, "2022": 1622, "2023": 1733}
    assert cells(only(rows, "职工人数")) == {"2021": 1145, "2022": 1180, "2023": 1207}
    assert only(rows, "耗水总量").unit == "吨"


def test_without_evidence_there_are_no_rows():
    assert rows_of(HEAD + BLOCKS + runs("2021", "2022", "2023")) == []


def test_a_change_stated_in_prose_dates_two_runs():
    text = "2023年，耗水总量同比增加1.25吨。\n" + HEAD + BLOCKS
    text += "1,622\n45.50\n1,180\n\n1,501\n44.00\n1,145\n\n1,733\n46.75\n1,207\n"
    rows = rows_of(text)
    assert cells(only(rows, "耗水总量")) == {"2021": 44.0, "2022": 45.5, "2023": 46.75}


def test_running_totals_cannot_fall():
    head = "专利\n指标 单位 2021年 2022年 2023年\n\n件\n人\n\n累计授权专利数\n研发人员人数\n\n"
    rows = rows_of(head + "320\n88\n\n210\n93\n\n455\n80\n")
    assert cells(only(rows, "累计授权专利数")) == {"2021": 210, "2022": 320, "2023": 455}
    assert cells(only(rows, "研发人员人数")) == {"2021": 93, "2022": 88, "2023": 80}


def test_groups_are_tied_by_a_constant_ratio():
    # Emissions are 0.5 t a MWh in every year: the second group's runs follow the first's.
    text = "2022年间接排放量为10,244.5吨二氧化碳当量。\n2023年间接排放量为11,020.5吨二氧化碳当量。\n"
    text += "指标 单位 2021年 2022年 2023年\n\n吨二氧化碳当量\n吨二氧化碳当量\n\n直接排放量\n间接排放量\n\n"
    text += "12.5\n10,244.5\n\n13.5\n9,876.5\n\n11.5\n11,020.5\n\n"
    text += "兆瓦时\n升\n\n外购电量\n汽油用量\n\n20,489.0\n300\n\n19,753.0\n400\n\n22,041.0\n500\n"
    rows = rows_of(text)
    assert cells(only(rows, "外购电量")) == {"2021": 19753.0, "2022": 20489.0, "2023": 22041.0}
    assert cells(only(rows, "汽油用量")) == {"2021": 400, "2022": 300, "2023": 500}


def test_a_row_without_a_label_takes_no_other_rows_label():
    text = evidence("2022", "2023") + HEAD + "千瓦时\n小时\n人\n\n外购电量\n职工人数\n\n"
    text += "1,501\n44\n1,145\n\n1,622\n46\n1,180\n\n1,733\n47\n1,207\n"
    rows = rows_of(text)
    assert [row.label for row in rows] == ["外购电量", "职工人数"]
    assert cells(only(rows, "职工人数"))["2023"] == 1207


def test_which_row_lacks_its_label_stays_open_without_units_or_sums():
    text = evidence("2022", "2023") + HEAD + "人\n人\n人\n人\n\n管理人员\n技术人员\n职工人数\n\n"
    text += "11\n15\n22\n1,145\n\n12\n16\n23\n1,180\n\n13\n17\n24\n1,207\n"
    assert [row.label for row in rows_of(text)] == []


def test_labels_over_two_lines_and_headings_after_the_data():
    text = evidence("2022", "2023") + HEAD + "元\n人\n%\n\n"
    text += "1,501\n1,145\n44\n\n1,622\n1,180\n46\n\n1,733\n1,207\n47\n\n"
    text += "因违反反不正当竞争法规而\n缴纳的罚款\n职工人数\n女性职工占比\n\n职工构成\n"
    rows = rows_of(text)
    assert [row.label for row in rows] == ["因违反反不正当竞争法规而缴纳的罚款", "职工人数", "女性职工占比"]


def test_labels_apart_from_rows_of_figures_need_no_dates():
    rows = rows_of(HEAD + "外购电量\n耗水总量\n职工人数\n\n千瓦时\n吨\n人\n\n1 2 3\n4 5 6\n7 8 9")
    assert cells(only(rows, "耗水总量")) == {"2021": 4, "2022": 5, "2023": 6}


@pytest.mark.parametrize(
    ("printed", "kind", "value", "text", "unit"),
    [
        ("8,180.5", "figure", 8180.5, "8,180.5", None),
        ("1410.88", "figure", 1410.88, "1410.88", None),
        ("3，500", "figure", 3500, "3，500", None),
        ("－1.5", "figure", -1.5, "－1.5", None),
        ("35(1)", "figure", 35, "35", None),
        ("35（注2）", "figure", 35, "35", None),
        ("35²", "figure", 35, "35", None),
        ("9（滿分10分）", "figure", 9, "9（滿分10分）", "分"),
        ("4.72分", "figure", 4.72, "4.72分", "分"),
        ("≤100件", "figure", 100, "≤100件", "件"),
        ("44.4%", "figure", 44.4, "44.4%", "%"),
        ("8,278,39", "bad", None, "8,278,39", None),
        ("5.5.5", "bad", None, "5.5.5", None),
        ("/", "absent", None, "/", None),
        ("——", "absent", None, "——", None),
        ("不適用", "absent", None, "不適用", None),
    ],
)
def test_values(printed, kind, value, text, unit):
    found = read_value(printed)
    assert found is not None
    assert (found.kind, found.value, found.text, found.unit) == (kind, value, text, unit)


@pytest.mark.parametrize("printed", ["员工", "2024年报告", "120+", "20-26", "100余", "A1.2", ""])
def test_other_text_is_no_value(printed):
    assert (read_value(printed) or read_value("/")).kind != "figure"


@pytest.mark.parametrize(
    ("printed", "period"),
    [
        ("2024", "2024"), ("2024 年", "2024"), ("2024年度", "2024"), ("FY2024", "2024"), ("二零二四年", "2024"),
        ("2024年12月31日", "2024"), ("2024年6月", "2024-06"), ("6月", "????-06"), ("2024年上半年", "2024-H1"),
        ("2024年第三季度", "2024-Q3"), ("2024年1-6月", "2024-H1"), ("男性", None), ("12", None), ("2024年目标", None),
    ],
)  # fmt: skip
def test_periods(printed, period):
    assert read_period(printed) == period


def test_units_are_told_from_labels():
    for unit in (
        "人",
        "萬人次",
        "噸二氧化碳當量/百萬元營業收入",
        "千瓦時 / 平方米",
        "(%)",
        "吨标准煤/万元",
        "个百分点",
        "元/人",
    ):
        assert is_unit(unit), unit
    for label in ("员工", "男性", "营业收入", "2024年", "用电量", "", "人均"):
        assert not is_unit(label), label
    assert split_bracket_unit("各项存款余额（亿元）") == ("各项存款余额", "亿元")
    assert split_bracket_unit("差额（出口 — 进口）") == ("差额（出口 — 进口）", "")


def test_marks_and_groups():
    assert strip_marks("職工總數 1（在冊）") == "職工總數（在冊）"
    assert strip_marks("范围 2排放量") == "范围 2排放量"
    assert strip_marks("用水量\t4") == "用水量"
    assert strip_marks("（一）工业用水（1）") == "（一）工业用水"
    assert is_group("按工作地劃分") and is_group("其中：按性别分") and not is_group("按揭贷款余额")


def test_labels_call_for_units():
    assert suits("培训覆盖率", "%") == SUITS
    assert suits("培训人次", "人次") == SUITS
    assert suits("培训时长", "次") == CLASHES
    assert suits("用水强度", "吨") == CLASHES
