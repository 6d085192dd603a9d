"""`assistant index …` over the project's own reports, without a model."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from assistant.cli import main
from index import store


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ASSISTANT_EMBEDDER", "none")

    def call(*arguments: str) -> Result:
        return CliRunner().invoke(main, ["index", *arguments])

    return call


def test_build_status_verify(run, home: Path) -> None:
    folder = home / "cache" / "index"
    missing = run("status")
    assert missing.exit_code == 1
    assert "assistant index build" in missing.stderr
    assert missing.stderr.count("\n") == 1

    first = run("build")
    assert first.exit_code == 0, first.stderr
    assert "5 reports" in first.stdout
    assert "up to date" in run("build").stdout

    shown = run("status").stdout
    for report in ("shanxi-securities", "jinshang-bank", "hundsun", "oneconnect", "pboc-shanxi"):
        assert report in shown
    assert "none" in shown

    assert "Sound" in run("verify").stdout
    (store.current(folder) / "passages.jsonl").write_text("", encoding="utf-8")
    broken = run("verify")
    assert broken.exit_code == 1
    assert "passages.jsonl" in broken.stderr
    assert broken.stderr.count("\n") == 1

    assert run("build").exit_code == 0
    assert run("verify").exit_code == 0


def test_a_missing_model_is_one_line(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_EMBEDDER", "m3e-small")
    result = CliRunner().invoke(main, ["index", "build"])
    assert result.exit_code == 1
    assert "assistant models pull" in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_folder_that_cannot_be_written(run, home: Path) -> None:
    home.mkdir()
    (home / "cache").write_text("in the way", encoding="utf-8")
    result = run("build")
    assert result.exit_code == 1
    assert "cannot be written" in result.stderr
    assert result.stderr.count("\n") == 1
