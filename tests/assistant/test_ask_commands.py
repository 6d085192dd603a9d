"""ask, batch, search and chat from the command line: what a user can do wrong is one line and the right exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from assistant.answering import Assistant
from assistant.cli import main
from assistant.settings import Settings
from index import store
from index.store import ReportEntry
from tests.assistant.small_library import Library, ScriptedModel

GOOD = "甲银行2024年员工流失率是多少？"


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


def run(*arguments: str, stdin: str | None = None) -> Ran:
    result = CliRunner().invoke(main, list(arguments), input=stdin)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return Ran(result.exit_code, result.stdout, result.stderr)


@pytest.fixture
def library(small: Library, monkeypatch: pytest.MonkeyPatch) -> Library:
    """Every command answers from the small library, with no model loaded."""
    made = small.assistant()
    monkeypatch.setattr(Assistant, "open", classmethod(lambda _cls, _settings=None: made))
    return small


def one_line(ran: Ran, code: int, *words: str) -> None:
    assert ran.code == code, ran.err
    assert ran.err.startswith("assistant: ")
    assert ran.err.count("\n") == 1
    assert "Traceback" not in ran.err
    for word in words:
        assert word in ran.err


def test_an_answer(library: Library) -> None:
    ran = run("ask", GOOD)
    assert ran.code == 0
    assert "8.1%" in ran.out
    assert "[1] alpha:8" in ran.out
    assert "员工流失率 % 8.1 9.0 /" in ran.out


def test_an_answer_as_json(library: Library) -> None:
    ran = run("ask", "--json", GOOD)
    answer = json.loads(ran.out)
    assert (ran.code, answer["value"], answer["unit"], answer["abstained"], answer["error"]) == (
        0,
        8.1,
        "%",
        False,
        None,
    )


def test_an_abstention_is_an_answer(library: Library) -> None:
    ran = run("ask", "甲银行2021年员工流失率是多少？")
    assert ran.code == 0
    assert "未披露" in ran.out


def test_evidence_only(library: Library) -> None:
    ran = run("ask", "--evidence-only", GOOD)
    assert ran.code == 0
    assert "alpha:8" in ran.out


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("😀😀", "no words"),
        ("字" * 10_000, "10000 characters"),
        ("不良債権比率は何ですか", "language"),
        ("Quel est le taux de prêts non performants ?", "language"),
        ("bad \udcff bytes", "not valid text"),
    ],
)
@pytest.mark.parametrize("command", [["ask"], ["ask", "--json"], ["ask", "--evidence-only"], ["search"]])
def test_questions_that_cannot_be_read(library: Library, command: list[str], question: str, word: str) -> None:
    one_line(run(*command, question), 2, word)


@pytest.mark.parametrize("command", ["ask", "search"])
def test_a_report_that_does_not_exist(library: Library, command: str) -> None:
    one_line(run(command, "--report", "nobody", GOOD), 2, "'nobody'", "alpha, beta")


@pytest.mark.parametrize(
    "arguments",
    [["ask"], ["ask", "--language", "fr", "x"], ["ask", "--pipeline", "magic", "x"], ["ask", "--nonsense", "x"],
     ["search"], ["search", "x", "--top-k", "0"], ["search", "x", "--batch", "y", "--out", "z"],
     ["search", "--batch", "y"], ["batch"], ["batch", "x"], ["nonsense"]],
)  # fmt: skip
def test_wrong_usage(library: Library, arguments: list[str]) -> None:
    ran = run(*arguments)
    assert ran.code == 2
    assert "Error: " in ran.err
    assert "Traceback" not in ran.err


def test_search(library: Library) -> None:
    ran = run("search", "--json", "--top-k", "3", "用水总量")
    hits = json.loads(ran.out)
    assert ran.code == 0
    assert [hit["n"] for hit in hits] == [1, 2, 3]
    assert {(hit["report"], hit["line_start"]) for hit in hits[:2]} == {("alpha", 12), ("beta", 5)}
    assert "nothing found" in run("search", "zzz qqq").out


def batch(
    folder: Path, lines: Sequence[str], *options: str, command: str = "batch"
) -> tuple[Ran, list[dict[str, object]]]:
    source, out = folder / "questions.jsonl", folder / "answers.jsonl"
    source.write_text("\n".join(lines) + "\n", encoding="utf-8")
    head = ["batch", str(source)] if command == "batch" else ["search", "--batch", str(source)]
    ran = run(*head, "--out", str(out), *options)
    return ran, [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()] if out.exists() else []


BAD = [
    ("{not json", "line 2 is not JSON"),
    ("[1, 2]", "not a JSON object"),
    ('"text"', "not a JSON object"),
    ("[" * 100_000, "cannot be read as JSON"),
    ('{"id": "b"}', 'no "question"'),
    ('{"id": "b", "question": 7}', 'no "question"'),
    ('{"id": "b", "question": ""}', "empty"),
    ('{"id": "b", "question": "😀"}', "no words"),
    ('{"id": "b", "question": "' + "字" * 10_000 + '"}', "10000 characters"),
    ('{"id": "b", "question": "不良債権比率は何ですか"}', "language"),
    ('{"id": "b", "question": "\\ud800"}', "not valid text"),
    (json.dumps({"id": "b", "question": GOOD, "language": "fr"}), "'fr'"),
    (json.dumps({"id": "b", "question": GOOD, "language": ["en"]}), "no language"),
    (json.dumps({"id": "b", "question": GOOD, "history": "before"}), "history"),
    (json.dumps({"id": "b", "question": GOOD, "history": [{"role": "user"}]}), "history"),
]


@pytest.mark.parametrize(("line", "word"), BAD)
def test_a_bad_line_is_an_error_in_its_place(library: Library, tmp_path: Path, line: str, word: str) -> None:
    good = [json.dumps({"id": name, "question": GOOD}) for name in ("a", "c")]
    ran, answers = batch(tmp_path, [good[0], line, good[1]])
    assert ran.code == 0
    assert [answer["value"] for answer in answers] == [8.1, None, 8.1]
    assert [answer["id"] for answer in answers][::2] == ["a", "c"]
    error = str(answers[1]["error"])
    assert word in error
    assert "\n" not in error
    assert answers[1]["answer"] == ""
    assert answers[1]["id"] == ("b" if line.startswith('{"id"') else None)


def test_batch_keeps_order_ids_languages_and_history(library: Library, tmp_path: Path) -> None:
    lines = [
        json.dumps({"id": 1, "question": "乙证券2023年的员工总数是多少人？"}, ensure_ascii=False),
        "",
        json.dumps({"id": "two", "question": GOOD, "language": "zh-Hant"}),
        json.dumps({"question": "那2023年呢？", "history": [{"role": "user", "content": GOOD}]}),
    ]
    ran, answers = batch(tmp_path, lines)
    assert ran.code == 0
    assert [(answer["id"], answer["value"], answer["language"]) for answer in answers] == [
        ("1", 310, "zh-Hans"), ("two", 8.1, "zh-Hant"), (None, 9.0, "zh-Hans"),
    ]  # fmt: skip


def test_an_answer_that_fails_costs_only_its_own_line(
    small: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def reply(_name: str, values: dict[str, str]) -> str:
        raise RuntimeError("the model broke\nin two lines")

    made = small.assistant(ScriptedModel(reply))  # type: ignore[arg-type]
    monkeypatch.setattr(Assistant, "open", classmethod(lambda _cls, _settings=None: made))
    lines = [
        json.dumps({"id": "a", "question": "与哪所大学共建了联合实验室？"}),
        json.dumps({"id": "b", "question": GOOD}),
    ]
    ran, answers = batch(tmp_path, lines)
    assert ran.code == 0
    assert "the model broke in two lines" in str(answers[0]["error"])
    assert answers[1]["value"] == 8.1


def test_search_batch(library: Library, tmp_path: Path) -> None:
    lines = [json.dumps({"id": "a", "question": "用水总量"}), "{", json.dumps({"id": "c", "question": "员工总数"})]
    ran, found = batch(tmp_path, lines, "--top-k", "2", command="search")
    assert ran.code == 0
    assert [item["id"] for item in found] == ["a", None, "c"]
    assert [len(item["hits"]) for item in found] == [2, 0, 2]  # type: ignore[arg-type]
    assert "error" in found[1]


def test_files_that_cannot_be_read_or_written(library: Library, tmp_path: Path) -> None:
    good, out = tmp_path / "good.jsonl", tmp_path / "out.jsonl"
    good.write_text(json.dumps({"question": GOOD}), encoding="utf-8")
    one_line(run("batch", str(tmp_path / "none.jsonl"), "--out", str(out)), 2, "none.jsonl")
    one_line(run("batch", str(tmp_path), "--out", str(out)), 2, "cannot read")
    (tmp_path / "latin.jsonl").write_bytes("中文".encode("gb18030"))
    one_line(run("batch", str(tmp_path / "latin.jsonl"), "--out", str(out)), 2, "not UTF-8")
    one_line(run("batch", str(good), "--out", str(tmp_path / "none" / "out.jsonl")), 1, "cannot write")
    one_line(run("batch", str(good), "--out", str(good / "out.jsonl")), 1, "cannot write")
    one_line(run("batch", str(good), "--out", str(tmp_path)), 2, "is a folder")
    assert not list(tmp_path.glob("*.half"))


def test_an_empty_file_has_no_answers(library: Library, tmp_path: Path) -> None:
    ran, answers = batch(tmp_path, [""])
    assert (ran.code, answers) == (0, [])


def test_chat(library: Library) -> None:
    ran = run("chat", stdin=f"{GOOD}\n那2023年呢？\n😀\n乙证券的员工总数是多少？\n\n")
    assert ran.code == 0
    assert ran.out.index("8.1%") < ran.out.index("9.0%") < ran.out.index("no words") < ran.out.index("300")
    assert run("chat", stdin="").code == 0


@pytest.fixture
def at_home(small: Library, home: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """A home whose index holds the small library, without vectors; nothing of the pipeline is replaced."""

    def make(name: str = "alpha", library: Library = small) -> None:
        own = home / "data" / "reports"
        own.mkdir(parents=True, exist_ok=True)
        passages = [passage for passage in library.passages if passage.report == "alpha"]
        (own / "alpha.txt").write_bytes(library.catalog.get("alpha").path.read_bytes())
        (own / "catalog.toml").write_text(
            f'[[report]]\nid = "{name}"\n'
            'institution = { zh-Hans = "甲银行", zh-Hant = "甲銀行", en = "Alpha Bank" }\n'
            'legal_name = "甲银行股份有限公司"\naliases = []\ntickers = []\ntitle = "年报"\nyear = 2024\n'
            'script = "zh-Hans"\nfile = "alpha.txt"\n',
            encoding="utf-8",
        )
        with store.lock(home / "cache" / "index"):
            entries = [ReportEntry("alpha", "mark", 20, len(passages), 9)]
            store.write(home / "cache" / "index", passages, [], None, "none", entries)

    monkeypatch.setenv("ASSISTANT_LLM", "none")
    return make


def test_without_an_index(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_LLM", "none")
    one_line(run("ask", GOOD), 1, "no index", "assistant index build")
    one_line(run("search", GOOD), 1, "assistant index build")


def test_with_an_index(at_home: Callable[..., None]) -> None:
    at_home()
    assert "8.1%" in run("ask", GOOD).out


def test_an_index_of_another_version(at_home: Callable[..., None], home: Path) -> None:
    at_home()
    file = store.current(home / "cache" / "index") / store.MANIFEST
    data = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({**data, "format": store.FORMAT + 1}), encoding="utf-8")
    one_line(run("ask", GOOD), 1, "format", "assistant index build")


def test_a_damaged_index(at_home: Callable[..., None], home: Path) -> None:
    at_home()
    (store.current(home / "cache" / "index") / "passages.jsonl").write_text("x", encoding="utf-8")
    one_line(run("ask", GOOD), 1, "damaged", "assistant index build")


def test_an_index_of_a_library_that_has_changed(at_home: Callable[..., None], home: Path) -> None:
    at_home(name="renamed")
    one_line(run("ask", GOOD), 1, "alpha", "assistant index build")
    at_home()
    (home / "data" / "reports" / "alpha.txt").unlink()
    one_line(run("ask", GOOD), 1, "alpha", "assistant index build")


def test_a_missing_or_corrupt_model(
    at_home: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_home()
    monkeypatch.delenv("ASSISTANT_LLM")
    one_line(run("ask", GOOD), 1, "assistant models pull")
    bad = tmp_path / "bad.gguf"
    bad.write_bytes(b"GGUF but not really" * 100)
    monkeypatch.setenv("ASSISTANT_LLM_PATH", str(bad))
    one_line(run("ask", GOOD), 1, "bad.gguf", "assistant models verify")
    ran, answers = batch(tmp_path, [json.dumps({"question": GOOD})])
    one_line(ran, 1, "bad.gguf")
    assert answers == []
    assert not list(tmp_path.glob("*.half"))


def test_the_command_itself(at_home: Callable[..., None], home: Path) -> None:
    """One run as a user runs it: a process of its own, its exit code and its streams."""
    at_home()
    command = [sys.executable, "-m", "assistant.cli", "ask"]
    environment = {**os.environ, "ASSISTANT_HOME": str(home), "ASSISTANT_LLM": "none", "PYTHONIOENCODING": "utf-8"}
    good = subprocess.run([*command, GOOD], capture_output=True, text=True, env=environment, check=False)
    assert (good.returncode, good.stderr) == (0, "")
    assert "8.1%" in good.stdout
    bad = subprocess.run([*command, "😀"], capture_output=True, text=True, env=environment, check=False)
    one_line(Ran(bad.returncode, bad.stdout, bad.stderr), 2, "no words")


def test_settings_reach_the_commands(at_home: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    at_home()
    monkeypatch.setenv("ASSISTANT_MAX_QUESTION_CHARS", "12")
    assert Settings().max_question_chars == 12
    one_line(run("ask", GOOD), 2, "at most 12")
