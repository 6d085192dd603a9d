"""The whole pipeline: over the small library with a scripted model, and over the real reports with the real models."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from assistant.answer import Answer, EvidenceFound, Finished, Sentence
from assistant.answering import Assistant
from assistant.errors import AssistantError, UsageError
from assistant.figure_answers import FigureAnswers
from assistant.levels import _OPENING
from assistant.llm import Stopped
from assistant.question import understand
from assistant.settings import Settings
from index.records import Row
from tests.assistant.small_library import Library, ScriptedModel, cell, prose_passage, row_passage


def cited(answer: Answer) -> set[tuple[str, int]]:
    return {(citation.report, citation.line_start) for citation in answer.citations}


@pytest.mark.parametrize(
    ("question", "value", "unit", "line"),
    [
        ("甲银行2024年员工流失率是多少？", 8.1, "%", 8),
        ("甲銀行2023年員工流失率是多少？", 9.0, "%", 8),
        ("甲银行2024年末核心一级资本充足率是多少？", 10.5, "%", 15),
        ("甲银行2024年末资本充足率是多少？", 13.5, "%", 16),
        ("甲银行2023年范围二温室气体排放量是多少？", 950.0, "吨二氧化碳当量", 11),
        ("甲银行2022年员工总数是多少人？", 1000, "人", 4),
    ],
)
def test_a_cell_beyond_doubt_needs_no_model(small: Library, question: str, value: float, unit: str, line: int) -> None:
    answer = small.assistant().ask(question)
    assert (answer.value, answer.unit, answer.abstained) == (value, unit, False)
    assert cited(answer) == {("alpha", line)}
    assert answer.results[0].verified
    assert "[1]" in answer.answer


@pytest.mark.parametrize(
    "question",
    [
        "甲银行2021年员工流失率是多少？",
        "甲银行2024年6月员工流失率是多少？",
        "甲银行2024年一级资本充足率是多少？",
        "甲银行2024年范围三温室气体排放量是多少？",
        "甲银行2024年光伏发电量是多少？",
        "丙公司2030年的市盈率是多少？",
    ],
)
@pytest.mark.parametrize("llm", [None, ScriptedModel("未披露")])
def test_what_is_not_there_is_refused(small: Library, question: str, llm: ScriptedModel | None) -> None:
    answer = small.assistant(llm).ask(question)
    assert answer.abstained
    assert (answer.value, answer.results) == (None, ())
    assert "未披露" in answer.answer


def test_a_model_that_makes_figures_up_changes_nothing(small: Library) -> None:
    """Not even one that finds every figure right: what it says must stand in the evidence."""
    llm = ScriptedModel("4,321 人 [1]", same=1.0)
    answer = small.assistant(llm).ask("甲银行2024年有多少名博士？")
    assert "4,321" not in answer.answer
    assert answer.value != 4321


def test_a_likely_figure_that_the_model_reads_out_is_not_compared_again(small: Library) -> None:
    llm = ScriptedModel("8.1% [1]", same=0.0)
    assert small.assistant(llm).ask("甲银行2024年员工的流动比例是多少？").value == 8.1
    assert len(llm.asked("extract")) == 1
    assert llm.asked("verify") == []


def test_a_figure_that_the_model_does_not_read_out_is_compared(small: Library) -> None:
    llm = ScriptedModel("未披露", same=0.0)
    assert small.assistant(llm).ask("甲银行2024年跳槽的员工比例是多少？").abstained
    assert len(llm.asked("verify")) == 1


def test_an_unlikely_figure_that_the_model_does_not_read_out_is_no_more_looked_at(small: Library) -> None:
    llm = ScriptedModel("未披露", same=1.0)
    assert small.assistant(llm).ask("甲银行2024年有多少绿色项目？").abstained
    assert llm.asked("verify") == []


def test_a_stroke_is_not_disclosed(small: Library) -> None:
    answer = small.assistant().ask("甲银行2022年员工流失率是多少？")
    assert answer.abstained
    assert answer.value is None
    assert cited(answer) == {("alpha", 8)}


def test_a_difference_with_its_formula_and_both_cells(small: Library) -> None:
    answer = small.assistant().ask("甲银行2024年员工流失率比2023年下降了多少个百分点？")
    assert (answer.value, answer.unit) == (0.9, "个百分点")
    assert answer.formula == "9.0 − 8.1 = 0.9 个百分点"
    assert {citation.value_text for citation in answer.citations} == {"8.1", "9.0"}


def test_a_row_found_for_one_period_gives_the_others(small: Library) -> None:
    assistant = small.assistant()
    found = assistant.ranked("甲银行2024年员工流失率是多少？")[0].figure
    others = {period: assistant._lookup.related.sibling(found, period) for period in ("2023", "2022", "2021")}
    assert {period: other.value for period, other in others.items() if other} == {"2023": 9.0}  # 2022 is printed "/"


@pytest.mark.parametrize(
    "question", ["甲银行2024年男女员工相差多少人？", "甲银行2024年员工总数与用水总量的差额是多少？"]
)
def test_what_lies_between_two_things_is_no_change_over_the_year(small: Library, question: str) -> None:
    answer = small.assistant(ScriptedModel("未披露")).ask(question)
    assert answer.value in (None, 200)
    assert "1,100" not in (answer.formula or "")


@pytest.mark.parametrize(
    ("question", "value", "said"),
    [
        ("甲银行2024年的员工总数比2023年减少了多少人？", -100, "这是上升，而不是下降。"),
        ("甲银行2024年的用水总量比2023年增加了多少万吨？", -0.5, "这是下降，而不是上升。"),
        ("甲银行2024年的用水总量比2023年变化了多少万吨？", -0.5, ""),
        ("甲银行2022年到2024年员工总数总共多了多少人？", 200, ""),
    ],
)
def test_a_rise_is_not_called_a_fall(small: Library, question: str, value: float, said: str) -> None:
    answer = small.assistant().ask(question)
    assert answer.value == value
    assert ("这是" in answer.answer) is bool(said)
    assert said in answer.answer


@pytest.mark.parametrize(("verb", "said"), [("change", False), ("rise", True)])
def test_a_change_that_is_asked_for_may_be_a_fall(small: Library, verb: str, said: bool) -> None:
    llm = ScriptedModel("甲银行2024年的用水总量比2023年增加了多少万吨？")
    answer = small.assistant(llm).ask(f"By how much did Alpha Bank's water use {verb} from 2023 to 2024?")
    assert answer.value == -0.5
    assert ("That is a fall" in answer.answer) is said


@pytest.mark.parametrize("question", ["甲银行2024年男女员工相差多少人？", "甲银行2024年女性员工和男性员工差多少人？"])
def test_what_lies_between_two_things_has_no_sign(small: Library, question: str) -> None:
    answer = small.assistant().ask(question)
    assert answer.formula == "700 − 500 = 200 人"


def test_a_change_without_the_year_before_named(small: Library) -> None:
    answer = small.assistant(ScriptedModel("未披露")).ask("甲银行2024年员工总数增加了多少人？")
    assert answer.formula == "1,200 − 1,100 = 100 人"


def test_two_institutions(small: Library) -> None:
    answer = small.assistant().ask("甲银行和乙证券2024年的员工总数各是多少？")
    assert {(result.report, result.value) for result in answer.results} == {("alpha", 1200), ("beta", 300)}
    assert {citation.report for citation in answer.citations} == {"alpha", "beta"}


def test_a_follow_up(small: Library) -> None:
    history = [
        {"role": "user", "content": "甲银行2024年员工流失率是多少？"},
        {"role": "assistant", "content": "8.1%[1]。"},
    ]
    assert small.assistant().ask("那2023年呢？", history=history).value == 9.0


def test_reports_preselected(small: Library) -> None:
    answer = small.assistant().ask("2024年员工总数是多少人？", reports=["beta"])
    assert (answer.value, {citation.report for citation in answer.citations}) == (300, {"beta"})


def test_the_language_of_the_answer_can_be_set(small: Library) -> None:
    answer = small.assistant().ask("甲银行2024年员工流失率是多少？", language="zh-Hant")
    assert answer.language == "zh-Hant"
    assert "員工流失率" in answer.answer


def test_events_come_in_order_and_say_the_same_as_the_answer(small: Library) -> None:
    events = list(small.assistant().stream("甲银行2024年员工流失率是多少？", id="x"))
    assert isinstance(events[0], EvidenceFound)
    assert events[0].citations
    assert isinstance(events[-1], Finished)
    sentences = [event for event in events if isinstance(event, Sentence)]
    answer = events[-1].answer
    assert "".join(sentence.text for sentence in sentences) == answer.answer
    assert sentences[-1].citations == answer.citations
    assert answer.id == "x"
    assert answer.timings.retrieval is not None
    assert len(events) == len(sentences) + 2


def test_closing_the_stream_early_is_clean(small: Library) -> None:
    events = small.assistant().stream("甲银行2024年员工流失率是多少？")
    next(events)
    events.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize("question", ["", "😀", "字" * 10_000, "不良債権比率は何ですか"])
def test_questions_that_cannot_be_read(small: Library, question: str) -> None:
    with pytest.raises(UsageError):
        small.assistant().ask(question)
    with pytest.raises(UsageError):
        small.assistant().search(question)


def test_unknown_reports_languages_and_pipelines(small: Library) -> None:
    for wrong in ({"reports": ["nobody"]}, {"language": "fr"}, {"pipeline": "magic"}):
        with pytest.raises(UsageError):
            small.assistant().ask("甲银行2024年员工流失率是多少？", **wrong)  # type: ignore[arg-type]


def test_the_naive_pipeline(small: Library) -> None:
    answer = small.assistant(ScriptedModel("大约是8.1%。")).ask("甲银行2024年员工流失率是多少？", pipeline="naive")
    assert answer.answer.startswith("大约是8.1%。[1]")
    assert not answer.results
    with pytest.raises(AssistantError, match="needs a language model"):
        small.assistant().ask("甲银行2024年员工流失率是多少？", pipeline="naive")


def test_a_text_answer_stands_in_its_line(small: Library) -> None:
    llm = ScriptedModel("示例大学 [1]", same=1.0)
    answer = small.assistant(llm).ask("甲银行与哪所大学共建了联合实验室？")
    assert "示例大学" in answer.answer
    assert cited(answer) == {("alpha", 14)}
    assert not answer.abstained


def test_a_text_answer_that_stands_nowhere_is_refused(small: Library) -> None:
    answer = small.assistant(ScriptedModel("火星大学 [1]", same=1.0)).ask("甲银行与哪所大学共建了联合实验室？")
    assert answer.abstained
    assert "火星大学" not in answer.answer


def test_a_summary_is_made_of_the_report_s_own_sentences(small: Library) -> None:
    answer = small.assistant().ask("甲银行怎么做气候风险研究？")
    assert "气候风险研究" in answer.answer
    assert ("alpha", 14) in cited(answer)


def test_an_empty_library_refuses(small: Library) -> None:
    small.passages = []
    assert small.assistant().ask("甲银行2024年员工流失率是多少？").abstained


def test_two_values_for_the_same_thing_are_both_shown(small: Library) -> None:
    from index.conflicts import Conflict, Place

    assistant = small.assistant(None, prose_passage("alpha", 14, 14, small.lines("alpha", 14, 14)[0].raw))
    places = (Place(1200.0, "1,200", 4), Place(1100.0, "1,100", 4))
    assistant.index.conflicts = (Conflict("alpha", "员工总数", "2024", "人", places),)
    answer = assistant.ask("甲银行2024年员工总数是多少人？")
    assert answer.value == 1200
    assert [set(conflict.values) for conflict in answer.conflicts] == [{1200.0, 1100.0}]
    assert "1,100" in answer.answer


# The real reports and models.


@pytest.fixture(scope="session")
def real(real_settings: Settings) -> Assistant:
    return Assistant.open(real_settings)


def checked(real: Assistant, question: str, **more: object) -> Answer:
    """The answer, after what must hold of every answer."""
    answer = real.ask(question, **more)  # type: ignore[arg-type]
    json.loads(answer.model_dump_json())
    assert answer.answer
    assert answer.error is None
    numbers = {citation.n for citation in answer.citations}
    for citation in answer.citations:
        lines = real.lines(citation.report, citation.line_start, citation.line_end)
        text = "\n".join(line.raw for line in lines)
        assert all(part in text for part in citation.quote.splitlines())
        if citation.value_text:
            assert citation.value_text in text.translate(str.maketrans("，", ","))
    for result in answer.results:
        assert result.verified
        assert set(result.citations) <= numbers
    assert answer.abstained == (not answer.results)
    return answer


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("晋商银行2024年末不良贷款率是多少？", "zh-Hans"),
        ("晉商銀行2024年末不良貸款率是多少？", "zh-Hant"),
        ("What was Jinshang Bank's non-performing loan ratio at the end of 2024?", "en"),
    ],
)
def test_a_table_cell_in_three_scripts(real: Assistant, question: str, language: str) -> None:
    answer = checked(real, question)
    assert (answer.value, answer.unit, answer.period, answer.language) == (1.77, "%", "2024", language)
    assert [(c.report, c.line_start, c.value_text) for c in answer.citations] == [("jinshang-bank", 4303, "1.77")]


def test_another_year_of_the_same_row(real: Assistant) -> None:
    assert checked(real, "晋商银行2023年末不良贷款率是多少？").value == 1.78


def test_a_derived_figure(real: Assistant) -> None:
    answer = checked(real, "晋商银行2024年末不良贷款率比2022年末下降了多少个百分点？")
    assert (answer.value, answer.unit) == (0.03, "个百分点")
    assert answer.formula is not None
    assert "1.80 − 1.77" in answer.formula
    assert {citation.value_text for citation in answer.citations} == {"1.77", "1.80"}


def test_prose(real: Assistant) -> None:
    answer = checked(real, "山西省2024年粮食总产量是多少万吨？")
    assert (answer.value, answer.unit) == (1469, "万吨")
    assert {citation.report for citation in answer.citations} == {"pboc-shanxi"}


@pytest.mark.parametrize(
    "question",
    [
        "晋商银行2021年末不良贷款率是多少？",
        "恒生电子2024年的不良贷款率是多少？",
        "What was Hundsun's non-performing loan ratio in 2024?",
    ],
)
def test_what_is_absent_is_refused(real: Assistant, question: str) -> None:
    answer = checked(real, question)
    assert answer.abstained
    assert answer.value is None


def test_two_real_institutions(real: Assistant) -> None:
    answer = checked(real, "晋商银行和金融壹账通2024年的女性员工各有多少人？")
    assert ("oneconnect", 667) in {(result.report, result.value) for result in answer.results}
    assert {result.report for result in answer.results} == {"jinshang-bank", "oneconnect"}


def test_a_real_follow_up(real: Assistant) -> None:
    before = "晋商银行2024年末不良贷款率是多少？"
    history = [{"role": "user", "content": before}, {"role": "assistant", "content": "1.77%[1]。"}]
    assert checked(real, "那2022年呢？", history=history).value == 1.8


def test_a_real_text_fact(real: Assistant) -> None:
    answer = checked(real, "山西证券2024年推出的企业IP形象叫什么名字？")
    assert not answer.abstained
    assert answer.value is None
    assert answer.citations[0].report == "shanxi-securities"


def test_where_the_report_prints_a_stroke(real: Assistant) -> None:
    answer = checked(real, "晋商银行2022年末的涉农贷款余额是多少？")
    assert answer.abstained
    assert answer.value is None
    assert ("jinshang-bank", 4457) in cited(answer)


def test_a_topic_in_cited_sentences(real: Assistant) -> None:
    answer = real.ask("晋商银行怎么做绿色金融？")
    assert not answer.abstained
    assert {citation.report for citation in answer.citations} == {"jinshang-bank"}
    assert answer.answer.count("[") >= 2


def test_opening_without_an_index(tmp_path: Path) -> None:
    with pytest.raises(AssistantError, match="assistant index build"):
        Assistant.open(Settings(home=tmp_path, llm="none"))


def test_stop_interrupts_the_model_in_the_middle(small: Library) -> None:
    stop = threading.Event()

    class Interrupted(ScriptedModel):
        def complete(self, prompt, values, *, cancelled=None, **how):
            stop.set()  # somebody closes the page while the model works
            assert cancelled is not None and cancelled()
            raise Stopped

    events = list(small.assistant(Interrupted()).stream("How many people work there?", stop=stop))
    assert not any(isinstance(event, Finished) for event in events)


def _without(small: Library, llm: ScriptedModel | None, *stages: str) -> Assistant:
    settings = Settings(embedder="none", without=stages)
    return Assistant(settings, small.catalog, small.index(), None, llm, small.glossary)


def test_each_stage_can_be_left_out(small: Library) -> None:
    question = "甲银行2024年员工流失率是多少？"
    assert small.assistant().ask(question).value == 8.1
    assert _without(small, None, "certain").ask(question).abstained, "nobody is left who decides"
    assert _without(small, None, "rows").ask(question).abstained, "a row's words are no cell"
    assert _without(small, None, "lexical").ask(question).abstained, "nothing is found"
    absent = "甲银行2024年范围三温室气体排放量是多少？"
    says = ScriptedModel("[1] 120.5")
    assert small.assistant(says).ask(absent).abstained
    assert _without(small, says, "checks").ask(absent).value == 120.5, "the LLM is believed"
    difference = "甲银行2024年女性员工比男性员工少多少人？"
    assert small.assistant().ask(difference).value == 200
    assert _without(small, None, "plans").ask(difference).abstained


@pytest.mark.parametrize(
    ("question", "value", "formula"),
    [
        ("甲银行的绿色贷款余额2024年年初时是多少亿元？", 99.58, "112.08 − 12.5 = 99.58 亿元"),
        ("2024年年初，甲银行的员工总数是多少人？", 1100, None),
        ("2024年初甲银行的员工总数是多少人？", 1100, None),
        ("2024年初步统计，甲银行的员工总数是多少人？", 1200, None),
        ("甲银行2024年末员工总数是多少人？", 1200, None),
    ],
)
def test_a_level_at_the_beginning_of_a_year(small: Library, question: str, value: float, formula: str | None) -> None:
    answer = small.assistant().ask(question)
    assert (answer.value, answer.formula) == (value, formula)


@pytest.mark.parametrize(
    ("text", "value", "formula"),
    [
        ("2024年绿色债券融资额为5,699亿元，比上年多152亿元。", 5547, "5,699 − 152 = 5,547 亿元"),
        ("2024年绿色债券融资额为5,699亿元，比上年多3.5%。", None, None),
        ("2024年绿色债券融资额为5,699亿元，同比多增152亿元。", None, None),
        ("2024年绿色债券融资额为5,699亿元。", None, None),
    ],
)
def test_the_year_before_is_worked_back(small: Library, text: str, value: float | None, formula: str | None) -> None:
    assistant = small.assistant(None, small.printed("alpha", text))
    asked = "按2024年的数额和比上年多出的部分推算，甲银行2023年的绿色债券融资额是多少亿元？"
    answer = assistant.ask(asked)
    assert (answer.value, answer.formula) == (value, formula)


def test_by_how_much_more_may_be_said_elsewhere(small: Library) -> None:
    summary = small.printed("alpha", "2024年绿色债券融资额为5,699亿元。")
    told = small.printed("alpha", "2024年绿色债券融资额为5,699亿元，比上年多152亿元。")
    asked = "按2024年的数额和比上年多出的部分推算，甲银行2023年的绿色债券融资额是多少亿元？"
    assert small.assistant(None, summary, told).ask(asked).value == 5547


@pytest.mark.parametrize(
    "text", ["2024年初级员工有多少人？", "2024年末余额比年初增加多少？", "2024年年初制定的目标是多少？"]
)
def test_what_is_no_beginning_of_a_year(text: str) -> None:
    assert not _OPENING.search(text)


def test_no_level_of_the_end_stands_for_the_beginning(small: Library) -> None:
    answer = small.assistant().ask("2022年年初，甲银行的员工总数是多少人？")
    assert answer.abstained
    assert answer.nearest[0].value == 1000


def test_what_a_question_leaves_out_is_no_answer(small: Library) -> None:
    llm = ScriptedModel("气候风险研究 [1]")
    small.assistant(llm).ask("除联合授信外，甲银行与示例大学共建的联合实验室开展什么研究？")
    assert "联合授信" not in llm.asked("extract")[0]["question"]


def test_all_of_it_is_that_of_the_part_and_no_other_total(small: Library) -> None:
    """通过认证者占总人数的: those who sat for it, not the staff."""
    row = Row("alpha", "认证", (), "通过碳金融认证人数", "人", "", (cell("100", "2024", 9),), 9, 9, 2, (), "test")
    assistant = small.assistant(None, row_passage(row))
    assert assistant.ask("2024年甲银行通过碳金融认证的有多少人？").value == 100
    assert assistant.ask("2024年甲银行通过碳金融认证的人数占总人数的百分之几？").formula is None
    women = small.assistant().ask("2024年甲银行女性员工占总人数的百分之几？（保留一位小数）")
    assert women.formula == "500 ÷ 1,200 ≈ 41.7%"


def test_what_was_planned_is_not_worked_out_from_what_came(small: Library) -> None:
    answer = small.assistant().ask("2024年甲银行计划净增多少名员工？")
    assert answer.abstained
    assert answer.formula is None


def test_what_the_report_counts_up_since_the_first_year_is_no_series(small: Library) -> None:
    text = "自2021年起，甲银行累计共有4,268名员工获得过股权激励。"
    assistant = small.assistant(ScriptedModel("4,268名 [1]", 0.99), small.printed("alpha", text))
    answer = assistant.ask("从2021年到2024年，甲银行一共有多少名员工获得过股权激励？")
    assert answer.value == 4268


def test_a_count_since_the_first_year_is_not_that_of_an_earlier_span(small: Library) -> None:
    text = "自2021年起，甲银行累计共有4,268名员工获得过股权激励。"
    assistant = small.assistant(ScriptedModel("4,268名 [1]", 0.99), small.printed("alpha", text))
    assert assistant.ask("从2021年到2022年，甲银行一共有多少名员工获得过股权激励？").value != 4268


def test_a_plan_by_name_may_grow(small: Library) -> None:
    question = understand(
        "2024年甲银行资产管理计划规模净增多少亿元？",
        "2024年甲银行资产管理计划规模净增多少亿元？",
        "zh-Hans",
        small.catalog,
    )
    assert FigureAnswers._with_year_before(question) == ("2023", "2024")


def test_two_years_set_against_each_other_before_what_is_compared(small: Library) -> None:
    answer = small.assistant().ask("甲银行2024年比2023年的用水总量降了多少？")
    assert answer.formula == "4.0 − 3.5 = 0.5 万吨"


@pytest.mark.parametrize(
    "question", ["2024年之前，甲银行已经累计发了多少张乡村卡？", "甲银行2024年以前一共发了多少张乡村卡？"]
)
def test_all_before_a_year_is_what_is_counted_up_less_that_year_s(small: Library, question: str) -> None:
    printed = small.printed("alpha", "2024年，甲银行发放乡村卡987张，累计发卡达1,611张。")
    answer = small.assistant(ScriptedModel("未披露"), printed).ask(question)
    assert answer.formula == "1,611 − 987 = 624 张"


def test_a_year_s_own_figure_is_not_that_of_all_before(small: Library) -> None:
    printed = small.printed("alpha", "2024年，甲银行发放乡村卡987张。")
    answer = small.assistant(ScriptedModel("987张 [1]", same=0.9), printed).ask(
        "2024年之前，甲银行已经累计发了多少张乡村卡？"
    )
    assert answer.value is None


@pytest.mark.parametrize(
    ("printed", "question", "formula"),
    [
        (
            "2024年，甲银行面向1,400名骨干，授予3,335万份股票期权。",
            "甲银行2024年授予的股票期权，平均每位激励对象拿到多少万份（保留两位小数）？",
            "3,335 ÷ 1,400 ≈ 2.38 万份/名",
        ),
        (
            "2024年，甲银行累计发行债务融资工具1511亿元，其中发行科创票据12只，金额合计185亿元。",
            "2024年甲银行发行的债务融资工具中，科创票据占多少比例（保留一位小数）？",
            "185 ÷ 1511 ≈ 12.2%",
        ),
        (
            "",
            "甲银行2024年的碳排放总量（范围一和范围二加起来）有多少吨二氧化碳当量？",
            "120.5 + 900.0 = 1,020.5 吨二氧化碳当量",
        ),
    ],
)
def test_what_is_worked_out_of_one_sentence_or_of_a_bracket(
    small: Library, printed: str, question: str, formula: str
) -> None:
    llm = ScriptedModel(lambda _, values: "185亿元 [1]" if "科创票据" in values["question"] else "未披露", same=0.9)
    more = [small.printed("alpha", printed)] if printed else []
    assert small.assistant(llm, *more).ask(question).formula == formula
