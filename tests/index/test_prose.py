"""Paragraphs from lines as PDF extraction leaves them. The fixtures are invented."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from index.furniture import furniture, pieces
from index.prose import Paragraph, figure_unit, is_dated_row, is_figure, paragraphs
from index.records import Line

ToLines = Callable[[str], list[Line]]
BODY = (
    "公司持续完善环境管理体系，定期开展能源审计与节能改造工作，不断提升资源利用效率，积极推动绿色低碳发\n"
    "展，全年用电量较上年下降。\n"
)


def mended(lines: list[Line]) -> list[Paragraph]:
    return paragraphs(pieces(lines, furniture(lines)))


def texts(lines: list[Line]) -> list[str]:
    return [paragraph.text for paragraph in mended(lines)]


def test_a_broken_word_is_whole_again(to_lines: ToLines) -> None:
    assert texts(to_lines(BODY))[0].endswith("积极推动绿色低碳发展，全年用电量较上年下降。")


def test_every_character_knows_its_line(to_lines: ToLines) -> None:
    paragraph = mended(to_lines("\n" + BODY))[0]
    at = paragraph.text.index("全年用电量")
    assert paragraph.span(at, at + 5) == (3, 3)
    assert paragraph.span(0, 4) == (2, 2)
    assert paragraph.span(at - 4, at) == (2, 3)


@pytest.mark.parametrize(
    ("first", "second", "whole"),
    [
        ("国际子公司作为联席账簿管理人助力当地企业成功发行三年期 1.7368", "亿美元绿色债券。", "1.7368亿美元"),
        ("基金对新能源企业进行投资，期末基金存量投资合计9.78", "亿元。", "9.78亿元"),
        ("截至年末，公司共有员工（含全资子公司及劳务", "派遣人员）三千余人。", "劳务派遣人员"),
        ("公司连续两年发布可持续发展报告，报告期为202", "4年全年。", "2024年"),
    ],
)
def test_numbers_and_brackets_are_joined(first: str, second: str, whole: str, to_lines: ToLines) -> None:
    assert whole in texts(to_lines(f"{first}\n{second}"))[0]


def test_doubled_line_spacing_is_not_a_paragraph_break(to_lines: ToLines) -> None:
    lines = [
        "本行始終堅持以客戶為中心的服務理念，持續完善服務體系建設，不斷提升服務",
        "質量與效率，全年新增網點三家，服務範圍進一步擴大，客戶滿意度穩步提升，",
        "獲得社會各界廣泛認可，榮獲多項行業獎項，品牌影響力持續增強。",
    ] * 12
    found = texts(to_lines("\n\n".join(lines)))
    assert len(found) == 12
    assert all(text.startswith("本行始終") and text.endswith("持續增強。") for text in found)


def test_a_heading_does_not_join_its_paragraph(to_lines: ToLines) -> None:
    assert texts(to_lines("绿色运营\n" + BODY))[0] == "绿色运营"


def test_list_items_stay_apart(to_lines: ToLines) -> None:
    items = ["设立公益基金会1家", "持续深度帮扶贫困县4个", "• 定期报告", "（一）治理", "2.战略"]
    assert texts(to_lines("\n".join(items))) == items


def test_a_running_header_is_left_out_and_the_sentence_goes_on_below_it(to_lines: ToLines) -> None:
    page = BODY.replace("\n展", "\n某公司二〇二四年度可持续发展报告\n展")
    found = texts(to_lines("\n".join([page, "", ""] * 8)))
    assert found == [BODY.replace("\n", "")] * 8


def test_a_floating_period_is_no_running_header(to_lines: ToLines) -> None:
    page = "报告期内，公司及各子公司\n\n" + BODY + "\n"
    assert "报告期内，公司及各子公司" in texts(to_lines(page * 10))


def test_page_numbers_are_left_out_but_a_lone_value_is_not(to_lines: ToLines) -> None:
    pages = "\n".join(f"{BODY}\n{number}\n" for number in range(1, 13))
    assert not any(text.isdigit() for text in texts(to_lines(pages)))
    assert "413" in texts(to_lines(BODY * 12 + "\n413\n"))


def test_a_title_printed_downwards_is_one_piece(to_lines: ToLines) -> None:
    found = mended(to_lines(BODY + "\n专\n题\n可\n持\n续\n"))
    assert found[-1].text == "专题可持续"
    assert (found[-1].first, found[-1].last) == (4, 8)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("3.1万", "万"),
        ("520家", "家"),
        ("2,000+", ""),
        ("43.96万分钟", "万分钟"),
        ("4.88分（满分5分）", "分"),
        ("覆盖率100%", "%"),
        ("0.4噸二氧化碳當量/人", "噸二氧化碳當量/人"),
        ("126.11", ""),
    ],
)
def test_lone_figures(text: str, unit: str) -> None:
    assert figure_unit(text) == unit


@pytest.mark.parametrize(
    "text", ["2024年", "截至 2024年末", "01", "注1", "22供应链管理", "公司治理 2.1", "增长", "3.2.1", "完善应急机制3"]
)
def test_what_is_no_figure(text: str) -> None:
    assert not is_figure(text)


def test_reading_is_deterministic(to_lines: ToLines) -> None:
    lines = to_lines(BODY * 3)
    assert mended(lines) == mended(lines)


def test_a_wide_line_amid_a_sentence_runs_on_though_lines_are_uneven(to_lines: ToLines) -> None:
    lines = [
        "为持续提高公司在ESG领域的管理水平，公司在董事会下设立了专门委员会，并相应制定",
        "议事规则及工作办法。专门委员会负责对公司愿景、战略、目标及重大事项进行研究，并提出建议",
        "供董事会决策，每年至少召开两次会议。",
    ]
    assert texts(to_lines("\n".join(lines))) == ["".join(lines)]


def test_rows_of_cells_do_not_run_on(to_lines: ToLines) -> None:
    rows = [
        "强化内部控制 健全内部控制体系，确保各条线运营合规有序",
        "反腐败与道德 制定反腐败的政策，加强全员的职业教育",
    ]
    assert texts(to_lines("\n".join(rows))) == rows


@pytest.mark.parametrize(
    "row", ["某某创新奖 某某协会 2024年5月", "“某某优秀解决方案”奖某某合作促进会专业委员会 2024年5月"]
)
def test_a_row_of_a_list_that_ends_with_its_date(row: str) -> None:
    assert is_dated_row(row)


@pytest.mark.parametrize(
    "text", ["公司于 2024 年 5 月", "单位 2022年 2023年 2024年", "某某银行股份有限公司于 2024年5月", "截至 2024年12月"]
)
def test_the_first_line_of_a_sentence_or_table_is_no_row_of_a_list(text: str) -> None:
    assert not is_dated_row(text)
