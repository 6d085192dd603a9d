"""Changes of the library from the page: one at a time, in a thread, with progress, and undone when cancelled."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import AssistantError
from assistant.index_commands import index_errors
from assistant.report_commands import add_report
from assistant.settings import Settings
from assistant.ui.engine import Engine
from index import library
from index.catalog import Report
from index.documents import Document, read_document
from index.library import Description

logger = logging.getLogger(__name__)

Index = Callable[[Settings, Callable[[str, int, int], None]], object]


@dataclass(frozen=True)
class Step:
    """What is being done (a report's id, "embedding", "opening"), how much of it is done, and of how much."""

    what: str
    done: int
    total: int


@dataclass(frozen=True)
class Found:
    """What an uploaded file holds; `description` is a guess for the user to confirm."""

    name: str
    mark: str
    document: Document
    description: Description


class Cancelled(Exception):
    """The user does not want it any more."""


class Shelf:
    """The library as the page changes it. `index` brings the index up to date; it calls its progress all along."""

    def __init__(self, settings: Settings, engine: Engine, index: Index) -> None:
        """Nothing is read yet."""
        self.settings, self.engine, self._index = settings, engine, index
        self._folder = settings.report_folders[-1]
        self._busy = threading.Lock()

    def removable(self, report: Report) -> bool:
        """Whether the user added it."""
        return report.path.parent == self._folder

    def read(self, file: Path) -> Found:
        """Read an uploaded file and guess whose report it is. Raises AssistantError that says why it cannot be read."""
        try:
            with index_errors():
                mark = library.digest(file.read_bytes())
                same = library.find_same(self.settings.report_folders, mark)
                if same:
                    raise AssistantError(f"{file.name} is in the library already, as {same}")
                document = read_document(file)
                return Found(file.name, mark, document, library.describe(document.text, file.name))
        except AssistantError as error:
            # Where the upload lies on this machine is nobody's business.
            raise AssistantError(str(error).replace(str(file), file.name)) from error

    async def add(
        self, found: Found, description: Description, aliases: Sequence[str], stop: threading.Event
    ) -> AsyncIterator[Step]:
        """Add the report and index it. When `stop` is set, or it fails, the library is as it was before."""

        def work(progress: Callable[[str, int, int], None]) -> None:
            report = add_report(
                self.settings, found.document, description, source=found.name, mark=found.mark, aliases=aliases
            )
            try:
                self._index(self.settings, progress)
            except BaseException:
                library.remove(self._folder, report.id)
                raise
            progress("opening", 0, 1)
            self.engine.reopen()

        async for step in self._run(work, stop):
            yield step

    async def remove(self, report_id: str) -> AsyncIterator[Step]:
        """Take an added report out, and out of the index."""

        def work(progress: Callable[[str, int, int], None]) -> None:
            with index_errors():
                library.remove(self._folder, report_id)
            self._index(self.settings, progress)
            self.engine.reopen()

        async for step in self._run(work, threading.Event()):
            yield step

    async def _run(
        self, work: Callable[[Callable[[str, int, int], None]], None], stop: threading.Event
    ) -> AsyncIterator[Step]:
        """Raises AssistantError with the reason, Cancelled after `stop`."""
        if not self._busy.acquire(blocking=False):
            raise AssistantError("the library is being changed already; wait until that is done")
        loop = asyncio.get_running_loop()
        steps: asyncio.Queue[Step | BaseException | None] = asyncio.Queue()

        def put(item: Step | BaseException | None) -> None:
            with suppress(RuntimeError):  # the server is shutting down
                loop.call_soon_threadsafe(steps.put_nowait, item)

        def progress(what: str, done: int, total: int) -> None:
            if stop.is_set() and what != "opening":
                raise Cancelled
            put(Step(what, done, total))

        def thread() -> None:
            try:
                work(progress)
                put(None)
            except (AssistantError, Cancelled) as error:
                put(error)
            except Exception as error:
                logger.exception("changing the library failed")
                put(AssistantError(f"{type(error).__name__}: {error}"))
            finally:
                self._busy.release()

        threading.Thread(target=thread, name="library", daemon=True).start()
        while (item := await steps.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
