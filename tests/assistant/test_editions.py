"""Two years' reports of one institution, from added files to answers: the right one, both, and what was restated."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from assistant import Assistant, settings
from assistant.cli import main
from assistant.settings import Settings
from tests.index import made_files

FIGURES = {2023: ("1,103 1,203 1,317", "5.6 5.1 4.8", "88.12"), 2024: ("1,203 1,320 1,425", "5.10 4.80 4.31", "97.12")}
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


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Assistant:
    own = tmp_path / "own"
    own.mkdir()
    made_files.make_text(own / "own.txt")
    (own / "catalog.toml").write_text(OWN, encoding="utf-8")
    monkeypatch.setattr(settings.Settings, "report_folders", property(lambda self: (own, self.data_folder / "reports")))
    monkeypatch.setenv("ASSISTANT_EMBEDDER", "none")
    monkeypatch.setenv("ASSISTANT_LLM", "none")
    files = []
    for year, (staff, leaving, _) in FIGURES.items():
        heads = " ".join(f"{year - back}年" for back in (2, 1, 0))
        text = (
            f"云岭银行股份有限公司\n{year}年度社会责任报告\n关键绩效表\n指标 单位 {heads}\n"
            f"员工总数 人 {staff}\n员工流失率 % {leaving}\n"
        )
        files.append(tmp_path / f"{year}.txt")
        files[-1].write_text(text, encoding="utf-8")
    done = CliRunner().invoke(main, ["reports", "add", *map(str, files), "--institution", "云岭银行", "--yes"])
    assert done.exit_code == 0, done.output
    return Assistant.open(Settings())


def test_the_report_of_the_year_answers(library: Assistant) -> None:
    assert library.ask("云岭银行2024年员工总数是多少？").value == 1425
    assert library.ask("云岭银行2021年员工总数是多少？").value == 1103
    assert library.ask("云岭银行员工总数是多少？").value == 1425


def test_a_restated_figure_is_shown_as_such(library: Assistant) -> None:
    answer = library.ask("云岭银行2023年员工总数是多少？")
    assert answer.value == 1317
    assert "2024年的报告" in answer.answer
    assert "重述为1,320" in answer.answer
    assert len({citation.report for citation in answer.citations}) == 2


def test_rounding_is_no_restatement(library: Assistant) -> None:
    assert "重述" not in library.ask("云岭银行2023年员工流失率是多少？").answer


def test_what_is_computed_spans_both(library: Assistant) -> None:
    answer = library.ask("云岭银行2021年到2024年员工总数增加了多少人？")
    assert answer.value == 322
    assert len({citation.report for citation in answer.citations}) == 2


def test_a_trend_spans_both(library: Assistant) -> None:
    answer = library.ask("云岭银行员工总数近几年的变化趋势如何？")
    assert [(result.period, result.value) for result in answer.results] == [
        ("2021", 1103.0),
        ("2022", 1203.0),
        ("2023", 1317.0),
        ("2024", 1425.0),
    ]
    assert "重述为1,320" in answer.answer
