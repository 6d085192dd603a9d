"""The table readers on the real reports: properties that need no gold, and arithmetic the figures must satisfy."""

from __future__ import annotations

import itertools
import json
import time
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

from assistant.errors import UsageError
from assistant.rows_command import rows as rows_command
from eval.row_sample import FILE, as_object
from eval.rows import gold, measure
from index.catalog import Catalog
from index.glossary import Glossary
from index.records import Line, Row
from index.tables import read_rows
from index.tables.stub import plain
from index.tables.units import is_count, unit_key
from index.text import normalise, read_lines, simplify, traditional
from index.translations import Translations

ROOT = Path(__file__).resolve().parents[2]
REPORTS = Catalog.load([ROOT / "reports"]).reports
IDS = [report.id for report in REPORTS]


@cache
def lines_of(report: str) -> list[Line]:
    return read_lines(next(found for found in REPORTS if found.id == report).path)


@cache
def rows_of(report: str) -> list[Row]:
    return read_rows(report, lines_of(report))


def shape(rows: list[Row]) -> list[tuple[object, ...]]:
    """Rows with the script taken out."""
    return [
        (
            plain(row.table), tuple(map(plain, row.group)), plain(row.label), unit_key(row.unit), plain(row.basis),
            row.label_line, row.unit_line, row.title_line, row.group_lines,
            tuple((cell.period, cell.value, cell.line, cell.header_line) for cell in row.cells),
        )
        for row in rows
    ]  # fmt: skip


@pytest.mark.parametrize("report", IDS)
def test_every_cell_stands_on_its_line(report):
    lines = {line.number: line.raw for line in lines_of(report)}
    for row in rows_of(report):
        assert row.report == report
        assert row.label and row.cells
        for cell in row.cells:
            assert cell.value_text in lines[cell.line] or cell.value is None, (row, cell)
            if cell.value is not None and cell.header_line is not None:
                assert lines[cell.header_line].strip()
        assert plain(row.label)[:2] in plain("".join(lines.get(row.label_line + step, "") for step in range(3)))


@pytest.mark.parametrize("report", IDS)
@pytest.mark.parametrize("script", [simplify, traditional], ids=["simplified", "traditional"])
def test_rows_do_not_depend_on_the_script(report, script):
    converted = [Line(line.number, script(line.raw), normalise(script(line.raw))) for line in lines_of(report)]
    assert shape(read_rows(report, converted)) == shape(rows_of(report))


@pytest.mark.parametrize("report", IDS)
def test_reading_is_deterministic_and_cells_are_unique(report):
    assert read_rows(report, lines_of(report)) == rows_of(report)
    seen = set()
    for row in rows_of(report):
        for cell in row.cells:
            key = (
                row.table,
                row.group,
                row.label,
                row.label_line,
                cell.unit or row.unit,
                row.basis,
                cell.period,
                cell.line,
            )
            assert key not in seen, key
            seen.add(key)


@pytest.mark.parametrize("report", IDS)
def test_figures_fit_their_units(report):
    for row in rows_of(report):
        for cell in row.cells:
            if cell.value is None or row.layout == "matrix":
                continue
            unit = unit_key(cell.unit or row.unit)
            if is_count(unit):
                assert cell.value == int(cell.value), (row.label, cell)
            if unit == "%" and plain(row.label).endswith(("覆盖率", "占比", "签订率")):
                limit = 1000 if "拨备" in plain(row.label) else 100
                assert 0 <= cell.value <= limit, (row.label, cell)


def test_men_and_women_make_up_the_staff():
    checked = 0
    for report in IDS:
        totals = {
            (cell.period, cell.value)
            for row in rows_of(report)
            for cell in row.cells
            if unit_key(row.unit) == "人" and not row.group
        }
        rows = rows_of(report)
        for man, woman in itertools.pairwise(rows):
            keys = {plain(man.label).replace("男", "女"), plain(woman.label).replace("男", "女")}
            if len(keys) != 1 or plain(man.label) == plain(woman.label) or unit_key(man.unit) != "人":
                continue
            sums = {
                (one.period, (one.value or 0) + (two.value or 0))
                for one, two in zip(man.cells, woman.cells, strict=True)
            }
            checked += sums <= totals
    assert checked >= 4


def test_no_rows_outside_the_tables():
    # Where the reports' tables stand is known; running text, contents and index tables must give none.
    spans = {
        "shanxi-securities": [(3388, 3400), (4345, 4699)],
        "jinshang-bank": [(4277, 4587)],
        "oneconnect": [(2095, 2103), (2482, 2494), (3359, 3363), (3449, 3795)],
        "pboc-shanxi": [(171, 187), (220, 243), (359, 400), (404, 439)],
        "hundsun": [(3326, 4155)],
    }
    for report in IDS:
        for row in rows_of(report):
            for cell in row.cells:
                assert any(first <= cell.line <= last for first, last in spans[report]), (report, row)


def test_five_reports_in_under_two_seconds():
    for report in IDS:
        lines_of(report)
    start = time.process_time()
    for report in IDS:
        read_rows(report, lines_of(report))
    assert time.process_time() - start < 2.0


def test_gold_cells_are_present():
    found = measure(gold(ROOT / "eval" / "questions"))
    column = [entry for entry in found if entry.report == "hundsun"]
    other = [entry for entry in found if entry.report != "hundsun"]
    assert len(column) >= 20 and len(other) >= 80
    assert sum(not entry.fault for entry in column) >= 0.85 * len(column), [e for e in column if e.fault]
    assert sum(not entry.fault for entry in other) >= 0.98 * len(other), [e for e in other if e.fault]


def test_checked_sample_still_holds():
    entries = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
    assert len(entries) == 300
    assert sum(entry["right"] is True for entry in entries) >= 297
    now = {json.dumps(as_object(row), ensure_ascii=False, sort_keys=True) for report in IDS for row in rows_of(report)}
    fields = ("report", "table", "group", "label", "unit", "basis", "layout", "label_line", "cells")
    same = sum(
        json.dumps({field: entry[field] for field in fields}, ensure_ascii=False, sort_keys=True) in now
        for entry in entries
    )
    assert same >= 285, "rows changed: run `python -m eval.row_sample` and check those without a verdict"


def test_rows_command_writes_every_cell(tmp_path):
    out = tmp_path / "rows.jsonl"
    result = CliRunner().invoke(rows_command, ["--report", "oneconnect", "--out", str(out)])
    assert result.exit_code == 0, result.output
    cells = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert len(cells) == sum(len(row.cells) for row in rows_of("oneconnect"))
    assert list(cells[0]) == [
        "report", "table", "group", "label", "unit", "period", "value", "value_text", "line", "label_line",
        "header_line", "basis",
    ]  # fmt: skip


def test_rows_command_names_an_unknown_report(tmp_path):
    result = CliRunner().invoke(rows_command, ["--report", "nothing", "--out", str(tmp_path / "rows.jsonl")])
    assert isinstance(result.exception, UsageError)
    assert "nothing" in str(result.exception) and "\n" not in str(result.exception)


@pytest.mark.parametrize("report", IDS)
def test_every_label_has_english_without_a_model(report: str) -> None:
    prompts = ROOT / "prompts"
    glossary = Glossary.load(prompts / "glossary.tsv")
    known = Translations.load(prompts / "label-translations.jsonl")
    texts = [text for row in rows_of(report) for text in (row.table, *row.group, row.label)]
    assert known.missing(texts, glossary) == []
