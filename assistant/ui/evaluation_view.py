"""The Evaluation tab: the latest result of `assistant evaluate`, as the harness itself reports it."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import gradio as gr
from markupsafe import Markup

from assistant.errors import AssistantError
from assistant.ui.chat_view import notice_html
from assistant.ui.page import Page
from assistant.ui.texts import Texts

logger = logging.getLogger(__name__)


def folder(data_folder: Path) -> Path:
    """Where results are looked for; the newest counts."""
    return data_folder / "evaluation"


def latest(data_folder: Path) -> Path | None:
    """The newest result of answers, None when there is none."""
    files = list(folder(data_folder).glob("*.json")) if folder(data_folder).is_dir() else []
    return max(files, key=lambda file: file.stat().st_mtime, default=None)


def report(data_folder: Path) -> str:
    """The newest result as the harness's own page; raises AssistantError when there is none that can be read."""
    from eval.report import html
    from eval.results import read

    file = latest(data_folder)
    if file is None:
        raise AssistantError(f"no evaluation in {folder(data_folder)}")
    try:
        return html(read(file))
    except (KeyError, TypeError, ValueError) as error:
        raise AssistantError(f"{file} is not a result of `assistant evaluate`") from error


def build(data_folder: Path, page: Page) -> None:
    """Put the tab into the page and connect it."""
    frame = gr.HTML(elem_id="evaluation", apply_default_css=False, js_on_load=None)

    def show(language: str) -> str:
        texts = Texts(language)
        if latest(data_folder) is None:
            picture = Markup(
                '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M4 20V10M10 20V4M16 20v-7M21 20H3"/></svg>'
            )
            words = texts("evaluation.none", command=Markup("<code>assistant evaluate</code>"))
            return str(Markup('<div class="panel start">{}<p>{}</p></div>').format(picture, Markup(words)))
        try:
            report(data_folder)
        except AssistantError as error:
            return notice_html(str(error))
        # Without scripts, forms or a way out of the frame: it is a page to read.
        return str(
            Markup('<iframe class="harness" src="/evaluation" sandbox="" title="{}"></iframe>').format(
                texts("evaluation.title")
            )
        )

    hidden: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden", "queue": False}
    page.blocks.load(show, [page.language], [frame], js="() => [esg.language()]", **hidden)
