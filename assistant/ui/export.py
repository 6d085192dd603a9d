"""A conversation as Markdown; its figures as CSV or Excel, each with the place it comes from."""

from __future__ import annotations

import csv
import io
import re
import time
from collections.abc import Callable, Iterable

from assistant import Citation
from assistant.ui.evidence import place
from assistant.ui.texts import Texts
from assistant.ui.turn import Conversation, Turn

Namer = Callable[[str], str]

_MARK = re.compile(r"\[(\d{1,3})\]")
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|!])")
HEADS = ("institution", "metric", "period", "value", "unit", "check", "formula", "source", "quote", "question")


def markdown(conversation: Conversation, name: Namer, texts: Texts) -> str:
    """Questions as headings, answers with footnotes that give institution, lines and the words as printed."""
    parts = [f"# {_plain(conversation.title)}", time.strftime("%Y-%m-%d %H:%M", time.localtime(conversation.created))]
    for place_, turn in enumerate(conversation.turns, start=1):
        parts.append(f"## {_plain(turn.question)}")
        if turn.error:
            parts.append(f"*{_plain(turn.error)}*")
            continue
        if turn.answer and turn.answer.abstained:
            parts.append(f"**{texts('answer.not_disclosed')}**")
        parts.append(_answer(turn, place_))
        if turn.answer:
            parts += [
                f"- {texts('answer.formula')}: `{result.formula}`" for result in turn.answer.results if result.formula
            ]
        parts += [
            f"[^{place_}-{n}]: {_plain(name(citation.report))}, {place(citation, texts)}: “{_plain(citation.quote)}”"
            for n, citation in sorted(turn.cited.items())
        ]
    return "\n\n".join(parts) + "\n"


def _answer(turn: Turn, turn_number: int) -> str:
    parts, last = [], 0
    for match in _MARK.finditer(turn.text):
        parts.append(_plain(turn.text[last : match.start()]))
        if int(match.group(1)) in turn.cited:
            parts.append(f"[^{turn_number}-{match.group(1)}]")
        last = match.end()
    return "".join(parts) + _plain(turn.text[last:])


def _plain(text: str) -> str:
    # Words of reports and questions stay words: no markup of theirs takes effect where the file is opened.
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def figures(conversation: Conversation, name: Namer, texts: Texts) -> list[list[str | float]]:
    """One row a figure of the answers, under HEADS."""
    rows: list[list[str | float]] = []
    for turn in conversation.turns:
        if turn.answer is None or turn.error:
            continue
        for result in turn.answer.results:
            if result.value is None:
                continue
            cited = [turn.cited[n] for n in result.citations if n in turn.cited]
            rows.append(
                [
                    name(result.report),
                    result.metric,
                    result.period or "",
                    result.value,
                    result.unit or "",
                    texts("answer.verified" if result.verified else "answer.unverified"),
                    result.formula or "",
                    "; ".join(f"{name(citation.report)} {place(citation, texts)}" for citation in cited),
                    "; ".join(_one_line(citation) for citation in cited),
                    turn.question,
                ]
            )
    return rows


def heads(texts: Texts) -> list[str]:
    """The column heads of `figures`."""
    own = {"quote": "evidence.printed", "question": "ask.question"}
    return [texts(own.get(head, f"answer.{head}")) for head in HEADS]


def to_csv(head: list[str], rows: Iterable[list[str | float]]) -> bytes:
    """CSV that Excel opens as UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([_harmless(cell) for cell in head])
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def to_excel(head: list[str], rows: Iterable[list[str | float]]) -> bytes:
    """An .xlsx workbook with one sheet; numbers stay numbers, text is never a formula."""
    from openpyxl import Workbook
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Font

    book = Workbook()
    sheet = book.active
    table: list[list[str | float]] = [[*head], *rows]
    for line, row in enumerate(table, start=1):
        for column, value in enumerate(row, start=1):
            cell = sheet.cell(line, column)
            if isinstance(value, str):
                cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
                cell.data_type = "s"
            else:
                cell.value = value
            if line == 1:
                cell.font = Font(bold=True)
    sheet.freeze_panes = "A2"
    for letter, width in zip("ABCDEFGHIJ", (16, 28, 10, 16, 14, 10, 28, 30, 48, 48), strict=True):
        sheet.column_dimensions[letter].width = width
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _harmless(cell: str | float) -> str | float:
    # A spreadsheet would run a cell that begins like this.
    return "'" + cell if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def _one_line(citation: Citation) -> str:
    return " ".join(citation.quote.split())
