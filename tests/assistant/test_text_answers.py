"""Answers in words: what the LLM reads out is believed only where the passage is about what is asked."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.assistant.small_library import Library, ScriptedModel, prose_passage

PARTNERS = "自2019年以来，甲银行公益基金会与中国乡村发展基金会联合设立自强班。"


def test_the_institution_itself_is_no_partner_of_its_own(small: Library) -> None:
    question = "甲银行公益基金会与哪家基金会联合设立自强班？"
    passage = prose_passage("alpha", 13, 13, PARTNERS)
    assert small.assistant(ScriptedModel("甲银行公益基金会 [1]"), passage).ask(question).abstained
    answer = small.assistant(ScriptedModel("中国乡村发展基金会 [1]"), passage).ask(question)
    assert answer.answer.startswith("中国乡村发展基金会")


def test_the_question_said_again_is_no_answer(small: Library) -> None:
    text = "甲银行识别出一项影响业务拓展的新兴风险，详见下表。"
    passage = prose_passage("alpha", 13, 13, text)
    model = ScriptedModel("一项影响业务拓展的新兴风险 [1]")
    assert small.assistant(model, passage).ask("甲银行识别出哪一项会影响业务拓展的新兴风险？").abstained


def test_the_passage_with_more_of_the_question_decides(small: Library) -> None:
    best = prose_passage("alpha", 13, 13, "股东董事张三现任某某集团副总裁，主管海外业务。")
    other = prose_passage("alpha", 14, 14, "股东董事李四现任某某集团投资总监。")

    def reply(_: str, values: Mapping[str, str]) -> str:
        alone = "[2]" not in values["evidence"]
        return "张三 [1]" if alone else "李四 [2]"

    model = ScriptedModel(reply)
    answer = small.assistant(model, best, other).ask("甲银行哪位股东董事现任某某集团主管海外业务的副总裁？")
    assert answer.answer.startswith("张三")
    stubborn = ScriptedModel("李四 [2]")
    assert small.assistant(stubborn, best, other).ask("甲银行哪位股东董事现任某某集团主管海外业务的副总裁？").abstained


def test_a_rating_is_that_of_the_rater_asked_about(small: Library) -> None:
    passage = prose_passage("alpha", 13, 13, "2024年，甲银行获得华证ESG评级A级。")
    model = ScriptedModel("A级 [1]")
    assert small.assistant(model, passage).ask("2024年华证给甲银行的ESG评级是什么？").answer.startswith("A级")
    assert small.assistant(model, passage).ask("2024年明晟给甲银行的ESG评级是什么？").abstained


def test_an_ordinal_is_said_in_digits_and_given_as_a_value(small: Library) -> None:
    passage = prose_passage("alpha", 13, 13, "本报告是甲银行上市后发布的第六份年度报告。")
    answer = small.assistant(ScriptedModel("6份 [1]"), passage).ask("这是甲银行上市后发布的第几份年度报告？")
    assert (answer.answer[:3], answer.value, answer.unit) == ("第6份", 6, "份")
    assert small.assistant(ScriptedModel("7份 [1]"), passage).ask("这是甲银行上市后发布的第几份年度报告？").abstained


def test_a_title_may_say_what_it_is_about(small: Library) -> None:
    passage = prose_passage("alpha", 13, 13, "甲银行制定《董事会成员及雇员多元化政策》，规范多元化。")
    model = ScriptedModel("《董事会成员及雇员多元化政策》 [1]")
    answer = small.assistant(model, passage).ask("甲银行制定了什么制度来规范董事会成员及雇员多元化的政策？")
    assert "董事会成员及雇员多元化政策" in answer.answer
    assert not answer.abstained


def test_a_subsidiary_may_be_the_partner(small: Library) -> None:
    passage = prose_passage("alpha", 13, 13, "甲银行与甲银行理财联合发布产品。")
    answer = small.assistant(ScriptedModel("甲银行理财 [1]"), passage).ask("甲银行与哪家子公司联合发布产品？")
    assert answer.answer.startswith("甲银行理财")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("甲银行2024年用电为什么比上一年多了？", "部分营业部搬迁"),
        ("甲银行2024年用水为什么比上一年少了？", ""),
        ("甲银行2024年用电量构成的原因是什么？", "部分营业部搬迁"),
    ],
)
def test_a_reason_is_one_that_the_report_gives(small: Library, text: str, reason: str) -> None:
    lines = (
        "因部分营业部搬迁增加了用电设备，导致用电量较前一年有所增加。",
        "用水主要为办公楼日常使用，用水量较前一年有所减少。",
    )
    passages = [small.printed("alpha", line) for line in lines]
    answer = small.assistant(None, *passages).ask(text)
    assert (reason in answer.answer) is not answer.abstained if reason else answer.abstained
