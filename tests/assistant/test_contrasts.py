"""Sets of things that must not be confused: which of them two texts name, and files that cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.contrasts import Contrasts
from assistant.errors import AssistantError
from tests.assistant.small_library import PROMPTS


@pytest.fixture
def contrasts(tmp_path: Path) -> Contrasts:
    file = tmp_path / "contrasts.txt"
    file.write_text("# notes\n男|男性 / 女|女性\n范围一|范围1 / 范围二|范围2\n~ 余额 / 新增\n", encoding="utf-8")
    return Contrasts.load(file)


@pytest.mark.parametrize(
    ("asked", "label", "expected"),
    [
        ("女性员工", "男性", (1, 0, 0)),
        ("女性员工", "女性", (0, 0, 0)),
        ("员工", "女性", (0, 1, 0)),
        ("女性员工", "员工", (0, 0, 1)),
        ("范围1排放", "范围一", (0, 0, 0)),
        ("男性和女性员工", "女性", (1, 0, 0)),
        ("男性和女性员工", "男性和女性", (0, 0, 0)),
        ("男性健康公司的女性员工", "女性", (0, 0, 0)),
        ("男性 女性员工", "女性", (1, 0, 0)),
        ("范围一排放", "范围2", (1, 0, 0)),
        ("员工", "员工", (0, 0, 0)),
        ("贷款余额", "新增贷款", (1, 0, 0)),
        ("贷款余额", "贷款", (0, 0, 0)),
        ("贷款", "新增贷款", (0, 0, 0)),
    ],
)
def test_contrasts(contrasts: Contrasts, asked: str, label: str, expected: tuple[int, int, int]) -> None:
    assert contrasts.compare(asked, label, "", label) == expected


def test_both_are_not_one(contrasts: Contrasts) -> None:
    assert contrasts.compare("女性员工", "男性和女性", "", "")[0] == 1
    assert contrasts.compare("女性员工", "男性健康公司的女性", "", "")[0] == 0


def test_a_word_that_holds_a_spelling_may_be_no_member(tmp_path: Path) -> None:
    file = tmp_path / "contrasts.txt"
    file.write_text("~ 客户 / 员工 / -客户服务\n", encoding="utf-8")
    contrasts = Contrasts.load(file)
    assert contrasts.compare("员工", "客户服务", "", "") == (0, 0, 0)
    assert contrasts.compare("员工", "客户", "", "") == (1, 0, 0)


def test_what_stands_around_decides_where_the_label_is_silent(contrasts: Contrasts) -> None:
    assert contrasts.compare("女性员工", "30岁以下", "", "按性别 男性")[0] == 1
    assert contrasts.compare("女性员工", "30岁以下", "", "按性别 女性") == (0, 0, 0)


def test_the_whole_is_no_narrower_than_a_question_that_names_no_part(tmp_path: Path) -> None:
    file = tmp_path / "contrasts.txt"
    file.write_text("*各项存款 / 住户存款 / 企业存款\n", encoding="utf-8")
    contrasts = Contrasts.load(file)
    assert contrasts.compare("存款余额", "各项存款余额", "", "") == (0, 0, 0)
    assert contrasts.compare("存款余额", "住户存款余额", "", "") == (0, 1, 0)
    assert contrasts.compare("住户存款余额", "各项存款余额", "", "") == (1, 0, 0)


@pytest.mark.parametrize("line", ["男 女", "男 / ", " / 女"])
def test_a_bad_line_of_the_contrasts_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "contrasts.txt"
    file.write_text(f"# notes\n\n{line}\n", encoding="utf-8")
    with pytest.raises(AssistantError, match="line 3"):
        Contrasts.load(file)


def test_missing_contrasts_are_named(tmp_path: Path) -> None:
    with pytest.raises(AssistantError, match=r"contrasts\.txt"):
        Contrasts.load(tmp_path / "contrasts.txt")


def test_the_shipped_sets_rule_out_no_other_words_for_the_same() -> None:
    contrasts = Contrasts.load(PROMPTS / "contrasts.txt")
    same = [
        ("审计委员会会议次数", "董事会审计委员会会议次数"),
        ("硕士及以上学历员工", "硕士及博士"),
        ("专利授权数量", "专利申请授权数"),
        ("基层员工培训时长", "普通员工培训时长"),
        ("个人消费贷款余额", "消费贷款余额"),
        ("长期护理保险参保人数", "长护险参保人数"),
        ("员工离职率", "员工流动比率"),
        ("此前三年研发投入", "研发投入"),
    ]
    assert [pair for pair in same if contrasts.compare(*pair, "", "")[0]] == []
    assert contrasts.compare("新员工培训人次", "培训人次", "新员工", "")[0] == 0
    assert contrasts.compare("客户服务满意度", "员工满意度", "", "")[0] == 1
    assert contrasts.compare("员工人数", "客户服务人员", "", "")[0] == 0


def test_one_member_under_the_heading_of_the_whole_is_not_the_whole() -> None:
    known = Contrasts([("", (("进口",), ("出口",), ("*进出口",)))])
    assert known.compare("进口加出口的外贸总额", "进口", "外贸进出口总额", "")[0] == 1
    assert known.compare("进口加出口的外贸总额", "外贸进出口总额", "", "")[0] == 0
    assert known.compare("进出口总额(进口和出口)", "进口", "外贸进出口总额", "")[0] == 1
    assert known.compare("进出口总额中的进口", "进口", "外贸进出口总额", "")[0] == 0
