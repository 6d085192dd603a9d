from __future__ import annotations

from collections.abc import Mapping

import pytest

from assistant.answer import Language
from assistant.llm import Usage
from assistant.prompts import load_prompt
from assistant.translation import Translator
from assistant.vocabulary import Vocabulary
from tests.assistant.small_library import PROMPTS, Library, ScriptedModel, prose_passage


def translator(small: Library, llm: ScriptedModel | None) -> Translator:
    prompts = (load_prompt(PROMPTS, name) for name in ("translate", "translate_arithmetic"))
    return Translator(llm, small.catalog, small.glossary, *prompts)


def chinese(small: Library, question: str, *, llm: ScriptedModel | None = None, language: Language = "zh-Hans") -> str:
    return translator(small, llm).chinese(question, language, Usage(), lambda: False)


def test_chinese_is_left_alone(small: Library) -> None:
    llm = ScriptedModel()
    text = "甲银行2024年员工总数是多少？"
    assert chinese(small, text, llm=llm) == text
    assert llm.calls == []


def test_english_through_the_model_keeps_names_and_periods(small: Library) -> None:
    llm = ScriptedModel("员工流失率是多少？")
    text = chinese(small, "What was Beta Securities' turnover rate in 2023?", llm=llm, language="en")
    assert "乙证券" in text
    assert "2023" in text
    (asked,) = llm.asked("translate")
    assert "乙证券" in asked["question"]


@pytest.mark.parametrize(
    ("question", "prompt"),
    [
        ("How many more women than men did Alpha Bank employ in 2024?", "translate_arithmetic"),
        ("What share of Alpha Bank's staff were women in 2024?", "translate_arithmetic"),
        ("How many women did Alpha Bank employ in 2024?", "translate"),
        ("Which bank did Alpha Bank sign with in 2024?", "translate"),
    ],
)
def test_arithmetic_has_a_prompt_of_its_own(small: Library, question: str, prompt: str) -> None:
    llm = ScriptedModel("甲银行2024年女性员工有多少人？")
    chinese(small, question, llm=llm, language="en")
    assert llm.calls[0][0] == prompt


@pytest.mark.parametrize(
    ("when", "word"),
    [
        ("in September 2024 alone", "单月"),
        ("in the single month of September 2024", "单月"),
        ("in the fourth quarter of 2024 alone", "单季"),
    ],
)
def test_one_month_or_quarter_alone_is_kept(small: Library, when: str, word: str) -> None:
    llm = ScriptedModel(lambda _, values: "甲银行" + values["question"].split(" in ")[1][:9] + "的营业收入是多少？")
    text = chinese(small, f"What was Alpha Bank's revenue {when}?", llm=llm, language="en")
    assert word in text


@pytest.mark.parametrize(
    "when", ["in 2024 alone", "in the first half of 2024 alone", "in Hong Kong alone in June 2024"]
)
def test_a_year_or_a_place_alone_is_nothing_to_subtract(small: Library, when: str) -> None:
    llm = ScriptedModel("甲银行2024年的营业收入是多少？")
    assert "单" not in chinese(small, f"What was Alpha Bank's revenue {when}?", llm=llm, language="en")


def test_a_base_that_the_question_names_stays(small: Library) -> None:
    llm = ScriptedModel("甲银行2024年末的绿色贷款比2023年末的绿色贷款增长了百分之几？")
    asked = "By what percentage had Alpha Bank's green loans grown by 2024 over the year before?"
    assert "比2023年末" in chinese(small, asked, llm=llm, language="en")


def test_a_change_of_which_the_model_makes_a_level_is_translated_again(small: Library) -> None:
    def reply(name: str, _: Mapping[str, str]) -> str:
        level, change = "甲银行2024年全省减排量是多少？", "甲银行2024年全省减排量减少了多少？"
        return level if name == "translate" else change

    llm = ScriptedModel(reply)
    text = chinese(small, "By how much did Alpha Bank's emissions fall in 2024?", llm=llm, language="en")
    assert text == "甲银行2024年全省减排量减少了多少？"
    assert [name for name, _ in llm.calls] == ["translate", "translate_arithmetic"]


def test_a_year_to_compare_with_that_nobody_named_is_dropped(small: Library) -> None:
    llm = ScriptedModel("甲银行2024年的绿色贷款比2023年增长了百分之几？")
    text = chinese(small, "How fast did Alpha Bank's green loans grow in 2024?", llm=llm, language="en")
    assert text == "甲银行2024年的绿色贷款增长了百分之几？"
    named = "By what percentage did Alpha Bank's green loans grow from 2023 to 2024?"
    assert "比2023年" in chinese(small, named, llm=llm, language="en")


def test_words_that_the_model_leaves_standing_are_put_into_chinese(small: Library) -> None:
    llm = ScriptedModel("乙证券2023年 turnover率是多少？")
    text = chinese(small, "What was Beta Securities' turnover rate in 2023?", llm=llm, language="en")
    assert "turnover" not in text
    assert "流失" in text


@pytest.mark.parametrize(
    ("question", "reply", "expected"),
    [
        ("What was Alpha Bank's turnover rate at branches outside Taiyuan in 2023?",
         "甲银行2023年各分行的员工流失率是多少？", "甲银行2023年各分行的员工流失率是多少（太原以外）？"),
        ("How many staff did Alpha Bank have in Hong Kong in 2023?",
         "甲银行2023年有多少员工？", "甲银行2023年有多少员工（中国香港）？"),
        ("How many staff did Alpha Bank have in Hong Kong, Macao and Taiwan in 2023?",
         "甲银行2023年港澳台有多少员工？", "甲银行2023年港澳台有多少员工？"),
    ],
)  # fmt: skip
def test_a_place_that_the_model_loses_is_put_back(small: Library, question: str, reply: str, expected: str) -> None:
    assert chinese(small, question, llm=ScriptedModel(reply), language="en") == expected


def test_the_glossary_alone_gives_a_second_reading(small: Library) -> None:
    gloss = translator(small, None).gloss("What was Beta Securities' employee turnover rate in 2023?")
    assert "员工流失率" in gloss
    assert "乙证券" not in gloss


@pytest.mark.parametrize(
    ("question", "unit"),
    [
        ("How many lots of silicon futures were traded?", "手"),
        ("How many person-times attended?", "人次"),
        ("How many times rural income was urban income?", "倍"),
        ("How many times did the board meet?", "次"),
        ("What share of staff were women?", "%"),
        ("How many wonders are there?", ""),
        ("What was net profit?", ""),
    ],
)
def test_the_unit_that_a_question_names_itself(small: Library, question: str, unit: str) -> None:
    assert translator(small, None).unit(question) == unit


@pytest.mark.parametrize("reply", ["", "I cannot translate this", "\n\n"])
def test_a_translation_without_chinese_falls_back_on_the_glossary(small: Library, reply: str) -> None:
    text = chinese(
        small, "What was Beta Securities' water consumption in 2023?", llm=ScriptedModel(reply), language="en"
    )
    assert "乙证券" in text
    assert "用水" in text
    assert "2023" in text


def test_without_a_model_the_glossary_translates(small: Library) -> None:
    text = chinese(small, "Alpha Bank's employee turnover rate at the end of June 2024", language="en")
    assert "甲银行" in text
    assert "流失率" in text
    assert "2024年6月" in text


def test_an_institution_s_own_stands_apart_from_the_term(small: Library) -> None:
    gloss = translator(small, None).gloss("What percentage of Alpha Bank's employees received training in 2024?")
    assert "培训覆盖率" in gloss


def test_what_the_translation_must_say_is_said(small: Library) -> None:
    llm = ScriptedModel("甲银行2024年末每个网点的资产是多少？")
    text = chinese(
        small, "How much in assets did Alpha Bank have per outlet at the end of 2024?", llm=llm, language="en"
    )
    assert "平均每个网点" in text
    llm = ScriptedModel("甲银行2024年分行和网点的总数是多少？")
    text = chinese(small, "How many branches and outlets did Alpha Bank have in all in 2024?", llm=llm, language="en")
    assert "分行和网点合计是多少" in text


def test_a_statement_is_made_a_question_again(small: Library) -> None:
    llm = ScriptedModel("2024年某部长访问了甲银行？")
    text = chinese(small, "Which minister visited Alpha Bank in 2024?", llm=llm, language="en")
    assert "谁" in text
    llm = ScriptedModel("2024年某所大学与甲银行签约？")
    assert "哪一个" in chinese(small, "Which university signed with Alpha Bank?", llm=llm, language="en")


@pytest.mark.parametrize(
    ("question", "reply", "expected"),
    [
        ("What was Alpha Bank's turnover rate in the first three quarters of 2024?",
         "甲银行2024年的员工流失率是多少？", "甲银行2024年前三季度的员工流失率是多少？"),
        ("What was Alpha Bank's turnover rate in November 2024?",
         "甲银行2024年员工流失率是多少？", "甲银行2024年11月员工流失率是多少？"),
        ("What share of Alpha Bank's staff in 2024 were born in the 1980s?",
         "甲银行2024年80后员工占多少？", "甲银行2024年80后员工占多少？"),
        ("How much has Alpha Bank invested since 2013?",
         "甲银行自2013年以来投入了多少？", "甲银行自2013年以来投入了多少？"),
        ("How many person-times of volunteer service did Alpha Bank record in 2024?",
         "甲银行2024年志愿服务的次数是多少？", "甲银行2024年志愿服务的人次是多少？"),
    ],
)  # fmt: skip
def test_periods_and_units_that_the_model_blurs(small: Library, question: str, reply: str, expected: str) -> None:
    assert chinese(small, question, llm=ScriptedModel(reply), language="en") == expected


def test_a_term_that_the_model_loses_is_asked_for_again(small: Library) -> None:
    def reply(prompt: str, _values: Mapping[str, str]) -> str:
        return "甲银行2024年的员工是多少？" if prompt == "translate" else "甲银行2024年的不良贷款率是多少？"

    llm = ScriptedModel(reply)
    question = "What was Alpha Bank's non-performing loan ratio in 2024?"
    assert "不良贷款率" in chinese(small, question, llm=llm, language="en")
    llm = ScriptedModel("甲银行2024年的不良率是多少？")
    chinese(small, question, llm=llm, language="en")
    assert len(llm.calls) == 1, "another word for it is no loss"


def test_names_of_institutions_are_no_hints(small: Library) -> None:
    llm = ScriptedModel("甲银行2024年员工流失率是多少？")
    chinese(small, "What was Alpha Bank's turnover rate in 2024?", llm=llm, language="en")
    assert "银行" not in llm.asked("translate")[0]["terms"]


def test_the_kind_of_thing_asked_for_is_named(small: Library) -> None:
    llm = ScriptedModel("2024年甲银行子公司推出了云平台")
    text = chinese(small, "Which Alpha Bank subsidiary launched the cloud in 2024?", llm=llm, language="en")
    assert "哪一个子公司" in text


def test_banks_and_universities_are_other_institutions(small: Library) -> None:
    made = translator(small, None)
    assert made.names_others("What was the turnover rate of Tongji University in 2024?")
    assert not made.names_others("What was the turnover rate at Alpha Bank in 2024?")


@pytest.mark.parametrize(
    ("question", "unit"),
    [
        ("How many hours of training did each woman receive in 2024?", "小时"),
        ("How many employees left in 2024?", ""),
        ("How much water was used in 2024?", ""),
    ],
)
def test_the_unit_that_a_question_counts_in(small: Library, question: str, unit: str) -> None:
    assert translator(small, None).unit(question) == unit


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("By how much did Alpha Bank's loans increase during March 2024?", "甲银行2024年3月贷款增加了多少？"),
        ("By how much did Alpha Bank's loans increase year on year in March 2024?",
         "甲银行2024年3月比2023年贷款增加了多少？"),
        ("By how much did Alpha Bank's loans in March 2024 exceed those of 2023?",
         "甲银行2024年3月比2023年贷款增加了多少？"),
    ],
)  # fmt: skip
def test_a_translation_invents_no_year_to_compare_with(small: Library, question: str, expected: str) -> None:
    llm = ScriptedModel("甲银行2024年3月比2023年贷款增加了多少？")
    assert chinese(small, question, llm=llm, language="en") == expected


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("甲银行2024年定价低于LPR加点0.5个百分点的贷款占多少？", "定价LPR加点不到0.5个百分点的贷款占多少"),
        ("甲银行2024年利率偏高的贷款占多少？", "（LPR加点不到0.5个百分点）"),
        ("甲银行2024年LPR加点不到0.5个百分点的贷款占多少？", "2024年LPR加点不到0.5个百分点的贷款占多少"),
    ],
)
def test_a_band_of_rates_is_kept(small: Library, reply: str, expected: str) -> None:
    question = "What share of Alpha Bank's loans in 2024 was priced above the LPR, but by less than 50 bps?"
    assert expected in chinese(small, question, llm=ScriptedModel(reply), language="en")


@pytest.mark.parametrize(
    ("question", "reply", "expected"),
    [
        (
            "How much tax did Alpha Bank pay over the three years 2022 to 2024 combined?",
            "甲银行2022年至2024年的纳税总额是多少？",
            "纳税总额一共是多少",
        ),
        (
            "How many trademarks did Alpha Bank register during 2024?",
            "甲银行2024年注册了多少个商标？",
            "2024年当年注册了",
        ),
        ("How many trademarks did Alpha Bank have in 2024?", "甲银行2024年有多少个商标？", "甲银行2024年有"),
        (
            "How many volunteer hours per person did Alpha Bank record in 2024?",
            "甲银行2024年记录了多少小时志愿服务？",
            "记录了人均多少小时",
        ),
    ],
)
def test_sums_and_what_came_about_in_a_year(small: Library, question: str, reply: str, expected: str) -> None:
    assert expected in chinese(small, question, llm=ScriptedModel(reply), language="en")


def test_a_measure_of_time_behind_what_it_is_of(small: Library) -> None:
    assert translator(small, None).unit("How many volunteer hours per person did Alpha Bank record in 2024?") == "小时"
    assert translator(small, None).unit("How many sick days were lost?") == "天"


@pytest.mark.parametrize(
    ("question", "reply", "expected"),
    [
        (
            "What were Alpha Bank's staff in total at the end of 2023 and 2024?",
            "甲银行2023年末和2024年末分别有多少员工？",
            "分别有多少员工",
        ),
        (
            "How many trademarks did Alpha Bank register during 2024?",
            "甲银行2024年末有多少个商标？",
            "甲银行2024年末有多少个商标",
        ),
        (
            "Year on year, how much was Alpha Bank's revenue up over the first five months of 2024?",
            "甲银行的营业收入在2024年前5个月比2024年同期增长了多少？",
            "2024年前5个月同比增长了多少",
        ),
    ],
)
def test_what_is_not_put_in(small: Library, question: str, reply: str, expected: str) -> None:
    assert expected in chinese(small, question, llm=ScriptedModel(reply), language="en")


def test_how_it_is_worked_back_is_said_before_what_is_asked(small: Library) -> None:
    llm = ScriptedModel("甲银行2023年的绿色贷款是多少？")
    question = (
        "Working back from Alpha Bank's 2024 amount and its year-on-year increase, what were green loans in 2023?"
    )
    text = chinese(small, question, llm=llm, language="en")
    assert text == "甲银行按当年数额和同比变化推算，甲银行2023年的绿色贷款是多少？"[3:]


def test_how_much_of_one_thing_went_to_another_is_no_share(small: Library) -> None:
    llm = ScriptedModel("甲银行2024年绿色贷款中流向清洁能源产业的比例是多少？")
    question = "How much of Alpha Bank's green lending went to clean energy in 2024 (CNY 100 million)?"
    assert "比例" not in chinese(small, question, llm=llm, language="en")


def test_which_is_asked_again_where_the_model_asks_how_many(small: Library) -> None:
    llm = ScriptedModel("甲银行在2024年榜单中排名多少？")
    text = chinese(small, "Which firm put Alpha Bank on its list in 2024?", llm=llm, language="en")
    assert "哪一个" in text
    assert {name for name, _ in llm.calls} == {"translate", "translate_arithmetic"}


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("甲银行2024年用水总量为什么减少了？", "甲银行2024年用水总量为什么减少了？"),
        ("甲银行2024年用水总量减少了多少？", "甲银行2024年用水总量减少了的原因是什么？"),
    ],
)
def test_why_stays_why(small: Library, reply: str, expected: str) -> None:
    llm = ScriptedModel(reply)
    question = "Why did Alpha Bank's water use fall in 2024?"
    assert chinese(small, question, llm=llm, language="en") == expected
    assert llm.calls[0][0] == "translate"


def test_carbon_dioxide_is_an_equivalent_and_money_no_number(small: Library) -> None:
    llm = ScriptedModel("甲银行2024年排放了多少吨二氧化碳等效物？")
    assert "吨二氧化碳当量" in chinese(
        small, "How many tonnes of CO2 equivalent did Alpha Bank emit in 2024?", llm=llm, language="en"
    )
    llm = ScriptedModel("甲银行2024年基金交易笔数是多少？")
    question = "What volume of fund transactions (CNY 100 million) did Alpha Bank serve in 2024?"
    assert "规模" in chinese(small, question, llm=llm, language="en")


def test_hints_are_in_the_words_of_the_report(small: Library) -> None:
    llm = ScriptedModel("甲银行2024年员工离职率是多少？")
    passage = prose_passage("alpha", 1, 1, "员工離職率")
    prompts = (load_prompt(PROMPTS, name) for name in ("translate", "translate_arithmetic"))
    own = Translator(llm, small.catalog, small.glossary, *prompts, None, Vocabulary([passage]))
    for institution, term in (("Alpha Bank", "离职率"), ("Beta Securities", "员工流失率")):
        own.chinese(f"What was {institution}'s turnover rate in 2024?", "en", Usage(), lambda: False)
        assert llm.asked("translate")[-1]["terms"].endswith(f"={term}")


def test_nothing_is_a_share_of_itself(small: Library) -> None:
    llm = ScriptedModel("甲银行2024年用水总量占用水总量的百分比变化了多少？")
    question = "By what percentage did Alpha Bank's water use change in 2024?"
    assert "占" not in chinese(small, question, llm=llm, language="en")


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("甲银行2024年来自山西省的供应商有多少家？", "来自山西省以外的供应商"),
        ("甲银行2024年省外供应商有多少家？", "省外供应商"),
    ],
)
def test_outside_a_place_stays_outside(small: Library, reply: str, expected: str) -> None:
    question = "How many of Alpha Bank's suppliers were from outside Shanxi Province in 2024?"
    assert expected in chinese(small, question, llm=ScriptedModel(reply), language="en")
