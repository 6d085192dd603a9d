"""Who signed: a line that ends with an office, and a name alone on the next, as under a chairman's letter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from index.records import Line
from index.text import clean

_OFFICES = "董事长|副董事长|行长|总裁|总经理|首席执行官|主席|监事长|理事长|董事会秘书"
_OFFICE = re.compile(rf"(?:{_OFFICES})$")
_NAME = re.compile(r"[\u3400-\u9fff]{1,2} ?[\u3400-\u9fff]{1,2}(?: ?(?:先生|女士|博士))?")
_ASKED = re.compile(rf"({_OFFICES})[^,。?]{{0,6}}?(?:谁|姓名|叫|哪[一位])|(?:谁|哪[一位]).{{0,6}}?({_OFFICES})")
LONGEST_OFFICE = 40  # characters: a longer line is a sentence


@dataclass(frozen=True)
class Signature:
    """An office in its search form, the name under it as printed, and the lines of both (1-based)."""

    office: str
    name: str
    first: int
    last: int


def office_asked(question: str) -> str:
    """The office whose holder a question asks for; "" for none."""
    match = _ASKED.search(question)
    return (match[1] or match[2]) if match else ""


def signatures(lines: Sequence[Line]) -> list[Signature]:
    """All of a report's lines."""
    printed = [line for line in lines if line.text]
    return [
        Signature(office.text, clean(name.raw), office.number, name.number)
        for office, name in pairwise(printed)
        if len(office.text) <= LONGEST_OFFICE and _OFFICE.search(office.text) and _NAME.fullmatch(name.text)
    ]
