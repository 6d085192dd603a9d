"""Several people at once: nobody loses an answer, nobody gets another's."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest
from conftest import serving
from fake_assistant import SCRIPTS, FakeAssistant, Held

from assistant.answer import Event, EvidenceFound, Queued
from assistant.errors import AssistantError
from assistant.ui.desk import Desk
from assistant.ui.engine import Engine
from assistant.ui.texts import Texts
from assistant.ui.turn import Conversation

QUESTIONS = [f"{script.ask}？" for script in SCRIPTS if script.ask.isalpha()]


class OneAtATime(FakeAssistant):
    """Answers in the order asked, one after the other, as one LLM does; fails the test if two ever overlap."""

    def __init__(self, delay: float) -> None:
        super().__init__(delay)
        self.turn, self._inside = threading.Lock(), 0

    def stream(self, question: str, **how: Any) -> Iterator[Event]:
        events = super().stream(question, **how)
        yield next(events)  # evidence needs no LLM
        with self.turn:
            self._inside += 1
            assert self._inside == 1
            try:
                yield from events
            finally:
                self._inside -= 1


def _desk(tmp_path: Path, assistant: FakeAssistant) -> Desk:
    engine = Engine(lambda: assistant)  # type: ignore[arg-type, return-value]
    engine.start()
    return Desk(engine, tmp_path)


def test_ten_users_lose_nothing_and_mix_nothing(tmp_path: Path) -> None:
    llm = OneAtATime(0.01)
    llm.turn.acquire()  # busy with another's question until everyone has seen evidence
    desk = _desk(tmp_path, llm)
    with_evidence: set[str] = set()

    async def user(number: int) -> None:
        name = f"user-{number}"
        conversation = desk.conversation(name, None)
        for place in range(3):
            question = QUESTIONS[(number + place) % len(QUESTIONS)]
            async for turn in desk.ask(name, conversation, question, (), None, Texts("en")):
                if turn.found and name not in with_evidence:
                    assert not turn.text
                    with_evidence.add(name)
                    if len(with_evidence) == 10:
                        llm.turn.release()
            script = next(script for script in SCRIPTS if script.ask in question)
            last = conversation.turns[-1]
            assert (last.question, last.state, last.text) == (question, "done", script.text)

    async def everyone() -> None:
        await asyncio.gather(*(user(number) for number in range(10)))

    asyncio.run(everyone())
    for number in range(10):
        kept = [entry for entry in desk.history.entries(f"user-{number}")]
        assert len(kept) == 1
        conversation = desk.history.load(f"user-{number}", kept[0].id)
        assert conversation is not None and len(conversation.turns) == 3
    assert len(with_evidence) == 10, "evidence waits for nobody"


class Translating(FakeAssistant):
    """Waits for the LLM, which is busy until `free`, before it can search."""

    def __init__(self) -> None:
        super().__init__(0)
        self.free = threading.Event()

    def needs_llm_to_search(self, question: str, history: Any = ()) -> bool:
        return True

    def stream(self, question: str, **how: Any) -> Iterator[Event]:
        assert self.free.wait(60)
        yield from super().stream(question, **how)


def test_evidence_does_not_wait_for_a_translation(tmp_path: Path) -> None:
    busy = Translating()
    desk = _desk(tmp_path, busy)

    async def first() -> Event:
        async for event in desk.engine.stream(QUESTIONS[0], stop=threading.Event()):
            if not isinstance(event, Queued):
                return event
        raise AssertionError("nothing arrived")

    assert desk.engine._settled.wait(60)
    event = asyncio.run(asyncio.wait_for(first(), 60))
    busy.free.set()
    assert isinstance(event, EvidenceFound) and event.citations


def test_position_counts_those_who_asked_before(tmp_path: Path) -> None:
    held = Held()
    desk = _desk(tmp_path, held)
    seen: dict[int, set[int]] = {0: set(), 1: set(), 2: set()}

    async def listen(number: int) -> None:
        async for event in desk.engine.stream(QUESTIONS[0], stop=threading.Event()):
            if isinstance(event, Queued):
                seen[number].add(event.position)
            if 1 in seen[1] and 2 in seen[2]:
                held.go.set()

    async def run() -> None:
        await asyncio.gather(*(listen(number) for number in seen))

    assert desk.engine._settled.wait(60)
    asyncio.run(run())
    assert [max(positions, default=0) for positions in seen.values()] == [0, 1, 2]


def test_one_question_at_a_time_in_one_conversation(tmp_path: Path) -> None:
    desk = _desk(tmp_path, FakeAssistant(0.2))
    conversation = Conversation()

    async def ask() -> str:
        async for _ in desk.ask("ann", conversation, QUESTIONS[0], (), None, Texts("en")):
            pass
        return "answered"

    async def both() -> list[Any]:
        return await asyncio.gather(ask(), ask(), return_exceptions=True)

    results = asyncio.run(both())
    assert results[0] == "answered" and isinstance(results[1], AssistantError) and "Stop" in str(results[1])
    assert len(conversation.turns) == 1


@pytest.mark.parametrize("name", ["../ann", "a/b", "", ".hidden", "a b"])
def test_a_user_name_is_never_a_path(tmp_path: Path, name: str) -> None:
    desk = _desk(tmp_path, FakeAssistant(0))
    with pytest.raises(AssistantError):
        desk.history.entries(name)
    assert desk.history.load("ann", "../../x") is None


def test_a_folder_that_cannot_be_written_does_not_lose_the_answer(tmp_path: Path, caplog) -> None:
    (tmp_path / "history").write_text("in the way")
    desk = _desk(tmp_path, FakeAssistant(0))
    conversation = desk.conversation("ann", None)

    async def ask() -> None:
        async for _ in desk.ask("ann", conversation, QUESTIONS[0], (), None, Texts("en")):
            pass

    asyncio.run(ask())
    assert conversation.turns[-1].state == "done"
    assert "could not be kept" in caplog.text


@pytest.mark.long
def test_ten_users_for_five_minutes(tmp_path: Path) -> None:
    """Over the real HTTP endpoint."""
    with serving(tmp_path, OneAtATime(0.02)) as site:
        site.ready()
        until = time.monotonic() + 300
        problems: list[str] = []
        counts = [0] * 10

        def user(number: int) -> None:
            client = openai.OpenAI(base_url=site.url + "/v1", api_key="none", timeout=60)
            while time.monotonic() < until and not problems:
                script = [script for script in SCRIPTS if script.ask.isalpha()][
                    (number + counts[number]) % len(QUESTIONS)
                ]
                reply = client.chat.completions.create(
                    model="esg-report-assistant", messages=[{"role": "user", "content": f"{script.ask}？"}]
                )
                if reply.choices[0].message.content != script.text:
                    problems.append(f"user {number}: {reply.choices[0].message.content!r}")
                counts[number] += 1

        threads = [threading.Thread(target=user, args=(number,)) for number in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert problems == [] and min(counts) > 10
        assert max(counts) - min(counts) <= 0.2 * max(counts), "the queue is fair"
