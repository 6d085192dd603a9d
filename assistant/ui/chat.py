"""The Ask tab: conversation, evidence beside it, question box, history."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import gradio as gr

from assistant.errors import AssistantError
from assistant.ui.chat_view import Json, View, notice_html
from assistant.ui.desk import Desk
from assistant.ui.history import LOCAL_USER
from assistant.ui.page import Page
from assistant.ui.texts import Texts, label
from assistant.ui.turn import Conversation

# Any number may read evidence at once; the LLM itself takes one question at a time in its own queue.
AT_ONCE = 40
QUEUE = "llm"


def user_of(request: gr.Request) -> str:
    """Who asks."""
    return request.username or LOCAL_USER


def build(desk: Desk, page: Page) -> None:
    """Put the tab into the page and connect it."""
    with gr.Sidebar(label=label("history.title"), open=False, width=290, elem_id="history"):
        fresh = gr.Button(label("ask.new"), size="sm", elem_id="new")
        search = gr.Textbox(
            label=label("history.search"),
            show_label=False,
            container=False,
            elem_id="history-search",
            placeholder=label("history.search"),
            max_lines=1,
        )
        entries = gr.HTML(
            elem_id="entries",
            apply_default_css=False,
            js_on_load="esg.list(element, trigger, ['open', 'remove']);",
        )
        exports = gr.HTML(elem_id="exports", apply_default_css=False, js_on_load=None)
    with gr.Row(equal_height=False, elem_id="desk"):
        with gr.Column(scale=6, min_width=320):
            turns = gr.HTML(
                value={},
                html_template='<div class="turns" role="log" aria-live="off"></div>'
                '<div id="live" class="sr" role="status"></div>',
                apply_default_css=False,
                elem_id="conversation",
                js_on_load="esg.conversation(element, trigger, props, watch); /* 'ask' 'rate' */",
            )
            with gr.Column(elem_classes="composer"):
                with gr.Row(equal_height=True):
                    question = gr.Textbox(
                        label=label("ask.question"),
                        show_label=False,
                        container=False,
                        autofocus=True,
                        lines=1,
                        placeholder=label("ask.placeholder"),
                        max_lines=6,
                        elem_id="question",
                        scale=5,
                        min_width=160,
                    )
                    send = gr.Button(label("ask.send"), variant="primary", scale=0, min_width=84, elem_id="send")
                    stop = gr.Button(label("ask.stop"), scale=0, min_width=84, elem_id="stop", visible=False)
                notice = gr.HTML("", elem_id="notice", apply_default_css=False, js_on_load=None)
                reports = gr.Dropdown([], multiselect=True, label=label("ask.filter"), elem_id="reports-filter")
        with gr.Column(scale=5, min_width=320, elem_id="evidence"):
            cards = gr.HTML(
                value={},
                html_template='<section class="panel blank" aria-labelledby="ev-title"><h2 id="ev-title">${title}</h2>'
                '<p class="empty">${empty}</p><div class="cards"></div></section>',
                title="",
                empty="",
                apply_default_css=False,
                js_on_load="esg.evidence(element, props, watch);",
            )

    view = View(desk)

    async def ask(
        text: str, chosen: list[str], conversation_id: str, language: str, request: gr.Request
    ) -> AsyncIterator[tuple[Any, ...]]:
        async for shown in view.ask(user_of(request), conversation_id, text, chosen, None, language):
            yield shown

    async def ask_here(
        chosen: list[str], conversation_id: str, language: str, event: gr.EventData, request: gr.Request
    ) -> AsyncIterator[tuple[Any, ...]]:
        text, replaces = str(getattr(event, "question", "")), getattr(event, "replaces", None)
        async for shown in view.ask(user_of(request), conversation_id, text, chosen, replaces, language):
            yield (shown[0], shown[1], gr.skip(), *shown[3:])

    outputs = [turns, cards, question, send, stop, notice, entries, exports]
    scope = [reports, page.conversation, page.language]
    hidden: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    llm: dict[str, Any] = {"concurrency_limit": AT_ONCE, "concurrency_id": QUEUE, **hidden}
    gr.on([question.submit, send.click], ask, [question, *scope], outputs, **llm)
    turns.ask(ask_here, scope, outputs, trigger_mode="multiple", **llm)

    def halt(conversation_id: str, request: gr.Request) -> None:
        desk.stop(user_of(request), conversation_id)

    stop.click(halt, [page.conversation], None, queue=False, **hidden)

    def rate(conversation_id: str, language: str, event: gr.EventData, request: gr.Request) -> tuple[Json, str]:
        user, texts = user_of(request), Texts(language)
        conversation = desk.conversation(user, conversation_id)
        fields = [str(getattr(event, name, "")) for name in ("turn", "rating", "reason", "note")]
        try:
            desk.rate(user, conversation, *fields)
        except AssistantError as error:
            return view.turns(conversation, texts), notice_html(str(error))
        return view.turns(conversation, texts), ""

    turns.rate(rate, [page.conversation, page.language], [turns, notice], queue=False, **hidden)

    def show(user: str, conversation: Conversation, language: str, query: str = "") -> tuple[Any, ...]:
        texts = Texts(language)
        return (
            conversation.id,
            view.turns(conversation, texts, opened=True),
            gr.HTML(
                view.cards(conversation, texts, opened=True),
                title=texts("evidence.title"),
                empty=texts("evidence.empty"),
            ),
            view.entries(user, query, conversation.id, texts),
            view.exports(conversation, texts),
            "",
        )

    shown = [page.conversation, turns, cards, entries, exports, notice]

    def opened(conversation_id: str, language: str, request: gr.Request) -> tuple[Any, ...]:
        user = user_of(request)
        conversation = desk.conversation(user, conversation_id)
        return (*show(user, conversation, language), language, view.choices(language))

    page.blocks.load(
        opened,
        [page.conversation, page.language],
        [*shown, page.language, reports],
        js="() => [esg.conversationId(), esg.language()]",
        queue=False,
        **hidden,
    )

    def start(conversation_id: str, language: str, request: gr.Request) -> tuple[Any, ...]:
        desk.stop(user_of(request), conversation_id)
        return show(user_of(request), desk.conversation(user_of(request), ""), language)

    fresh.click(start, [page.conversation, page.language], shown, queue=False, **hidden)

    def reopen(
        conversation_id: str, language: str, query: str, event: gr.EventData, request: gr.Request
    ) -> tuple[Any, ...]:
        user = user_of(request)
        if conversation_id != getattr(event, "id", ""):
            desk.stop(user, conversation_id)  # one question at a time: the page's Stop belongs to what it shows
        return show(user, desk.conversation(user, str(getattr(event, "id", ""))), language, query)

    entries.open(reopen, [page.conversation, page.language, search], shown, queue=False, **hidden)

    def remove(
        conversation_id: str, language: str, query: str, event: gr.EventData, request: gr.Request
    ) -> tuple[Any, ...]:
        user = user_of(request)
        desk.forget(user, str(getattr(event, "id", "")))
        return show(user, desk.conversation(user, conversation_id), language, query)

    entries.remove(remove, [page.conversation, page.language, search], shown, queue=False, **hidden)

    def find(query: str, conversation_id: str, language: str, request: gr.Request) -> str:
        return view.entries(user_of(request), query, conversation_id, Texts(language))

    search.change(
        find, [search, page.conversation, page.language], entries, queue=False, trigger_mode="always_last", **hidden
    )

    def refresh(conversation_id: str, language: str, request: gr.Request) -> tuple[Any, ...]:
        """When loading ends: the examples, the filter's choices and an old conversation's evidence become known."""
        conversation, texts = desk.conversation(user_of(request), conversation_id), Texts(language)
        return view.turns(conversation, texts), view.cards(conversation, texts), view.choices(language)

    page.when_ready(refresh, [page.conversation, page.language], [turns, cards, reports])
