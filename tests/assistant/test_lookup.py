"""Single figures: a name that a question quotes stands near, and a printed change is given."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.citing import Citations
from assistant.drafting import Draft
from assistant.figure_evidence import numbers_in
from assistant.grounding import Fit
from assistant.lookup import Lookup
from assistant.question import understand
from assistant.retrieval import Hit
from assistant.units import parse_unit
from assistant.workings import Workings
from index.records import Passage, Row
from tests.assistant.small_library import Library, ScriptedModel, cell, row_passage


def lookup(small: Library, *more: Passage) -> Lookup:
    return small.assistant(None, *more)._lookup


@pytest.mark.parametrize(("name", "answered"), [("共建联合", True), ("别处没有", False)])
def test_a_quoted_name_must_stand_near(small: Library, name: str, answered: bool) -> None:
    answer = small.assistant().ask(f"甲银行“{name}”2024年的核心一级资本充足率是多少？")
    assert answer.abstained is not answered


def test_a_quoted_term_is_no_name(small: Library) -> None:
    answer = small.assistant().ask("甲银行2024年的“核心一级资本充足率”是多少？")
    assert not answer.abstained


def test_ranking_alone_is_not_certain_of_another_term(small: Library) -> None:
    row = Row("alpha", "员工", (), "女性员工平均任期", "年", "", (cell("4.4", "2024", 6),), 6, 6, 2, (), "test")
    assistant = small.assistant(None, row_passage(row))
    assert assistant.ask("甲银行2024年女性员工平均任期是多少？").value == 4.4
    assert assistant.ask("甲银行2024年女性员工平均薪酬是多少？").abstained


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


def test_whether_a_figure_ranks_first_for_a_part(small: Library) -> None:
    found = lookup(small)
    part = understand("甲银行2024年女性员工有多少人？", "甲银行2024年女性员工有多少人？", "zh-Hans", small.catalog)
    assert found.ranks_first(small.figure("alpha", 7, "2024"), part)
    assert not found.ranks_first(small.figure("alpha", 7, "2023"), part)
    assert not found.ranks_first(small.figure("alpha", 6, "2024"), part)


def test_a_percentage_asked_for_is_answered_in_per_cent(small: Library) -> None:
    assistant = small.assistant()
    figures = [small.figure("alpha", 7, period) for period in ("2023", "2024")]
    for text, answered in (("甲银行2024年女性员工增加了百分之几？", False), ("甲银行女性员工增加了多少？", True)):
        question = understand(text, text, "zh-Hans", small.catalog)
        draft = Draft(question, Citations(small.lines), assistant._wording)
        worked = Workings(assistant._lookup).work_out(draft, "difference", figures)
        assert (worked is not None) is answered


@pytest.mark.parametrize(("way", "change"), [("增减", 100), ("变化", 100), ("减少", -100)])
def test_a_change_either_way_keeps_its_sign(small: Library, way: str, change: float) -> None:
    answer = small.assistant().ask(f"甲银行2024年员工总数比2023年{way}了多少人？")
    assert answer.value == change


def test_the_name_in_another_clause_is_not_that_of_a_figure(small: Library) -> None:
    text = "公司连续6年入围IDC全球百强榜单，连续7年入围ABC领先企业榜单。"
    assistant = small.assistant(None, small.printed("alpha", text))
    for name, value in (("IDC全球百强", 6), ("ABC领先企业", 7)):
        asked = f"甲银行连续几年入围{name}榜单？"
        question = understand(asked, asked, "zh-Hans", small.catalog)
        usable = assistant._lookup.usable(question, None, assistant._retriever.search(question, 40))
        assert [c.figure.value for c in usable if c.figure.unit_text == "年"] == [value]


@pytest.mark.parametrize(("reply", "number"), [("七期项目", 7), ("十二名", 12), ("两", 2), ("三农", None)])
def test_a_number_in_words_at_the_beginning_of_a_reply(reply: str, number: float | None) -> None:
    assert numbers_in(reply) == ([] if number is None else [number])


def test_a_number_with_a_minus_is_that_of_a_fall(small: Library) -> None:
    llm = ScriptedModel("-1.1% [1]", same=0.9)
    fallen = small.printed("alpha", "2024年，制造业增加值同比下降1.1%。")
    answer = small.assistant(llm, fallen).ask("甲银行所在地2024年制造业的增加值降幅是多少？")
    assert answer.value == 1.1


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("公司合规管理制度体系涵盖48项制度及实施细则。", 48),
        ("公司合规管理制度体系涵盖48项制度。", None),
        ("公司合规管理制度体系涵盖48项制度、实施细则及指引。", None),
        ("公司合规管理制度体系涵盖28项制度，20项实施细则。", None),
    ],
)
def test_a_number_that_counts_two_things_is_their_sum(small: Library, printed: str, value: float | None) -> None:
    answer = small.assistant(None, small.printed("alpha", printed)).ask(
        "甲银行2024年的合规管理制度体系一共有多少项制度和实施细则？"
    )
    assert answer.value == value


def test_a_printed_share_need_not_be_divided(small: Library) -> None:
    board = (
        "截至2024年12月31日，公司董事会由9名董事组成，其中4名非执行董事（占比44.45%），"
        "4名独立非执行董事（占比44.45%）。"
    )
    llm = ScriptedModel("4名 [1]", same=0.9)
    answer = small.assistant(llm, small.printed("alpha", board)).ask(
        "截至2024年12月31日，甲银行董事会里不算独立董事的非执行董事占百分之几？"
    )
    assert (answer.value, answer.formula) == (44.45, None)


def test_what_the_model_refuses_must_be_all_but_certain(small: Library) -> None:
    from assistant.weighing import ACCEPT, ACCEPT_REFUSED, Weighed, vouched_for

    (best, *_) = lookup(small).usable(
        understand("甲银行2024年用水总量", "甲银行2024年用水总量", "zh-Hans", small.catalog), "2024", _all(small)
    )
    doubtful = replace(best, score=8.0, fit=replace(best.fit, asked=0.3, named=0.3, meaning=0.4))
    refused = Weighed(doubtful, 4.0, None, refused=True, same=0.75)
    assert ACCEPT < refused.chance() < ACCEPT_REFUSED
    assert not vouched_for(refused)
    assert vouched_for(replace(refused, refused=False, said=doubtful))


def _all(small: Library) -> list[Hit]:
    passages = small.assistant()._retriever.index.passages
    return [Hit(place, passage, 1.0, None, None) for place, passage in enumerate(passages)]


def test_of_one_sentence_the_clause_with_the_question_s_words_counts(small: Library) -> None:
    printed = small.printed("alpha", "加马智能语音沉淀了200+质检模型、60+智能辅助范本和5000+意图库。")
    answer = small.assistant(ScriptedModel("5000 [1]", same=0.9), printed).ask(
        "甲银行2024年的加马智能语音积累了多少个智能辅助范本？"
    )
    assert answer.value != 5000


def test_a_rounded_figure_gives_way_to_the_cell_in_full(small: Library) -> None:
    from assistant.figure_evidence import _in_full
    from assistant.weighing import Candidate

    fits = Fit(0.9, 0.9, 0.9, 1, 1.0, 0, 0, 0, change=False)
    row = small.figure("alpha", 12, "2024")  # 3.5 万吨
    said = next(f for f in small.figures("alpha", 13) if f.value == 112.08)
    full = Candidate(row, fits, 0, 1.0)
    for value, text, unit, better in (
        (0.0, "0.0", "亿吨", True),
        (4.0, "4", "万吨", True),
        (3.4, "3.4", "万吨", False),
    ):
        rounded = replace(said, value=value, value_text=text, unit_text=unit, unit=parse_unit(unit), period="")
        assert (_in_full(Candidate(rounded, fits, 0, 1.0), full) is full) is better
