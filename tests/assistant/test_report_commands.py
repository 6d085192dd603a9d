"""`assistant reports …`, up to a question answered from an added PDF."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from assistant.cli import main
from tests.index import made_files


@pytest.fixture(autouse=True)
def few_reports(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A library with nothing but what is added: the project's own reports take seconds to read."""
    from assistant import settings

    monkeypatch.setenv("ASSISTANT_EMBEDDER", "none")
    monkeypatch.setenv("ASSISTANT_LLM", "none")
    own = tmp_path / "own"
    own.mkdir()
    made_files.make_text(own / "own.txt")
    (own / "catalog.toml").write_text(
        '[[report]]\nid = "own"\nlegal_name = "自家"\n'
        'institution = { zh-Hans = "自家", zh-Hant = "自家", en = "Own" }\n'
        'aliases = []\ntickers = []\ntitle = "报告"\nyear = 2024\nscript = "zh-Hans"\nfile = "own.txt"\n',
        encoding="utf-8",
    )
    folders = property(lambda self: (own, self.data_folder / "reports"))
    monkeypatch.setattr(settings.Settings, "report_folders", folders)


def run(*arguments: object, entered: str | None = None) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], input=entered)


def listed() -> dict[str, dict[str, object]]:
    lines = run("reports", "list", "--json").stdout.splitlines()
    return {item["id"]: item for item in map(json.loads, lines)}


def test_a_pdf_is_added_asked_about_and_removed(tmp_path: Path) -> None:
    file = made_files.make_pdf(tmp_path / "fenhe.pdf")
    added = run("reports", "add", file, "--english", "Fenhe Bank")
    assert added.exit_code == 0, added.output
    assert "汾河银行" in added.stdout
    assert "2 pages" in added.stdout
    assert listed()["fenhe-bank-2024"]["rows"] == 3

    hits = json.loads(run("search", "汾河银行2023年的员工流失率是多少？", "--json").stdout)
    hits = hits["hits"] if isinstance(hits, dict) else hits
    assert hits[0]["report"] == "fenhe-bank-2024"
    assert "4.80" in hits[0]["quote"]
    assert hits[0]["page"] == 2

    assert "already" in run("reports", "add", file).stdout
    assert len(listed()) == 2
    assert run("reports", "remove", "fenhe-bank-2024").exit_code == 0
    assert set(listed()) == {"own"}


def test_guesses_can_be_corrected(tmp_path: Path) -> None:
    file = made_files.make_text(tmp_path / "a.txt")
    file.write_text(file.read_text(encoding="utf-8") + "完\n", encoding="utf-8")
    options = ["--institution", "另一银行", "--alias", "另行", "--year", "2023", "--id", "other", "--no-index"]
    assert run("reports", "add", file, *options).exit_code == 0
    shown = listed()["other"]
    assert (shown["institution"], shown["year"], shown["passages"], shown["added"]) == ("另一银行", 2023, None, True)


def test_one_bad_file_does_not_stop_the_others(tmp_path: Path) -> None:
    good = made_files.make_html(tmp_path / "good.html")
    (tmp_path / "bad.pdf").write_bytes(b"%PDF-1.4 nothing")
    result = run("reports", "add", tmp_path / "bad.pdf", good, tmp_path / "none.txt", "--no-index")
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 3
    assert "2 of 3" in result.stderr.splitlines()[-1]
    assert len(listed()) == 2


def test_one_bad_file_alone_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "bad.pdf").write_bytes(b"%PDF-1.4 nothing")
    result = run("reports", "add", tmp_path / "bad.pdf")
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 1


def test_a_text_that_does_not_say_whose_it_is(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("没有名称的一段文字。", encoding="utf-8")
    result = run("reports", "add", tmp_path / "a.txt", "--no-index")
    assert result.exit_code == 2
    assert "--institution" in result.stderr
    result = run("reports", "add", tmp_path / "a.txt", "--institution", "甲", "--no-index")
    assert "--year" in result.stderr


def test_own_and_unknown_reports_are_not_removed() -> None:
    own = run("reports", "remove", "own")
    assert own.exit_code == 2
    assert "cannot be removed" in own.stderr
    unknown = run("reports", "remove", "nobody")
    assert unknown.exit_code == 1
    assert "own" in unknown.stderr
    assert len(unknown.stderr.splitlines()) == 1
