"""What the Ask tab shows, as HTML and as values of its components."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

import gradio as gr
from markupsafe import Markup

from assistant.errors import AssistantError
from assistant.ui import followups
from assistant.ui.conversation import chip, turn_html
from assistant.ui.desk import Desk
from assistant.ui.panel import evidence_html
from assistant.ui.texts import Texts
from assistant.ui.turn import Conversation, Turn

_PULSE_SECONDS = 1.0
_SHOWN = 12  # turns whose evidence is in the page
_KEPT = 200  # turns whose cards are kept ready
_EXPORTS = (("conversation.md", "export_md"), ("figures.csv", "export_csv"), ("figures.xlsx", "export_xlsx"))

# Two listeners may show the same conversation at once, and what was read first may arrive last: the page keeps what has
# the higher revision. It starts at the time in milliseconds so that a page outlives a restart of the server.
_revisions = itertools.count(int(time.time() * 1000))

Json = dict[str, Any]


def notice_html(text: str) -> str:
    """One line that says what is wrong."""
    return str(Markup('<p class="notice" role="alert">{}</p>').format(text))


async def _pulsed(turns: AsyncGenerator[Turn, None]) -> AsyncIterator[Turn | None]:
    """The turns, and None where nothing has come for a while: only when it is given something does Gradio see that the
    browser has gone, and lets the question go.
    """
    pending: asyncio.Future[Turn] | None = None
    try:
        while True:
            pending = pending or asyncio.ensure_future(anext(turns))
            done, _ = await asyncio.wait({pending}, timeout=_PULSE_SECONDS)
            if not done:
                yield None
                continue
            try:
                turn = pending.result()
            except StopAsyncIteration:
                return
            pending = None
            yield turn
    finally:
        if pending:
            pending.cancel()
            await asyncio.gather(pending, return_exceptions=True)
        await turns.aclose()


class View:
    """What the tab shows of a conversation, as HTML."""

    def __init__(self, desk: Desk) -> None:
        """Everything is read from `desk`."""
        self._desk = desk
        self._made: dict[tuple[str, str, int], list[tuple[str, str]]] = {}

    async def ask(
        self, user: str, conversation_id: str, text: str, chosen: list[str], replaces: str | None, language: str
    ) -> AsyncIterator[tuple[Any, ...]]:
        """The values of the tab's outputs after every change of the answer."""
        texts, desk = Texts(language), self._desk
        conversation = desk.conversation(user, conversation_id)
        known = desk.engine.library.catalog.ids() if desk.engine.library else ()
        reports = tuple(report for report in chosen or () if report in known)
        first = True
        try:
            async for turn in _pulsed(desk.ask(user, conversation, text, reports, replaces, texts)):
                if turn is None:
                    yield (gr.skip(),) * 8
                    continue
                running = turn.running
                yield (
                    self.turns(conversation, texts, running=running),
                    self.cards(conversation, texts),
                    "" if first else gr.skip(),
                    gr.Button(visible=not running),
                    gr.Button(visible=running),
                    "",
                    gr.skip() if running else self.entries(user, "", conversation.id, texts),
                    gr.skip() if running else self.exports(conversation, texts),
                )
                first = False
        except AssistantError as error:
            yield (gr.skip(), gr.skip(), gr.skip(), gr.skip(), gr.skip(), notice_html(str(error)), gr.skip(), gr.skip())

    def turns(self, conversation: Conversation, texts: Texts, *, running: bool = False, opened: bool = False) -> Json:
        """The conversation; with no turns yet, the welcome and example questions. opened: the page turns to it."""
        revision = next(_revisions)
        library = self._desk.engine.library
        items = [{"key": turn.id, "html": turn_html(turn, library, texts)} for turn in conversation.turns]
        last = conversation.turns[-1] if conversation.turns else None
        if last is None:
            items = [{"key": "welcome", "html": self._welcome(texts)}]
        return {
            "id": conversation.id,
            "revision": revision,
            "opened": opened,
            "items": items,
            "last": last.id if last else "",
            "running": running,
            "say": last.text if last and not last.running else "",
        }

    def cards(self, conversation: Conversation, texts: Texts, *, opened: bool = False) -> Json:
        """The evidence of the last turns. opened: the page turns to this conversation."""
        revision = next(_revisions)
        library = self._desk.engine.library
        shown = conversation.turns[-_SHOWN:] if library else []
        return {
            "id": conversation.id,
            "revision": revision,
            "opened": opened,
            "active": conversation.turns[-1].id if conversation.turns else "",
            "items": [
                {"key": key, "html": html, "group": turn.id}
                for turn in shown
                for key, html in self._evidence(turn, texts)
            ],
        }

    def _evidence(self, turn: Turn, texts: Texts) -> list[tuple[str, str]]:
        """The cards of a turn; kept once its answer is there, for they are sent again with every later update."""
        library = self._desk.engine.library
        if library is None:
            return []
        if turn.running:
            return list(evidence_html(turn, library, texts))
        key = (turn.id, texts.language, self._desk.engine.opened)
        if key not in self._made:
            if len(self._made) >= _KEPT:
                self._made.clear()
            self._made[key] = list(evidence_html(turn, library, texts))
        return self._made[key]

    def choices(self, language: str) -> Any:  # noqa: ANN401  (an update of a component)
        """The report filter."""
        library, texts = self._desk.engine.library, Texts(language)
        reports = library.catalog.reports if library else ()
        return gr.Dropdown(
            choices=[(f"{report.institution[texts.language]} · {report.title}", report.id) for report in reports],
        )

    def entries(self, user: str, query: str, current: str, texts: Texts) -> str:
        """The list of past conversations."""
        found = self._desk.history.entries(user, query)
        if not found:
            empty = texts("history.no_match" if query.strip() else "history.none")
            return str(Markup('<p class="none entries">{}</p>').format(empty))
        items = Markup("").join(
            Markup(
                '<li><button type="button" class="open" data-do="open" data-id="{id}"{now}><span>{title}</span>'
                '<small>{time}</small></button><button type="button" class="act" data-do="remove" data-id="{id}" '
                'data-confirm="{confirm}" aria-label="{delete}: {title}" title="{delete}">×</button></li>'
            ).format(
                id=entry.id,
                now=Markup(' aria-current="true"') if entry.id == current else "",
                title=entry.title,
                time=time.strftime("%Y-%m-%d %H:%M", time.localtime(entry.updated)),
                confirm=texts("history.confirm"),
                delete=texts("history.delete"),
            )
            for entry in found
        )
        return str(Markup('<ul class="entries">{}</ul>').format(items))

    def exports(self, conversation: Conversation, texts: Texts) -> str:
        """Links that download this conversation."""
        if not conversation.turns:
            return ""
        links = Markup("").join(
            Markup('<a href="/export/{}/{}?language={}" download>{}</a>').format(
                conversation.id, file, texts.language, texts(f"history.{key}")
            )
            for file, key in _EXPORTS
        )
        return str(Markup('<div class="exports">{}</div>').format(links))

    def _welcome(self, texts: Texts) -> Markup:
        engine = self._desk.engine
        chips = Markup("")
        if engine.library:
            questions = followups.examples(engine.assistant.index.passages, engine.library, texts)
            chips = Markup("").join(chip(question) for question in questions)
        head = Markup("<h3>{}</h3>").format(texts("ask.examples")) if chips else ""
        return Markup('<div class="welcome"><h2>{}</h2><p>{}</p>{}<div class="chips">{}</div></div>').format(
            texts("ask.welcome"), texts("ask.welcome_more"), head, chips
        )
