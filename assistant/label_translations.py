"""English for the labels of added reports that the glossary lacks: by the LLM, after the index is ready.

The index never waits for it. A process of its own, of the lowest priority, translates label by label (each is kept as
soon as it is made, so nothing is lost when it is stopped) and brings the index up to date once more at the end, for
which only the added reports are read again. One such process works at a time.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from assistant.errors import AssistantError
from assistant.index_commands import TRANSLATIONS, build_index, index_errors
from assistant.prompts import load_prompt

if TYPE_CHECKING:
    from assistant.llm import LanguageModel
    from assistant.settings import Settings
    from index.glossary import Glossary
    from index.translations import Translations

_LONGEST_LABEL = 40  # characters; what is longer is no label
_MOST_TOKENS = 40
_LOCK = "label-translations.lock"
Told = Callable[[str, int, int], None]


def missing_labels(settings: Settings) -> list[str]:
    """Labels, groups and table titles of added reports that neither the glossary nor a translation covers."""
    glossary, known = _load(settings)
    return known.missing(_labels(settings), glossary)


def fill(settings: Settings, llm: LanguageModel, told: Told = lambda what, done, total: None) -> int:
    """Translate what is missing; returns how many labels got a usable translation. The index is not touched."""
    glossary, known = _load(settings)
    labels = known.missing(_labels(settings), glossary)
    prompt = load_prompt(settings.prompts_folder, "translate_label")
    done = 0

    def translate(label: str) -> str:
        nonlocal done
        told("translating labels", done, len(labels))
        done += 1
        found = glossary.match_zh(label)
        terms = "；".join(dict.fromkeys(f"{match.entry.chinese[0]}={match.entry.english[0]}" for match in found))
        reply = llm.complete(prompt, {"terms": terms, "label": label}, max_tokens=_MOST_TOKENS)
        return next(iter(reply.splitlines()), "")

    usable = known.fill(labels, translate, llm.name)
    told("translating labels", len(labels), len(labels))
    return usable


def fill_and_index(settings: Settings, told: Told = lambda what, done, total: None) -> int | None:
    """Translate what is missing and put it into the index; None when another process is at it."""
    from assistant.answering import open_llm

    settings.cache_folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(settings.cache_folder / _LOCK, timeout=0):
            left, before, usable = len(missing_labels(settings)), -1, 0
            llm = open_llm(settings) if left else None
            if left and llm is None:
                raise AssistantError("labels are translated by the LLM, and none is set (llm)")
            while llm is not None and left and left != before:  # reports added meanwhile bring labels of their own
                usable += fill(settings, llm, told)
                before, left = left, len(missing_labels(settings))
            if usable:
                build_index(settings, told)
            return usable
    except Timeout:
        return None


def fill_in_background(settings: Settings) -> bool:
    """Start the work in a process of its own when there is any; whether it was started."""
    if settings.llm == "none" or not (settings.llm_url or settings.llm_path.is_file()) or not missing_labels(settings):
        return False
    command = [sys.executable, "-m", "assistant.cli", "index", "translate", "--step-back"]
    settings.cache_folder.mkdir(parents=True, exist_ok=True)
    with (settings.cache_folder / "label-translations.log").open("ab") as log:
        subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
    return True


def _load(settings: Settings) -> tuple[Glossary, Translations]:
    from index.glossary import Glossary
    from index.translations import Translations

    committed, cached = settings.prompts_folder / TRANSLATIONS, settings.cache_folder / TRANSLATIONS
    with index_errors():
        return Glossary.load(settings.prompts_folder / "glossary.tsv"), Translations.load(committed, cached)


def _labels(settings: Settings) -> Sequence[str]:
    from index import store

    own = settings.report_folders[-1]
    with index_errors():
        from index.catalog import Catalog

        added = {report.id for report in Catalog.load(settings.report_folders).reports if report.path.parent == own}
        if not added:
            return []
        passages = store.read_passages(store.current(settings.index_folder))
        rows = [passage.row for passage in passages if passage.row is not None and passage.report in added]
    texts = [text for row in rows for text in (row.label, *row.group, row.table)]
    return [text for text in dict.fromkeys(texts) if 0 < len(text) <= _LONGEST_LABEL]
