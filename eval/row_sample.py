"""A random sample of read rows for checking by hand: `python -m eval.row_sample` writes eval/row-sample.jsonl.

Each line is one row with its cells and their lines; `right` is the verdict of whoever compared it with the report.
Verdicts are kept when the same row is drawn again; rows that changed lose theirs.
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from typing import Any

from index.catalog import Catalog
from index.records import Row
from index.tables import read_rows
from index.text import read_lines

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "eval" / "row-sample.jsonl"
SIZE, SEED = 300, 20240229


def draw(size: int = SIZE, seed: int = SEED) -> list[Row]:
    """The sample: `size` rows over all reports of the corpus, the same for a seed."""
    rows: list[Row] = []
    for report in Catalog.load([ROOT / "reports"]).reports:
        rows += read_rows(report.id, read_lines(report.path))
    return sorted(
        random.Random(seed).sample(rows, size), key=lambda row: (row.report, row.label_line, row.cells[0].line)
    )


def as_object(row: Row) -> dict[str, Any]:
    """What is checked: everything that gives the row's cells their meaning."""
    return {
        "report": row.report,
        "table": row.table,
        "group": list(row.group),
        "label": row.label,
        "unit": row.unit,
        "basis": row.basis,
        "layout": row.layout,
        "label_line": row.label_line,
        "cells": [
            {"period": cell.period, "value": cell.value, "value_text": cell.value_text, "line": cell.line}
            | ({"unit": cell.unit} if cell.unit else {})
            for cell in row.cells
        ],
    }


def main() -> None:
    """Write the sample, keeping verdicts of rows that are unchanged; print how many are right."""
    known: dict[str, tuple[bool | None, str]] = {}
    if FILE.is_file():
        for line in FILE.read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            verdict = entry.pop("right", None), entry.pop("why", "")
            known[json.dumps(entry, ensure_ascii=False, sort_keys=True)] = verdict
    entries = []
    for row in draw():
        entry = as_object(row)
        right, why = known.get(json.dumps(entry, ensure_ascii=False, sort_keys=True), (None, ""))
        entries.append(entry | {"right": right} | ({"why": why} if why else {}))
    FILE.write_text("".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries), encoding="utf-8")
    judged = [entry for entry in entries if entry["right"] is not None]
    right = sum(entry["right"] for entry in judged)
    sys.stdout.write(f"{len(entries)} rows drawn, {len(judged)} judged, {right} right\n")


if __name__ == "__main__":
    main()
