"""How many gold table cells the table readers hold: right value, period, line and unit. `python -m eval.rows`."""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.catalog import Catalog
from index.records import Row
from index.tables import read_rows
from index.tables.units import unit_key
from index.text import read_lines

ROOT = Path(__file__).resolve().parent.parent
_SAME = 1e-9


@dataclass(frozen=True)
class Found:
    """What became of one gold cell: "" when it is present, else what is wrong with the nearest cell."""

    question: str
    report: str
    layout: str
    fault: str


def gold(folder: Path) -> Iterator[dict[str, Any]]:
    """Table questions of every open set in a folder (held-out sets, named *-test, are left alone)."""
    for file in sorted(folder.glob("*.jsonl")):
        if "-test" in file.stem:
            continue
        for line in file.read_text(encoding="utf-8").splitlines():
            question = json.loads(line)
            if question.get("type") == "table":
                yield question


def check(question: dict[str, Any], rows: Sequence[Row]) -> Found:
    """Whether one of the rows holds the cell a question asks for."""
    lines = {entry["line"] for entry in question["evidence"] if entry.get("role") == "value"}
    lines |= set(question.get("also_lines") or ())
    values = [question["value"], *(question.get("also_accept") or ())]
    year, unit = str(question["year"]), unit_key(question["unit"] or "")
    fault, layout = "no cell on the line", ""
    for row in rows:
        for cell in row.cells:
            if cell.line not in lines:
                continue
            layout = layout or row.layout
            if cell.value is None or not any(abs(cell.value - value) < _SAME for value in values):
                fault = fault if fault != "no cell on the line" else "no such value on the line"
            elif not cell.period.startswith(year):
                fault = f"period {cell.period!r}"
            elif unit_key(cell.unit or row.unit) != unit:
                fault = f"unit {cell.unit or row.unit!r}"
            else:
                return Found(question["id"], question["report"], row.layout, "")
    return Found(question["id"], question["report"], layout, fault)


def measure(questions: Iterable[dict[str, Any]]) -> list[Found]:
    """Check every question against the rows of its report."""
    catalog = Catalog.load([ROOT / "reports"])
    rows: dict[str, list[Row]] = {}
    found = []
    for question in questions:
        report = question["report"]
        if report not in rows:
            rows[report] = read_rows(report, read_lines(catalog.get(report).path))
        found.append(check(question, rows[report]))
    return found


def main() -> None:
    """Print the share of gold cells present for each report, and what is missing."""
    found = measure(gold(ROOT / "eval" / "questions"))
    by_report: dict[str, list[Found]] = defaultdict(list)
    for entry in found:
        by_report[entry.report].append(entry)
    out = sys.stdout
    for report, entries in sorted(by_report.items()):
        present = sum(not entry.fault for entry in entries)
        out.write(f"{report:20} {present:3} of {len(entries):3}  {present / len(entries):.1%}\n")
        for entry in entries:
            if entry.fault:
                out.write(f"    {entry.question}: {entry.fault}\n")
    present = sum(not entry.fault for entry in found)
    out.write(f"{'all':20} {present:3} of {len(found):3}  {present / max(1, len(found)):.1%}\n")


if __name__ == "__main__":
    main()
