"""On what a table's figures are measured: currency blocks and sections, believed only as far as the figures agree."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.records import Row
from index.tables.lexicon import (
    BASIS_WORDS,
    CURRENCY_WORDS,
    FOREIGN_BASIS,
    FOREIGN_MONEY,
    GENERAL_PREFIXES,
    MONTHLY_CHANGE,
    SECTION_BASIS,
)
from index.tables.stub import plain
from index.tables.units import is_share, unit_key

_BRACKET = re.compile(r"[(（]([^()（）]+)[)）]")
_TOLERANCE = 0.15  # figures printed to one decimal: the difference of two is off by at most 0.1
_PREFIXES = re.compile(rf"^(?:{'|'.join(GENERAL_PREFIXES)})+")


@dataclass(frozen=True)
class Measured:
    """A row with the currency block it is printed in ("" for none); child: part of the row above."""

    row: Row
    block: str
    child: bool


def currency(text: str) -> str:
    """The currency basis a stub cell names ("本 外 币" → "本外币", printed script kept), or ""."""
    return re.sub(r"\s+", "", text) if plain(text) in BASIS_WORDS else ""


def section_basis(text: str) -> str:
    """The basis a section line names: what its brackets say when they say it, else the whole line."""
    inner = _BRACKET.search(text)
    if inner and any(word in plain(inner[1]) for word in SECTION_BASIS):
        return inner[1].strip()
    return text.strip() if any(word in plain(text) for word in SECTION_BASIS) else ""


def settle_currency(rows: Sequence[Measured]) -> list[Row]:
    """Rows with their currency basis settled.

    A block's word counts for a row unless the row says otherwise: its label or unit names the currency, or it is a
    change on the month before that equals the differences of another block's balances. A block that contradicts its
    rows is replaced by the basis arithmetic proves for it, or by none.
    """
    blocks = list(dict.fromkeys(measured.block for measured in rows if measured.block))
    if not blocks:
        return [measured.row for measured in rows]
    own = [_own_currency(measured.row, blocks) for measured in rows]
    settled = [named or measured.block for named, measured in zip(own, rows, strict=True)]
    for run in _runs(rows, own):
        if not any(_contradicts(rows[at].row, rows[at].block, blocks) for at in run):
            proven = _prove(run, rows, settled)
            if proven and proven != rows[run[0]].block:
                settled = ["" if at in run else basis for at, basis in enumerate(settled)]
            continue
        for at in run:
            settled[at] = ""
        proven = _prove(run, rows, settled)
        known = {_key(rows[at].row) for at in range(len(rows)) if settled[at] == proven}
        if proven and not any(_key(rows[at].row) in known for at in run):
            for at in run:
                settled[at] = proven
    return [
        replace(measured.row, basis=_with(measured.row.basis, measured.block, basis))
        for measured, basis in zip(rows, settled, strict=True)
    ]


def _with(printed: str, block: str, basis: str) -> str:
    rest = printed.removeprefix(block).strip() if block else printed
    return " ".join(part for part in (basis, rest) if part)


def _own_currency(row: Row, blocks: Sequence[str]) -> str:
    label = plain(row.label)
    named = next((word for word in CURRENCY_WORDS if word in label), "")
    if not named and any(money in unit_key(row.unit) for money in FOREIGN_MONEY):
        named = FOREIGN_BASIS
    return next((block for block in blocks if plain(block) == named), named)


def _contradicts(row: Row, block: str, blocks: Sequence[str]) -> bool:
    unit = unit_key(row.unit)
    home = unit.endswith("元") and not any(money in unit for money in FOREIGN_MONEY)
    return plain(block) == FOREIGN_BASIS and len(blocks) > 1 and home


def _runs(rows: Sequence[Measured], own: Sequence[str]) -> list[list[int]]:
    runs: list[list[int]] = []
    for at, measured in enumerate(rows):
        if own[at] or not measured.block:
            continue
        if runs and runs[-1][-1] == at - 1 and rows[at - 1].block == measured.block:
            runs[-1].append(at)
        else:
            runs.append([at])
    return runs


def _prove(run: Sequence[int], rows: Sequence[Measured], settled: Sequence[str]) -> str:
    """The one basis whose balances explain every monthly change of the run, or ""."""
    bases = {basis for basis in settled if basis}
    possible = set(bases)
    tested = False
    for at in run:
        subject = _change_subject(rows[at].row)
        if subject is None:
            continue
        fitting = set()
        for basis in bases:
            balances = [
                measured.row
                for measured, known in zip(rows, settled, strict=True)
                if known == basis and not is_share(measured.row.unit) and _subject(measured.row) == subject
            ]
            if any(_explains(balance, rows[at].row) for balance in balances if _change_subject(balance) is None):
                fitting.add(basis)
        if fitting:
            tested = True
            possible &= fitting
    return possible.pop() if tested and len(possible) == 1 else ""


def _subject(row: Row) -> str:
    return _PREFIXES.sub("", plain(row.label))


def _change_subject(row: Row) -> str | None:
    """What a row of monthly changes is the change of; None for other rows."""
    for text in (row.label, *row.group[-1:]):
        key = plain(text)
        for word in MONTHLY_CHANGE:
            if word in key:
                return _subject(row) if text is not row.label else _PREFIXES.sub("", key.replace(word, ""))
    return None


def _explains(balance: Row, change: Row) -> bool:
    levels = {cell.period: cell.value for cell in balance.cells}
    checked = 0
    for before, after in zip(change.cells, change.cells[1:], strict=False):
        first, second = levels.get(before.period), levels.get(after.period)
        if first is None or second is None or after.value is None:
            continue
        if abs(second - first - after.value) > _TOLERANCE:
            return False
        checked += 1
    return checked >= 3


def _key(row: Row) -> tuple[str, str]:
    return plain("/".join(row.group)), plain(row.label)
