"""A page over the scripted assistant, and a browser to drive it."""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import axe_core_python
import browser as chromium
from fake_assistant import FakeAssistant
from page_object import Page

from assistant.settings import Settings
from assistant.ui import server
from assistant.ui.accounts import Accounts
from assistant.ui.engine import Engine


@dataclass(frozen=True)
class Site:
    """A page that is being served, and what stands behind it."""

    url: str
    settings: Settings
    assistant: Any
    engine: Engine

    def ready(self) -> Site:
        """Waits until the assistant is open."""
        assert self.engine._settled.wait(60)
        return self


def wait_for(check: Callable[[], Any], what: str, seconds: float = 60) -> Any:
    """What `check` gives once it is true."""
    end = time.monotonic() + seconds
    while not (found := check()):
        assert time.monotonic() < end, f"waited {seconds:.0f} s for {what}"
        time.sleep(0.02)
    return found


@contextmanager
def serving(
    home: Path,
    assistant: Any,
    *,
    opening: threading.Event | None = None,
    accounts: Accounts | None = None,
    opener: Callable[[], Any] | None = None,
    index: Any = None,
) -> Iterator[Site]:
    """A site; with `opening`, its assistant is not there before that is set."""
    import uvicorn

    settings = Settings(home=home, port=0)

    def open_when_told() -> Any:
        if opening:
            opening.wait(120)
        return assistant

    app = server.create(settings, opener or open_when_told, accounts=accounts, index=index)
    listening = socket.create_server(("127.0.0.1", 0))
    running = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    wait_for(lambda: running.started, "the server")
    try:
        yield Site(f"http://127.0.0.1:{listening.getsockname()[1]}", settings, assistant, app.state.engine)
    finally:
        running.should_exit = True
        thread.join(timeout=10)
        listening.close()


@pytest.fixture(scope="session")
def fake() -> FakeAssistant:
    return FakeAssistant()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, fake: FakeAssistant) -> Iterator[Site]:
    with serving(tmp_path_factory.mktemp("home"), fake) as running:
        yield running


@pytest.fixture(scope="session")
def need_browser() -> None:
    absent = chromium.missing()
    if absent and os.environ.get("CI") == "true":
        pytest.fail(f"{absent}; the browser tests must run in CI")
    if absent:
        pytest.skip(f"BROWSER TESTS SKIPPED: {absent} (on Debian: apt install chromium chromium-driver)")


@pytest.fixture(scope="session")
def axe() -> str:
    """The script of axe-core, which looks for faults of accessibility."""
    return (Path(axe_core_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture
def open_page(need_browser: None, site: Site) -> Iterator[Callable[..., Page]]:
    """Opens the page in a fresh browser; arguments as of browser.start."""
    opened: list[Page] = []

    def start(url: str = site.url, **how: Any) -> Page:
        page = Page(chromium.start(**how), url)
        opened.append(page)
        return page

    yield start
    for page in opened:
        page.driver.quit()
