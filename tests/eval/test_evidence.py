"""Citations: a hit is a line of the value; precision and recall count what the citations carry."""

import pytest

from eval.evidence import WIDEST_SPAN, marks, read_citations
from eval.schema import Question
from eval.scoring import score

TEXT = {
    10: "指標 單位 2024 年 2023 年 2022 年",
    11: "不良貸款率 % 1.77 1.78 1.80",
    12: "女性員工 人 2,974",
    13: "男性員工 人 7,953",
    14: "合作夥伴為惠普公司。",
}


def lines(report, first, last):
    return [TEXT[n] for n in range(first, last + 1) if report == "bank" and n in TEXT]


def question(**change):
    base = {
        "id": "t-1",
        "report": "bank",
        "type": "table",
        "question_zh": "2024年末不良贷款率是多少？",
        "question_en": "What was the NPL ratio at the end of 2024?",
        "value": 1.77,
        "unit": "%",
        "unit_en": "%",
        "year": 2024,
        "answer_zh": "为1.77%。",
        "answer_en": "It was 1.77%.",
        "evidence": [{"line": 10, "quote": "2024", "role": "header"}, {"line": 11, "quote": "1.77", "role": "value"}],
    }
    return Question.model_validate(base | change)


DIFFERENCE = question(
    type="derived",
    question_zh="2024年男员工比女员工多多少人？",
    question_en="How many more men than women in 2024?",
    value=4979,
    unit="人",
    unit_en="people",
    formula="7953-2974",
    evidence=[{"line": 12, "quote": "2,974"}, {"line": 13, "quote": "7,953"}],
)


def cite(n, first, last=None, report="bank", **more):
    return {"n": n, "report": report, "line_start": first, "line_end": last or first, "quote": "", **more}


def judge(text, *citations, of=None):
    return score(of or question(), "zh", {"answer": text, "citations": list(citations)}, lines)


@pytest.mark.parametrize(
    ("citations", "hit"),
    [
        ([cite(1, 11)], True),
        ([cite(1, 9, 12)], True),
        ([cite(1, 10)], False),  # the header
        ([cite(1, 12)], False),
        ([cite(1, 11, report="other")], False),
        ([cite(1, 1, WIDEST_SPAN + 5)], False),  # a chapter is not evidence
        ([cite(1, 11, value_text="1.78")], False),  # the right line, the wrong cell
        ([cite(1, 11, value_text="1.77")], True),
        ([], False),
        (["rubbish", {"n": 1}, {"line_start": "x"}], False),
        ([{"report": "bank", "line": 11}], True),  # other programs may leave out what they lack
    ],
)
def test_a_hit_is_a_citation_of_a_line_of_the_value(citations, hit):
    result = judge("1.77%", *citations)
    assert (result.verdict, result.evidence_hit) == ("right", hit)


def test_a_right_number_with_wrong_evidence_stays_right_and_is_told_apart():
    result = judge("1.77%[1]", cite(1, 12))
    assert (result.verdict, result.evidence_hit, result.precision, result.recall) == ("right", False, 0.0, 0.0)
    assert result.cited == ("bank:12",) and result.missed == ("bank:11",)


def test_only_citations_marked_in_the_text_count_where_the_text_has_marks():
    assert judge("1.77%[2]", cite(1, 11), cite(2, 12)).evidence_hit is False
    assert judge("1.77%", cite(1, 12), cite(2, 11)).evidence_hit is True


def test_precision_falls_with_idle_and_invented_citations():
    assert judge("1.77%[1]", cite(1, 11)).precision == 1.0
    assert judge("1.77%[1][2]", cite(1, 11), cite(2, 10)).precision == 0.5
    assert judge("1.77%[1][7]", cite(1, 11)).precision == 0.5


def test_recall_is_the_share_of_statements_whose_figures_stand_in_what_they_cite():
    assert judge("2024年为1.77%[1]。女性员工2,974人[2]。", cite(1, 11), cite(2, 12)).recall == 1.0
    assert judge("2024年为1.77%[1]。女性员工2,974人[1]。", cite(1, 11), cite(2, 12)).recall == 0.5
    assert judge("2024年为1.77%[1]。女性员工2,974人。", cite(1, 11)).recall == 0.5
    assert judge("为1.77%。[1]", cite(1, 11)).recall == 1.0  # a mark behind the full stop belongs to the sentence


def test_a_computed_figure_is_supported_when_all_its_operands_are_cited():
    text = "多4,979人[1][2]。"
    assert judge(text, cite(1, 12), cite(2, 13), of=DIFFERENCE).recall == 1.0
    part = judge("多4,979人[1]。", cite(1, 12), of=DIFFERENCE)
    assert (part.evidence_hit, part.recall, part.missed) == (True, 0.0, ("bank:13",))


def test_a_text_fact_is_supported_by_a_citation_of_its_line():
    text = question(
        type="text", value=None, unit="", unit_en="", accept=["惠普"], evidence=[{"line": 14, "quote": "惠普"}]
    )
    assert judge("是惠普[1]。", cite(1, 14), of=text).recall == 1.0
    assert judge("是惠普[1]。", cite(1, 13), of=text).recall == 0.0


def test_marks_of_several_styles_are_read():
    assert marks("a[1]b【2】c[3, 4][^5]") == [1, 2, 3, 4, 5]
    assert marks("2024[年]") == []


def test_citations_that_are_no_list_are_none():
    assert read_citations({"citations": "all of them"}) == [] and read_citations({}) == []
