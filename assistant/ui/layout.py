"""The page: top bar, tabs, status line. Each tab is a module of its own."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import gradio as gr
from markupsafe import Markup

from assistant.ui import chat, evaluation_view, figures_view, reports_view
from assistant.ui.desk import Desk
from assistant.ui.page import Page
from assistant.ui.shelf import Shelf
from assistant.ui.texts import LANGUAGES, NAMES, Texts, label

_POLL_SECONDS = 0.5  # while the assistant is being opened
_WATCH_SECONDS = 15  # afterwards: somebody else may change the library


def build(desk: Desk, shelf: Shelf, data_folder: Path, *, with_login: bool = False) -> gr.Blocks:
    """The whole page, not yet served. with_login: there is a way out."""
    blocks: gr.Blocks
    with gr.Blocks(title="ESG Report Assistant", analytics_enabled=False, fill_width=True) as blocks:
        language, conversation, ready = (
            gr.Textbox(visible=False, label=name) for name in ("language", "conversation", "ready")
        )
        page = Page(blocks, language, conversation, ready)
        bar = gr.HTML(elem_id="topbar", apply_default_css=False, js_on_load="esg.topbar(element);")
        status = gr.HTML(elem_id="status", apply_default_css=False, js_on_load=None)
        with gr.Tabs():
            with gr.Tab(label("tab.ask"), id="ask"):
                chat.build(desk, page)
            with gr.Tab(label("tab.figures"), id="figures"):
                figures_view.build(desk, page)
            with gr.Tab(label("tab.reports"), id="reports"):
                reports_view.build(desk, shelf, page)
            with gr.Tab(label("tab.evaluation"), id="evaluation"):
                evaluation_view.build(data_folder, page)
        foot = gr.HTML(apply_default_css=False, js_on_load=None)
        timer = gr.Timer(_POLL_SECONDS)

        def greet(language: str) -> tuple[str, str, str]:
            texts = Texts(language)
            return _bar(texts, with_login), _status(desk, texts), _foot(texts)

        blocks.load(
            greet,
            [page.language],
            [bar, status, foot],
            js="() => [esg.language()]",
            queue=False,
            api_visibility="private",
            show_progress="hidden",
        )

        def tick(language: str, shown: str) -> tuple[str, gr.Timer, Any]:
            opened = str(desk.engine.opened) if desk.engine.ready else ""
            seconds = _WATCH_SECONDS if desk.engine.settled else _POLL_SECONDS
            return (
                _status(desk, Texts(language)),
                gr.Timer(seconds),
                gr.skip() if opened == shown else opened,
            )

        timer.tick(
            tick,
            [page.language, page.ready],
            [status, timer, page.ready],
            queue=False,
            api_visibility="private",
            show_progress="hidden",
        )
        page.when_ready(lambda language: _status(desk, Texts(language)), [page.language], [status])
        for function, inputs, outputs in page.on_ready:
            page.ready.change(function, inputs, outputs, queue=False, api_visibility="private", show_progress="hidden")
    return blocks


def _bar(texts: Texts, with_login: bool) -> str:
    options = Markup("").join(
        Markup('<option value="{}"{}>{}</option>').format(
            language, Markup(" selected") if language == texts.language else "", NAMES[language]
        )
        for language in LANGUAGES
    )
    return str(
        Markup(
            '<a class="skip" href="#question">{skip}</a><header class="topbar">'
            '<button type="button" id="open-history" aria-label="{history}" title="{history}">'
            '<svg viewBox="0 0 16 16" aria-hidden="true"><path d="M2.5 4h11M2.5 8h11M2.5 12h7"/></svg></button>'
            '<div class="name"><h1>{title}</h1><p>{tagline}</p></div>'
            '<button type="button" id="start-new" aria-label="{new}" title="{new}">'
            '<svg viewBox="0 0 16 16" aria-hidden="true"><path d="M8 3v10M3 8h10"/></svg><b>{new}</b></button>'
            '<select id="language" aria-label="{language}">{options}</select>'
            '<button type="button" id="theme" aria-label="{theme}" title="{theme}">◐</button>{out}</header>'
        ).format(
            skip=texts("app.skip"),
            title=texts("app.title"),
            history=texts("history.title"),
            new=texts("ask.new"),
            tagline=texts("app.tagline"),
            language=texts("app.language"),
            options=options,
            theme=texts("app.theme"),
            out=Markup('<a class="out" href="/logout">{}</a>').format(texts("app.logout")) if with_login else "",
        )
    )


def _status(desk: Desk, texts: Texts) -> str:
    engine = desk.engine
    if engine.ready:
        words = texts(
            "status.ready",
            reports=len(engine.assistant.catalog.reports),
            passages=f"{len(engine.assistant.index.passages):,}",
        )
        kind = "ready"
    elif engine.settled:
        words, kind = texts("status.failed", error=engine.error), "failed"
    else:
        words, kind = texts("status.loading", seconds=int(time.monotonic() - engine.started)), "loading"
    return str(Markup('<p class="status {}" role="status"><i></i>{}</p>').format(kind, words))


def _foot(texts: Texts) -> str:
    return str(Markup('<footer class="foot">{}</footer>').format(texts("app.footer")))
