"""Single figures: a name that a question quotes stands near, a part has its whole, and a printed change is given."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.citing import Citations
from assistant.drafting import Draft
from assistant.figures import Figure, figures_of
from assistant.lookup import Lookup, _named_alone
from assistant.question import understand
from assistant.workings import Workings
from index.records import Line, Passage, Row, passage_id
from index.text import normalise
from tests.assistant.small_library import Library, ScriptedModel, cell, prose_passage, row_passage

GREEN = "截至2024年末 > 绿色贷款余额: 112.08亿元"
CLEAN = "截至2024年末 > 绿色贷款余额 > 其中清洁能源产业余额: 12.5亿元"


def callout(text: str) -> Passage:
    key = passage_id("alpha", "callout", 13, 13, text)
    return Passage(key, "alpha", "callout", ("截至2024年末",), 13, 13, text, text)


def lookup(small: Library, *more: Passage) -> Lookup:
    return small.assistant(None, *more)._lookup


def part_of(small: Library, found: Lookup, passage: Passage) -> Figure:
    return figures_of(passage, small.lines, 2024)[0]


def test_a_call_out_has_the_figure_of_its_heading_as_its_whole(small: Library) -> None:
    passages = callout(GREEN), callout(CLEAN)
    found = lookup(small, *passages)
    whole = found.whole_of(part_of(small, found, passages[1]))
    assert whole is not None
    assert whole.value == 112.08
    assert found.whole_of(whole) is None


def test_a_row_of_a_breakdown_has_its_total_as_its_whole(small: Library) -> None:
    found = lookup(small)
    whole = found.whole_of(small.figure("alpha", 7, "2023"))
    assert whole is not None
    assert (whole.label, whole.value) == ("员工总数", 1100)
    assert found.whole_of(small.figure("alpha", 4, "2023")) is None


@pytest.mark.parametrize(("name", "answered"), [("共建联合", True), ("别处没有", False), ("员工流失率", True)])
def test_a_quoted_name_must_stand_near(small: Library, name: str, answered: bool) -> None:
    answer = small.assistant().ask(f"甲银行“{name}”2024年的核心一级资本充足率是多少？")
    assert answer.abstained is not answered


def test_a_printed_change_from_one_month_to_the_next(small: Library) -> None:
    row = Row(
        "alpha", "存款", (), "各项存款余额比上月增加", "人", "", (cell("700", "2024-10", 6),), 6, 6, 2, (), "test"
    )
    balances = tuple(cell(text, month, 4) for text, month in (("1,200", "2024-10"), ("1,100", "2024-09")))
    level = replace(row, label="各项存款余额", cells=balances, label_line=4)
    assistant = small.assistant(None, row_passage(row), row_passage(level))
    answer = assistant.ask("甲银行2024年10月各项存款余额比9月增加了多少？")
    assert (answer.value, answer.formula) == (700, None)


def supplier_rows(*labels: str) -> list[Passage]:
    values = {"合作供应商总数": "360", "海外供应商数量": "16", "审核的供应商数量": "314"}
    rows = [
        Row("alpha", "供应链", (), label, "家", "", (cell(values[label], "2024", 9),), 9, 9, 2, (), "test")
        for label in labels
    ]
    return [row_passage(row) for row in rows]


def test_a_share_is_of_the_total_that_the_table_prints(small: Library) -> None:
    rows = supplier_rows("合作供应商总数", "海外供应商数量", "审核的供应商数量")
    answer = small.assistant(None, *rows).ask("甲银行2024年的供应商里海外供应商占多大比例？（保留两位小数）")
    assert (answer.value, answer.formula) == (4.44, "16 ÷ 360 ≈ 4.44%")


@pytest.mark.parametrize(
    ("text", "gained"),
    [
        ("2024年末，“惠农贷”余额18.01亿元，较年初5.69亿元，净增12.32亿元。", 12.32),
        ("2024年末，“惠农贷”余额18.01亿元，较年初新增12.32亿元，惠及1,250户。", 12.32),
        ("2024年末，“惠农贷”余额18.01亿元，较年初减少12.32亿元。", None),
        ("2024年末，“惠农贷”余额18.01亿元，绿色贷款余额较年初新增12.32亿元。", None),
        ("2024年末，“惠农贷”余额20.5亿元，较年初下降3亿元，新增12亿元。", None),
        ("2024年末，“惠农贷”余额18.01亿元，较年初下降3亿元，绿色贷款增加12.32亿元。", None),
        ("2024年末，“惠农贷”余额24亿元，较年初新增12.32亿元。", 12.32),
        ("2024年末，“惠农贷”余额18.01亿元。绿色贷款较年初新增12.32亿元。", None),
    ],
)
def test_what_of_a_balance_was_gained_over_the_year(small: Library, text: str, gained: float | None) -> None:
    line = Line(1, text, normalise(text))
    level = figures_of(prose_passage("alpha", 1, 1, text), lambda *_: [line], 2024)[0]
    found = lookup(small)
    found._lines = lambda *_: [line]
    gain = found.gain_of(level)
    assert (gain.value if gain else None) == gained


def test_whether_a_figure_ranks_first_for_a_part(small: Library) -> None:
    found = lookup(small)
    part = understand("甲银行2024年女性员工有多少人？", "甲银行2024年女性员工有多少人？", "zh-Hans", small.catalog)
    assert found.ranks_first(small.figure("alpha", 7, "2024"), part)
    assert not found.ranks_first(small.figure("alpha", 7, "2023"), part)
    assert not found.ranks_first(small.figure("alpha", 6, "2024"), part)


def test_the_row_that_the_question_names_outweighs_its_neighbour(small: Library) -> None:
    assistant = small.assistant(ScriptedModel("[1] 女性 500"))
    question = understand("甲银行2024年男性员工有多少？", "甲银行2024年男性员工有多少？", "zh-Hans", small.catalog)
    hits = assistant._retriever.search(question, 40)
    ranked = assistant._lookup.candidates(question, "2024", hits)
    men, women = (next(c for c in ranked if c.figure.label == label) for label in ("男性", "女性"))
    assert _named_alone("甲银行男性员工", ranked, women) == men
    assert _named_alone("甲银行男性员工", ranked, men) is None
    assert _named_alone("甲银行男性和女性员工", ranked, women) is None
    assert _named_alone("甲银行不是男性的员工", ranked, women) is None


def test_a_percentage_asked_for_is_answered_in_per_cent(small: Library) -> None:
    assistant = small.assistant()
    figures = [small.figure("alpha", 7, period) for period in ("2023", "2024")]
    for text, answered in (("甲银行2024年女性员工增加了百分之几？", False), ("甲银行女性员工增加了多少？", True)):
        question = understand(text, text, "zh-Hans", small.catalog)
        draft = Draft(question, Citations(small.lines), assistant._wording)
        worked = Workings(assistant._lookup).work_out(draft, "difference", figures)
        assert (worked is not None) is answered


def test_prose_is_no_part_of_anything(small: Library) -> None:
    found = lookup(small)
    text = prose_passage("alpha", 13, 13, "2024年，绿色贷款余额112.08亿元。")
    assert found.whole_of(part_of(small, found, text)) is None


@pytest.mark.parametrize(("way", "change"), [("增减", 100), ("变化", 100), ("减少", -100)])
def test_a_change_either_way_keeps_its_sign(small: Library, way: str, change: float) -> None:
    answer = small.assistant().ask(f"甲银行2024年员工总数比2023年{way}了多少人？")
    assert answer.value == change
