from __future__ import annotations

from pathlib import Path

import pytest

from assistant.figures import Figure, figures_of, metric_name, readable
from assistant.units import parse_unit
from index.records import Line
from index.text import normalise
from tests.assistant.small_library import Library, prose_passage


def in_prose(*lines: str) -> list[Figure]:
    made = [Line(number, text, normalise(text)) for number, text in enumerate(lines, start=1)]
    passage = prose_passage("alpha", 1, len(lines), "".join(lines))
    return figures_of(passage, lambda _report, first, last: made[first - 1 : last], 2024)


def values(*lines: str) -> list[tuple[float | None, str]]:
    return [(figure.value, figure.unit_text) for figure in in_prose(*lines)]


def test_what_a_figure_is_compared_with_is_not_its_period() -> None:
    figures = in_prose("2024年，投资增长3.2%，较前三季度加快1.2个百分点，其中工业投资拉动3.1个百分点。")
    assert [figure.period for figure in figures] == ["2024", "2024", "2024"]


def test_cells_of_a_row(small: Library) -> None:
    figures = small.figures("alpha", 8)
    assert [(figure.period, figure.value, figure.value_text, figure.unit_text) for figure in figures] == [
        ("2024", 8.1, "8.1", "%"), ("2023", 9.0, "9.0", "%"), ("2022", None, "/", "%"),
    ]  # fmt: skip
    assert {figure.line for figure in figures} == {8}


def test_a_row_of_a_breakdown_carries_its_total(small: Library) -> None:
    woman = small.figure("alpha", 7, "2024")
    assert woman.label == "女性"
    assert "员工总数" in woman.context
    assert "按性别划分" in woman.context
    assert metric_name(woman) == "员工总数·按性别划分·女性"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("绿色贷款余额112.08亿元。", [(112.08, "亿元")]),
        ("培训 1,250 场，参加2.3万人次。", [(1250, "场"), (2.3, "万人次")]),
        ("提高0.9个百分点。", [(0.9, "个百分点")]),
        ("增长了12.5％。", [(12.5, "%")]),
        ("綠色貸款餘額112.08億元。", [(112.08, "亿元")]),
        ("2024年6月末，共有25家。", [(25, "家")]),
        ("3月15日成立，编号12。", []),
        ("不产生范围 3 排放，故不涉及范围3。", []),
        ("员工满意度得分为4.88，高于同业。", [(4.88, "")]),
        ("自2013年以来累计捐赠3亿元。", [(3, "亿元")]),
        ("第3季度无投诉。", []),
        ("没有数字。", []),
        ("", []),
        ("ISO27001认证。", []),
        ("沉淀了200+质检模型。", [(200, "")]),
        ("v2.3.1版", []),
    ],
)
def test_numbers_in_prose(text: str, expected: list[tuple[float, str]]) -> None:
    assert values(text) == expected


def test_a_figure_takes_the_period_before_it() -> None:
    figures = in_prose("2023年捐赠3亿元，2024年6月末捐赠5亿元。")
    assert [figure.period for figure in figures] == ["2023", "2024-06"]
    assert [figure.period for figure in in_prose("捐赠3亿元。")] == [""]


def test_the_date_of_a_founding_is_not_that_of_what_came_of_it() -> None:
    figures = in_prose("2024年6月，甲银行成立志愿者服务队，服务队开展活动11场。")
    assert [figure.period for figure in figures] == [""]
    assert [figure.period for figure in in_prose("2024年6月成立3家子公司。")] == ["2024-06"]
    assert [figure.period for figure in in_prose("2015年，甲公司成立，现有员工500人。")] == [""]
    assert [figure.period for figure in in_prose("2022年，甲公司成立绿色金融部，发放贷款5亿元。")] == ["2022"]


def test_a_year_in_a_title_is_no_period() -> None:
    figures = in_prose("采用《关于发布2022年电力排放因子的公告》的排放因子0.5366吨/兆瓦时。")
    assert [(figure.value, figure.period) for figure in figures] == [(0.5366, "")]


def test_a_year_in_a_title_without_marks_is_no_period() -> None:
    (figure,) = in_prose("排放因子参考关于发布2022年电力二氧化碳排放因子的公告，采用0.5366kgCO2/kWh。")
    assert (figure.period, figure.unit) == ("", parse_unit("千克二氧化碳/千瓦时"))


def test_the_label_is_the_clause() -> None:
    first, second = in_prose("绿色贷款余额112.08亿元，较年初新增12.5亿元。")
    assert first.label == "绿色贷款余额112.08亿元"
    assert second.label == "较年初新增12.5亿元"
    assert first.sentence == second.sentence == "绿色贷款余额112.08亿元,较年初新增12.5亿元"


def test_a_fall_written_as_a_positive_number() -> None:
    assert [figure.direction for figure in in_prose("用水量同比下降3.5%。", "用电量增长2%。")] == [-1, 0]


def test_the_line_of_a_number() -> None:
    assert [figure.line for figure in in_prose("共有5家。", "另有7家。", "还有5.5家。")] == [1, 2, 3]


def test_a_number_broken_over_two_lines_stands_where_it_begins() -> None:
    (figure,) = in_prose("全年培训 1,", "250 场。")
    assert (figure.value, figure.line) == (1250, 1)


def test_a_number_that_is_on_no_line_is_no_figure() -> None:
    passage = prose_passage("alpha", 1, 1, "编出来的77亿元。")
    assert figures_of(passage, lambda *_: [Line(1, "没有", "没有")], 2024) == []


def test_how_figures_are_read(small: Library) -> None:
    assert readable(small.figure("alpha", 8, "2024")) == "8.1%"
    assert readable(small.figure("alpha", 4, "2024")) == "1,200 人"
    assert readable(small.figure("alpha", 8, "2022")) == "/%" or readable(small.figure("alpha", 8, "2022")) == "/"


def test_ten_thousand_characters(tmp_path: Path) -> None:
    import time

    began = time.process_time()
    assert len(values("绿色贷款余额112.08亿元，" * 600)) == 600
    assert time.process_time() - began < 3


def test_a_number_right_after_a_comma_is_a_figure_with_its_own_clause() -> None:
    figures = in_prose("共有3,111名激励对象获得份额，1,515名激励对象获得行权资格。")
    assert [(figure.value, figure.label) for figure in figures] == [
        (3111, "共有3,111名激励对象获得份额"),
        (1515, "1,515名激励对象获得行权资格"),
    ]


def test_small_numbers_in_words_are_figures_and_ordinals_are_not() -> None:
    assert values("女性董事占两席，第三次会议，现有十三名监事，三项制度，一家公司。") == [(2, "席"), (13, "名")]


def test_the_line_of_a_figure_is_the_one_with_its_unit() -> None:
    [figure] = [figure for figure in in_prose("第1章 成本", "运营成本压缩至1元以下。") if figure.unit_text == "元"]
    assert figure.line == 2


def test_two_things_counted_in_one_clause_have_a_clause_each() -> None:
    figures = in_prose("年末，全省有44家证券公司分公司和167家证券营业部，存款和贷款分别为5亿元和7亿元。")
    assert [figure.label for figure in figures[:2]] == ["全省有44家证券公司分公司", "167家证券营业部"]
    assert [figure.value for figure in figures] == [44, 167, 5, 7]


def test_views_printed_as_times_count_people(small: Library) -> None:
    (figure,) = in_prose("客户观看人次：7,440次")
    assert figure.unit == parse_unit("人次")
    (figure,) = in_prose("培训次数：12次")
    assert figure.unit == parse_unit("次")


def test_when_something_happened_is_not_the_period_of_what_follows() -> None:
    selected, capacity = in_prose("2024年11月，平台入选5个案例。该平台单日处理6亿笔交易。")
    assert (selected.period, capacity.period, capacity.month) == ("2024-11", "", "2024-11")
    balance, part = in_prose("2024年11月末，贷款余额5亿元。其中绿色贷款2亿元。")
    assert (balance.period, part.period) == ("2024-11", "2024-11")


def test_and_some_between_number_and_unit() -> None:
    assert values("新一代版本已经在60多家金融机构上线，培训200余名员工。") == [(60, "家"), (200, "名")]


def test_two_named_counts_in_one_clause_have_a_clause_each() -> None:
    figures = in_prose("方案包含高阶指标23项和低阶指标91项。")
    assert [(figure.value, figure.label) for figure in figures] == [(23, "方案包含高阶指标23项"), (91, "低阶指标91项")]


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("2021年升至第59位，连续7年入围“领先科技50企业”榜单（2018-2024）。", "2024"),
        ("2021年升至第59位，连续7年入围“领先科技50企业”榜单（2023年）。", "2023"),
        ("2024年落实7项措施，列入《绿色转型规划（2021—2025年）》。", "2024"),
        ("2024年公司获得7项奖项包括金牛奖（2023年度）。", "2024"),
        ("2024年的名单里有企业7家（2023年）。", "2023"),
        ("2021年升至第59位，连续7年入围榜单，并获奖（2018-2024）。", "2021"),
    ],
)
def test_the_years_in_brackets_behind_a_figure_are_its_own(text: str, period: str) -> None:
    line = Line(1, text, normalise(text))
    figures = figures_of(prose_passage("alpha", 1, 1, text), lambda *_: [line], 2024)
    assert next(figure for figure in figures if figure.value == 7).period == period


def test_a_number_has_the_words_of_what_it_counts_up() -> None:
    text = "平台提供1,935个区级政务服务和健康、就业、二手房、气象服务等14个公共服务，为群众服务。"
    labels = {figure.value: figure.label for figure in in_prose(text)}
    assert labels[14] == "健康、就业、二手房、气象服务等14个公共服务"
    assert labels[1935] == "平台提供1,935个区级政务服务"
    text = "形成18个管理办法，45个管理细则、技术指南、使用手册和40个安全基线，共计105个制度。"
    labels = {figure.value: figure.label for figure in in_prose(text)}
    assert labels[45] == "45个管理细则、技术指南、使用手册"
    assert labels[40].endswith("40个安全基线")
    text = "有男性员工100人、女性员工50人、实习生。"
    assert [figure.label for figure in in_prose(text)] == ["有男性员工100人", "女性员工50人"]


def test_a_year_in_brackets_is_that_of_what_stands_before_them() -> None:
    text = "公司连续7年入围甲榜(2018-2022)，连续6年入围乙榜，年内新增5家客户。"
    line = Line(1, text, normalise(text))
    figures = figures_of(prose_passage("alpha", 1, 1, text), lambda *_: [line], 2024)
    assert {figure.value: figure.period for figure in figures} == {7: "2022", 6: "", 5: ""}


def test_numbers_with_a_plus_have_a_clause_each() -> None:
    labels = [figure.label for figure in in_prose("沉淀了200+质检模型、60+智能辅助范本和5000+意图库。")]
    assert labels[1:] == ["60+智能辅助范本", "5000+意图库"]


def test_years_in_a_row_in_words() -> None:
    assert values("公司连续三年荣获金融科技发展奖，三年来不断发展，后续三期工程开工。") == [(3, "年")]
