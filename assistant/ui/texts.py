"""The words of the screens in the three interface languages, from texts.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import gradio as gr
from gradio.i18n import I18nData

LANGUAGES = ("zh-Hans", "zh-Hant", "en")
NAMES = {"zh-Hans": "简体", "zh-Hant": "繁體", "en": "English"}
# What Gradio and browsers call the same languages.
LOCALES = {"zh-Hans": "zh-CN", "zh-Hant": "zh-TW", "en": "en"}


@lru_cache(maxsize=1)
def _table() -> Mapping[str, Mapping[str, str]]:
    with (Path(__file__).parent / "texts.toml").open("rb") as file:
        sections = tomllib.load(file)
    return {f"{section}.{key}": words for section, entries in sections.items() for key, words in entries.items()}


class Texts:
    """The words in one language; an unknown language reads as Simplified Chinese."""

    def __init__(self, language: str) -> None:
        """Choose the language: one of LANGUAGES."""
        self.language = language if language in LANGUAGES else LANGUAGES[0]

    def __call__(self, key: str, /, **names: object) -> str:
        """The text of "section.key" with its {names} filled in; raises KeyError on an unknown key."""
        text = _table()[key][self.language]
        return text.format(**names) if names else text


def keys() -> tuple[str, ...]:
    """Every "section.key" there is."""
    return tuple(_table())


def label(key: str) -> I18nData:
    """A text that the browser chooses by its own language: for labels of components."""
    if key not in _table():
        raise KeyError(key)
    return _translations()(_browser_key(key))


@lru_cache(maxsize=1)
def _translations() -> gr.I18n:
    # Some browsers ask for plain "zh"; it gets Simplified.
    tables = {
        LOCALES[language]: {_browser_key(key): words[language] for key, words in _table().items()}
        for language in LANGUAGES
    }
    return gr.I18n(**tables, zh=tables["zh-CN"])


def translations() -> gr.I18n:
    """All texts in the form that the page is started with."""
    return _translations()


def _browser_key(key: str) -> str:
    # A dot would mean nesting to the browser's library.
    return "app_" + key.replace(".", "_")
