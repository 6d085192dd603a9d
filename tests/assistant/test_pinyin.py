"""Names written in pinyin are found in the reports, and other words are left alone."""

from __future__ import annotations

import pytest

from assistant.llm import Usage
from assistant.pinyin import PinyinNames, spelled
from tests.assistant.small_library import Library, ScriptedModel

TEXTS = [
    "面向政府采购供应商推出“政采快贷”，余额18.01亿元。",
    "發行「山證匯通 - 豫興供應鏈5期」，期貨子公司格林大華期貨成交。格林大華上年成交。",
    "成立“常和”志愿者服务队。在公共场合设立网点，其他场合不设。",
    "市场额度与产额。绿洲银行。",
]
ENGLISH = {"futures", "change", "loan", "bank", "balance", "june"}


@pytest.fixture
def names() -> PinyinNames:
    return PinyinNames(lambda: TEXTS, lambda word: word.lower() in ENGLISH)


def test_the_kind_of_firm_after_a_name_is_put_in_chinese_where_it_is_printed(names: PinyinNames) -> None:
    assert names.replaced("Did Gelin Dahua Futures trade?")[0] == "Did 格林大华期货 trade?"
    assert names.replaced("Did Gelin Dahua Securities trade?")[0] == "Did 格林大华 Securities trade?"


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("What was the balance of 'Zhengcai Kuaidai' loans?", ("政采快贷",)),
        ("What did Gelin Dahua Futures trade?", ("格林大华",)),
        ("How large was Shanzheng Huitong - Yuxing Phase 5?", ("山证汇通-豫兴",)),
        ("What did the Changhe team do?", ("常和",)),  # in quotation marks, so not 场合
        ("What did Lvzhou Bank say?", ("绿洲",)),
        ("What did Luzhou Bank say?", ("绿洲",)),
        ("By how much did Change matter?", ()),  # 场额, but an English term
        ("What was the loan balance in June?", ()),
        ("What did Beiming Group say?", ()),  # nowhere in the library
        ("what did gelin dahua trade?", ()),  # not written as a name
        ("", ()),
    ],
)
def test_names_are_found_by_their_syllables(names: PinyinNames, question: str, found: tuple[str, ...]) -> None:
    replaced, chinese = names.replaced(question)
    assert chinese == found
    assert all(name in replaced for name in found)
    assert found or replaced == question


def test_the_words_around_a_name_stay(names: PinyinNames) -> None:
    assert names.replaced("What did Gelin Dahua Overseas trade?")[0] == "What did 格林大华 Overseas trade?"


def test_two_syllables_that_fit_several_places_are_no_name() -> None:
    assert PinyinNames(lambda: ["在公共场合", "尝盒"], lambda _: False).chinese(["Changhe"]) is None
    assert PinyinNames(lambda: ["在公共场合"], lambda _: False).chinese(["Changhe"]) == "场合"


def test_a_rare_reading_makes_no_name_of_two_syllables() -> None:
    assert PinyinNames(lambda: ["广泛使用"], lambda _: False).chinese(["Guangfa"]) is None  # 泛 is hardly ever fa


def test_the_texts_are_read_only_when_there_is_a_name() -> None:
    read: list[int] = []

    def texts() -> list[str]:
        read.append(1)
        return TEXTS

    names = PinyinNames(texts, lambda word: word.lower() in ENGLISH)
    names.replaced("What was the balance in June?")
    assert read == []
    names.replaced("Gelin Dahua and Zhengcai Kuaidai?")
    assert read == [1]


def test_a_translation_that_loses_a_name_gets_it_back(small: Library) -> None:
    assistant = small.assistant(ScriptedModel("甲银行2024年的余额是多少？"))
    question = "What was Alpha Bank's balance of 'Lvse Daikuan' in 2024?"
    understood = assistant._understand(question, "en", (), (), Usage(), lambda: False)
    assert understood.chinese == "甲银行2024年的余额是多少(绿色贷款)?"
    in_brackets = 'What was Alpha Bank\'s balance of a product ("Lvse Daikuan") in 2024?'
    assert "绿色贷款" in assistant._understand(in_brackets, "en", (), (), Usage(), lambda: False).chinese
    assert "绿色贷款" in understood.gloss


def test_a_name_is_spelled_as_one_word() -> None:
    assert spelled("云州") == "Yunzhou"
    assert spelled("A") == ""
