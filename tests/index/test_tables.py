"""Tables in the layouts that print one row a line, and the properties every layout keeps."""

from __future__ import annotations

from index.records import Line, Row
from index.tables import export_rows, read_rows
from index.text import normalise


def lines_of(text: str) -> list[Line]:
    return [Line(number, raw, normalise(raw)) for number, raw in enumerate(text.split("\n"), start=1)]


def rows_of(text: str) -> list[Row]:
    return read_rows("demo", lines_of(text))


def cells(row: Row) -> dict[str, float | None]:
    return {cell.period: cell.value for cell in row.cells}


def only(rows: list[Row], label: str) -> Row:
    found = [row for row in rows if row.label == label]
    assert len(found) == 1, [row.label for row in rows]
    return found[0]


def test_row_per_line_in_both_year_orders():
    rows = rows_of("用能情况\n指标 单位 2024 年 2023 年\n外购蒸汽 吨 1,234.50 987\n余热回收 万千瓦时 3.2 —")
    assert cells(only(rows, "外购蒸汽")) == {"2024": 1234.5, "2023": 987.0}
    assert cells(only(rows, "余热回收")) == {"2024": 3.2, "2023": None}
    assert only(rows, "外购蒸汽").unit == "吨"
    assert only(rows, "外购蒸汽").table == "用能情况"
    rows = rows_of("指標 單位 2023年 2024年\n外購蒸汽 噸 987 1,234.50")
    assert cells(only(rows, "外購蒸汽")) == {"2023": 987.0, "2024": 1234.5}


def test_footnote_marks_go_and_numbers_of_names_stay():
    rows = rows_of(
        "项目 单位 2023年 2024年\n用水量 3 吨 5 6\n范围 2排放量 吨 7 8\n35 岁及以下 人 1 2\n工伤天数（1） 天 9(2) 4"
    )
    assert [row.label for row in rows] == ["用水量", "范围 2排放量", "35 岁及以下", "工伤天数"]
    assert only(rows, "工伤天数").cells[0].value_text == "9"


def test_groups_on_their_own_line_wrapped_and_glued():
    rows = rows_of(
        "指标 分类 单位 2023年 2024年\n按学历划分的员\n工人数\n\n硕士 人 1 2\n本科 人 3 4\n"
        "按地区划分 华北 人 5 6\n华南 人 7 8"
    )
    assert [row.group for row in rows] == [("按学历划分的员工人数",)] * 2 + [("按地区划分",)] * 2
    assert [row.label for row in rows] == ["硕士", "本科", "华北", "华南"]


def test_label_unit_and_values_on_lines_of_their_own():
    rows = rows_of(
        "指标 单位 2023年 2024年\n用电总量 千瓦时 1 2\n单位楼面面积温室气体排放量（范围一和范\n围二）\n"
        "吨二氧化碳当量 /\n平方米\n0.05 0.06"
    )
    row = rows[1]
    assert (row.label, row.unit) == ("单位楼面面积温室气体排放量（范围一和范围二）", "吨二氧化碳当量 / 平方米")
    assert [cell.line for cell in row.cells] == [7, 7]


def test_misprinted_figures_have_no_cell():
    row = rows_of("指标 单位 2023年 2024年\n用气量 立方米 8,278,39 9,317.47")[0]
    assert cells(row) == {"2024": 9317.47}


def test_tab_table_with_spanning_heads():
    rows = rows_of(
        "表 3 2024 年网点情况表\n\n"
        "类别\t网点\t\t法人 (家)\n\t数量 (个)\t资产 (亿元)\t\n甲类\t12\t3.5\t0\n乙类\t7\t1.25\t2"
    )
    found = {(row.group, row.label, row.unit): row.cells[0].value for row in rows}
    assert found[("网点", "乙类"), "资产", "亿元"] == 1.25
    assert found[("乙类",), "法人", "家"] == 2
    assert all(cell.period == "2024" for row in rows for cell in row.cells)


def test_stray_currency_block_is_settled_by_arithmetic():
    months = "\t".join(f"{month}月" for month in range(1, 7))
    text = "\n".join(
        [
            "表 1 2023 年存贷款",
            f"\t\t{months}",
            "本外币\t各项贷款余额（亿元）\t10.0\t12.0\t15.0\t19.0\t24.0\t30.0",
            "\t各项贷款余额比上月增加（亿元）\t1.0\t2.0\t3.0\t4.0\t5.0\t6.0",
            "\t各项贷款同比增长（%）\t3\t3\t3\t3\t3\t3",
            "人民币\t各项贷款余额（亿元）\t9.0\t10.0\t12.5\t16.0\t20.5\t26.0",
            "外币\t各项贷款余额比上月增加（亿元）\t0.5\t1.0\t2.5\t3.5\t4.5\t5.5",
            "\t各项贷款同比增长（%）\t4\t4\t4\t4\t4\t4",
            "\t外币贷款余额（亿美元）\t1\t1\t1\t1\t1\t1",
        ]
    )
    rows = rows_of(text)
    assert [row.basis for row in rows] == ["本外币"] * 3 + ["人民币"] * 3 + ["外币"]
    assert rows[0].cells[5].period == "2023-06"


def test_contradictory_block_that_nothing_proves_has_no_basis():
    text = (
        "表 1 2023 年存贷款\n\t\t1月\t2月\t3月\n本外币\t贷款余额（亿元）\t1\t2\t4\n"
        "外币\t贷款余额比上月增加（亿元）\t8\t9\t7\n\t贷款同比增长（%）\t4\t4\t4"
    )
    assert [row.basis for row in rows_of(text)] == ["本外币", "", ""]


def test_prose_with_years_gives_no_rows():
    assert (
        rows_of("我们在 2023年 与 2024年 持续投入\n2024 年员工培训 120 次，2023 年 100 次。\n目录\n关于我们 12 34")
        == []
    )


def test_export_gives_one_object_a_cell():
    exported = list(export_rows(rows_of("用水\n指标 单位 2023年 2024年\n按来源划分 市政供水 吨 1 /")))
    assert exported[1] == {
        "report": "demo", "table": "用水", "group": ["按来源划分"], "label": "市政供水", "unit": "吨", "period": "2024",
        "value": None, "value_text": "/", "line": 3, "label_line": 3, "header_line": 2, "basis": "",
    }  # fmt: skip


def test_full_width_digits_and_spaces():
    rows = rows_of("指标　单位　２０２３年　２０２４年\n职工总数　人　１，０００　１，０５０")
    assert cells(rows[0]) == {"2023": 1000.0, "2024": 1050.0}
    assert rows[0].cells[1].value_text == "１，０５０"


def test_a_column_of_changes_among_the_years_is_a_row_of_its_own():
    rows = rows_of(
        "项目 2024年 较上年变动（%） 2023年\n营收（亿元） 112.35 8.21 103.83\n其中：海外营收（亿元） 3.1 -2.50 3.2"
    )
    assert cells(rows[0]) == {"2024": 112.35, "2023": 103.83}
    changes = [row for row in rows if row.basis]
    assert [(cells(row), row.unit) for row in changes] == [({"2024": 8.21}, "%"), ({"2024": -2.5}, "%")]
    assert changes[1].group == only([row for row in rows if not row.basis], "海外营收").group


def test_remarks_and_row_numbers_are_no_part_of_a_row():
    rows = rows_of(
        "序号 指标 单位 2024 2023 备注\n1 用油量 升 120.5 130.2 汽油、柴油\n2 用电量 千瓦时 2,205 2,410\n"
        "3 用水量 吨 12 13 GRI 303-5"
    )
    assert [(row.label, cells(row)) for row in rows] == [
        ("用油量", {"2024": 120.5, "2023": 130.2}),
        ("用电量", {"2024": 2205.0, "2023": 2410.0}),
        ("用水量", {"2024": 12.0, "2023": 13.0}),
    ]


def test_one_year_needs_a_header_that_says_so():
    assert cells(rows_of("指标 单位 2024年数据\n培训场次 场 88")[0]) == {"2024": 88.0}
    assert rows_of("获评单位 2024年\n最佳雇主奖项 个 3") == []


def test_quarters_and_years_by_name():
    rows = rows_of("2024年分季度数据\n项目 第一季度 第二季度 第三季度 第四季度\n营收（万元） 1.5 2.5 3.5 4.5")
    assert cells(rows[0]) == {"2024-Q1": 1.5, "2024-Q2": 2.5, "2024-Q3": 3.5, "2024-Q4": 4.5}
    text = "单位：百万元\n项目 本报告期 上年同期 本报告期比上年同期增减（%）\n营收 15,320 14,870 3.03"
    assert rows_of(text) == []
    rows = rows_of("本报告涵盖2024年1月1日至2024年12月31日。\n" + text)
    assert cells(rows[0]) == {"2024": 15320.0, "2023": 14870.0}


def test_a_unit_printed_under_every_year():
    rows = rows_of("财务摘要\n2024 2023\n百万元 百万元 变动%\n营收 5,320 5,012 6.1\n毛利 820 776 5.7")
    assert {row.unit for row in rows if not row.basis} == {"百万元"}
    assert [row.label for row in rows] == ["营收", "毛利", "营收", "毛利"]


def test_a_unit_that_begins_at_the_end_of_its_label():
    row = rows_of("指标 单位 2023年 2024年\n单位营收废水排放量 吨/\n百万元 0.52 0.48")[0]
    assert (row.label, row.unit) == ("单位营收废水排放量", "吨/百万元")


def test_partitions_named_below_their_parts():
    rows = rows_of(
        "指标 单位 2023年 2024年\n职工总数 人 1,000 1,050\n男性 人 600 620\n女性 人 400 430\n按性别划分\n"
        "硕士 人 200 230\n本科 人 800 820\n按学历划分\n\n后记"
    )
    assert [row.group for row in rows] == [(), ("按性别划分",), ("按性别划分",), ("按学历划分",), ("按学历划分",)]


def test_words_for_figures_are_not_joined_to_the_next_label():
    rows = rows_of("指标 单位 2023年 2024年\n是否设立委员会 — 是 是\n会议次数 次 8 9")
    assert [row.label for row in rows] == ["会议次数"]


def test_a_row_that_lost_its_figures_heads_nothing():
    rows = rows_of(
        "指标 单位 2023年 2024年\n职工总数 人 12 13\n供货商总数 家\n 关于我们\n220 235\n本地供货商占比 % 60.1 62.3"
    )
    assert only(rows, "本地供货商占比").group == ()


def test_measures_under_several_years():
    table = "类别 2023年 2024年\n人数（人） 占比（%） 人数（人） 占比（%）\n男职工 6 60.0 7 59.0\n女职工 4 40.0 5 41.0"
    found = {(row.group, row.label, row.cells[0].period): row.cells[0].value for row in rows_of(table)}
    assert found[("女职工",), "占比", "2024"] == 41.0
    assert len(found) == 8
    assert rows_of(table.partition("\n")[2]) == []  # without the years it cannot be told which is which


def test_themes_printed_one_above_another():
    rows = rows_of("指标 单位 2023年 2024年\n环境\n排放物\n二氧化硫 千克 1.2 1.1\n资源使用\n用电量 千瓦时 12 11")
    assert [row.group for row in rows] == [("环境", "排放物"), ("资源使用",)]


def test_stacked_halves_share_title_and_unit():
    rows = rows_of(
        "表 2 2024年利率水平 单位：%\n月份 1月 2月 3月\n一般贷款 4.5 4.4 4.3\n月份 4月 5月 6月\n一般贷款 4.2 4.1 4.0"
    )
    assert [(row.table, row.unit) for row in rows] == [("表 2 2024年利率水平", "%")] * 2
    assert cells(rows[1]) == {"2024-04": 4.2, "2024-05": 4.1, "2024-06": 4.0}


def test_a_unit_line_with_the_currency_beside_it():
    rows = rows_of("主要财务指标\n单位：千元 币种：人民币\n项目 2024年 2023年\n营收 4,012 3,900")
    assert (rows[0].table, rows[0].unit) == ("主要财务指标", "千元")


def test_figures_of_one_year_on_lines_of_their_own_give_no_rows():
    assert rows_of("指标 单位 2024年\n职工总数\n培训时长\n人\n小时\n1,203\n22,105") == []
