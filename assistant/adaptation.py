"""The retriever adapted to the user's own library: made, put in use when it is better, taken out of use again.

The adapted model lies in the models folder: it can be made again in minutes. It counts only as long as the weights it
was made from are those that ship.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import AssistantError
from assistant.index_commands import TRANSLATIONS, build_index, index_errors
from index import retriever

if TYPE_CHECKING:
    from assistant.settings import Settings
    from index.build import Progress
    from index.retriever.training.adapt import Outcome
    from index.retriever.training.wordings import Wordings

_NEEDED = ("accelerate", "datasets")


@dataclass(frozen=True)
class Result:
    """What an adaptation came to; `outcome` is None when the added reports are too short to judge by."""

    outcome: Outcome | None
    kept: bool


def is_adapted(settings: Settings) -> bool:
    """Whether an adapted model is in use."""
    return settings.embedder == retriever.NAME and retriever.model_in(settings.models_folder) != retriever.MODEL


def added_reports(settings: Settings) -> set[str]:
    """The reports of the library that the user added."""
    from index.catalog import Catalog

    with index_errors():
        reports = Catalog.load(settings.report_folders).reports
    return {report.id for report in reports if report.path.parent == settings.report_folders[-1]}


def adapt(settings: Settings, progress: Progress) -> Result:
    """Train the shipped model further on the library; put it in use, index included, when it is better.

    Raises AssistantError when another embedder is set or a package is missing.
    """
    if settings.embedder != retriever.NAME:
        raise AssistantError(f"only {retriever.NAME} can be adapted, and the setting embedder is {settings.embedder}")
    if missing := [name for name in _NEEDED if importlib.util.find_spec(name) is None]:
        raise AssistantError(f'adapting needs {" and ".join(missing)}: run `pip install -e ".[train]"`')
    from index import store
    from index.retriever.training import adapt as training

    added = added_reports(settings)
    build_index(settings, progress)  # what is learnt from are the passages as they are now
    with index_errors(), _training_errors(settings):
        passages = list(store.read_passages(store.current(settings.index_folder)))
        settings.models_folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{retriever.ADAPTED}-", dir=settings.models_folder) as work:
            made = Path(work) / "model"
            outcome = training.adapt(passages, added, _wordings(settings), retriever.MODEL, made, progress)
            kept = outcome is not None and outcome.keep()
            if kept:
                _put(made, settings.models_folder / retriever.ADAPTED)
    if kept:
        build_index(settings, progress)
    return Result(outcome, kept)


def undo(settings: Settings, progress: Progress) -> bool:
    """Remove the adapted model and index with the shipped one; whether there was one."""
    folder = settings.models_folder / retriever.ADAPTED
    if not folder.exists():
        return False
    try:
        shutil.rmtree(folder)
    except OSError as error:
        raise AssistantError(f"{folder}: cannot be removed: {error.strerror}") from error
    build_index(settings, progress)
    return True


@contextmanager
def _training_errors(settings: Settings) -> Iterator[None]:
    from index.retriever.training.fit import TrainingError

    try:
        yield
    except TrainingError as error:
        raise AssistantError("the training failed, so nothing changed") from error
    except OSError as error:
        raise AssistantError(f"{settings.models_folder}: cannot be written: {error.strerror or error}") from error


def _wordings(settings: Settings) -> Callable[[int], Wordings]:
    from index.glossary import Glossary
    from index.retriever.training.wordings import Wordings, read_contrasts
    from index.translations import Translations

    prompts = settings.prompts_folder
    glossary = Glossary.load(prompts / "glossary.tsv")
    translations = Translations.load(prompts / TRANSLATIONS, settings.cache_folder / TRANSLATIONS)
    contrasts = read_contrasts(prompts / "contrasts.txt")
    return lambda seed: Wordings(glossary, translations, contrasts, seed)


def _put(made: Path, place: Path) -> None:
    """Move a folder to its place; between the two steps there is none, and the shipped model counts."""
    old = made.with_name("old")
    if place.exists():
        os.rename(place, old)
    os.rename(made, place)
