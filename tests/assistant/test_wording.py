from __future__ import annotations

from pathlib import Path

import pytest

from assistant.answer import Language
from assistant.errors import AssistantError
from assistant.figures import figures_of
from assistant.wording import Wording, marks
from index.glossary import Glossary
from index.records import Row
from tests.assistant.small_library import PROMPTS, Library, cell, row_passage


@pytest.fixture
def wording(small: Library) -> Wording:
    return Wording(PROMPTS / "wording.toml", small.catalog, small.glossary)


@pytest.mark.parametrize(
    ("language", "name"), [("zh-Hans", "乙证券"), ("zh-Hant", "乙證券"), ("en", "Beta Securities")]
)
def test_institutions(wording: Wording, language: Language, name: str) -> None:
    assert wording.institution("beta", language) == name


@pytest.mark.parametrize(
    ("period", "chinese", "english"),
    [
        ("2024", "2024年", "2024"),
        ("2024-06", "2024年6月", "June 2024"),
        ("2024-12", "2024年12月", "December 2024"),
        ("2024-H1", "2024年上半年", "H1 2024"),
        ("2024-H2", "2024年下半年", "H2 2024"),
        ("2024-Q3", "2024年第三季度", "Q3 2024"),
        (None, "", ""),
        ("", "", ""),
    ],
)
def test_periods(wording: Wording, period: str | None, chinese: str, english: str) -> None:
    assert wording.period(period, "zh-Hans") == chinese
    assert wording.period(period, "en") == english


def test_spans_from_january_on(wording: Wording) -> None:
    assert wording.period("2024-08", "zh-Hans", cumulative=True) == "2024年1—8月"
    assert wording.period("2024-08", "en", cumulative=True) == "January–August 2024"
    assert wording.period("2024-01", "en", cumulative=True) == "January 2024"


@pytest.mark.parametrize(
    ("language", "value", "unit", "expected"),
    [
        ("zh-Hans", "112.08", "億元", "112.08亿元"),
        ("zh-Hant", "112.08", "亿元", "112.08億元"),
        ("zh-Hans", "8.1", "%", "8.1%"),
        ("zh-Hans", "1,200", "人", "1,200 人"),
        ("zh-Hans", "12", "", "12"),
        ("en", "112.08", "亿元", "CNY 11.208 billion (112.08 亿元)"),
        ("en", "747.80", "萬元", "CNY 7.478 million (747.80 萬元)"),
        ("en", "1.7368", "亿美元", "USD 173.68 million (1.7368 亿美元)"),
        ("en", "2.55", "万亿元", "CNY 2.55 trillion (2.55 万亿元)"),
        ("en", "0.9", "个百分点", "0.9 percentage points"),
        ("en", "8.1", "％", "8.1%"),
        ("en", "12", "", "12"),
    ],
)
def test_amounts(wording: Wording, language: Language, value: str, unit: str, expected: str) -> None:
    assert wording.amount(value, unit, language) == expected


def test_scaled_counts_in_english_show_the_printed_figure_too(wording: Wording) -> None:
    assert wording.amount("27.7", "万人次", "en").startswith("277,000 ")
    assert wording.amount("27.7", "万人次", "en").endswith("(27.7 万人次)")


def test_a_value_that_is_no_number_stays_as_printed(wording: Wording) -> None:
    assert wording.amount("9（滿分10分）", "分", "en") == "9（滿分10分） 分"
    assert wording.amount("4.72分", "分", "zh-Hans") == "4.72 分"
    assert wording.amount("两", "席", "zh-Hans") == "2 席"
    assert wording.amount("4,000", "亿", "en") == "400 billion (4,000 亿)"


def test_the_metric_in_three_scripts(wording: Wording, small: Library) -> None:
    figure = small.figure("beta", 4, "2024")
    assert wording.metric(figure, "zh-Hans") == "员工总数"
    assert wording.metric(figure, "zh-Hant") == "員工總數"
    english = wording.metric(figure, "en")
    assert english.endswith("(員工總數)")
    assert english[0].isascii()


def test_a_row_of_a_breakdown_is_named_with_its_total(wording: Wording, small: Library) -> None:
    name = wording.metric(small.figure("alpha", 7, "2024"), "zh-Hans")
    assert "女性" in name
    assert "员工总数" in name


def test_sentences_in_three_scripts(wording: Wording) -> None:
    slots = {"institution": "甲", "period": "2024年", "metric": "流失率", "value": "8.1%", "mark": "[1]"}
    assert wording.say("figure", "zh-Hans", **slots) == "甲2024年流失率为8.1%[1]。"
    assert wording.say("figure", "zh-Hant", **slots) == "甲2024年流失率爲8.1%[1]。" or "為" in wording.say(
        "figure", "zh-Hant", **slots
    )
    assert wording.say("figure", "en", **slots).endswith("[1].")


def test_every_template_is_there_in_both_languages() -> None:
    import tomllib

    templates = tomllib.loads((PROMPTS / "wording.toml").read_text(encoding="utf-8"))
    assert templates["zh-Hans"].keys() == templates["en"].keys()


def test_slots_in_a_value_stay_as_they_are(wording: Wording) -> None:
    assert "{mark}" in wording.say(
        "figure_noperiod", "zh-Hans", institution="甲", metric="{mark}", value="1", mark="[1]"
    )
    assert "[1]" in wording.say("figure_noperiod", "zh-Hans", institution="甲", metric="{mark}", value="1", mark="[1]")


def test_a_template_that_is_missing_is_named(small: Library, tmp_path: Path) -> None:
    file = tmp_path / "wording.toml"
    file.write_text('[zh-Hans]\nfigure = "x"\n', encoding="utf-8")
    made = Wording(file, small.catalog, small.glossary)
    assert made.say("figure", "zh-Hans") == "x"
    with pytest.raises(AssistantError, match=r"wording\.toml.*'figure'"):
        made.say("figure", "en")


@pytest.mark.parametrize("text", [None, "not toml ["])
def test_a_file_that_cannot_be_read_is_named(small: Library, tmp_path: Path, text: str | None) -> None:
    file = tmp_path / "wording.toml"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    with pytest.raises(AssistantError, match=r"wording\.toml"):
        Wording(file, small.catalog, small.glossary)


def test_marks(small: Library) -> None:
    from assistant.citing import Citations

    citations = Citations(small.lines)
    first, second = (citations.figure(small.figure("alpha", line, "2024")) for line in (6, 7))
    assert marks([first, second, first]) == "[1][2]"
    assert marks([]) == ""


@pytest.mark.parametrize(
    ("value", "unit", "english"),
    [
        ("78.0", "千瓦时/平方米", "78.0 kWh per square metre (78.0 千瓦时/平方米)"),
        ("12,214", "千瓦时", "12,214 kWh"),
        ("12.5", "万千瓦时", "125,000 kWh (12.5 万千瓦时)"),
        ("7", "年/次", "7 年/次"),
    ],
)
def test_the_thousand_of_a_kilowatt_is_no_scale(small: Library, value: str, unit: str, english: str) -> None:
    glossary = Glossary.load(PROMPTS / "glossary.tsv")
    assert Wording(PROMPTS / "wording.toml", small.catalog, glossary).amount(value, unit, "en") == english


def test_an_english_term_with_another_number_is_not_used(wording: Wording, small: Library) -> None:
    row = Row("alpha", "表", (), "51岁及以上", "人", "", (cell("5", "2024", 8),), 8)
    (figure,) = figures_of(row_passage(row), small.lines, 2024)
    assert wording.metric(figure, "en") == "“51岁及以上”"
    row = Row("alpha", "表", (), "50岁以上", "人", "", (cell("5", "2024", 8),), 8)
    (figure,) = figures_of(row_passage(row), small.lines, 2024)
    assert "50 (" in wording.metric(figure, "en") or "50 " in wording.metric(figure, "en")


@pytest.mark.parametrize(
    ("formula", "unit", "expected"),
    [
        ("364.86 − 287.98 = 76.88 吨", "吨", "364.86 − 287.98 = 76.88 tonnes"),
        ("178.39 − 126.11 = 52.28 万元", "万元", "178.39 − 126.11 = 52.28 万元 (CNY 522,800)"),
        ("8.1 − 9.0 = −0.9 个百分点", "个百分点", "8.1 − 9.0 = −0.9 percentage points"),
        ("15,830 ÷ 2,490 ≈ 6.36 倍", "倍", "15,830 ÷ 2,490 ≈ 6.36 times"),
        ("32 + 19 = 51 次", "次", "32 + 19 = 51"),
        ("71 ÷ 106 ≈ 66.98%", "%", "71 ÷ 106 ≈ 66.98%"),
    ],
)
def test_the_result_of_a_formula_in_english(wording: Wording, formula: str, unit: str, expected: str) -> None:
    assert wording.formula(formula, unit, "en") == expected
    assert wording.formula(formula, unit, "zh-Hans") == formula


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [("63", "次", "63"), ("7", "年", "7 years"), ("1", "年", "1 year"), ("1,937", "人", "1,937 people")],
)
def test_counters_and_years_in_english(wording: Wording, value: str, unit: str, expected: str) -> None:
    assert wording.amount(value, unit, "en") == expected


def test_a_figure_within_a_label_is_quoted(wording: Wording, small: Library) -> None:
    row = Row("alpha", "利率表", (), "(LPR, LPR+0.5%)", "%", "", (cell("15.4", "2024", 5),), 5, 5, 2, (), "test")
    figure = figures_of(row_passage(row), small.lines, 2024)[0]
    assert wording.metric(figure, "en") == "“(LPR, LPR+0.5%)”"
    assert "“" not in wording.metric(figure, "zh-Hans")


def test_what_is_printed_in_traditional_stays_as_it_is(wording: Wording, small: Library) -> None:
    assert wording.script("累計發卡", "zh-Hant") == "累計發卡"
    assert wording.script("累计贷款", "zh-Hant") == "累計貸款"
    (figure,) = (f for f in figures_of(small.printed("beta", "2024年，乙證券累計發卡達1,611張。"), small.lines, 2024))
    assert wording.metric(figure, "zh-Hant").endswith("累計發卡達")
