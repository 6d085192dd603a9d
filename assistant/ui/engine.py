"""The assistant behind the page: opened in the background, asked in threads so that Stop works at once."""

from __future__ import annotations

import asyncio
import logging
import os
import threading
import time
from collections.abc import AsyncIterator, Callable, Generator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.answer import Event, EvidenceFound, Queued, Sentence
from assistant.errors import AssistantError
from assistant.settings import PROJECT
from assistant.ui.evidence import Library
from assistant.ui.figures import Figures
from assistant.ui.rows import RowFinder
from index.glossary import Glossary

if TYPE_CHECKING:
    from assistant import Assistant

logger = logging.getLogger(__name__)

History = Sequence[Mapping[str, str]]
_MOMENT = 0.1  # seconds
_NICE = 5


class Engine:
    """Holds the assistant. `opener` makes it and may take long: it runs in a thread of its own."""

    def __init__(self, opener: Callable[[], Assistant]) -> None:
        """Nothing is opened yet: `start` does that."""
        self._opener = opener
        self._assistant: Assistant | None = None
        self._library: Library | None = None
        self._figures: Figures | None = None
        self._settled = threading.Event()
        self._line = _Line()
        self.error = ""
        self.started = time.monotonic()
        self.opened = 0  # how often: a page that was shown an earlier opening is out of date

    def start(self) -> None:
        """Open the assistant in the background."""
        self.started = time.monotonic()
        threading.Thread(target=self._open, name="open-assistant", daemon=True).start()

    def _open(self) -> None:
        try:
            self.reopen()
        except AssistantError as error:
            self.error = str(error)
        except Exception as error:
            logger.exception("opening the assistant failed")
            self.error = f"{type(error).__name__}: {error}"
        finally:
            self._settled.set()

    def reopen(self) -> None:
        """Open again, after the library changed; until that is done, and where it fails, the old one answers on.

        Raises AssistantError.
        """
        assistant = self._opener()
        assistant.search("预热")  # loads what the evidence of the first question would wait for, as do its lines
        for report in assistant.catalog.ids():
            assistant.lines(report, 1, 1)
        library = library_of(assistant)
        self._library, self._figures, self._assistant = library, figures_of(assistant, library), assistant
        self.opened += 1
        threading.Thread(target=self._warm, args=(assistant,), name="warm", daemon=True).start()

    def _warm(self, assistant: Assistant) -> None:
        """Let the LLM read its prompts before somebody waits for it; evidence is there meanwhile."""
        try:
            assistant.warm()
        except AssistantError as error:
            logger.warning("%s", error)

    @property
    def ready(self) -> bool:
        """Whether questions can be answered now."""
        return self._assistant is not None

    @property
    def settled(self) -> bool:
        """Whether opening has ended, well or badly."""
        return self._settled.is_set()

    @property
    def library(self) -> Library | None:
        """What evidence is shown from; None while loading."""
        return self._library

    @property
    def figures(self) -> Figures | None:
        """What the figures are compared from; None while loading."""
        return self._figures

    @property
    def assistant(self) -> Assistant:
        """The assistant; raises AssistantError, with the reason, when there is none."""
        if self._assistant is None:
            raise AssistantError(self.error or "the assistant is still loading")
        return self._assistant

    async def until_settled(self, stop: threading.Event) -> None:
        """Wait until opening has ended or `stop` is set."""
        while not self._settled.is_set() and not stop.is_set():
            await asyncio.sleep(0.05)

    async def stream(
        self,
        question: str,
        *,
        reports: Sequence[str] = (),
        history: History = (),
        language: str = "auto",
        stop: threading.Event,
    ) -> AsyncIterator[Event]:
        """The events of one question; ends early once `stop` is set, which also happens when nobody listens any more.

        Where the pipeline must ask the LLM, perhaps busy with other questions, before it can search, a plain search
        shows what it finds at once. What takes longer than a moment says so first. Raises AssistantError.
        """
        assistant = self.assistant
        loop = asyncio.get_running_loop()
        arrived: asyncio.Queue[_Item] = asyncio.Queue()

        def put(item: _Item) -> None:
            with suppress(RuntimeError):  # the server is shutting down
                loop.call_soon_threadsafe(arrived.put_nowait, item)

        def search() -> None:
            # Only to show something early: what is wrong with the question, the stream itself says.
            try:
                found = assistant.search(question, reports=reports or None, language=language)
                put(_Item(event=EvidenceFound(tuple(found))))
            except AssistantError:
                pass
            except Exception:
                logger.exception("no evidence before the answer")

        def work() -> None:
            try:
                if assistant.needs_llm_to_search(question, history):
                    search()
                _give_way()
                source = assistant.stream(
                    question, reports=reports or None, language=language, history=history, stop=stop
                )
                for event in source:
                    put(_Item(event=event))
                    if stop.is_set():
                        break
                if isinstance(source, Generator):
                    source.close()  # what the LLM was writing is given up here
            except AssistantError as error:
                put(_Item(error=str(error)))
            except Exception as error:
                logger.exception("answering failed")
                put(_Item(error=f"{type(error).__name__}: {error}"))
            finally:
                put(_Item())

        ticket = self._line.join()
        threading.Thread(target=work, name="answer", daemon=True).start()
        try:
            speaking = False
            before: int | None = None  # nothing has been told yet
            while not stop.is_set():
                try:
                    item = await asyncio.wait_for(arrived.get(), _MOMENT)
                except TimeoutError:
                    position = self._line.position(ticket)
                    if position != before and not speaking:
                        before = position
                        yield Queued(position)
                    continue
                if item.error:
                    raise AssistantError(item.error)
                if item.event is None:
                    return
                before = before or 0
                speaking = speaking or isinstance(item.event, Sentence)
                yield item.event
        finally:
            stop.set()
            self._line.leave(ticket)


def _give_way() -> None:
    """Let the page and other people's evidence go before this thread, whose LLM takes all processors there are."""
    with suppress(AttributeError, OSError):  # only Linux has priorities of threads
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)


class _Line:
    """Who asked before whom. The LLM takes its callers in this order, so it tells how many are still before one."""

    def __init__(self) -> None:
        self._tickets: dict[object, None] = {}
        self._lock = threading.Lock()

    def join(self) -> object:
        """A ticket, at the end of the line."""
        ticket = object()
        with self._lock:
            self._tickets[ticket] = None
        return ticket

    def leave(self, ticket: object) -> None:
        """Give the ticket back."""
        with self._lock:
            self._tickets.pop(ticket, None)

    def position(self, ticket: object) -> int:
        """How many are before."""
        with self._lock:
            return next((place for place, other in enumerate(self._tickets) if other is ticket), 0)


@dataclass(frozen=True)
class _Item:
    """An event, an error, or (neither) the end."""

    event: Event | None = None
    error: str = ""


def library_of(assistant: Assistant) -> Library:
    """What the evidence panel reads from."""
    glossary = Glossary.load(PROJECT / "prompts" / "glossary.tsv")
    return Library(assistant.catalog, assistant.lines, RowFinder(assistant.index.passages), glossary)


def figures_of(assistant: Assistant, library: Library) -> Figures:
    """What the figures are compared from."""
    return Figures(assistant.index.passages, assistant.catalog, library.glossary)
