from __future__ import annotations

from collections.abc import Mapping

import pytest

from assistant.answer import Language
from assistant.contrasts import Contrasts
from assistant.followups import FollowUps
from assistant.llm import Usage
from assistant.prompts import load_prompt
from assistant.translation import Translator
from tests.assistant.small_library import PROMPTS, Library, ScriptedModel


def completed(
    small: Library,
    question: str,
    history: list[dict[str, str]],
    llm: ScriptedModel | None = None,
    language: Language = "zh-Hans",
) -> str:
    prompts = (load_prompt(PROMPTS, name) for name in ("translate", "translate_arithmetic"))
    translator = Translator(llm, small.catalog, small.glossary, *prompts)
    contrasts = Contrasts.load(PROMPTS / "contrasts.txt")
    followups = FollowUps(llm, small.catalog, small.glossary, contrasts, load_prompt(PROMPTS, "rewrite"))

    def in_chinese(text: str, spoken: Language) -> str:
        return translator.chinese(text, spoken, Usage(), lambda: False)

    return followups.completed(question, language, history, in_chinese, Usage(), lambda: False)


def chinese(
    small: Library, question: str, *before: str, llm: ScriptedModel | None = None, language: Language = "zh-Hans"
) -> str:
    history = []
    for text in before:
        history += [{"role": "user", "content": text}, {"role": "assistant", "content": "……"}]
    return completed(small, question, history, llm, language)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("那2023年呢？", "甲银行2023年员工流失率是多少?"),
        ("2022年呢？", "甲银行2022年员工流失率是多少?"),
        ("乙证券呢？", "乙证券2024年员工流失率是多少?"),
        ("那乙證券呢？", "乙证券2024年员工流失率是多少?"),
        ("2023年乙证券呢？", "乙证券2023年员工流失率是多少?"),
        ("前一年呢？", "甲银行2023年员工流失率是多少?"),
    ],
)
def test_follow_ups_by_rule(small: Library, question: str, expected: str) -> None:
    llm = ScriptedModel("不该问模型")
    assert chinese(small, question, "甲银行2024年员工流失率是多少？", llm=llm) == expected
    assert llm.calls == []


@pytest.mark.parametrize(
    ("question", "before", "expected"),
    [
        ("女性呢？", "甲银行2023年有多少男员工？", "甲银行2023年有多少女性?"),
        ("那长治呢？", "甲银行2022年在朔州有多少员工？", "甲银行2022年在长治有多少员工?"),
        ("个人贷款呢？", "甲银行2024年公司贷款的不良贷款率是多少？", "甲银行2024年个人贷款的不良贷款率是多少?"),
        ("那12月末呢？", "甲银行2024年9月末贷款余额是多少？", "甲银行2024年12月末贷款余额是多少?"),
    ],
)
def test_one_thing_in_the_place_of_another(small: Library, question: str, before: str, expected: str) -> None:
    llm = ScriptedModel("不该问模型")
    assert chinese(small, question, before, llm=llm) == expected
    assert llm.calls == []


def test_what_is_not_alike_is_left_to_the_model(small: Library) -> None:
    llm = ScriptedModel("由模型改写")
    chinese(small, "境外员工呢？", "甲银行2024年境内客户数量是多少？", llm=llm)
    assert [name for name, _ in llm.calls] == ["rewrite"]


def test_a_rewriting_that_compares_what_nobody_compared_is_not_used(small: Library) -> None:
    llm = ScriptedModel("甲银行2024年员工总数比餐费多多少？")
    text = chinese(small, "那餐费呢？", "甲银行2024年员工总数是多少？", llm=llm)
    assert "比" not in text


def test_a_complete_question_does_not_refer_to_the_one_before(small: Library) -> None:
    llm = ScriptedModel("不该问模型")
    text = "乙证券2023年的用水总量是多少吨？"
    assert chinese(small, text, "甲银行2024年员工流失率是多少？", llm=llm) == text
    assert llm.calls == []


def test_follow_ups_of_follow_ups(small: Library) -> None:
    before = ("甲银行2024年员工流失率是多少？", "那2023年呢？")
    assert chinese(small, "乙证券呢？", *before) == "乙证券2023年员工流失率是多少?"


def test_other_follow_ups_are_rewritten_by_the_model(small: Library) -> None:
    llm = ScriptedModel("甲银行2024年女性员工有多少人？")
    assert (
        chinese(small, "其中女性有多少？", "甲银行2024年员工总数是多少？", llm=llm) == "甲银行2024年女性员工有多少人？"
    )
    (asked,) = llm.asked("rewrite")
    assert asked == {"previous": "甲银行2024年员工总数是多少？", "question": "其中女性有多少？"}


def test_a_rewriting_that_loses_the_institution_is_not_used(small: Library) -> None:
    llm = ScriptedModel("女性员工有多少人？")
    text = chinese(small, "那乙证券的女性有多少？", "甲银行2024年员工总数是多少？", llm=llm)
    assert "乙证券" in text


def test_an_english_follow_up(small: Library) -> None:
    def reply(name: str, values: Mapping[str, str]) -> str:
        return "甲银行2024年员工流失率是多少？" if "turnover" in values["question"] else "2023年呢？"

    text = chinese(
        small, "and in 2023?", "What was Alpha's turnover rate in 2024?", llm=ScriptedModel(reply), language="en"
    )
    assert "2023年" in text
    assert "2024" not in text
    assert "员工流失率" in text


def test_a_long_conversation_costs_no_more_than_a_short_one(small: Library) -> None:
    llm = ScriptedModel("甲银行2024年员工流失率是多少？")
    before = ["What was Alpha's turnover rate in 2024?"] * 2000
    chinese(small, "那2023年呢？", *before, llm=llm)
    assert len(llm.calls) <= 12


@pytest.mark.parametrize(
    "history", [[{}], [{"role": "user"}], [{"role": "system", "content": "x"}], [{"content": "x"}]]
)
def test_odd_histories(small: Library, history: list[dict[str, str]]) -> None:
    text = completed(small, "那2023年呢？", history)
    assert text == "那2023年呢？"
