"""Labels of added reports that the glossary lacks, put into English by the LLM when the index is ready."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from assistant import answering, label_translations, settings
from assistant.cli import main
from assistant.prompts import Prompt
from assistant.settings import Settings
from tests.index import made_files

LABEL = "浮光谷苔藓样方面积"
OWN = """[[report]]
id = "own"
legal_name = "自家"
institution = { zh-Hans = "自家", zh-Hant = "自家", en = "Own" }
aliases = []
tickers = []
title = "报告"
year = 2024
script = "zh-Hans"
file = "own.txt"
"""


class Scripted:
    """A model with one answer for every label; it keeps what it was asked."""

    name = "scripted"

    def __init__(self, reply: str) -> None:
        self.reply = reply
        self.asked: list[str] = []

    def complete(self, prompt: Prompt, values: Mapping[str, str], **_: object) -> str:
        self.asked.append(values["label"])
        return self.reply if values["label"] == LABEL else ""


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Scripted:
    """A library of one report of the project's own and one that was added, indexed; and the model."""
    own = tmp_path / "own"
    own.mkdir()
    made_files.make_text(own / "own.txt")
    (own / "catalog.toml").write_text(OWN, encoding="utf-8")
    monkeypatch.setattr(settings.Settings, "report_folders", property(lambda self: (own, self.data_folder / "reports")))
    monkeypatch.setenv("ASSISTANT_EMBEDDER", "none")
    monkeypatch.setenv("ASSISTANT_LLM", "none")
    scripted = Scripted("Moss plot area")
    monkeypatch.setattr(answering, "open_llm", lambda settings: scripted)
    added = tmp_path / "added.txt"
    added.write_text(
        f"流云研究所2024年度社会责任报告\n指标 单位 2023年 2024年\n{LABEL} 平方米 31.5 42.5\n员工总数 人 12 13\n",
        encoding="utf-8",
    )
    done = run("reports", "add", added, "--institution", "流云研究所", "--year", 2024, "--id", "moss", "--yes")
    assert done.exit_code == 0, done.output
    return scripted


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def found(question: str) -> list[str]:
    return [hit["quote"] for hit in json.loads(run("search", question, "--json").stdout)]


def test_an_english_question_finds_the_row_once_its_label_is_translated(model: Scripted) -> None:
    question = "moss plots"
    assert not any(LABEL in quote for quote in found(question))
    done = run("index", "translate")
    assert done.exit_code == 0, done.output
    assert "1 labels translated" in done.stdout
    assert LABEL in found(question)[0]


def test_each_label_is_asked_about_once_and_only_those_the_glossary_lacks(model: Scripted) -> None:
    run("index", "translate")
    assert LABEL in model.asked
    assert "员工总数" not in model.asked
    model.asked.clear()
    run("index", "translate")
    assert model.asked == []


def test_only_the_added_report_is_read_again(model: Scripted) -> None:
    assert label_translations.fill(Settings(), model) == 1
    told = run("index", "build").stdout
    assert "read moss" in told
    assert "unchanged own" in told


def test_the_index_does_not_wait(model: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr(label_translations.subprocess, "Popen", lambda command, **_: started.append(command))
    assert not label_translations.fill_in_background(Settings())  # without an LLM there is nothing to start
    monkeypatch.setenv("ASSISTANT_LLM", "auto")
    monkeypatch.setenv("ASSISTANT_LLM_URL", "http://localhost:9/v1")
    assert label_translations.fill_in_background(Settings())
    assert started[0][-3:-1] == ["index", "translate"]
    assert model.asked == []


def test_a_wrong_translation_is_not_used(model: Scripted) -> None:
    model.reply = "面积"
    assert "0 labels translated" in run("index", "translate").stdout
    assert label_translations.missing_labels(Settings()) == []  # nor asked for again
