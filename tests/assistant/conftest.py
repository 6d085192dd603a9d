"""The small invented library, for all tests of the assistant."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.assistant.small_library import Library


@pytest.fixture
def small(tmp_path: Path) -> Library:
    return Library(tmp_path / "library")
