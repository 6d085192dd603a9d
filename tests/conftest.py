"""Every test runs in a home of its own. Tests that need the real models ask for `real_home` or `real_settings`.

Nothing here reads or writes what the person at this machine made: the real models are only linked to, the real index
is copied, and settings of the person's own, in the environment or in a file, do not count.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.settings import PREFIX, Settings

_REAL_CACHE = pytest.StashKey[Path]()
_EMPTY_HOME = pytest.StashKey[str]()


def pytest_configure(config: pytest.Config) -> None:
    """Remember where the real models are, then leave the person's settings behind."""
    config.stash[_REAL_CACHE] = Settings().cache_folder
    for variable in [name for name in os.environ if name.upper().startswith(PREFIX)]:
        del os.environ[variable]
    config.stash[_EMPTY_HOME] = os.environ["ASSISTANT_HOME"] = tempfile.mkdtemp(prefix="assistant-home-")


def pytest_unconfigure(config: pytest.Config) -> None:
    shutil.rmtree(config.stash[_EMPTY_HOME], ignore_errors=True)


@pytest.fixture(autouse=True)
def home(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that is ASSISTANT_HOME in this test: an empty one, or the one with the real models."""
    uses_real = {"real_home", "real_settings"} & set(request.fixturenames)
    folder = request.getfixturevalue("real_home") if uses_real else tmp_path / "home"
    monkeypatch.setenv("ASSISTANT_HOME", str(folder))
    return folder


@pytest.fixture(scope="session")
def real_home(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home with the models that `make setup` fetched, a copy of the index, and no data of the user's."""
    cache = pytestconfig.stash[_REAL_CACHE]
    if not (cache / "models").is_dir():
        pytest.fail(f"no models in {cache}: run `make setup`, or `make test`, which does it", pytrace=False)
    folder = tmp_path_factory.mktemp("real-home")
    (folder / "cache").mkdir()
    (folder / "cache" / "models").symlink_to(cache / "models", target_is_directory=True)
    for name in ("index", "states"):
        if (cache / name).is_dir():
            shutil.copytree(cache / name, folder / "cache" / name)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def real_settings(real_home: Path) -> Settings:
    """Settings over `real_home`."""
    return Settings(home=real_home)
