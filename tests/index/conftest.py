"""Small hand-written libraries of reports."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from index.catalog import Catalog, Report
from index.records import Line
from index.text import normalise
from tests.index.fake_encoder import FakeEncoder

LibraryMaker = Callable[..., Catalog]


@pytest.fixture
def fake_encoder() -> FakeEncoder:
    return FakeEncoder()


@pytest.fixture
def library(tmp_path: Path) -> LibraryMaker:
    """Make (or change) a library: library(alpha="text…", beta="text…") → its catalogue."""

    def make(**texts: str) -> Catalog:
        folder = tmp_path / "library"
        folder.mkdir(exist_ok=True)
        entries = []
        for name, text in texts.items():
            (folder / f"{name}.txt").write_text(text, encoding="utf-8")
            entries.append(
                f'[[report]]\nid = "{name}"\n'
                f'institution = {{ zh-Hans = "{name}公司", zh-Hant = "{name}公司", en = "{name}" }}\n'
                f'legal_name = "{name}有限公司"\naliases = []\ntickers = []\ntitle = "报告"\nyear = 2024\n'
                f'script = "zh-Hans"\nfile = "{name}.txt"\n'
            )
        (folder / "catalog.toml").write_text("\n".join(entries), encoding="utf-8")
        return Catalog.load([folder])

    return make


@pytest.fixture
def a_report(tmp_path: Path) -> Report:
    names = {"zh-Hans": "甲公司", "zh-Hant": "甲公司", "en": "Alpha"}
    return Report("alpha", names, "甲有限公司", (), (), "报告", 2024, "zh-Hans", tmp_path / "alpha.txt")


@pytest.fixture
def to_lines() -> Callable[[str], list[Line]]:
    """Text → lines, numbered from 1."""
    return lambda text: [Line(number, raw, normalise(raw)) for number, raw in enumerate(text.split("\n"), start=1)]
