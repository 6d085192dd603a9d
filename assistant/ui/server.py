"""Serves the page, the downloads and the pages' own files, from one process; nothing from outside is loaded."""

from __future__ import annotations

import logging
import re
import socket
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote

import gradio as gr
from fastapi import FastAPI, HTTPException, Query, Request, Response
from gradio.themes import Base
from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant import api
from assistant.errors import AssistantError, UsageError
from assistant.settings import Settings
from assistant.ui import evaluation_view, export, figures_view, layout
from assistant.ui.accounts import Accounts
from assistant.ui.desk import Desk
from assistant.ui.engine import Engine
from assistant.ui.figures import Choice
from assistant.ui.gate import Gate, is_loopback
from assistant.ui.history import LOCAL_USER
from assistant.ui.shelf import Index, Shelf
from assistant.ui.texts import Texts, translations
from index.documents import MOST_BYTES

if TYPE_CHECKING:
    from assistant import Assistant

logger = logging.getLogger(__name__)

_HERE = Path(__file__).parent
_FILES = {"page.js": "text/javascript", "page.css": "text/css"}
_SHEETS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# The browser itself refuses whatever would load from or send to another machine.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
    "frame-ancestors 'none'; base-uri 'self'; form-action 'self'; object-src 'none'"
)
# Gradio would let programs call the page's listeners by name. Programs have /v1; the page itself calls by number.
_NAMED = re.compile(r"/gradio_api/(?:call|api)/|/gradio_api/run/(?!predict/?$)")
_FRAMED = "/evaluation"  # the one page that may stand in a frame, of this page alone
_FIRST, _LAST = b'<head><script src="/ui/page.js"></script>', b'<link rel="stylesheet" href="/ui/page.css"></head>'


def create(
    settings: Settings,
    opener: Callable[[], Assistant],
    *,
    accounts: Accounts | None = None,
    loopback: bool = True,
    index: Index | None = None,
) -> FastAPI:
    """The application. `opener` makes the assistant; it is called in the background, at once.

    accounts: who may enter, None for everyone. loopback: only this machine can connect. index: what brings the index
    up to date when reports are added or removed on the page; by default what `assistant index build` does.
    """
    engine = Engine(opener)
    desk = Desk(engine, settings.data_folder)
    app = FastAPI(title="ESG report assistant", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.engine = engine

    @app.get("/ui/{name}", include_in_schema=False)
    def own_file(name: str) -> Response:
        if name not in _FILES:
            raise HTTPException(404)
        body = (_HERE / name).read_bytes()
        return Response(body, media_type=_FILES[name], headers={"Cache-Control": "no-cache"})

    @app.get("/export/{conversation_id}/{name}", include_in_schema=False)
    def download(conversation_id: str, name: str, request: Request, language: str = "zh-Hans") -> Response:
        return _export(desk, _user(request), conversation_id, name, Texts(language))

    @app.get("/figures.{kind}", include_in_schema=False)
    def compared(
        kind: str,
        metric: Annotated[list[str], Query()],
        report: Annotated[list[str], Query()],
        year: Annotated[list[str] | None, Query()] = None,
        language: str = "zh-Hans",
    ) -> Response:
        if kind not in _SHEETS or engine.figures is None or engine.library is None:
            raise HTTPException(404)
        choice = Choice(tuple(metric), tuple(report), tuple(year or ()))
        body = figures_view.download(engine.figures, engine.library, choice, kind, Texts(language))
        return _attachment(body, _SHEETS[kind], f"figures.{kind}")

    @app.get(_FRAMED, include_in_schema=False)
    def evaluated() -> Response:
        try:
            return Response(evaluation_view.report(settings.data_folder), media_type="text/html")
        except AssistantError as error:
            raise HTTPException(404, str(error)) from error

    api.attach(app, engine)
    gr.mount_gradio_app(
        app,
        layout.build(
            desk, Shelf(settings, engine, index or _index), settings.data_folder, with_login=accounts is not None
        ),
        path="/",
        theme=_theme(),
        i18n=translations(),
        footer_links=[],
        run_history=False,
        ssr_mode=False,
        show_error=True,
        max_file_size=MOST_BYTES,
        mcp_server=False,
        enable_monitoring=False,
        auth_dependency=_user,
        app_kwargs={"docs_url": None, "redoc_url": None, "openapi_url": None},
    )
    app.add_middleware(_Page)
    app.add_middleware(Gate, accounts=accounts, loopback=loopback)
    engine.start()
    return app


def _index(settings: Settings, progress: Callable[[str, int, int], None]) -> None:
    from assistant.index_commands import build_index
    from assistant.label_translations import fill_in_background

    build_index(settings, progress)
    fill_in_background(settings)


def _user(request: Request) -> str:
    """Who asks: the gate has put it there."""
    return str(request.scope.get("state", {}).get("user", LOCAL_USER))


def _theme() -> Base:
    sans = ["system-ui", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", "sans-serif"]
    return Base(
        primary_hue=gr.themes.colors.sky,
        neutral_hue=gr.themes.colors.slate,
        font=sans,
        font_mono=["ui-monospace", "SFMono-Regular", "Consolas", "monospace"],
        text_size=gr.themes.sizes.text_md,
        radius_size=gr.themes.sizes.radius_sm,
    ).set(
        button_primary_background_fill="#0b5c8a",
        button_primary_background_fill_hover="#084a70",
        button_primary_background_fill_dark="#0f6ea5",
        button_primary_text_color="#ffffff",
        button_primary_text_color_dark="#ffffff",
    )


def _export(desk: Desk, user: str, conversation_id: str, name: str, texts: Texts) -> Response:
    conversation = desk.history.load(user, conversation_id)
    if conversation is None:
        raise HTTPException(404, texts("history.nothing"))
    library = desk.engine.library

    def institution(report: str) -> str:
        return library.institution(report, texts.language) if library else report

    stem, _, ending = name.partition(".")
    if name == "conversation.md":
        body, kind = export.markdown(conversation, institution, texts).encode(), "text/markdown; charset=utf-8"
    elif stem == "figures" and ending in _SHEETS:
        rows = export.figures(conversation, institution, texts)
        body = (export.to_excel if ending == "xlsx" else export.to_csv)(export.heads(texts), rows)
        kind = _SHEETS[ending]
    else:
        raise HTTPException(404)
    title = "".join(char for char in conversation.title[:30] if char.isalnum()) or "conversation"
    return _attachment(body, kind, f"{title}.{ending}")


def _attachment(body: bytes, kind: str, name: str) -> Response:
    disposition = f"attachment; filename*=UTF-8''{quote(name)}"
    return Response(body, media_type=kind, headers={"Content-Disposition": disposition})


class _Page:
    """Puts the page's own script first in the HTML, and the policy on every response; closes what nobody needs."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if _NAMED.match(scope["path"]):
            await PlainTextResponse("Not Found", 404)(scope, receive, send)
            return
        start: Message = {}
        chunks: list[bytes] = []

        async def relay(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                framed = scope["path"] == _FRAMED
                headers["Content-Security-Policy"] = _POLICY.replace("'none'", "'self'", 1) if framed else _POLICY
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "no-referrer"
                if scope["path"] == "/" and headers.get("content-type", "").startswith("text/html"):
                    start = message  # held back: its length changes
                    return
            elif start and message["type"] == "http.response.body":
                chunks.append(message.get("body", b""))
                if message.get("more_body"):
                    return
                body = b"".join(chunks).replace(b"<head>", _FIRST, 1).replace(b"</head>", _LAST, 1)
                MutableHeaders(scope=start)["content-length"] = str(len(body))
                await send(start)
                message = {"type": "http.response.body", "body": body}
            await send(message)

        await self._app(scope, receive, relay)


def run(
    settings: Settings, opener: Callable[[], Assistant], *, login: bool | None = None, say: Callable[[str], None]
) -> None:
    """Serve until interrupted, and `say` where. Raises AssistantError when it cannot listen there.

    login None: only when other machines can connect. With login and no users nobody could enter: a UsageError.
    """
    import uvicorn

    loopback = is_loopback(settings.host)
    accounts = Accounts(settings.data_folder) if (not loopback if login is None else login) else None
    if accounts and not accounts.names():
        raise UsageError(
            f"on {settings.host} a login is needed and there are no users yet: run `assistant users add NAME`, "
            "or --no-login if everyone who reaches this address may ask"
        )
    try:
        listening = socket.create_server((settings.host, settings.port), family=_family(settings.host))
    except OSError as error:
        raise AssistantError(
            f"cannot listen on {settings.host}:{settings.port} ({error.strerror}); choose another with --port"
        ) from error
    with listening:
        app = create(settings, opener, accounts=accounts, loopback=loopback)
        name = f"[{settings.host}]" if ":" in settings.host else settings.host
        say(f"Open http://{name}:{listening.getsockname()[1]} (Ctrl-C ends it)")
        level = settings.log_level.lower()
        config = uvicorn.Config(app, log_level=level, access_log=False, timeout_graceful_shutdown=3)
        uvicorn.Server(config).run(sockets=[listening])


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
