"""The scorer: what passes, and the answers that must not, however right they look."""

import pytest

from eval.schema import REPORTS_FOLDER, Question, default_files, load
from eval.scoring import score
from eval.verify import Library

LINES = {
    "jinshang-bank": {
        10: "指標 單位 2024 年 2023 年 2022 年",
        11: "不良貸款率 % 1.77 1.78 1.80",
        12: "存款餘額 億元 2,831.04 2,634.05 2,484.34",
        13: "女性員工 人 2,974 2,900 2,810",
        14: "男性員工 人 7,953 7,800 7,700",
        15: "合作夥伴為惠普公司。",
    }
}


def lines(report, first, last):
    """A line source over LINES."""
    return [LINES[report][n] for n in range(first, last + 1) if n in LINES.get(report, {})]


def make(**change: object) -> Question:
    """The question on the NPL ratio of 2024, changed."""
    base: dict[str, object] = {
        "id": "t-npl",
        "report": "jinshang-bank",
        "type": "table",
        "question_zh": "晋商银行2024年末不良贷款率是多少？",
        "question_en": "What was Jinshang Bank's NPL ratio at the end of 2024?",
        "value": 1.77,
        "unit": "%",
        "unit_en": "%",
        "year": 2024,
        "answer_zh": "2024年末晋商银行不良贷款率为1.77%。",
        "answer_en": "Jinshang Bank's NPL ratio was 1.77% at the end of 2024.",
        "evidence": [
            {"line": 10, "quote": "2024 年", "role": "header"},
            {"line": 11, "quote": "1.77", "role": "value"},
        ],
    }
    return Question.model_validate(base | change)


def deposits(**change: object) -> Question:
    """The question on deposits of 2022, in 亿元."""
    return make(
        **{
            "id": "t-dep",
            "question_zh": "2022年末晋商银行存款余额是多少亿元？",
            "question_en": "What were Jinshang Bank's deposits at the end of 2022?",
            "value": 2484.34,
            "unit": "亿元",
            "unit_en": "CNY 100 million",
            "year": 2022,
            "answer_zh": "2022年末存款余额为2,484.34亿元。",
            "answer_en": "Deposits were CNY 248.434 billion at the end of 2022.",
            "evidence": [{"line": 12, "quote": "2,484.34", "role": "value"}],
        }
        | change
    )


def women(**change: object) -> Question:
    """The question on female employees of 2024, a count."""
    return make(
        **{
            "id": "t-women",
            "question_zh": "2024年晋商银行有多少名女性员工？",
            "question_en": "How many female employees did Jinshang Bank have in 2024?",
            "value": 2974,
            "unit": "人",
            "unit_en": "people",
            "answer_zh": "2024年女性员工为2,974人。",
            "answer_en": "Jinshang Bank had 2,974 female employees in 2024.",
            "evidence": [{"line": 13, "quote": "2,974", "role": "value"}],
        }
        | change
    )


def difference(**change: object) -> Question:
    """A derived question: men less women."""
    return make(
        **{
            "id": "t-diff",
            "type": "derived",
            "question_zh": "2024年晋商银行男员工比女员工多多少人？",
            "question_en": "How many more men than women did Jinshang Bank employ in 2024?",
            "value": 4979,
            "unit": "人",
            "unit_en": "people",
            "formula": "7953-2974",
            "answer_zh": "2024年男性员工7,953人、女性员工2,974人，多4,979人。",
            "answer_en": "There were 4,979 more men than women (7,953 versus 2,974) in 2024.",
            "evidence": [{"line": 13, "quote": "2,974"}, {"line": 14, "quote": "7,953"}],
        }
        | change
    )


def fact(**change: object) -> Question:
    """A text question."""
    return make(
        **{
            "id": "t-text",
            "type": "text",
            "question_zh": "笔记本电脑的合作伙伴是哪家公司？",
            "question_en": "Which company is the laptop partner?",
            "value": None,
            "unit": "",
            "unit_en": "",
            "accept": ["惠普", "HP", "Hewlett"],
            "answer_zh": "合作伙伴是惠普。",
            "answer_en": "The partner is HP.",
            "evidence": [{"line": 15, "quote": "惠普"}],
        }
        | change
    )


def absent(**change: object) -> Question:
    """A question the report does not answer."""
    return make(
        **{
            "id": "t-absent",
            "type": "absent",
            "question_zh": "晋商银行2021年不良贷款率是多少？",
            "question_en": "What was Jinshang Bank's NPL ratio in 2021?",
            "value": None,
            "unit": "",
            "unit_en": "",
            "year": 2021,
            "evidence": [],
            "answer_zh": "报告未披露。",
            "answer_en": "Not disclosed.",
        }
        | change
    )


def verdict(question, language, text, **fields):
    return score(question, language, {"answer": text, **fields}, lines)


RIGHT = [
    (make(), "zh", "1.77%"),
    (make(), "zh", "截至2024年末，晋商银行不良贷款率为**1.77%**[1]。"),
    (make(), "zh", "不良貸款率為1.77％。"),
    (make(), "zh", "百分之1.77"),
    (make(), "zh", "2024年为1.77%，2023年为1.78%，2022年为1.80%。"),
    (make(), "zh", "1.77%，较上年的1.78%下降0.01个百分点。"),
    (make(), "zh", "不是1.78%，而是1.77%。"),
    (make(), "en", "The NPL ratio was 1.77 percent at year-end 2024, down from 1.78% in 2023."),
    (make(), "en", "As a ratio, it was 0.0177 in 2024."),
    (make(), "en", "1.77% [1]. The report does not disclose the figure for 2021."),
    (make(), "zh", "2024年末不良贷款率为1.77%，拨备覆盖率为205.46%。"),
    (make(), "en", "The NPL ratio decreased from 1.80% in 2022 to 1.77% in 2024."),
    (make(), "en", "1.80% (2022), 1.78% (2023) and 1.77% (2024)."),
    (make(), "zh", "2024年末不良贷款率为1.77%（2023年末：1.78%）。"),
    (make(), "zh", "较2023年下降0.01个百分点至1.77%。"),
    (make(), "zh", "| 指标 | 2024年 | 2023年 |\n|---|---|---|\n| 不良贷款率 | 1.77% | 1.78% |"),
    (women(), "zh", "2024年共有员工10,927人，其中女性2,974人。"),
    (women(), "en", "Of 10,927 employees in 2024, 2,974 (27.2%) were women."),
    (deposits(), "en", "CNY 248.434 billion, i.e. about CNY 248.4 billion."),
    (deposits(), "zh", "2484亿3400万元"),
    (deposits(), "zh", "2,484.34亿元"),
    (deposits(), "zh", "2484.34億元人民幣"),
    (deposits(), "zh", "存款餘額為248,434百萬元。"),
    (deposits(), "zh", "2484.34"),  # the question asks in 亿元
    (deposits(), "en", "CNY 248.434 billion"),
    (deposits(), "en", "RMB 248,434 million at the end of 2022"),
    (deposits(), "en", "CNY 248.434 billion (2,484.34 hundred million yuan)"),
    (deposits(), "en", "2,484.34 (CNY 100 million)"),
    (women(), "zh", "2，974人"),
    (women(), "zh", "女性员工2,974名，男性员工7,953名。"),
    (women(), "en", "There were 2,974 female and 7,953 male employees."),
    (difference(), "zh", "男性7,953人、女性2,974人，相差4,979人。"),
    (difference(), "en", "4,979 more (7,953 - 2,974 = 4,979)."),
    (make(value=-2.9, answer_zh="下降2.9%。", answer_en="It fell 2.9%."), "zh", "同比下降2.9%"),
    (make(value=-2.9, answer_zh="下降2.9%。", answer_en="It fell 2.9%."), "en", "It changed by -2.9%."),
    (
        make(
            value=2.9, question_en="By how much did it fall in 2024?", answer_zh="下降2.9%。", answer_en="It fell 2.9%."
        ),
        "en",
        "-2.9%",
    ),
    (make(value=3, unit="家", unit_en="companies"), "zh", "共有三家。"),
    (make(value=7, unit="次", unit_en="meetings"), "en", "Seven meetings were held."),
    (make(value=5_025_928.11, unit="千瓦时", unit_en="kWh"), "zh", "5,025.92811兆瓦时"),
    (make(value=5_025_928.11, unit="千瓦时", unit_en="kWh"), "zh", "5,025,928.11度"),
    (make(value=30, answer_zh="由10%提升到30%。", answer_en="From 10% to 30%."), "zh", "由不少于10%提升到30%。"),
    (make(value=27, unit="名", unit_en="rank"), "zh", "排名提升36位至27名。"),
    (fact(), "zh", "合作夥伴為惠普公司"),
    (fact(), "en", "The partner is HP (惠普)."),
    (absent(), "zh", "报告未披露该数据。"),
    (absent(), "zh", "報告沒有披露。"),
    (absent(), "en", "The report doesn’t disclose it."),
]


@pytest.mark.parametrize(("question", "language", "text"), RIGHT)
def test_right_answers_pass(question, language, text):
    result = verdict(question, language, text)
    assert (result.verdict, result.reason) == ("right", "")


WRONG = [
    (make(), "zh", "1.78%", "other figure"),
    (make(), "zh", "1.77", "unit missing"),
    (make(), "zh", "1.77个百分点", "unit"),
    (make(), "zh", "1.77‰", "scale"),
    (make(), "zh", "0.0177%", "other figure"),
    (make(), "zh", "0.0177元", "other figure"),
    (make(), "zh", "177%", "other figure"),
    (make(), "zh", "1.77元", "unit"),
    (make(), "en", "1.77 percentage points", "unit"),
    (make(), "zh", "2023年末不良贷款率为1.77%。", "period"),
    (make(), "en", "At the end of 2022 the NPL ratio was 1.77%.", "period"),
    (make(), "zh", "2024年为1.78%，2023年为1.77%。", "period"),
    (make(), "zh", "1.77%或1.78%", "several figures"),
    (make(), "zh", "1.77%、1.78%、1.80%", "several figures"),
    (make(), "zh", "1.80%，1.78%，1.77%", "several figures"),
    (make(), "en", "It is either 1.77% or 1.80%.", "several figures"),
    (make(), "zh", "不良貸款率 % 1.77 1.78 1.80", "unit missing"),
    (
        make(),
        "zh",
        "ROE为1.1%，拨备率为1.2%，票息为1.3%，息差为1.4%，税率为1.5%，增速为1.6%，不良贷款率为1.77%。",
        "list of figures",
    ),
    (make(), "zh", "不良贷款率不是1.77%。", "negated"),
    (make(), "zh", "不良贷款率不到1.77%。", "bound"),
    (make(), "zh", "报告未披露，可能是1.77%。", "refusal"),
    (make(), "zh", "报告未披露。不良贷款率为1.77%。", "refusal"),
    (make(), "en", "1.77%. The report does not disclose this.", "refusal"),
    (make(), "zh", "原文为“不良貸款率 % 1.77 1.78 1.80”。", "no figure"),
    (make(), "zh", "见第1条引用。", "no figure"),
    (make(), "zh", "晋商银行2024年末不良贷款率是多少？", "no figure"),
    (make(), "zh", "| 指标 | 2024年 | 2023年 |\n|---|---|---|\n| 不良贷款率 | 1.78% | 1.77% |", "period"),
    (women(), "zh", "2024年共有员工2,974人，其中女性10,927人。", "several figures"),
    (deposits(), "zh", "2,484.34万元", "scale"),
    (deposits(), "zh", "2,484.34万亿元", "scale"),
    (deposits(), "zh", "2,484.34亿美元", "unit"),
    (deposits(), "zh", "2,484亿元", "other figure"),
    (deposits(), "en", "CNY 2,484.34 million", "scale"),
    (deposits(), "en", "CNY 248.43 billion", "other figure"),
    (deposits(), "en", "2,484.34", "unit missing"),  # the English question names no unit
    (women(), "zh", "2,974人次", "unit"),
    (women(), "zh", "2,974%", "unit"),
    (women(), "zh", "2,974万人", "scale"),
    (women(), "zh", "男性员工2,974名，女性员工7,953名。", "several figures"),
    (women(), "en", "2,974 or 7,953 employees", "several figures"),
    (difference(), "zh", "男性7,953人、女性2,974人。", "other figure"),
    (difference(), "zh", "少4,979人。", "sign"),
    (make(value=-2.9, answer_zh="下降2.9%。", answer_en="It fell 2.9%."), "zh", "增长2.9%", "sign"),
    (make(value=-2.9, answer_zh="下降2.9%。", answer_en="It fell 2.9%."), "zh", "2.9%", "sign"),
    (make(value=2.9, answer_zh="增长2.9%。", answer_en="It grew 2.9%."), "en", "It fell by 2.9%.", "sign"),
    (make(question_zh="2024年6月末不良贷款率？"), "zh", "2024年9月末为1.77%。", "period"),
    (fact(), "zh", "合作伙伴是联想。", "other text"),
    (fact(), "zh", "合作伙伴不是惠普。", "other text"),
    (fact(), "zh", "报告没有提到惠普，不过给出了5个名字。", "other text"),
    (fact(), "en", "It is written in PHP.", "other text"),
    (fact(), "zh", "笔记本电脑的合作伙伴是哪家公司？", "other text"),
    (fact(), "zh", "惠普" + "很多别的话。" * 400, "too long"),
    (absent(), "zh", "2021年不良贷款率为1.84%。", "answered an absent question"),
    (absent(), "zh", "报告未披露，约为1.84%。", "answered an absent question"),
    (absent(), "zh", "晋商银行2021年不良贷款率是多少？", "answered an absent question"),
    (absent(), "en", "The ratio was low.", "answered an absent question"),
]


@pytest.mark.parametrize(("question", "language", "text", "reason"), WRONG)
def test_wrong_answers_fail_for_their_reason(question, language, text, reason):
    result = verdict(question, language, text)
    assert (result.verdict, result.reason) == ("wrong", reason)


def test_all_numbers_of_the_report_listed_fail():
    numbers = [f"{n / 100:.2f}%" for n in range(1, 1000)]
    assert verdict(make(), "zh", "、".join(numbers)).verdict == "wrong"
    labelled = "，".join(f"{2024 - n}年为{1.77 + n / 100:.2f}%" for n in range(9))
    assert verdict(make(), "zh", labelled).reason == "list of figures"


@pytest.mark.parametrize("abstained", [None, False, True])
def test_a_refusal_of_an_answerable_question_is_refused_and_not_wrong(abstained):
    assert verdict(make(), "zh", "报告未披露。", abstained=abstained).verdict == "refused"
    assert verdict(fact(), "en", "The report does not mention it.", abstained=abstained).verdict == "refused"


def test_a_refusal_may_offer_the_nearest_figure_only_when_flagged_and_labelled():
    offer = "报告未披露2021年不良贷款率。最接近的是2022年的1.80%[1]。"
    assert verdict(absent(), "zh", offer, abstained=True).verdict == "right"
    assert verdict(absent(), "zh", offer).verdict == "wrong"
    assert verdict(absent(), "zh", "2021年不良贷款率为1.80%。", abstained=True).verdict == "wrong"
    assert verdict(absent(), "zh", "报告未披露。2021年不良贷款率为1.80%。", abstained=True).verdict == "wrong"
    assert verdict(absent(), "zh", offer, abstained=True, value=1.80, unit="%").verdict == "wrong"
    assert verdict(make(), "zh", offer, abstained=True).verdict == "refused"
    assert verdict(make(), "zh", "报告未披露。不良贷款率为1.77%。", abstained=True).verdict == "refused"
    assert verdict(make(), "zh", "不良贷款率为1.77%。", abstained=True).verdict == "right"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"value": 1.77, "unit": "%"}, ""),
        ({"value": 1.77, "unit": None}, ""),
        ({"value": "1.77%"}, ""),
        ({"value": 1.77, "unit": "percent", "period": "2024-12"}, ""),
        ({"value": 1.78, "unit": "%"}, "value field: digits"),
        ({"value": 1.77, "unit": "个百分点"}, "value field: unit"),
        ({"value": 0.0177, "unit": None}, "value field"),
        ({"value": 1.77, "unit": "‰"}, "value field: scale"),
        ({"value": "1.77% or 1.78%"}, "value field"),
        ({"value": 1.77, "unit": "%", "period": "2023"}, "period"),
    ],
)
def test_the_fields_must_say_what_the_text_says(fields, reason):
    assert verdict(make(), "zh", "2024年末为1.77%。", **fields).reason == reason


def test_right_fields_do_not_mend_a_text_that_says_something_else():
    assert verdict(make(), "zh", "见引用。", value=1.77, unit="%").verdict == "wrong"
    assert verdict(make(), "zh", "1.78%", value=1.77, unit="%").verdict == "wrong"
    assert verdict(make(), "zh", "1.77%或1.78%", value=1.77, unit="%").verdict == "wrong"


def test_figures_that_the_answer_names_as_other_results_are_no_rivals():
    text = "合并口径1.77%、1.78%。"
    results = [{"report": "jinshang-bank", "metric": "x", "value": 1.78, "unit": "%"}]
    assert verdict(make(), "zh", text).verdict == "wrong"
    assert verdict(make(), "zh", text, results=results, value=1.77, unit="%").verdict == "right"


def test_a_field_without_minus_is_right_when_the_text_tells_the_decline():
    question = make(
        value=-426.9,
        unit="亿元",
        unit_en="CNY 100 million",
        answer_zh="减少426.9亿元。",
        answer_en="A fall of CNY 42.69 billion.",
    )
    assert verdict(question, "zh", "减少426.9亿元。", value=426.9, unit="亿元").verdict == "right"
    assert verdict(question, "zh", "减少426.9亿元。", value=-426.9, unit="亿元").verdict == "right"
    assert verdict(question, "zh", "增加426.9亿元。", value=426.9, unit="亿元").verdict == "wrong"


def test_a_derived_value_may_carry_more_digits_but_not_fewer():
    question = make(
        type="derived",
        value=29.95,
        formula="(190.80-133.65)/190.80*100",
        evidence=[{"line": 11, "quote": "190.80 133.65"}],
    )
    assert verdict(question, "zh", "29.95%").verdict == "right"
    assert verdict(question, "zh", "29.953%").verdict == "right"
    assert verdict(question, "zh", "29.954%").verdict == "wrong"
    assert verdict(question, "zh", "30.0%").verdict == "wrong"


def test_a_stated_value_must_be_the_stated_one():
    assert verdict(make(value=1.8), "zh", "1.77%").verdict == "wrong"


def test_a_conflict_accepts_either_value_and_notes_whether_both_are_shown():
    question = make(
        type="conflict", value=332.72, unit="万元", unit_en="CNY 10,000", also_accept=[313.2], also_lines=[12]
    )
    one, both = "332.72万元", "报告有两个数：332.72万元和313.2万元。"
    assert (verdict(question, "zh", one).verdict, verdict(question, "zh", one).both_shown) == ("right", False)
    assert (verdict(question, "zh", both).verdict, verdict(question, "zh", both).both_shown) == ("right", True)
    assert verdict(question, "zh", "313.2万元").verdict == "right"


def test_a_list_is_right_when_every_item_is_there():
    question = make(
        type="list", value=None, unit="", unit_en="", list_items=[["长治", "Changzhi"], ["大同", "Datong"], ["阳泉"]]
    )
    assert verdict(question, "zh", "長治、大同、陽泉").verdict == "right"
    part = verdict(question, "zh", "长治和大同")
    assert (part.verdict, part.reason, part.items) == ("wrong", "items missing", pytest.approx(2 / 3))


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("晋商银行更高。", True),
        ("晋商银行（1.77%）高于山西证券（1.2%）。", True),
        ("山西证券低于晋商银行。", True),
        ("山西证券更高。", False),
        ("山西证券高于晋商银行。", False),
        ("晋商银行低于山西证券。", False),
        ("晋商银行和山西证券哪家更高？", False),
        ("晋商银行与山西证券。", False),
    ],
)
def test_a_comparison_must_choose(text, right):
    question = make(
        type="comparison",
        value=None,
        unit="",
        unit_en="",
        accept=["晋商银行", "Jinshang Bank"],
        reject=["山西证券", "Shanxi Securities"],
        question_zh="晋商银行和山西证券哪家更高？",
        question_en="Which is higher, Jinshang Bank or Shanxi Securities?",
    )
    assert (verdict(question, "zh", text).verdict == "right") is right


@pytest.mark.parametrize(
    "answer", [None, {}, {"answer": ""}, {"answer": "  "}, {"answer": 5}, {"answer": "x", "error": "no model"}]
)
def test_no_answer_is_an_error_and_never_right(answer):
    assert score(make(), "zh", answer).verdict == "error"
    assert score(absent(), "zh", answer).verdict == "error"


@pytest.mark.parametrize(
    ("question", "language", "text", "ok"),
    [
        (make(), "zh", "不良贷款率为1.77%。", True),
        (make(), "zh", "不良貸款率為1.77%，較上年減少。", False),
        (make(), "zh", "The ratio was 1.77%.", False),
        (make(), "en", "The ratio of 晋商银行 was 1.77%.", True),
        (make(), "en", "不良贷款率为1.77%。", False),
        (make(), "en", "1.77%", True),
        (make(question_zh="2024年末不良貸款率是多少？"), "zh", "不良貸款率為1.77%。", True),
        (make(question_zh="2024年末不良貸款率是多少？"), "zh", "不良贷款率为1.77%。", False),
        (make(), "zh", "1.77%（“不良貸款率”）", True),
    ],
)
def test_the_language_of_the_answer_is_checked_apart(question, language, text, ok):
    assert verdict(question, language, text).language_ok is ok


def test_every_gold_sentence_of_the_development_sets_is_right():
    """The scorer and the question sets fit: an answer that says the gold sentence passes, in both languages."""
    library = Library(REPORTS_FOLDER)
    source = lambda report, first, last: [line.raw for line in library.lines(report)[first - 1 : last]]  # noqa: E731
    failed = []
    for question in load(default_files("dev")):
        places = sorted(question.right_places())
        cited = [{"n": i, "report": r, "line_start": n, "line_end": n} for i, (r, n) in enumerate(places, 1)]
        for language in ("zh", "en"):
            answer = {"answer": question.gold(language), "abstained": question.type == "absent", "citations": cited}
            result = score(question, language, answer, source)
            if result.verdict != "right" or not result.language_ok or result.evidence_hit is False:
                failed.append((question.id, language, result))
    assert failed == []


def test_an_ordinal_is_the_number_where_one_is_asked_for():
    told = {"value": 8, "unit": "年", "unit_en": "years", "answer_zh": "连续第八年。", "answer_en": "The eighth year."}
    question = make(question_zh="这是连续参加的第几年？", **told)
    assert score(question, "zh", {"answer": "第8年[1]", "value": 8.0, "unit": "年"}, lines).verdict == "right"
    assert score(question, "zh", {"answer": "第7年[1]", "value": 7.0, "unit": "年"}, lines).verdict == "wrong"
