"""Finding again, in a report's own printing, what was said in normal form."""

from __future__ import annotations

import re

from index.text import normalise

PUNCTUATION = re.compile(r"[\s\"'“”‘’「」『』《》（）()、,，.。:：;；·\-–—]+")


def bare(text: str) -> str:
    """The normal form without spaces and punctuation."""
    return PUNCTUATION.sub("", normalise(text))


def printed(text: str, body: str) -> str | None:
    """The stretch of `body` (as printed) whose bare form is that of `text`; None when there is none."""
    wanted = bare(text)
    if not wanted:
        return None
    joined: list[str] = []
    places: list[int] = []
    for place, char in enumerate(body):
        part = bare(char)
        joined.append(part)
        places += [place] * len(part)
    start = "".join(joined).find(wanted)
    if start < 0:
        return None
    return body[places[start] : places[start + len(wanted) - 1] + 1]
