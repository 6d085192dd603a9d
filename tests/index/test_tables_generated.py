"""Tables printed in every layout, read back and scored: precision first."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field

import pytest

from index.records import Row
from index.tables import read_rows
from index.tables.stub import is_group, plain
from index.tables.units import unit_key
from index.text import traditional
from tests.index.made_tables import Document, prose
from tests.index.table_generator import LAYOUTS, document


@dataclass
class Score:
    """Cells read, right and printed."""

    read: int = 0
    right: int = 0
    printed: int = 0
    found: int = 0
    wrong: Counter[str] = field(default_factory=Counter)

    @property
    def precision(self) -> float:
        return self.right / self.read if self.read else 1.0

    @property
    def recall(self) -> float:
        return self.found / self.printed if self.printed else 1.0


Key = tuple[str, str, str, float | None, int, str]


def partition(group: tuple[str, ...]) -> str:
    """The partition a row is in (按…划分), or the row's own name in a table of named columns; themes do not count."""
    return plain(group[-1]) if group and (is_group(group[-1]) or group[-1].endswith("支行")) else ""


def keys(rows: list[Row]) -> list[Key]:
    return [
        (plain(row.label), unit_key(cell.unit or row.unit), cell.period, cell.value, cell.line, partition(row.group))
        for row in rows
        for cell in row.cells
    ]


def truth(doc: Document) -> tuple[set[Key], set[Key]]:
    every = [
        (plain(cell.label), unit_key(cell.unit), cell.period, cell.value, cell.line, partition(cell.group))
        for cell in doc.truth
    ]
    return set(every), {key for at, key in enumerate(every) if at not in doc.optional}


def score(seeds: range, layout=None, script=str) -> Score:
    total = Score()
    for seed in seeds:
        doc = document(seed, layout)
        every, needed = truth(doc)
        read = keys(read_rows("made-up", doc.as_lines(script)))
        total.read += len(read)
        total.right += sum(key in every for key in read)
        total.printed += len(needed)
        total.found += len(needed & set(read))
        for key in read:
            if key not in every:
                total.wrong[f"{seed}: {key}"] += 1
    return total


@pytest.mark.parametrize(
    "layout", sorted(set(LAYOUTS), key=lambda layout: layout.__name__), ids=lambda layout: layout.__name__
)
def test_each_layout(layout):
    result = score(range(100), layout)
    assert result.precision >= 0.995, list(result.wrong)[:5]
    assert result.recall >= 0.95


def test_all_layouts_together_in_traditional_script():
    result = score(range(150), script=traditional)
    assert result.precision >= 0.995, list(result.wrong)[:5]
    assert result.recall >= 0.95


@pytest.mark.parametrize("seed", range(0, 400, 8))
def test_properties(seed):
    doc = document(seed)
    lines = doc.as_lines()
    rows = read_rows("made-up", lines)
    assert read_rows("made-up", lines) == rows
    for row in rows:
        for cell in row.cells:
            assert cell.value_text in doc.lines[cell.line - 1]
    assert keys(read_rows("made-up", doc.as_lines(traditional))) == keys(rows)


def test_running_text_gives_no_rows():
    for seed in range(60):
        rng = random.Random(seed)
        doc = Document()
        prose(doc, rng, 60)
        assert read_rows("made-up", doc.as_lines()) == []
