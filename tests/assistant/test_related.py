"""A part has its whole, a row its other years, and a balance what it gained over the year."""

from __future__ import annotations

import pytest

from assistant.figures import Figure, figures_of
from assistant.related import SINCE_THE_YEAR_BEFORE, Related
from index.records import Line, Passage, passage_id
from index.text import normalise
from tests.assistant.small_library import Library, prose_passage

GREEN = "截至2024年末 > 绿色贷款余额: 112.08亿元"
CLEAN = "截至2024年末 > 绿色贷款余额 > 其中清洁能源产业余额: 12.5亿元"


def related(small: Library, *more: Passage) -> Related:
    return small.assistant(None, *more)._lookup.related


def callout(text: str) -> Passage:
    key = passage_id("alpha", "callout", 13, 13, text)
    return Passage(key, "alpha", "callout", ("截至2024年末",), 13, 13, text, text)


def part_of(small: Library, passage: Passage) -> Figure:
    return figures_of(passage, small.lines, 2024)[0]


def test_a_call_out_has_the_figure_of_its_heading_as_its_whole(small: Library) -> None:
    passages = callout(GREEN), callout(CLEAN)
    found = related(small, *passages)
    whole = found.whole_of(part_of(small, passages[1]))
    assert whole is not None
    assert whole.value == 112.08
    assert found.whole_of(whole) is None


def test_a_row_of_a_breakdown_has_its_total_as_its_whole(small: Library) -> None:
    found = related(small)
    whole = found.whole_of(small.figure("alpha", 7, "2023"))
    assert whole is not None
    assert (whole.label, whole.value) == ("员工总数", 1100)
    assert found.whole_of(small.figure("alpha", 4, "2023")) is None


@pytest.mark.parametrize(
    ("text", "gained"),
    [
        ("2024年末，“惠农贷”余额18.01亿元，较年初5.69亿元，净增12.32亿元。", 12.32),
        ("2024年末，“惠农贷”余额18.01亿元，较年初新增12.32亿元，惠及1,250户。", 12.32),
        ("2024年末，“惠农贷”余额18.01亿元，较年初减少12.32亿元。", None),
        ("2024年末，“惠农贷”余额18.01亿元，绿色贷款余额较年初新增12.32亿元。", None),
        ("2024年末，“惠农贷”余额20.5亿元，较年初下降3亿元，新增12亿元。", None),
        ("2024年末，“惠农贷”余额18.01亿元，较年初下降3亿元，绿色贷款增加12.32亿元。", None),
        ("2024年末，“惠农贷”余额24亿元，较年初新增12.32亿元。", 12.32),
        ("2024年末，“惠农贷”余额18.01亿元。绿色贷款较年初新增12.32亿元。", None),
    ],
)
def test_what_of_a_balance_was_gained_over_the_year(small: Library, text: str, gained: float | None) -> None:
    line = Line(1, text, normalise(text))
    level = figures_of(prose_passage("alpha", 1, 1, text), lambda *_: [line], 2024)[0]
    found = related(small)
    found._lines = lambda *_: [line]
    gain = found.gain_of(level)
    assert (gain.value if gain else None) == gained


def test_what_is_more_than_in_the_year_before(small: Library) -> None:
    text = "2024年，社会融资规模增量累计为5,699亿元，比上年多152亿元。"
    line = Line(1, text, normalise(text))
    level = figures_of(prose_passage("alpha", 1, 1, text), lambda *_: [line], 2024)[0]
    found = related(small)
    found._lines = lambda *_: [line]
    more = found.gain_of(level, SINCE_THE_YEAR_BEFORE)
    assert more is not None
    assert more.value == 152
    assert found.gain_of(level) is None


def test_prose_is_no_part_of_anything(small: Library) -> None:
    found = related(small)
    text = prose_passage("alpha", 13, 13, "2024年，绿色贷款余额112.08亿元。")
    assert found.whole_of(part_of(small, text)) is None
