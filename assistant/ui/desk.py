"""The conversations that are open now: whose they are, what runs in them, and what is kept."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import AssistantError
from assistant.ui import feedback
from assistant.ui.engine import Engine
from assistant.ui.followups import suggest
from assistant.ui.history import History
from assistant.ui.texts import Texts
from assistant.ui.turn import Conversation, Turn

logger = logging.getLogger(__name__)

_OPEN = 200  # conversations held in memory; all are on disk as well


@dataclass
class _Run:
    turn: Turn
    stop: threading.Event


class Desk:
    """One for the whole process. Every method takes the user first: nobody reaches another's conversation."""

    def __init__(self, engine: Engine, data_folder: Path) -> None:
        """Conversations and feedback are kept under `data_folder`."""
        self.engine = engine
        self.history = History(data_folder / "history")
        self._feedback = data_folder / "feedback.jsonl"
        self._open: OrderedDict[tuple[str, str], Conversation] = OrderedDict()
        self._runs: dict[tuple[str, str], _Run] = {}
        self._lock = threading.Lock()

    def conversation(self, user: str, conversation_id: str | None) -> Conversation:
        """The conversation with this id, from memory or disk; a new one when this user has none such."""
        conversation_id = conversation_id or ""
        key = (user, conversation_id)
        with self._lock:
            if key in self._open:
                self._open.move_to_end(key)
                return self._open[key]
        conversation = self.history.load(user, conversation_id) or Conversation()
        with self._lock:
            self._open[user, conversation.id] = conversation
            for old in list(self._open)[: max(0, len(self._open) - _OPEN)]:
                if old not in self._runs:
                    del self._open[old]
        return conversation

    def running(self, user: str, conversation: Conversation) -> bool:
        """Whether a question of this conversation is being answered."""
        return (user, conversation.id) in self._runs

    def stop(self, user: str, conversation_id: str) -> None:
        """Stop what runs in this conversation, if anything."""
        run = self._runs.get((user, conversation_id))
        if run:
            run.stop.set()

    async def ask(
        self,
        user: str,
        conversation: Conversation,
        question: str,
        reports: tuple[str, ...],
        replaces: str | None,
        texts: Texts,
    ) -> AsyncGenerator[Turn, None]:
        """Answer; yields the turn after every change. `replaces`: this turn and all after it are dropped first.

        Raises AssistantError when there is no question or the last one is still being answered.
        """
        question = question.strip()
        if not question:
            raise AssistantError(texts("ask.empty"))
        key = (user, conversation.id)
        run = _Run(Turn(question, reports), threading.Event())
        with self._lock:
            if key in self._runs:
                raise AssistantError(texts("ask.busy"))
            self._runs[key] = run
        turn = run.turn
        try:
            place = next((place for place, old in enumerate(conversation.turns) if old.id == replaces), None)
            if place is not None:
                del conversation.turns[place:]
            history = conversation.history()
            conversation.turns.append(turn)
            if not self.engine.settled:
                turn.state = "loading"
                yield turn
                await self.engine.until_settled(run.stop)
                turn.state = "searching"
            # The page is first told of the question together with its evidence, which is there in a moment.
            try:
                async for event in self.engine.stream(
                    turn.question, reports=turn.reports, history=history, stop=run.stop
                ):
                    turn.take(event)
                    if turn.running:
                        yield turn
            except AssistantError as error:
                turn.fail(str(error))
            if turn.running:
                turn.state = "stopped"
            library = self.engine.library
            if library and turn.state == "done":
                turn.followups = suggest(turn, library, texts)
            self._keep(user, conversation)  # the list of conversations is shown with the end of the answer
            yield turn
        finally:
            # Also when the browser went away in the middle: the slot is free and what there is is kept.
            run.stop.set()
            if turn.running:
                turn.state = "stopped"
            with self._lock:
                self._runs.pop(key, None)
            self._keep(user, conversation)

    def rate(self, user: str, conversation: Conversation, turn_id: str, rating: str, reason: str, words: str) -> None:
        """Keep what the user says of an answer; the same rating again takes it back. Raises AssistantError."""
        turn = conversation.find(turn_id)
        if turn is None or turn.answer is None or rating not in ("good", "bad"):
            return
        turn.rating = "" if turn.rating == rating and not (reason or words) else rating
        feedback.note(self._feedback, user, turn, turn.rating, reason[:200], words)
        self._keep(user, conversation)

    def forget(self, user: str, conversation_id: str) -> None:
        """Delete a conversation for good."""
        self.stop(user, conversation_id)
        with self._lock:
            self._open.pop((user, conversation_id), None)
        self.history.delete(user, conversation_id)

    def _keep(self, user: str, conversation: Conversation) -> None:
        try:
            self.history.save(user, conversation)
        except AssistantError as error:
            logger.warning("%s", error)
