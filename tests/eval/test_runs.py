"""Runs with a scripted assistant: rows, resuming, answers from files, results, comparison, gate, reports."""

import json
from copy import deepcopy

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import AssistantError, UsageError
from eval import compare as comparing
from eval import retrieval, runner
from eval.command import evaluate
from eval.intervals import mcnemar, one_sided, share_interval
from eval.report import failures, html, markdown
from eval.results import FORMAT, read, summarise, write
from eval.runner import Job, jobs, load_answers, row_of, sample
from eval.schema import Question

TEXT = {11: "不良貸款率 % 1.77 1.78 1.80"}


def lines(report, first, last):
    return [TEXT[n] for n in range(first, last + 1) if n in TEXT]


def question(number=1, **change):
    base = {
        "id": f"t-{number:03}",
        "report": "jinshang-bank",
        "type": "table",
        "layout": "row",
        "question_zh": f"2024年末不良贷款率是多少？（{number}）",
        "question_en": f"What was the NPL ratio at the end of 2024? ({number})",
        "value": 1.77,
        "unit": "%",
        "unit_en": "%",
        "year": 2024,
        "answer_zh": "为1.77%。",
        "answer_en": "It was 1.77%.",
        "evidence": [{"line": 11, "quote": "1.77", "role": "value"}],
    }
    return Question.model_validate(base | change)


def absent(number=900):
    return question(number, type="absent", value=None, unit="", unit_en="", evidence=[])


RIGHT = {
    "answer": "1.77%[1]",
    "citations": [{"n": 1, "report": "jinshang-bank", "line_start": 11, "line_end": 11, "quote": "1.77"}],
    "seconds": 2.0,
    "timings": {"retrieval": 0.1, "first_sentence": 1.0, "tokens_read": 100, "tokens_written": 20},
}
WRONG = {"answer": "1.78%", "citations": [], "seconds": 3.0}
REFUSED = {"answer": "报告未披露。", "abstained": True, "seconds": 1.0}


class Scripted:
    """An assistant that answers by script and remembers what it was asked."""

    def __init__(self, reply=RIGHT, fail_at=None):
        self.asked, self.reply, self.fail_at = [], reply, fail_at

    def ask(self, question, *, history=(), pipeline="default", id=None):
        if self.fail_at == len(self.asked):
            raise KeyboardInterrupt
        self.asked.append((id, question, list(history), pipeline))
        reply = self.reply(id, question) if callable(self.reply) else self.reply
        if isinstance(reply, Exception):
            raise reply
        return deepcopy(reply)


def run(assistant, questions, tmp_path, mark="m", told=lambda row: None):
    work = jobs(questions, ("zh", "en"))
    return runner.run(assistant, work, lines, pipeline="default", partial=tmp_path / "run.jsonl", mark=mark, told=told)


def result_of(rows, **more):
    origin = {"questions_sha256": "q"}
    selection = {"sets": [], "language": "both", "sample": None}
    base = {"format": FORMAT, "kind": "answers", "system": "s", "pipeline": "default", "started": "a", "finished": "b"}
    return {**base, "selection": selection, "provenance": origin, "summary": summarise(rows), "rows": rows, **more}


def rows_with(*replies):
    """Two rows a question, each with its reply."""
    return [
        row_of(Job(question(number), language), reply, lines)
        for number, reply in enumerate(replies)
        for language in ("zh", "en")
    ]


def test_every_question_is_asked_in_both_languages_with_its_history(tmp_path):
    turns = [{"role": "user", "content": "u"}, {"role": "assistant", "content": "a"}]
    assistant = Scripted()
    rows = run(assistant, [question(1, history_zh=turns, history_en=turns), question(2)], tmp_path)
    assert [(row["id"], row["language"]) for row in rows] == [
        ("t-001", "zh"),
        ("t-001", "en"),
        ("t-002", "zh"),
        ("t-002", "en"),
    ]
    assert assistant.asked[0] == ("t-001", question(1).question_zh, turns, "default")
    assert assistant.asked[3][1] == question(2).question_en and assistant.asked[3][2] == []
    assert {row["score"]["verdict"] for row in rows} == {"right"} and rows[0]["score"]["evidence_hit"] is True
    assert rows[0]["tokens"] == {"read": 100, "written": 20} and rows[0]["timings"]["seconds"] == 2.0
    assert not (tmp_path / "run.jsonl").exists()


def test_an_interrupted_run_goes_on_where_it_stopped(tmp_path):
    questions = [question(1), question(2)]
    with pytest.raises(KeyboardInterrupt):
        run(Scripted(fail_at=3), questions, tmp_path)
    second = Scripted()
    rows = run(second, questions, tmp_path)
    assert len(second.asked) == 1 and len(rows) == 4


def test_a_half_written_line_is_asked_again_and_the_file_stays_good(tmp_path):
    questions = [question(1), question(2)]
    with pytest.raises(KeyboardInterrupt):
        run(Scripted(fail_at=2), questions, tmp_path)
    with (tmp_path / "run.jsonl").open("a", encoding="utf-8") as stream:
        stream.write('{"id": "t-002", "language": "zh", "ans')
    again = Scripted(fail_at=1)
    with pytest.raises(KeyboardInterrupt):
        run(again, questions, tmp_path)
    assert again.asked[0][:2] == ("t-002", questions[1].question_zh)
    last = Scripted()
    assert len(run(last, questions, tmp_path)) == 4 and len(last.asked) == 1


def test_a_run_made_in_another_way_is_not_resumed(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        run(Scripted(fail_at=2), [question(1), question(2)], tmp_path, mark="one")
    other = Scripted()
    run(other, [question(1), question(2)], tmp_path, mark="two")
    assert len(other.asked) == 4


@pytest.mark.parametrize("error", [AssistantError("no model"), ValueError("broken\nhere")])
def test_an_error_of_one_question_is_counted_and_the_rest_is_answered(tmp_path, error):
    rows = run(Scripted(lambda id_, text: error if id_ == "t-001" else RIGHT), [question(1), question(2)], tmp_path)
    assert [row["score"]["verdict"] for row in rows] == ["error", "error", "right", "right"]
    assert str(error).split("\n")[0] in rows[0]["score"]["reason"] and "\n" not in rows[0]["score"]["reason"]


def test_a_sample_is_fixed_and_holds_every_type():
    kinds = ["table"] * 60 + ["prose"] * 30 + ["absent"] * 9
    questions = [absent(n) if kind == "absent" else question(n, type=kind) for n, kind in enumerate(kinds)]
    lone = question(500, type="derived", formula="1.77+0")
    chosen = sample([*questions, lone], 20)
    assert chosen == sample([*questions, lone], 20) and len(chosen) == 20
    assert {q.type for q in chosen} == {"table", "prose", "absent", "derived"}
    assert sample(questions, 20, seed=1) != sample(questions, 20) and sample(questions, 500) == questions


def test_answers_are_read_by_id_and_language(tmp_path):
    file = tmp_path / "answers.jsonl"
    questions = [question(1), question(2)]
    entries = [
        {"id": "t-001", "language": "zh-Hant", "answer": "a"},
        {"id": "t-001", "language": "en", "answer": "b"},
        {"id": "t-002", "answer": "答案在这里"},
        {"id": "t-002", "answer": "没有", "question": questions[1].question_en, "language": "zh"},
    ]
    file.write_text("\n".join(json.dumps(e, ensure_ascii=False) for e in entries), encoding="utf-8")
    assert {key: entry["answer"] for key, entry in load_answers(file, questions).items()} == {
        ("t-001", "zh"): "a",
        ("t-001", "en"): "b",
        ("t-002", "zh"): "答案在这里",
        ("t-002", "en"): "没有",
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"id": "a", "answer": "x"}\n{oops', ":2: not JSON"),
        ('{"answer": "x"}', ':1: needs an object with "id"'),
        ("[1]", ":1: needs an object"),
        ('{"id": "a", "answer": "是"}\n{"id": "a", "answer": "否"}', ":2: a is answered twice in zh"),
        ("\n", "no answers in it"),
    ],
)
def test_bad_answer_files_are_named(tmp_path, text, message):
    file = tmp_path / "answers.jsonl"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=message):
        load_answers(file, [])


def test_the_summary_keeps_answerable_and_absent_apart():
    rows = rows_with(RIGHT, WRONG, REFUSED)
    rows += [row_of(Job(absent(), "zh"), REFUSED, lines), row_of(Job(absent(901), "zh"), WRONG, lines)]
    summary = summarise(rows)
    assert summary["answerable"] == {"right": 2, "wrong": 2, "refused": 2, "error": 0}
    assert summary["absent"] == {"right": 1, "wrong": 1, "refused": 0, "error": 0}
    assert summary["right"]["share"] == pytest.approx(3 / 8) and summary["refused"]["share"] == pytest.approx(2 / 6)
    assert summary["evidence"]["share"] == 1.0 and summary["seconds"]["seconds"]["median"] == 2.0
    assert summary["by"]["type"]["absent"]["answers"] == 2 and summary["reasons"]["other figure"] == 2


@given(st.lists(st.booleans(), min_size=1, max_size=60))
def test_an_interval_holds_its_mean(flags):
    mean, low, high = share_interval({str(n): [float(flag)] for n, flag in enumerate(flags)})
    assert mean == pytest.approx(sum(flags) / len(flags)) and low - 1e-9 <= mean <= high + 1e-9


def test_more_questions_give_a_narrower_interval_and_a_second_language_hardly_does():
    few = {str(n): [float(n % 2)] for n in range(20)}
    many = {str(n): [float(n % 2)] for n in range(500)}
    twice = {str(n): [float(n % 2)] * 2 for n in range(20)}
    width = lambda clusters: share_interval(clusters)[2] - share_interval(clusters)[1]  # noqa: E731
    assert width(many) < width(few) / 3 and width(twice) == pytest.approx(width(few))


def test_paired_tests_are_exact():
    assert mcnemar(0, 0) == 1.0 and mcnemar(5, 5) == 1.0
    assert mcnemar(6, 0) == pytest.approx(2 / 64) and one_sided(6, 0) == pytest.approx(1 / 64)
    assert one_sided(0, 6) == 1.0


def test_a_comparison_lists_what_got_better_and_worse():
    before, after = result_of(rows_with(RIGHT, WRONG, RIGHT)), result_of(rows_with(RIGHT, RIGHT, WRONG))
    found = comparing.compare(before, after)
    assert [old["id"] for old, _ in found.better] == ["t-001", "t-001"]
    assert [old["id"] for old, _ in found.worse] == ["t-002", "t-002"]
    right = found.changes[0]
    assert (right.gained, right.lost, right.up, right.down, right.p) == (2, 2, 1, 1, 1.0)
    assert right.low <= 0 <= right.high


def test_results_without_a_common_question_are_refused():
    other = result_of([row_of(Job(question(77), "zh"), RIGHT, lines)])
    with pytest.raises(UsageError, match="no question in common"):
        comparing.compare(result_of(rows_with(RIGHT)), other)


def test_the_gate_fails_beyond_noise_only():
    good = result_of(rows_with(*[RIGHT] * 40))
    assert comparing.gate(good, good) == []
    assert comparing.gate(good, result_of(rows_with(WRONG, *[RIGHT] * 39))) == []  # one of forty is noise
    failures_ = comparing.gate(good, result_of(rows_with(*[WRONG] * 8, *[RIGHT] * 32)))
    assert [text.split(":")[0] for text in failures_] == [
        "right dropped",
        "wrong rose",
        "right with right evidence dropped",
    ]
    assert comparing.gate(result_of(rows_with(*[WRONG] * 8, *[RIGHT] * 32)), good) == []
    assert any("not in the result" in text for text in comparing.gate(good, result_of(rows_with(*[RIGHT] * 39))))
    errors = result_of(rows_with({"answer": "", "error": "x"}, *[RIGHT] * 39))
    assert any("errors rose" in text for text in comparing.gate(good, errors))


def test_the_gate_sees_evidence_lost_where_the_figures_stay_right():
    uncited = {**RIGHT, "answer": "1.77%", "citations": []}
    failures_ = comparing.gate(result_of(rows_with(*[RIGHT] * 8)), result_of(rows_with(*[uncited] * 8)))
    assert [text.split(":")[0] for text in failures_] == ["right with right evidence dropped"]


def test_a_baseline_keeps_verdicts_and_drops_answers():
    full = result_of(rows_with(RIGHT, WRONG))
    small = comparing.slim(full)
    assert comparing.gate(small, full) == [] and "answer" not in small["rows"][0]
    assert len(json.dumps(small)) < len(json.dumps(full))


def test_results_are_written_whole_and_read_back(tmp_path):
    file = tmp_path / "deep" / "result.json"
    result = result_of(rows_with(RIGHT))
    write(result, file)
    assert read(file)["rows"] == json.loads(json.dumps(result["rows"]))
    file.write_text(json.dumps({**result, "format": 99}), encoding="utf-8")
    with pytest.raises(UsageError, match="format 99"):
        read(file)
    file.write_text("{}", encoding="utf-8")
    with pytest.raises(UsageError, match="not a result file"):
        read(file)
    with pytest.raises(AssistantError, match="cannot be written"):
        write(result, tmp_path / "deep" / "result.json" / "below.json")


def test_the_report_is_one_page_that_loads_nothing_and_escapes_everything():
    evil = {"answer": "<script>alert(1)</script> 1.78%", "citations": [], "seconds": 1.0}
    page = html(result_of(rows_with(RIGHT, evil, REFUSED)))
    assert "<script" not in page and "&lt;script&gt;" in page
    assert "src=" not in page and "href=" not in page and "url(" not in page and "@import" not in page
    assert page.count("<details") == 4 and page.count("<svg") >= 3
    assert question(1).question_zh in page and "jinshang-bank:11" in page


def test_the_markdown_names_every_failed_answer():
    rows = rows_with(RIGHT, WRONG)
    text = markdown(result_of(rows))
    assert text.count("- **t-001**") == 2 and "t-000" not in text
    assert [row["id"] for row in failures(rows)] == ["t-001", "t-001"]


def test_right_figures_with_wrong_evidence_are_listed_as_failures():
    uncited = {**RIGHT, "answer": "1.77%", "citations": []}
    assert len(failures(rows_with(uncited))) == 2
    assert "right figure, wrong evidence" in html(result_of(rows_with(uncited)))


def hits(*spans):
    return [{"report": "jinshang-bank", "line_start": a, "line_end": b} for a, b in spans]


def test_retrieval_counts_the_rank_of_the_first_right_hit():
    row = retrieval.row_of(Job(question(), "zh"), hits((1, 5), (10, 12), (11, 11)), 0.1)
    assert row["rank"] == 2 and row["recall"] == {"1": 0.0, "3": 1.0, "5": 1.0, "10": 1.0}
    assert row["ndcg"] == pytest.approx(1 / 1.584962, abs=1e-4)
    missed = retrieval.row_of(Job(question(), "zh"), hits((1, 5)), 0.1)
    assert missed["rank"] is None and missed["ndcg"] == 0.0
    summary = retrieval.summarise([row, missed])
    assert summary["mrr"]["share"] == pytest.approx(0.25) and summary["recall"]["3"]["share"] == 0.5


def test_retrieval_needs_every_place_of_what_is_computed():
    derived = question(
        type="derived", formula="1.77+0", evidence=[{"line": 11, "quote": "1.77"}, {"line": 20, "quote": "0"}]
    )
    half = retrieval.row_of(Job(derived, "zh"), hits((11, 11), (12, 12)), 0.1)
    both = retrieval.row_of(Job(derived, "zh"), hits((11, 11), (20, 20)), 0.1)
    assert half["recall"]["10"] == 0.5 and both["recall"]["10"] == 1.0 and both["ndcg"] == pytest.approx(1.0)


@pytest.fixture
def question_file(tmp_path):
    file = tmp_path / "set.jsonl"
    file.write_text("\n".join(q.model_dump_json() for q in (question(1), question(2), absent())), encoding="utf-8")
    return file


def answer_file(tmp_path, *entries):
    file = tmp_path / "answers.jsonl"
    file.write_text("\n".join(json.dumps(e, ensure_ascii=False) for e in entries), encoding="utf-8")
    return file


def call(*arguments):
    return CliRunner().invoke(evaluate, [str(a) for a in arguments])


def test_the_command_scores_answers_of_any_program(tmp_path, question_file):
    answers = answer_file(
        tmp_path,
        {"id": "t-001", "language": "zh", **RIGHT},
        {"id": "t-001", "language": "en", "answer": "1.78%"},
        {"id": "t-900", "language": "en", "answer": "The report does not disclose it."},
        {"id": "nobody", "language": "en", "answer": "5"},
    )
    out = [tmp_path / name for name in ("r.json", "r.html", "r.md")]
    done = call(question_file, "--answers", answers, "--json", out[0], "--html", out[1], "--markdown", out[2])
    assert done.exit_code == 0, done.output
    assert "3 of 6 questions have no answer" in done.output and "1 answers are to no chosen question" in done.output
    result = read(out[0])
    assert result["summary"]["answerable"] == {"right": 1, "wrong": 1, "refused": 0, "error": 2}
    assert result["provenance"]["questions"] == 3 and result["provenance"]["packages"]["numpy"]
    assert out[1].read_text(encoding="utf-8").startswith("<!doctype html>") and out[2].stat().st_size


def test_the_command_scores_hits_of_any_program(tmp_path, question_file):
    found = answer_file(tmp_path, {"id": "t-001", "hits": hits((1, 1), (11, 11))}, {"id": "t-900", "hits": []})
    out = tmp_path / "r.json"
    done = call(question_file, "--retrieval-only", "--language", "en", "--answers", found, "--json", out)
    assert done.exit_code == 0, done.output
    assert "1 of 2 questions have no hits" in done.output
    assert read(out)["summary"]["mrr"]["share"] == 0.5


def test_a_gate_without_a_baseline_says_how_to_make_one(tmp_path):
    done = call("gate", "--baseline", tmp_path / "none.json")
    assert "assistant evaluate baseline" in str(done.exception)


def test_an_earlier_result_can_be_scored_again(tmp_path, question_file):
    answers = answer_file(tmp_path, {"id": "t-001", "language": "zh", **RIGHT})
    first, second = tmp_path / "a.json", tmp_path / "b.json"
    assert call(question_file, "--answers", answers, "--json", first).exit_code == 0
    assert call(question_file, "--answers", first, "--json", second).exit_code == 0
    assert read(first)["summary"]["answerable"]["right"] == read(second)["summary"]["answerable"]["right"] == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--type", "poem"], "no question type 'poem'"),
        (["--report", "nobody"], "no question of split any fits"),
        (["--split", "test"], "no question of split test fits"),
        (["--retrieval-only", "--html", "x.html"], "has no report"),
        (["--type", "absent", "--retrieval-only"], "no chosen question has evidence"),
    ],
)
def test_wrong_usage_is_one_clear_line(question_file, arguments, message):
    done = call(question_file, *arguments)
    assert isinstance(done.exception, UsageError) and message in str(done.exception)


def test_the_questions_are_written_as_batch_reads_them(tmp_path, question_file):
    out = tmp_path / "q.jsonl"
    assert call("questions", question_file, "--language", "en", "--out", out).exit_code == 0
    assert json.loads(out.read_text(encoding="utf-8").splitlines()[0]) == {
        "id": "t-001",
        "question": question(1).question_en,
    }


def test_compare_gate_and_baseline_from_the_command_line(tmp_path):
    good, bad, base = tmp_path / "good.json", tmp_path / "bad.json", tmp_path / "base.json"
    write(result_of(rows_with(*[RIGHT] * 10)), good)
    write(result_of(rows_with(*[WRONG] * 6, *[RIGHT] * 4)), bad)
    assert call("baseline", good, "--out", base).exit_code == 0
    assert "the evaluation gate is passed" in call("gate", "--baseline", base, "--result", good).output
    failed = call("gate", "--baseline", base, "--result", bad)
    assert isinstance(failed.exception, AssistantError) and "right dropped: 100.0% → 40.0%" in str(failed.exception)
    told = call("compare", good, bad)
    assert told.exit_code == 0 and "worse: 12" in told.output and "right → wrong (other figure)" in told.output
