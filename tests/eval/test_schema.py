"""The question schema: what is accepted, and that every bad line is named with what is wrong."""

import json
from pathlib import Path

import pytest

from eval.schema import REPORTS_FOLDER, Question, SetError, default_files, load, main
from eval.verify import verify_files

GOOD = {
    "id": "t-001",
    "report": "jinshang-bank",
    "type": "table",
    "question_zh": "晋商银行2024年末不良贷款率是多少？",
    "question_en": "What was Jinshang Bank's NPL ratio at the end of 2024?",
    "value": 1.77,
    "unit": "%",
    "unit_en": "%",
    "year": 2024,
    "answer_zh": "不良贷款率为1.77%。",
    "answer_en": "The NPL ratio was 1.77%.",
    "evidence": [{"line": 4303, "quote": "1.77", "role": "value"}],
}


def problems(folder: Path, *records: dict, name: str = "set.jsonl") -> list[str]:
    file = folder / name
    file.write_text("\n".join(json.dumps(record, ensure_ascii=False) for record in records), encoding="utf-8")
    return verify_files([file], REPORTS_FOLDER)[1]


def test_a_good_question_has_no_problem(tmp_path):
    assert problems(tmp_path, GOOD) == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"colour": "red"}, "colour: unknown field"),
        ({"type": "guess"}, "type:"),
        ({"value": None}, "value is missing"),
        ({"unit": ""}, "unit and unit_en are needed"),
        ({"evidence": []}, "evidence is empty"),
        ({"evidence": [{"line": 4303, "quote": "1.77"}]}, 'no evidence line has role "value"'),
        ({"evidence": [{"line": 4302, "quote": "1.77", "role": "value"}]}, "is not on line 4302"),
        ({"evidence": [{"line": 999_999, "quote": "1.77", "role": "value"}]}, "has no line 999999"),
        ({"value": 1.78}, "value 1.78 is not in quote '1.77'"),
        ({"report": "nobody"}, "no report 'nobody'; the library has: "),
        ({"reports": ["hundsun", "jinshang-bank"]}, "reports must start with report"),
        ({"formula": "1.77+1"}, "formula 1.77+1 gives 2.77, not 1.77"),
        ({"formula": "2.77-1.00"}, "2.77 not in any quote"),
        ({"formula": "__import__('os')"}, "only numbers"),
        ({"history_zh": [{"role": "user", "content": "你好"}]}, "history_zh and history_en"),
        ({"conflict": True}, "conflict: also_accept and also_lines"),
        ({"type": "absent"}, "type absent: value must be null"),
        ({"type": "list", "value": None}, "list_items"),
        ({"split": "test"}, "split 'test' in a file of split 'dev'"),
        ({"question_en": "晋商银行的不良贷款率？"}, "question_en is mostly Chinese"),
    ],
)
def test_a_bad_question_is_named_with_what_is_wrong(tmp_path, change, message):
    found = problems(tmp_path, GOOD | change, name="set-dev.jsonl")
    assert any(message in problem for problem in found), found
    assert all(problem.startswith(str(tmp_path / "set-dev.jsonl:1")) for problem in found)


def test_text_questions_need_a_spelling_that_stands_in_the_report_and_not_in_the_question(tmp_path):
    text = GOOD | {"type": "text", "value": None, "accept": ["火星"], "evidence": [{"line": 4303, "quote": "1.77"}]}
    assert any("none of ['火星'] stands on an evidence line" in problem for problem in problems(tmp_path, text))
    repeated = text | {"accept": ["不良贷款率"], "question_zh": "晋商银行的不良贷款率叫什么？"}
    assert any("repeating the question would pass" in problem for problem in problems(tmp_path, repeated))


def test_derived_values_are_recomputed_with_and_without_a_formula(tmp_path):
    quotes = [{"line": 4303, "quote": "不良貸款率 % 1.77 1.78 1.80"}]
    if problems(tmp_path, GOOD | {"evidence": [{**quotes[0], "role": "value"}]}):
        pytest.skip("the report's line reads otherwise")
    derived = GOOD | {
        "type": "derived",
        "evidence": quotes,
        "value": 0.03,
        "unit": "个百分点",
        "unit_en": "percentage points",
    }
    assert problems(tmp_path, derived) == []
    assert any("give `formula`" in problem for problem in problems(tmp_path, derived | {"value": 0.31}))
    assert problems(tmp_path, derived | {"value": 5.35, "formula": "1.77+1.78+1.80"}) == []


def test_two_splits_must_not_share_a_fact(tmp_path):
    for split in ("dev", "test"):
        record = GOOD | {
            "id": f"t-{split}",
            "split": split,
            "question_zh": f"不良贷款率{split}？",
            "question_en": f"NPL {split}?",
        }
        (tmp_path / f"a-{split}.jsonl").write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")
    _, found = verify_files(sorted(tmp_path.glob("*.jsonl")), REPORTS_FOLDER)
    assert len(found) == 1 and "the same fact is in split 'dev'" in found[0]


def test_load_names_lines_that_are_not_json_and_ids_used_twice(tmp_path):
    file = tmp_path / "bad.jsonl"
    good = json.dumps(GOOD, ensure_ascii=False)
    file.write_text(f"{good}\n{{oops\n[1]\n{good}\n", encoding="utf-8")
    with pytest.raises(SetError) as error:
        load([file])
    lines = error.value.problems
    assert lines[0] in str(error.value) and "\n" not in str(error.value)
    assert [line.split(": ")[0].rsplit(":", 1)[1] for line in lines] == ["2", "3", "4"]
    assert "not JSON" in lines[0] and "not a JSON object" in lines[1] and "already used" in lines[2]


def test_load_refuses_missing_and_empty_files(tmp_path):
    with pytest.raises(SetError, match="cannot be read"):
        load([tmp_path / "nothing.jsonl"])
    (tmp_path / "empty.jsonl").write_text("\n", encoding="utf-8")
    with pytest.raises(SetError, match="no questions"):
        load([tmp_path / "empty.jsonl"])


def test_the_projects_own_question_sets_are_verified(capsys):
    assert main([str(file) for file in default_files(None)]) == 0, capsys.readouterr().out


def test_the_right_places_are_lines_of_the_value_and_headers_do_not_count():
    header = {"line": 1, "quote": "2024", "role": "header"}
    value = {"line": 2, "quote": "1.77", "role": "value"}
    question = Question.model_validate(
        GOOD | {"evidence": [header, value], "also_lines": [7, {"report": "hundsun", "line": 9}]}
    )
    assert question.right_places() == {("jinshang-bank", 2), ("jinshang-bank", 7), ("hundsun", 9)}
    text = Question.model_validate(
        GOOD | {"type": "text", "value": None, "accept": ["x"], "evidence": [header, {"line": 3, "quote": "x"}]}
    )
    assert text.right_places() == {("jinshang-bank", 3)}
