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
# The whole question: no chairman's meetings, nor whom he appointed.
_ASKED = re.compile(
    rf"(?<![副原前任])({_OFFICES})(?:现在|目前|的(?:姓名|名字))?(?:是|叫|为)(?:谁|什么名字|什么|哪一?位)(?:先生|女士)?(?:[,?]|$)|"
    rf"谁(?:是|任|担任)[^,?]*?(?<![副原前任])({_OFFICES})[?]?$"
)
_ANOTHER_S = re.compile(r"[分支]行|子公司|附属|旗下|委员会|监事会|理事会|助理|秘书长|部门")
_HELD = rf"(?:{_OFFICES}|董事|監事|监事|经理|經理|主任|行長|總裁|董事長|首席執行官)"
_ENDS_AS_OFFICE = re.compile(rf"{_HELD}$")
_MORE_OFFICES = re.compile(rf"(?:[、兼]\s*{_HELD})+(?=[，,。；;\s]|$)")
# What may stand alone under an office and is no name.
_NO_NAME = re.compile(r"致辞|寄语|报告|董事|监事|行长|总裁|经理|公司|银行|摘要|目录|[会部室席处长]$")
LONGEST_OFFICE = 40  # characters: a longer line is a sentence


@dataclass(frozen=True)
class Signature:
    """An office in its search form, the name under it as printed, and the lines of both (1-based)."""

    office: str
    name: str
    first: int
    last: int


def is_office(text: str) -> bool:
    """Whether a reply is an office, or of one's own a body, and no name: 董事长, 公司总裁."""
    return re.fullmatch(rf"(?:公司|本行|集团|总行|副|党委书记|[、,及兼])*(?:{_OFFICES}|[、,及兼副])+", text) is not None


def with_offices(office: str, text: str) -> str:
    """An office as printed in `text` with those named beside it, "执行董事、首席执行官"; anything else as it is."""
    place = text.find(office)
    if text.count(office) != 1 or not _ENDS_AS_OFFICE.search(office):
        return office
    more = _MORE_OFFICES.match(text, place + len(office))
    return office + more[0] if more else office


def office_asked(question: str) -> str:
    """The office whose holder a question asks for; "" for none."""
    match = _ASKED.search(question)
    return (match[1] or match[2]) if match and not _ANOTHER_S.search(question) else ""


def signatures(lines: Sequence[Line]) -> list[Signature]:
    """All of a report's lines."""
    printed = [line for line in lines if line.text]
    return [
        Signature(office.text, clean(name.raw), office.number, name.number)
        for office, name in pairwise(printed)
        if len(office.text) <= LONGEST_OFFICE and _OFFICE.search(office.text) and _is_name(name.text)
    ]


def _is_name(text: str) -> bool:
    return _NAME.fullmatch(text) is not None and not _NO_NAME.search(text)
