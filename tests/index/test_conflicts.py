from __future__ import annotations

import pytest

from index.build import read_report
from index.catalog import Catalog
from index.conflicts import Conflict, find_conflicts, mentioned
from index.records import Cell, Line, Passage, Row
from index.text import normalise, traditional
from tests.index.test_passages import REPORTS


def row(label: str, unit: str, value: float | None, text: str, line: int, **more: object) -> Passage:
    more = {"table": "绩效表", "group": (), "basis": ""} | more
    item = Row(
        "alpha", more["table"], more["group"], label, unit, more["basis"], (Cell("2024", value, text, line),), line
    )
    return Passage(f"row{line}", "alpha", "row", (), line, line, label, label, item)


def prose(text: str, line: int) -> Passage:
    return Passage(f"prose{line}", "alpha", "prose", (), line, line, text, normalise(text))


def callout(text: str, line: int) -> Passage:
    return Passage(f"callout{line}", "alpha", "callout", (), line, line, text, normalise(text))


def found(*passages: Passage) -> list[Conflict]:
    return find_conflicts(passages, 2024)


def values(*passages: Passage) -> list[tuple[float, ...]]:
    return [tuple(place.value for place in conflict.places) for conflict in found(*passages)]


def test_a_sentence_against_a_row() -> None:
    conflicts = found(
        prose("截至2024年底，公司员工总数共计1,937人，其中男性员工1,279人。", 5),
        row("男性员工", "人", 1270.0, "1,270", 9),
    )
    assert len(conflicts) == 1
    assert (conflicts[0].metric, conflicts[0].period, conflicts[0].unit) == ("男性员工", "2024", "人")
    assert [(place.value, place.value_text, place.line) for place in conflicts[0].places] == [
        (1279.0, "1,279", 5),
        (1270.0, "1,270", 9),
    ]


def test_a_call_out_against_a_row() -> None:
    assert (
        values(callout("关键绩效 > 新增专利授权: 39件", 5), row("新增专利授权数", "项", 39.0, "39", 9)) == []
    )  # units differ
    assert values(callout("关键绩效 > 新增专利授权: 39件", 5), row("新增专利授权", "件", 29.0, "29", 9)) == [
        (39.0, 29.0)
    ]


def test_headcount_however_it_is_said() -> None:
    assert values(
        prose("公司在全球范围内拥有1,899名员工，覆盖20多个国家。", 5), row("员工总人数", "人", 1937.0, "1,937", 9)
    ) == [(1899.0, 1937.0)]


def test_rows_of_two_tables() -> None:
    assert values(
        row("绿色贷款余额", "亿元", 112.08, "112.08", 5), row("绿色贷款余额", "亿元", 121.08, "121.08", 9)
    ) == [(112.08, 121.08)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("8181", "亿元", 8181.0), ("8,180.5", "亿元", 8180.5)),
        (("2.5", "万亿元", 2.5), ("25494.7", "亿元", 25494.7)),
        (("7.5", "万亿元", 7.5), ("74958", "亿元", 74958.0)),
        (("1.12", "亿元", 1.12), ("11,208.3", "万元", 11208.3)),
        (("1,937", "人", 1937.0), ("1937", "名", 1937.0)),
    ],
)
def test_rounding_and_scale_are_no_contradiction(first: tuple[str, str, float], second: tuple[str, str, float]) -> None:
    passages = [
        row("社会消费品零售总额", unit, value, text, line)
        for line, (text, unit, value) in enumerate((first, second), start=1)
    ]
    assert found(*passages) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "截至2024年末，公司绿色贷款余额超120亿元。",
        "截至2024年末，公司绿色贷款余额约120亿元。",
        "截至2023年末，公司绿色贷款余额120亿元。",
        "截至2024年末，公司绿色贷款余额新增120亿元。",
        "2024年，公司支持企业73户，绿色贷款余额120亿元。",
        "绿色贷款余额120亿元。",
        "截至2024年末，公司绿色贷款余额占比120%。",
    ],
)
def test_what_may_be_something_else_is_no_contradiction(sentence: str) -> None:
    assert found(prose(sentence, 5), row("绿色贷款余额", "亿元", 112.08, "112.08", 9)) == []


def test_two_sentences_are_no_contradiction() -> None:
    assert found(prose("2024年，票面利率为4.0%。", 5), prose("2024年，票面利率为2.68%。", 9)) == []


def test_labels_that_recur_in_other_groups_are_left_out() -> None:
    first = row("男性员工", "人", 100.0, "100", 5, group=("员工人数",))
    second = row("男性员工", "人", 7.0, "7", 9, group=("流失人数",))
    assert found(first, second) == []


def test_a_value_that_is_not_disclosed_contradicts_nothing() -> None:
    assert found(row("员工总数", "人", None, "/", 5), row("员工总数", "人", 9.0, "9", 9)) == []


def test_script_makes_no_difference() -> None:
    text = "公司在全球范围内拥有1,899名员工。"
    item = row("员工总数", "人", 1937.0, "1,937", 9)
    other = row(traditional("员工总数"), "人", 1937.0, "1,937", 9)
    assert values(prose(text, 5), item) == values(prose(traditional(text), 5), other) != []


def test_the_line_of_the_value_is_told() -> None:
    lines = [Line(1, "截至2024年底，公司", "截至2024年底,公司"), Line(2, "员工总数1,937人。", "员工总数1,937人。")]
    text = Passage("p", "alpha", "prose", (), 1, 2, "截至2024年底，公司员工总数1,937人。", "")
    conflicts = find_conflicts([text, row("员工总数", "人", 1899.0, "1,899", 9)], 2024, lines)
    assert [place.line for place in conflicts[0].places] == [2, 9]


def test_conflicts_at_lines() -> None:
    conflicts = found(
        row("绿色贷款余额", "亿元", 112.08, "112.08", 5), row("绿色贷款余额", "亿元", 121.08, "121.08", 9)
    )
    assert mentioned(conflicts, "alpha", [9]) == conflicts
    assert mentioned(conflicts, "alpha", [7]) == mentioned(conflicts, "beta", [9]) == []


def test_the_reports_contradict_themselves_only_where_they_do() -> None:
    catalog = Catalog.load([REPORTS])
    stated = {}
    for report in catalog.reports:
        lines, _, passages = read_report(report, lambda _: [])
        stated[report.id] = {
            frozenset(place.value for place in conflict.places)
            for conflict in find_conflicts(passages, report.year, lines)
        }
    assert {frozenset({1899.0, 1937.0}), frozenset({1279.0, 1270.0}), frozenset({39.0, 29.0})} <= stated["oneconnect"]
    assert sum(map(len, stated.values())) <= 4  # looked through by hand: three; others would be false alarms
