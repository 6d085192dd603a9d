"""Slips of the pen: a figure of a table that the text repeats with two neighbouring digits changed round.

7,936.69 元 in a table and 7,963.69 元 in a sentence on the same thing are two values for one fact, whatever words
name it. Five digits and more, the same unit and a word in common leave chance little room.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from index.conflicts import Conflict, Place
from index.records import Line, Passage, Row
from index.statements import parse_unit
from index.text import normalise

_DIGITS = 5
_NUMBER = re.compile(r"(?<![\d.,])(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?![\d]|[.,]\d)")
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_COMMON = frozenset("公司 本行 集团 报告 年度 员工 总数 数量 总额 金额 情况 其他 合计".split())  # noqa: SIM905


def find_slips(passages: Sequence[Passage], lines: Sequence[Line]) -> Iterator[Conflict]:
    """Conflicts between rows and the call-outs or sentences of one report."""
    text = [(passage, normalise(passage.text)) for passage in passages if passage.kind != "row"]
    numbers = [
        (match, passage, plain)
        for passage, plain in text
        for match in _NUMBER.finditer(plain)
        if len(_digits(match.group())) >= _DIGITS
    ]
    for passage in passages:
        if passage.row is not None:
            yield from _of_row(passage.row, numbers, lines)


def _of_row(
    row: Row, numbers: Sequence[tuple[re.Match[str], Passage, str]], lines: Sequence[Line]
) -> Iterator[Conflict]:
    words = _words(" ".join((*row.group, row.label)))
    for cell in row.cells:
        printed = normalise(cell.value_text)
        unit = parse_unit(cell.unit or row.unit)
        if cell.value is None or not cell.period or unit is None or len(_digits(printed)) < _DIGITS:
            continue
        places = [
            Place(float(match.group().replace(",", "")), match.group(), _line(passage, match.group(), lines))
            for match, passage, plain in numbers
            if _swapped(printed, match.group())
            and parse_unit(_unit_after(plain[match.end() :], normalise(cell.unit or row.unit))) == unit
            and words & _words(plain)
            and printed not in plain
        ]
        if places:
            found = tuple(
                sorted({*places, Place(cell.value, cell.value_text, cell.line)}, key=lambda place: place.line)
            )
            yield Conflict(row.report, row.label, cell.period, cell.unit or row.unit, found)


def _swapped(one: str, other: str) -> bool:
    """Whether two printed numbers differ by two neighbouring digits that changed places."""
    if len(one) != len(other) or [c for c in one if not c.isdigit()] != [c for c in other if not c.isdigit()]:
        return False
    first, second = _digits(one), _digits(other)
    apart = [at for at, (left, right) in enumerate(zip(first, second, strict=False)) if left != right]
    return (
        len(first) == len(second)
        and len(apart) == 2
        and apart[1] == apart[0] + 1
        and first[apart[0]] == second[apart[1]]
        and first[apart[1]] == second[apart[0]]
    )


def _unit_after(rest: str, unit: str) -> str:
    rest = rest.lstrip()
    return unit if rest.startswith(unit) else ""


def _digits(printed: str) -> str:
    return re.sub(r"\D", "", printed)


def _words(text: str) -> frozenset[str]:
    runs = _HAN.findall(normalise(text))
    return frozenset(run[at : at + 2] for run in runs for at in range(len(run) - 1)) - _COMMON


def _line(passage: Passage, number: str, lines: Sequence[Line]) -> int:
    for line in lines[passage.line_start - 1 : passage.line_end]:
        if number in line.text:
            return line.number
    return passage.line_end
