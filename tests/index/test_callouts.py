from __future__ import annotations

from collections.abc import Callable

import pytest

from index.callouts import Callout, find_callouts
from index.furniture import pieces
from index.prose import paragraphs
from index.records import Line

ToLines = Callable[[str], list[Line]]
SENTENCE = "公司不断完善培训体系，为员工提供多样的学习机会。"


def callouts(lines: list[Line]) -> list[Callout]:
    return find_callouts(paragraphs(pieces(lines, frozenset())))[0]


def pairs(lines: list[Line]) -> list[tuple[str | None, str]]:
    return [(callout.label, callout.figure) for callout in callouts(lines)]


def test_labels_below_when_the_first_figure_has_nothing_above(to_lines: ToLines) -> None:
    text = f"{SENTENCE}\n\n3.1万\n\n活跃用户\n\n520家\n\n签约机构\n\n46次\n\n培训"
    assert pairs(to_lines(text)) == [("活跃用户", "3.1万"), ("签约机构", "520家"), ("培训", "46次")]


def test_labels_above_when_the_last_figure_has_nothing_below(to_lines: ToLines) -> None:
    text = f"貸款餘額\n\n115.54億元\n\n較年初淨增\n\n17.22億元\n\n增速為\n\n17.52%\n\n{SENTENCE}"
    found = callouts(to_lines(text))
    assert [(item.label, item.figure) for item in found] == [
        ("貸款餘額", "115.54億元"),
        ("較年初淨增", "17.22億元"),
        ("增速為", "17.52%"),
    ]
    assert found[1].context == ("貸款餘額",)


def test_blank_lines_show_the_side(to_lines: ToLines) -> None:
    text = "培训\n\n2,000+\n覆盖员工\n\n46次\n举办场次\n\n34小时\n学习\n\n其他"
    assert pairs(to_lines(text)) == [("覆盖员工", "2,000+"), ("举办场次", "46次"), ("学习", "34小时")]


def test_units_show_the_side(to_lines: ToLines) -> None:
    text = "新增客訴\n\n5起\n\n辦結率\n\n100%\n\n服務追蹤"
    assert pairs(to_lines(text)) == [("新增客訴", "5起"), ("辦結率", "100%")]


def test_the_governing_heading_is_context(to_lines: ToLines) -> None:
    text = f"{SENTENCE}\n\n2024年，某平台\n\n3.1万\n\n活跃用户数\n\n520家\n\n签约机构数"
    found = callouts(to_lines(text))
    assert [item.context for item in found] == [("2024年，某平台",)] * 2
    assert (found[0].first, found[0].last) == (5, 7)


def test_in_doubt_nothing_is_paired_but_both_neighbours_are_given(to_lines: ToLines) -> None:
    found = callouts(to_lines("绿色金融\n\n12.5亿元\n\n普惠金融\n\n33.1亿元\n\n科技金融"))
    assert [item.label for item in found] == [None, None]
    assert "绿色金融" in found[0].text
    assert "普惠金融" in found[0].text


def test_a_bare_number_is_never_paired(to_lines: ToLines) -> None:
    assert [label for label, _ in pairs(to_lines(f"{SENTENCE}\n\n12,918\n\n2024年，累計線上獲客"))] == [None]


def test_a_share_is_not_given_to_a_number_of_people(to_lines: ToLines) -> None:
    assert ("员工人数", "100%") not in pairs(to_lines(f"{SENTENCE}\n\n100%\n\n员工人数\n\n{SENTENCE}"))


def test_figures_in_a_column_are_no_callouts(to_lines: ToLines) -> None:
    assert callouts(to_lines("8,782.69\n346.13\n8,436.56\n1.21\n用水")) == []


def test_a_figure_over_a_sentence_that_repeats_it_is_none(to_lines: ToLines) -> None:
    assert callouts(to_lines("赋能金融\n\n3,500+家\n公司累计服务超过3,500家金融机构，业务覆盖面不断扩大。")) == []


@pytest.mark.parametrize("line", ["年度准入审核供应商 314家", "累计投入帮扶资金10,830.02万元", "獨立董事占比 44.44%"])
def test_a_label_with_its_figure_is_a_callout(line: str, to_lines: ToLines) -> None:
    assert [item.text for item in callouts(to_lines(line))] == [line]


@pytest.mark.parametrize("line", ["本报告发布于2025年", "公司召开会议，讨论3项", "合规雇佣 3.2.1", "1月 2月 3月"])
def test_what_is_no_label_with_its_figure(line: str, to_lines: ToLines) -> None:
    assert callouts(to_lines(line)) == []


def test_side_by_side_figures_over_side_by_side_labels(to_lines: ToLines) -> None:
    found = pairs(to_lines(f"{SENTENCE}\n\n99.68% 98%\n\n评价满意度 问题解决率\n\n{SENTENCE}"))
    assert found == [("评价满意度", "99.68%"), ("问题解决率", "98%")]


def test_three_figures_under_a_row_of_a_list_have_their_labels_below(to_lines: ToLines) -> None:
    above = "\n\n".join(
        f"{SENTENCE}\n\n培训{name}次数\n\n{place}次\n\n{SENTENCE}" for place, name in enumerate("甲乙丙丁戊", 2)
    )
    listed = "某某机构奖 某某研究院 2024年1月\n\n11项\n\n国际竞赛第一\n\n80项\n\n国际大奖\n\n68项\n\n国际认证\n\n"
    found = pairs(to_lines(f"{above}\n\n{listed}{SENTENCE}"))
    assert found[-3:] == [("国际竞赛第一", "11项"), ("国际大奖", "80项"), ("国际认证", "68项")]
    two = "某某机构奖 某某研究院 2024年1月\n\n11项\n\n国际竞赛第一\n\n80项\n\n国际大奖\n\n"
    assert [label for label, _ in pairs(to_lines(f"{above}\n\n{two}{SENTENCE}"))[-2:]] == [None, None]
