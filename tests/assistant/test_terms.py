"""What of a question's terms a text has, by any word for the same."""

from __future__ import annotations

import pytest

from tests.assistant.small_library import Library


def test_coverage_counts_other_words_for_the_same(small: Library) -> None:
    terms = small.grounding().terms
    assert terms.coverage("员工离职率", "员工流失率") > 0.9
    assert terms.coverage("员工流失率", "用水总量") < 0.2
    assert terms.coverage("", "员工") == 0
    assert terms.coverage("员工", "") == 0


def test_words_cut_out_of_a_question_do_not_move_its_terms(small: Library) -> None:
    terms = small.grounding().terms
    shares = [terms.coverage(words, "员工流失率") for words in ("离职率 客户", "客户 离职率")]
    assert shares[0] == pytest.approx(shares[1])  # a term is known by its other names after a gap too


def test_a_space_within_a_term_hides_it_from_nobody(small: Library) -> None:
    terms = small.grounding().terms
    assert terms.missing("范围1排放", "范围 1 温室气体排放量") == terms.missing("范围1排放", "范围1温室气体排放量")


def test_of_whom_may_stand_within_a_term(small: Library) -> None:
    terms = small.grounding().terms
    assert terms.missing("新招聘员工总数", "新招聘女性员工总人数") == 0
    assert terms.missing("新招聘员工总数", "女性高管总人数") > 0.5


@pytest.mark.parametrize(
    ("asked", "given", "missing"),
    [
        ("女员工流失率", "女性 员工流失率 按性别划分", False),
        ("核心一级资本充足率", "资本充足率 一级资本充足率", True),
        ("女性员工平均薪酬", "女性员工平均任期", True),
        ("数据安全审计", "公司开展数据安全相关审计", False),
    ],
)
def test_a_term_may_stand_partly_in_the_group(small: Library, asked: str, given: str, missing: bool) -> None:
    assert bool(small.grounding().terms.missing(asked, given, given)) is missing


def test_a_total_covers_the_term_for_it(small: Library) -> None:
    assert small.grounding().terms.coverage("用电量", "耗电总量 千瓦时") == 1.0
    assert small.grounding().terms.coverage("用电量", "用水总量 吨") < 1.0


def test_a_total_is_one_of_its_kind(small: Library) -> None:
    assert small.grounding().terms.missing("用电量", "耗电总量") == 0
    assert small.grounding().terms.missing("用电量", "用水总量") > 0.9


def test_a_number_of_people_may_be_named_by_the_people(small: Library) -> None:
    assert small.grounding().terms.missing("女员工人数", "女性员工 人 按性别划分的员工人数") == 0
    assert small.grounding().terms.missing("女员工人数", "员工总数 人") > 0.9
