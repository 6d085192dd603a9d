"""The Reports tab: what the library holds, where a report contradicts itself; add reports of one's own, remove them."""

from __future__ import annotations

import asyncio
import re
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr
from markupsafe import Markup

from assistant import Citation
from assistant.errors import AssistantError
from assistant.ui import evidence
from assistant.ui.chat_view import notice_html
from assistant.ui.conversation import number
from assistant.ui.desk import Desk
from assistant.ui.evidence import Library
from assistant.ui.markup import facts
from assistant.ui.page import Page
from assistant.ui.shelf import Cancelled, Shelf, Step
from assistant.ui.texts import Texts, label
from index.catalog import Report
from index.documents import SUFFIXES

if TYPE_CHECKING:
    from assistant import Assistant
    from index.conflicts import Conflict

_COMMA = re.compile("[,，、;；]")


def build(desk: Desk, shelf: Shelf, page: Page) -> None:
    """Put the tab into the page and connect it."""
    table = gr.HTML(elem_id="reports", apply_default_css=False, js_on_load="esg.list(element, trigger, ['remove']);")
    said = gr.HTML(elem_id="library-said", apply_default_css=False, js_on_load=None)
    with gr.Accordion(label("reports.add"), open=False, elem_id="add-report"):
        file = gr.File(label=label("reports.drop"), file_types=list(SUFFIXES), elem_id="upload", height=130)
        with gr.Row():
            institution = gr.Textbox(label=label("answer.institution"), max_lines=1, elem_id="new-institution")
            english = gr.Textbox(label=label("reports.english"), max_lines=1)
            aliases = gr.Textbox(label=label("reports.aliases"), max_lines=1)
        with gr.Row():
            title = gr.Textbox(label=label("reports.title"), max_lines=1, scale=3, elem_id="new-title")
            year = gr.Textbox(label=label("reports.year"), max_lines=1)
        with gr.Row():
            put = gr.Button(label("reports.put"), variant="primary", elem_id="add-button", scale=0)
            cancel = gr.Button(label("reports.cancel"), elem_id="add-cancel", scale=0, visible=False)
    twice = gr.HTML(elem_id="contradictions", apply_default_css=False, js_on_load=None)
    hidden: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    quick: dict[str, Any] = {"queue": False, **hidden}
    running: dict[str, threading.Event] = {}

    def show(language: str) -> tuple[str, str]:
        engine, texts = desk.engine, Texts(language)
        if engine.library is None:
            return "", ""
        return (
            library_html(engine.assistant, shelf.removable, texts),
            contradictions_html(engine.assistant, engine.library, texts),
        )

    def look(path: str | None, language: str) -> Iterator[tuple[Any, ...]]:
        """What the file says of itself, for the user to confirm."""
        texts = Texts(language)
        if not path:
            yield "", "", "", "", "", gr.skip()  # what was said last, say that it is added, stays
            return
        yield *[gr.skip()] * 5, _note(texts("reports.reading"))
        try:
            found = shelf.read(Path(path))
        except AssistantError as error:
            yield *[gr.skip()] * 5, notice_html(str(error))
            return
        guess = found.description
        lines = texts("reports.check", lines=f"{found.document.text.count(chr(10)):,}")
        yield guess.institution, guess.english, gr.skip(), guess.title, str(guess.year or ""), _note(lines)

    async def add(
        path: str | None, name: str, english_: str, others: str, title_: str, year_: str, language: str,
        request: gr.Request,
    ) -> AsyncIterator[tuple[Any, ...]]:  # fmt: skip
        texts, stop = Texts(language), threading.Event()
        if not path:
            yield *[gr.skip()] * 2, notice_html(texts("reports.no_file")), *[gr.skip()] * 4
            return
        running[str(request.session_hash)] = stop
        idle = (gr.Button(visible=True), gr.Button(visible=False))
        try:
            found = await asyncio.to_thread(shelf.read, Path(path))
            names = tuple(alias.strip() for alias in _COMMA.split(others) if alias.strip())
            chosen = replace(
                found.description,
                institution=name.strip(),
                english=english_.strip(),
                title=title_.strip() or found.description.title,
                year=int(year_) if year_.strip().isdecimal() else 0,
            )
            async for step in shelf.add(found, chosen, names, stop):
                busy = (gr.Button(visible=False), gr.Button(visible=True))
                yield *[gr.skip()] * 2, _progress(step, texts), *busy, gr.skip(), gr.skip()
            done = _note(texts("reports.added", name=chosen.institution), done=True)
            yield *show(language), done, *idle, None, str(shelf.engine.opened)
        except Cancelled:
            yield *[gr.skip()] * 2, _note(texts("reports.cancelled")), *idle, gr.skip(), gr.skip()
        except AssistantError as error:
            yield *[gr.skip()] * 2, notice_html(str(error)), *idle, gr.skip(), gr.skip()
        finally:
            stop.set()  # also when the browser went away
            running.pop(str(request.session_hash), None)

    def give_up(request: gr.Request) -> None:
        stop = running.get(str(request.session_hash))
        if stop:
            stop.set()

    async def remove(language: str, event: gr.EventData) -> AsyncIterator[tuple[Any, ...]]:
        texts = Texts(language)
        try:
            async for step in shelf.remove(str(getattr(event, "id", ""))):
                yield *[gr.skip()] * 2, _progress(step, texts), gr.skip()
            yield *show(language), _note(texts("reports.removed"), done=True), str(shelf.engine.opened)
        except AssistantError as error:
            yield *[gr.skip()] * 2, notice_html(str(error)), gr.skip()

    page.blocks.load(show, [page.language], [table, twice], js="() => [esg.language()]", **quick)
    page.when_ready(show, [page.language], [table, twice])
    file.change(look, [file, page.language], [institution, english, aliases, title, year, said], **hidden)
    file.clear(lambda: "", None, [said], **quick)
    fields = [file, institution, english, aliases, title, year, page.language]
    put.click(add, fields, [table, twice, said, put, cancel, file, page.ready], concurrency_limit=4, **hidden)
    cancel.click(give_up, None, None, **quick)
    table.remove(remove, [page.language], [table, twice, said, page.ready], concurrency_limit=4, **hidden)


def _note(text: str, *, done: bool = False) -> str:
    kind = "note done" if done else "note"
    return str(Markup('<p class="{}" role="status">{}</p>').format(kind, text))


def _progress(step: Step, texts: Texts) -> str:
    what = texts(f"reports.{step.what}") if step.what in ("embedding", "opening") else step.what
    return str(
        Markup('<p class="note"><progress max="{}" value="{}" aria-label="{}"></progress> {} {}</p>').format(
            max(1, step.total), step.done, what, what, f"{step.done}/{step.total}" if step.total > 1 else ""
        )
    )


def library_html(assistant: Assistant, removable: Callable[[Report], bool], texts: Texts) -> str:
    """The table of reports."""
    passages = Counter(passage.report for passage in assistant.index.passages)
    rows = Counter(passage.report for passage in assistant.index.passages if passage.row is not None)
    conflicts = Counter(conflict.report for conflict in assistant.index.conflicts)
    body = Markup("").join(
        Markup(
            '<tr><th scope="row">{}</th><td>{}</td><td>{}</td><td class="num">{:,}</td><td class="num">{:,}</td>'
            '<td class="num">{:,}</td><td class="num">{:,}</td><td>{}</td></tr>'
        ).format(
            report.institution[texts.language],
            report.title,
            report.year,
            len(assistant.lines(report.id, 1, 10**9)),
            rows[report.id],
            passages[report.id],
            conflicts[report.id],
            _remove_button(report, texts) if removable(report) else "",
        )
        for report in assistant.catalog.reports
    )
    counts = ("reports.lines", "reports.rows", "reports.passages", "reports.conflicts")
    heads = [(texts(key), False) for key in ("answer.institution", "reports.report", "reports.year")]
    table = facts(texts("tab.reports"), [*heads, *((texts(key), True) for key in counts), ("", False)], body)
    return str(Markup('<div class="panel">{}</div>').format(table))


def contradictions_html(assistant: Assistant, library: Library, texts: Texts) -> str:
    """What a report gives twice and differently, with both places."""
    return str(
        Markup('<section class="panel contradictions"><h2>{}</h2>{}</section>').format(
            texts("reports.conflicts_title"), _conflicts(assistant.index.conflicts, library, texts)
        )
    )


def _remove_button(report: Report, texts: Texts) -> Markup:
    name = report.institution[texts.language]
    return Markup(
        '<button type="button" class="act" data-do="remove" data-id="{}" data-confirm="{}" aria-label="{}">×</button>'
    ).format(report.id, texts("reports.confirm", name=name), texts("reports.remove", name=name))


def _conflicts(conflicts: tuple[Conflict, ...], library: Library, texts: Texts) -> Markup:
    if not conflicts:
        return Markup('<p class="note">{}</p>').format(texts("reports.no_conflicts"))
    return Markup("").join(_conflict(order, conflict, library, texts) for order, conflict in enumerate(conflicts))


def _conflict(order: int, conflict: Conflict, library: Library, texts: Texts) -> Markup:
    cards = Markup("").join(
        evidence.found_card(
            _cite(conflict.report, place.line, place.value_text, library),
            f"c-{order}-{at}",
            library,
            texts,
            mark=True,
            period=conflict.period,
        )
        for at, place in enumerate(conflict.places)
    )
    return Markup(
        '<details class="conflict-item"><summary><b>{}</b> {} · {}: <b>{}</b> {}</summary><div class="pair">{}</div>'
        "</details>"
    ).format(
        library.institution(conflict.report, texts.language),
        conflict.metric,
        conflict.period,
        " / ".join(dict.fromkeys(number(place.value) for place in conflict.places)),
        conflict.unit,
        cards,
    )


def _cite(report: str, line: int, value: str, library: Library) -> Citation:
    lines = library.lines(report, line, line)
    quote = lines[0].raw.strip() if lines else ""
    return Citation(n=1, report=report, line_start=line, line_end=line, quote=quote, value_text=value)
