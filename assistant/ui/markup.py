"""The table that all screens share. Arguments that are not Markup are escaped."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

Head = tuple[str, bool]  # a column's name, and whether numbers stand in it


def facts(label: str, heads: Iterable[Head], body: Markup, *, caption: str = "", kind: str = "") -> Markup:
    """A table that scrolls sideways on its own where it is too wide; `label` is what screen readers call it."""
    head = Markup("").join(
        Markup('<th scope="col"{}>{}</th>').format(Markup(' class="num"') if numbers else "", name)
        for name, numbers in heads
    )
    return Markup(
        '<div class="scroll" tabindex="0" role="group" aria-label="{}"><table class="facts {}">{}'
        "<thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>"
    ).format(label, kind, Markup("<caption>{}</caption>").format(caption) if caption else "", head, body)
