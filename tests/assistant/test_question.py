from __future__ import annotations

import pytest

from assistant.errors import UsageError
from assistant.question import Question, check_length, comparison_periods, detect_language, understand, with_unit
from tests.assistant.small_library import Library


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("甲银行2024年末不良贷款率是多少？", "zh-Hans"),
        ("甲銀行2024年末不良貸款率是多少？", "zh-Hant"),
        ("多少人", "zh-Hans"),
        ("恒生电子 ESG rating?", "zh-Hans"),
        ("What is the NPL ratio?", "en"),
        ("NPL ratio 2024", "en"),
        ("What was the R&D investment of 恒生电子 in 2024, and how does it compare?", "en"),
        ("ＷＨＡＴ　ＩＳ　ＧＤＰ", "en"),
        ("α系数是多少", "zh-Hans"),
        ("爲何員工流失率上升", "zh-Hant"),
    ],
)
def test_language(text: str, language: str) -> None:
    assert detect_language(text) == language


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "empty"),
        (" \t\n　", "empty"),
        ("😀😀😀", "no words"),
        ("？？！", "no words"),
        ("2024", "no words"),
        ("\x00", "no words"),
        ("不良債権比率は何ですか", "language"),
        ("대출 비율은 얼마입니까?", "language"),
        ("Какой коэффициент проблемных кредитов?", "language"),
        ("ما هي نسبة القروض", "language"),
        ("Ποιο είναι το ποσοστό", "language"),
        ("Quel est le taux de prêts non performants ?", "language"),
        ("Wie hoch ist die Quote der Kredite?", "language"),
        ("hello \ud800", "not valid text"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_line(text: str, word: str) -> None:
    with pytest.raises(UsageError, match=word) as caught:
        detect_language(text)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 2


def test_length() -> None:
    check_length("字" * 100, 100)
    with pytest.raises(UsageError, match=r"10000 characters; at most 2000"):
        check_length("字" * 10_000, 2000)


def asked(small: Library, text: str, **more: object) -> Question:
    return understand(text, text, "zh-Hans", small.catalog, **more)  # type: ignore[arg-type]


def test_a_question_in_parts(small: Library) -> None:
    question = asked(small, "甲银行2024年末的员工流失率是多少？")
    assert question.reports == ("alpha",)
    assert [period.period for period in question.periods] == ["2024"]
    assert question.metric == "员工流失率"
    assert question.kind == "figure"
    assert question.unit_text == "%"
    assert question.operations == ()


@pytest.mark.parametrize(
    ("text", "metric"),
    [
        ("甲银行2024年一级资本充足率（不是核心一级）是多少？", "一级资本充足率"),
        ("甲银行2024年贷款余额，而不是新增额，是多少？", "贷款余额"),
        ("甲银行2024年小微企业贷款（不只是普惠口径）余额是多少？", "小微企业贷款 余额"),
        ("甲银行2024年小微企业贷款余额（全部小微，不限普惠口径）是多少？", "小微企业贷款余额 全部小微"),
        ("甲银行2024年不限学历的岗位占比是多少？", "不限学历的岗位占比"),
        ("甲银行2024年一级资本充足率（含核心一级）是多少？", "一级资本充足率 含核心一级"),
    ],
)
def test_what_is_not_meant_is_no_metric(small: Library, text: str, metric: str) -> None:
    assert asked(small, text).metric == metric


def test_names_in_quotation_marks(small: Library) -> None:
    assert asked(small, "甲银行的“常和”志愿服务队2024年有多少人？").named == ("常和",)
    assert asked(small, "甲银行的『養老貸』2024年余额是多少？").named == ("养老贷",)
    assert asked(small, "甲银行2024年员工总数是多少？").named == ()
    assert asked(small, '甲银行"ESG"报告中"常和"队2024年有多少人？').named == ("常和",)


def test_the_unit_of_the_own_language_outweighs_a_translation(small: Library) -> None:
    question = asked(small, "甲银行2024年交易了多少吨期货？")
    corrected = with_unit(question, "手")
    assert (corrected.unit_text, corrected.chinese) == ("手", "甲银行2024年交易了多少手期货?")
    assert with_unit(question, "千克") == question, "another unit of the same measure"
    assert with_unit(question, "") == question
    fall = with_unit(asked(small, "甲银行2024年的用水总量比2023年减少了多少？"), "%")
    assert fall.operations[:2] == ("growth", "difference")


@pytest.mark.parametrize("name", ["甲银行", "甲銀行", "甲银行股份有限公司", "Alpha Bank", "ALPHA", "1234.HK"])
def test_every_name_of_an_institution(small: Library, name: str) -> None:
    assert asked(small, f"{name} 2024年员工总数是多少？").reports == ("alpha",)


def test_no_institution_means_all(small: Library) -> None:
    question = asked(small, "2024年员工总数是多少？")
    assert question.reports == ()
    assert not question.ambiguous


def test_two_institutions(small: Library) -> None:
    assert asked(small, "乙证券和甲银行2024年员工总数各是多少？").reports == ("beta", "alpha")


def test_preselected_reports_outweigh_names(small: Library) -> None:
    assert asked(small, "甲银行的员工总数是多少？", reports=("beta",)).reports == ("beta",)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("用水总量是多少吨？", "吨"),
        ("贷款余额是多少亿元？", "亿元"),
        ("有多少人？", "人"),
        ("培训了多少人次？", "人次"),
        ("提高了多少个百分点？", "个百分点"),
        ("覆盖率是多少？", "%"),
        ("占比是百分之几？", "%"),
        ("投入了多少钱？", "元"),
        ("有多少员工？", "人"),
        ("员工流失率是多少？", "%"),
        ("召开了几次会议？", "次"),
        ("电网排放因子是多少tCO2/MWh？", "tco2/mwh"),
        ("排放了多少吨CO2？", "吨co2"),
        ("展出了多少幅作品？", "幅"),
        ("发行的ABS（某供应链5期）规模多大？", "元"),
        ("员工规模多大？", ""),
        ("存款余额是多少？", "元"),
        ("外币存款余额是多少？", ""),
    ],
)
def test_the_unit_asked_for(small: Library, text: str, unit: str) -> None:
    assert asked(small, text).unit_text == unit


@pytest.mark.parametrize(
    ("text", "operation"),
    [
        ("2024年员工总数比2023年增加了多少人？", "difference"),
        ("2024年用水总量比2023年下降了百分之多少？", "growth"),
        ("2024年用水总量的同比增长率是多少？", "growth"),
        ("女性员工占员工总数的比例是多少？", "share"),
        ("客服业务里，由智能客服处理的占百分之几？", "share"),
        ("2024年员工总数是2022年的多少倍？", "ratio"),
        ("2022年至2024年用水总量合计是多少吨？", "sum"),
        ("2022年至2024年员工总数的平均值是多少？", "average"),
        ("甲银行和乙证券2024年哪家的员工更多？", "compare"),
    ],
)
def test_arithmetic_asked_for(small: Library, text: str, operation: str) -> None:
    assert operation in asked(small, text).operations


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("员工总数是多少？", "figure"),
        ("召开了几次会议？", "figure"),
        ("是在几月请外部顾问讲解新规的？", "text"),
        ("这是上市后发布的第几份报告？", "text"),
        ("2024年是连续参加的第几年？", "text"),
        ("2024年在行业排第几？", "figure"),
        ("对比甲银行和乙证券2024年的范围二排放量", "figure"),
        ("甲银行2024年用水量", "figure"),
        ("甲银行和乙证券2024年的范围二排放量比较。", "figure"),
        ("培训持续了几个月？", "figure"),
        ("与哪所大学共建了联合实验室？", "text"),
        ("审计机构叫什么？", "text"),
        ("哪几家银行参与？", "text"),
        ("甲银行怎么做绿色金融？", "explain"),
        ("为什么员工流失率上升了多少？", "explain"),
    ],
)
def test_kind_of_answer(small: Library, text: str, kind: str) -> None:
    assert asked(small, text).kind == kind


@pytest.mark.parametrize(
    ("text", "decimals"),
    [
        ("（保留两位小数）", 2),
        ("（精确到1位小数）", 1),
        ("，四舍五入到整数", 0),
        ("结果保留小数点后三位", 3),
        ("", None),
    ],
)
def test_decimals_asked_for(small: Library, text: str, decimals: int | None) -> None:
    assert asked(small, f"2024年增长率是多少{text}").decimals == decimals


@pytest.mark.parametrize(
    ("text", "chinese", "own"),
    [
        ("What was 甲银行's NPL ratio in 2024?", "甲银行2024年不良贷款率是多少？", "what was 's npl ratio in ?"),
        ("甲銀行2024年末員工總數是多少？", "甲银行2024年末员工总数是多少？", "员工总数是多少?"),
    ],
)
def test_own_words_have_no_names_and_years(small: Library, text: str, chinese: str, own: str) -> None:
    assert understand(text, chinese, detect_language(text), small.catalog).asked == own


def test_decimals_in_english(small: Library) -> None:
    english = "What is the growth rate, to two decimal places?"
    assert understand(english, "增长率是多少？", "en", small.catalog).decimals == 2


def test_periods_to_compare(small: Library) -> None:
    assert comparison_periods(asked(small, "2024年员工总数比2022年多多少人？")) == ("2022", "2024")
    assert comparison_periods(asked(small, "2024年员工总数比上年多多少人？")) == ("2023", "2024")
    assert comparison_periods(asked(small, "2024年员工总数是多少人？")) == ("2024",)


@pytest.mark.parametrize(
    "text", ["[[[((((", "????", "｛｝", "a" * 2000, "多少" * 1000, "2024年" * 600, "比" * 2000, "占" * 2000]
)
def test_odd_questions_do_no_harm(small: Library, text: str) -> None:
    import time

    began = time.process_time()
    asked(small, text)
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    ("text", "metric"),
    [
        ("甲银行2024年平均每名员工用掉多少吨水？", "人均用水量"),
        ("甲银行2024年用了多少度电？", "用电量"),
        ("甲银行2024年加起来用了多少升汽油？", "汽油用量"),
    ],
)
def test_the_use_of_water_and_power_in_words(small: Library, text: str, metric: str) -> None:
    assert understand(text, text, "zh-Hans", small.catalog).metric == metric


def test_examples_in_brackets_are_no_part_of_the_metric(small: Library) -> None:
    text = "小型农村金融机构（如农村商业银行和农村信用社）的员工有多少？"
    assert understand(text, text, "zh-Hans", small.catalog).metric == "小型农村金融机构 的员工"


def test_a_month_s_own_change_is_that_over_the_month_before(small: Library) -> None:
    text = "甲银行的存款总额2024年4月这一个月里增减了多少亿元？"
    assert "比上月增减" in understand(text, text, "zh-Hans", small.catalog).chinese


def test_some_are_not_how_many(small: Library) -> None:
    text = "2024年末国开行加上几家政策性银行一共有多少员工？"
    assert understand(text, text, "zh-Hans", small.catalog).unit_text == "人"


def test_which_prize_is_no_figure(small: Library) -> None:
    text = "甲银行的平台拿到了2023年度金融科技发展奖的几等奖？"
    assert understand(text, text, "zh-Hans", small.catalog).kind == "text"


@pytest.mark.parametrize("rest", ["当月保费收入多少亿元？", "当月新增贷款多少亿元？", "这个月有多少家企业开户？"])
def test_a_month_s_own_amount_is_no_change(small: Library, rest: str) -> None:
    text = f"甲银行2024年4月{rest}"
    assert "比上月" not in understand(text, text, "zh-Hans", small.catalog).chinese


@pytest.mark.parametrize(
    "text",
    [
        "2024年10月这一个月，甲银行的贷款总额是增是减，变动了多少亿元？",
        "甲银行2024年10月的贷款变化了多少（单月）？",
    ],
)
def test_how_much_changed_within_one_month(small: Library, text: str) -> None:
    assert "比上月" in understand(text, text, "zh-Hans", small.catalog).chinese


def test_what_was_newly_lent_in_one_month_is_no_change(small: Library) -> None:
    text = "2024年10月这一个月，甲银行新增贷款多少亿元？"
    assert "比上月" not in understand(text, text, "zh-Hans", small.catalog).chinese


def test_names_listed_in_brackets_explain_the_words_before_them(small: Library) -> None:
    text = "大型商业银行（工商银行、农业银行、建设银行和交通银行）有多少员工？"
    question = understand(text, text, "zh-Hans", small.catalog)
    assert question.entities == ()
    assert "工商" not in question.metric
    text = "大型商业银行（不含工商银行、农业银行、建设银行）有多少员工？"
    assert understand(text, text, "zh-Hans", small.catalog).excluded


def test_a_list_in_brackets_that_says_which_stays(small: Library) -> None:
    text = "甲银行2024年温室气体排放（范围一、范围二、范围三）总量是多少？"
    assert "范围三" in understand(text, text, "zh-Hans", small.catalog).metric


@pytest.mark.parametrize("text", ["规模居全省第几？", "甲银行在全国位于第几？", "甲银行排在全国第几？"])
def test_a_rank_is_a_figure(small: Library, text: str) -> None:
    assert understand(text, text, "zh-Hans", small.catalog).kind == "figure"


@pytest.mark.parametrize(
    "text",
    [
        "甲银行2024年5月这个月贷款余额较年初增加了多少亿元？",
        "甲银行2024年6月该月末贷款余额增加了多少？",
        "甲银行2024年3月一个月培训的员工增加了多少人？",
        "甲银行2024年12月一个月内投放的贷款，全年同比增加了多少？",
    ],
)
def test_what_is_set_against_another_time_is_no_change_over_the_month(small: Library, text: str) -> None:
    assert "比上月" not in understand(text, text, "zh-Hans", small.catalog).chinese


@pytest.mark.parametrize(
    ("text", "metric"),
    [
        ("据甲银行2024年可持续发展报告，员工流失率是多少？", "员工流失率"),
        ("员工流失率是多少（2024年报告口径）？", "员工流失率"),
        ("2024年报告里，甲银行的员工流失率是多少？", "员工流失率"),
        ("甲银行2024年发布了多少篇深度研究报告？", "发布了 篇深度研究报告"),
    ],
)
def test_where_it_stands_is_no_part_of_the_metric(small: Library, text: str, metric: str) -> None:
    assert understand(text, text, "zh-Hans", small.catalog).metric == metric


def test_the_unit_may_stand_in_brackets(small: Library) -> None:
    text = "甲银行2024年电力排放因子取的是多少（kgCO2/kWh）？"
    unit = understand(text, text, "zh-Hans", small.catalog).unit
    assert unit is not None
    assert unit.dimension == "tco2e per kWh"
    text = "甲银行2024年不良贷款率是多少（集团口径）？"
    assert understand(text, text, "zh-Hans", small.catalog).unit_text == "%"


def test_what_a_question_does_not_count(small: Library) -> None:
    text = "甲银行董事会里不算独立董事的非执行董事有多少名？"
    assert understand(text, text, "zh-Hans", small.catalog).excluded == ("独立董事",)


@pytest.mark.parametrize(
    ("text", "operations"),
    [
        ("从2022年到2024年，甲银行的员工流失率一共降了多少个百分点？", ("difference", "sum")),
        ("甲银行2024年女员工晋升了多少人？", ()),
        ("甲银行2024年的目标是至少多少分？", ()),
        ("甲银行2024年一共有多少名员工？", ("sum",)),
    ],
)
def test_a_change_in_all_comes_before_the_sum(small: Library, text: str, operations: tuple[str, ...]) -> None:
    assert understand(text, text, "zh-Hans", small.catalog).operations == operations


def test_foreign_currency_counted_in(small: Library) -> None:
    text = "把外币贷款也算进来，2024年6月甲银行的贷款总额是多少亿元？"
    assert "本外币" in understand(text, text, "zh-Hans", small.catalog).metric
    text = "不含外币，2024年9月末甲银行的贷款余额是多少？"
    assert understand(text, text, "zh-Hans", small.catalog).metric.startswith("人民币")
    for text in ("不含外币贷款，甲银行的贷款总额是多少？", "不把外币存款算进来，甲银行的存款总额是多少？"):
        assert "本外币" not in understand(text, text, "zh-Hans", small.catalog).metric


@pytest.mark.parametrize(
    ("text", "metric"),
    [
        ("甲银行2024年在多少个场景用了新技术，如RPA和大模型？", "个场景用了新技术"),
        ("我想了解甲银行员工情况，比如女员工有多少人？", "我想了解 员工情况 比如女员工 人"),
        ("甲银行2024年末员工，如仅统计女性，有多少人？", "员工 如仅统计女性 人"),
        ("甲银行2024年第一产业（农林牧渔）贷款是多少？", "第一产业 贷款"),
    ],
)
def test_examples_at_the_end_are_no_part_of_the_metric(small: Library, text: str, metric: str) -> None:
    assert understand(text, text, "zh-Hans", small.catalog).metric == metric


def test_the_property_market_is_no_city(small: Library) -> None:
    text = "2024年甲银行山西楼市开发投资同比跌了多少？"
    assert understand(text, text, "zh-Hans", small.catalog).entities == ()


@pytest.mark.parametrize(
    ("text", "metric"),
    [
        ("甲银行2024年用电为什么比上一年多了？", "用电 比上一年多"),
        ("甲银行2024年用电量上升的原因是什么？", "用电量上升"),
    ],
)
def test_a_question_why_is_about_what_is_so(small: Library, text: str, metric: str) -> None:
    question = understand(text, text, "zh-Hans", small.catalog)
    assert (question.metric, question.kind) == (metric, "explain")
