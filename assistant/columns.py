"""Which cell of a table's column a question means, where several come near."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.figures import Figure
from assistant.weighing import Candidate
from index.text import normalise

MORE = 0.05  # by how much of the question a cell must say more than another to be preferred to it
_WITHOUT = re.compile(r"(?:没有?|[不未非无除]|低于|少于)[^,。?、]{0,12}$")


def says_more(one: Candidate, other: Candidate) -> bool:
    """Whether a cell of the same column names more of what is asked: 多晶硅期权, asked for, beside 多晶硅."""
    mine, its = one.figure, other.figure
    if mine.row is None or its.row is None or (mine.report, mine.row.table) != (its.report, its.row.table):
        return False
    same = its.label in mine.label and "".join(its.row.group) in "".join(mine.row.group)
    column = (mine.period, mine.unit_text) == (its.period, its.unit_text)
    more = one.fit.asked > other.fit.asked + MORE and one.fit.named >= other.fit.named
    return same and column and more and one.score > other.score and one.fit.narrower <= other.fit.narrower


def named_alone(asked: str, usable: Sequence[Candidate], said: Candidate) -> Candidate | None:
    """The cell whose row alone, of those in the column of what the LLM said, the question names by its very label."""
    row = said.figure.row
    if row is None:
        return None
    column = [c for c in usable if c.figure.row is not None and _column(c.figure) == _column(said.figure)]
    named = [c for c in column if _named_by(asked, normalise(c.figure.label))]
    return named[0] if len(named) == 1 and named[0].score > said.score else None


def _named_by(asked: str, label: str) -> bool:
    """Whether a question names a label, and not what is without it or below it: 没有本科学历, 本科以下."""
    place = asked.find(label)
    if place < 0 or len(label) < 2:
        return False
    after = asked[place + len(label) :]
    return not _WITHOUT.search(asked[:place]) and not after.startswith(("以下", "以外", "之外", "除外"))


def _column(figure: Figure) -> tuple[str, str, tuple[str, ...], str, str]:
    assert figure.row is not None
    return figure.report, figure.row.table, figure.row.group, figure.period, figure.unit_text
