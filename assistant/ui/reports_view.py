"""The Reports tab: what the library holds, and where a report contradicts itself."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import gradio as gr
from markupsafe import Markup

from assistant import Citation
from assistant.ui import evidence
from assistant.ui.conversation import number
from assistant.ui.desk import Desk
from assistant.ui.evidence import Library
from assistant.ui.markup import facts
from assistant.ui.page import Page
from assistant.ui.texts import Texts

if TYPE_CHECKING:
    from assistant import Assistant
    from index.conflicts import Conflict


def build(desk: Desk, page: Page) -> None:
    """Put the tab into the page and connect it."""
    shelf = gr.HTML(elem_id="reports", apply_default_css=False, js_on_load=None)
    hidden: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden", "queue": False}

    def show(language: str) -> str:
        engine = desk.engine
        return library_html(engine.assistant, engine.library, Texts(language)) if engine.library else ""

    page.blocks.load(show, [page.language], [shelf], js="() => [esg.language()]", **hidden)
    page.when_ready(show, [page.language], [shelf])


def library_html(assistant: Assistant, library: Library, texts: Texts) -> str:
    """The table of reports, then the contradictions with both places."""
    passages = Counter(passage.report for passage in assistant.index.passages)
    rows = Counter(passage.report for passage in assistant.index.passages if passage.row is not None)
    conflicts = Counter(conflict.report for conflict in assistant.index.conflicts)
    body = Markup("").join(
        Markup(
            '<tr><th scope="row">{}</th><td>{}</td><td>{}</td><td class="num">{:,}</td><td class="num">{:,}</td>'
            '<td class="num">{:,}</td><td class="num">{:,}</td></tr>'
        ).format(
            report.institution[texts.language],
            report.title,
            report.year,
            len(assistant.lines(report.id, 1, 10**9)),
            rows[report.id],
            passages[report.id],
            conflicts[report.id],
        )
        for report in assistant.catalog.reports
    )
    counts = ("reports.lines", "reports.rows", "reports.passages", "reports.conflicts")
    heads = [(texts(key), False) for key in ("answer.institution", "reports.report", "reports.year")]
    table = facts(texts("tab.reports"), [*heads, *((texts(key), True) for key in counts)], body)
    return str(
        Markup('<div class="panel">{}</div><section class="panel contradictions"><h2>{}</h2>{}</section>').format(
            table, texts("reports.conflicts_title"), _conflicts(assistant.index.conflicts, library, texts)
        )
    )


def _conflicts(conflicts: tuple[Conflict, ...], library: Library, texts: Texts) -> Markup:
    if not conflicts:
        return Markup('<p class="note">{}</p>').format(texts("reports.no_conflicts"))
    return Markup("").join(_conflict(order, conflict, library, texts) for order, conflict in enumerate(conflicts))


def _conflict(order: int, conflict: Conflict, library: Library, texts: Texts) -> Markup:
    cards = Markup("").join(
        evidence.card(
            _cite(conflict.report, place.line, place.value_text, library),
            f"c-{order}-{at}",
            library,
            texts,
            number=None,
            back="",
            marked=True,
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
        " / ".join(number(place.value) for place in conflict.places),
        conflict.unit,
        cards,
    )


def _cite(report: str, line: int, value: str, library: Library) -> Citation:
    lines = library.lines(report, line, line)
    quote = lines[0].raw.strip() if lines else ""
    return Citation(n=1, report=report, line_start=line, line_end=line, quote=quote, value_text=value)
