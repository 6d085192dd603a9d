"""An OpenAI-compatible endpoint over the same assistant and the same queue as the page.

`POST /v1/chat/completions` (streaming by checked sentences, and not), `GET /v1/models`. Beside OpenAI's own fields a
request may hold `reports` (ids) and `language`; a reply holds `citations` and `answer`, the whole answer object.
Shapes: https://platform.openai.com/docs/api-reference/chat
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
import uuid
from collections.abc import AsyncIterator, Coroutine, Mapping
from typing import Any, Literal, TypeVar

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.answer import Answer, Finished, Sentence
from assistant.errors import AssistantError, UsageError
from assistant.ui.engine import Engine

MODEL = "esg-report-assistant"
T = TypeVar("T")
_STARTED = int(time.time())


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore")
    type: Literal["text"]
    text: str


class _Message(BaseModel):
    model_config = ConfigDict(extra="ignore")
    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: str | list[_Part] | None = None

    @property
    def text(self) -> str:
        """The words, whichever way they were sent."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content)
        return self.content or ""


class _StreamOptions(BaseModel):
    model_config = ConfigDict(extra="ignore")
    include_usage: bool = False


class _Request(BaseModel):
    """Of what OpenAI's clients send, sampling and the like is ignored: answers are checked, not sampled."""

    model_config = ConfigDict(extra="ignore")
    model: str
    messages: list[_Message]
    stream: bool = False
    stream_options: _StreamOptions | None = None
    reports: list[str] = []
    language: str = "auto"


class ApiError(Exception):
    """What is told to the client, in OpenAI's shape."""

    def __init__(self, status: int, message: str, code: str) -> None:
        """`status`: HTTP; `code`: for programs."""
        super().__init__(message)
        self.status, self.code = status, code

    def body(self) -> dict[str, Any]:
        """The JSON of the reply."""
        kind = "invalid_request_error" if self.status < 500 else "server_error"
        return {"error": {"message": str(self), "type": kind, "param": None, "code": self.code}}


def attach(app: FastAPI, engine: Engine) -> None:
    """Put the routes into the application, under /v1."""
    router = APIRouter(prefix="/v1")

    @router.get("/models")
    def models() -> dict[str, Any]:
        return {"object": "list", "data": [_model()]}

    @router.get("/models/{name}")
    def model(name: str) -> JSONResponse:
        try:
            _check_model(name)
        except ApiError as error:
            return JSONResponse(error.body(), error.status)
        return JSONResponse(_model())

    @router.post("/chat/completions", response_model=None)
    async def complete(request: Request) -> JSONResponse | StreamingResponse:
        try:
            wanted = _read(await request.body())
            answers = _Completion(engine, wanted)
            if wanted.stream:
                # The first event decides whether this is an answer or an error: after it the status is sent.
                await _unless_gone(request, answers, answers.begin())
                return StreamingResponse(answers.chunks(), media_type="text/event-stream")
            return JSONResponse(await _unless_gone(request, answers, answers.whole()))
        except ApiError as error:
            return JSONResponse(error.body(), error.status)

    app.include_router(router)


async def _unless_gone(request: Request, answers: _Completion, step: Coroutine[Any, Any, T]) -> T:
    """What the step gives; a client that goes away meanwhile frees its place in the queue."""
    work = asyncio.create_task(step)
    try:
        while not work.done():
            await asyncio.wait({work}, timeout=0.5)
            if not work.done() and await request.is_disconnected():
                raise ApiError(499, "the client went away", "client_closed")
        return work.result()
    except BaseException:
        answers.stop.set()
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        raise


def _model() -> dict[str, Any]:
    return {"id": MODEL, "object": "model", "created": _STARTED, "owned_by": "local"}


def _check_model(name: str) -> None:
    if name != MODEL:
        raise ApiError(404, f"no model {name!r} here; there is: {MODEL}", "model_not_found")


def _read(body: bytes) -> _Request:
    try:
        wanted = _Request.model_validate_json(body)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "body"
        raise ApiError(400, f"{where}: {first['msg']}", "invalid_request") from error
    _check_model(wanted.model)
    if not wanted.messages or wanted.messages[-1].role != "user" or not wanted.messages[-1].text.strip():
        raise ApiError(400, "messages: the last one must be the user's question", "invalid_request")
    return wanted


class _Completion:
    """One answer on its way to the client."""

    def __init__(self, engine: Engine, wanted: _Request) -> None:
        if not engine.ready:
            reason = engine.error or "the models are still loading, try again in a moment"
            raise ApiError(503, reason, "not_ready")
        self._wanted = wanted
        self.stop = threading.Event()
        self._head = {"id": f"chatcmpl-{uuid.uuid4().hex}", "created": int(time.time()), "model": MODEL}
        history = [
            {"role": message.role, "content": message.text}
            for message in wanted.messages[:-1]
            if message.role in ("user", "assistant")
        ]
        self._events = engine.stream(
            wanted.messages[-1].text,
            reports=wanted.reports,
            history=history,
            language=wanted.language,
            stop=self.stop,
        )
        self._first: Sentence | Finished | None = None

    async def whole(self) -> dict[str, Any]:
        """The reply when it is not streamed."""
        async for event in self._told():
            if isinstance(event, Finished):
                answer = _checked(event.answer)
                message = {"role": "assistant", "content": answer.answer, "refusal": None}
                choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
                return {
                    **self._head,
                    "object": "chat.completion",
                    "choices": [choice],
                    "usage": _usage(answer),
                    **_extra(answer),
                }
        raise ApiError(500, "the answer was stopped", "stopped")

    async def begin(self) -> None:
        """Wait for the first sentence, so that an error still gets its own status."""
        async for event in self._told():
            if isinstance(event, Finished):
                _checked(event.answer)
            self._first = event
            return

    async def chunks(self) -> AsyncIterator[str]:
        """The reply as server-sent events: a chunk a sentence, the citations with the last."""
        yield self._chunk({"role": "assistant", "content": ""})
        said = ""
        try:
            async for event in self._rest():
                if isinstance(event, Sentence):
                    words = event.text if not said or said.endswith("\n") else _joint(said, event.text) + event.text
                    said += words
                    yield self._chunk({"content": words})
                else:
                    answer = _checked(event.answer)
                    if not said:
                        yield self._chunk({"content": answer.answer})
                    yield self._chunk({}, finish="stop", extra=_extra(answer))
                    if self._wanted.stream_options and self._wanted.stream_options.include_usage:
                        yield _event({**self._chunk_head(), "choices": [], "usage": _usage(answer)})
        except ApiError as error:
            yield _event(error.body())
        finally:
            self.stop.set()  # the client has gone, or all is said
        yield "data: [DONE]\n\n"

    async def _rest(self) -> AsyncIterator[Sentence | Finished]:
        if self._first is not None:
            yield self._first
        if not isinstance(self._first, Finished):
            async for event in self._told():
                yield event

    async def _told(self) -> AsyncIterator[Sentence | Finished]:
        try:
            async for event in self._events:
                if isinstance(event, Sentence | Finished):
                    yield event
        except UsageError as error:
            raise ApiError(400, str(error), "invalid_request") from error
        except AssistantError as error:
            raise ApiError(500, str(error), "failed") from error

    def _chunk_head(self) -> dict[str, Any]:
        return {**self._head, "object": "chat.completion.chunk"}

    def _chunk(
        self, delta: Mapping[str, str], *, finish: str | None = None, extra: Mapping[str, Any] | None = None
    ) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
        return _event({**self._chunk_head(), "choices": [choice], **(extra or {})})


def _checked(answer: Answer) -> Answer:
    if answer.error:
        raise ApiError(500, answer.error, "failed")
    return answer


def _joint(before: str, after: str) -> str:
    # English sentences are set apart, Chinese ones are not.
    return " " if before[-1:].isascii() and after[:1].isascii() else ""


def _usage(answer: Answer) -> dict[str, int]:
    read, written = answer.timings.tokens_read, answer.timings.tokens_written
    return {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}


def _extra(answer: Answer) -> dict[str, Any]:
    whole = answer.model_dump(mode="json")
    return {"citations": whole["citations"], "answer": whole}


def _event(data: Mapping[str, Any]) -> str:
    return f"data: {json.dumps(data, ensure_ascii=False)}\n\n"
