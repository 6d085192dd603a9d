"""Who gets in: login and tokens where they are asked for, and no other web site's requests anywhere.

One ASGI middleware around everything that the process serves, so that no route can be forgotten.
"""

from __future__ import annotations

import asyncio
import json
from html import escape
from ipaddress import ip_address
from urllib.parse import parse_qs, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.ui.accounts import SESSION_SECONDS, Accounts
from assistant.ui.history import LOCAL_USER
from assistant.ui.texts import LANGUAGES, Texts

COOKIE = "esg_session"
_LOCAL_NAMES = ("localhost", "127.0.0.1", "[::1]")
_LONGEST_FORM = 4096
_FAILURE_SECONDS = 1.0


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach what listens on `host`."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


class Gate:
    """Puts the user's name into scope["state"]["user"], or answers itself. accounts None: everyone is LOCAL_USER."""

    def __init__(self, app: ASGIApp, accounts: Accounts | None, loopback: bool) -> None:
        """`loopback`: only this machine can connect, so only its own names are taken as Host."""
        self._app, self._accounts, self._loopback = app, accounts, loopback
        self._logins = asyncio.Semaphore(2)  # hashing is dear: guesses wait in line

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through with its user, or answer 400, 401, 403 or the login page."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if self._foreign(headers):
            await _problem(403, "this request comes from another web site")(scope, receive, send)
            return
        path, user = scope["path"], LOCAL_USER
        if self._accounts is not None:
            if path == "/login":
                await (await self._login(Request(scope, receive)))(scope, receive, send)
                return
            if path == "/logout":
                out = RedirectResponse("/login", 303)
                out.delete_cookie(COOKIE)
                await out(scope, receive, send)
                return
            known = await run_in_threadpool(self._known, headers, Request(scope))
            if known is None and not path.startswith("/ui/"):
                await self._refuse(scope, headers)(scope, receive, send)
                return
            user = known or LOCAL_USER
        scope.setdefault("state", {})["user"] = user
        await self._app(scope, receive, send)

    def _foreign(self, headers: Headers) -> bool:
        host = headers.get("host", "")
        name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
        if self._loopback and name not in _LOCAL_NAMES:
            return True  # a name that someone pointed at this machine
        origin = headers.get("origin")
        return bool(origin) and origin != "null" and urlsplit(origin).netloc != host

    def _known(self, headers: Headers, request: Request) -> str | None:
        assert self._accounts is not None
        kind, _, token = headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer":
            return self._accounts.of_token(token.strip())
        return self._accounts.of_session(request.cookies.get(COOKIE, ""))

    def _refuse(self, scope: Scope, headers: Headers) -> Response:
        if scope["path"].startswith("/v1/"):
            return _problem(401, "a token is needed: Authorization: Bearer …; make one with `assistant users token`")
        if scope["method"] == "GET" and "text/html" in headers.get("accept", ""):
            return RedirectResponse("/login", 303)
        return _problem(401, "please log in")

    async def _login(self, request: Request) -> Response:
        texts = Texts(_language(request.headers.get("accept-language", "")))
        if request.method != "POST":
            return HTMLResponse(_page(texts, ""))
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > _LONGEST_FORM:
                return _problem(413, "too long")
        fields = {key: values[0] for key, values in parse_qs(body.decode("utf-8", "replace")).items()}
        name = fields.get("name", "")
        assert self._accounts is not None
        async with self._logins:
            right = await run_in_threadpool(self._accounts.check, name, fields.get("password", ""))
            if not right:
                await asyncio.sleep(_FAILURE_SECONDS)
        if not right:
            return HTMLResponse(_page(texts, texts("login.wrong")), 401)
        out = RedirectResponse("/", 303)
        out.set_cookie(
            COOKIE,
            self._accounts.session(name),
            max_age=SESSION_SECONDS,
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
        return out


def _problem(status: int, message: str) -> Response:
    kind = {401: "authentication_error", 403: "permission_error"}.get(status, "invalid_request_error")
    return JSONResponse({"error": {"message": message, "type": kind, "param": None, "code": None}}, status)


def _language(accepted: str) -> str:
    lower = accepted.lower()
    if not lower.startswith("zh"):
        return "en"
    first = lower.split(",")[0]
    return LANGUAGES[1] if any(part in first for part in ("tw", "hk", "mo", "hant")) else LANGUAGES[0]


def _page(texts: Texts, problem: str) -> str:
    words = {key: escape(texts(f"login.{key}")) for key in ("name", "password", "enter")}
    notice = f'<p class="notice" role="alert">{escape(problem)}</p>' if problem else ""
    return (
        f'<!doctype html><html lang="{json.dumps(texts.language)[1:-1]}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(texts("app.title"))}</title><script src="/ui/page.js"></script>'
        '<link rel="stylesheet" href="/ui/page.css"></head><body><main class="gradio-container"><form class="login" '
        f'method="post" action="/login"><h1>{escape(texts("app.title"))}</h1>{notice}'
        f'<label>{words["name"]}<input name="name" autocomplete="username" required autofocus></label>'
        f'<label>{words["password"]}<input name="password" type="password" autocomplete="current-password" required>'
        f"</label><button>{words['enter']}</button></form></main></body></html>"
    )
