"""What overshadows a figure: one that is ruled out, and speaks of what is asked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.grounding import Fit
from assistant.weighing import Candidate, prior, shadowed
from tests.assistant.small_library import Library

FITS = Fit(asked=0.9, around=0.9, named=0.9, unit=1, period=1.0, clash=0, narrower=0, wider=0, change=False)


def candidate(small: Library, line: int, fit: Fit, score: float) -> Candidate:
    return Candidate(small.figure("alpha", line, "2024"), fit, 0, score)


@pytest.mark.parametrize(
    ("changes", "overshadows"),
    [
        ({"period": 0.0}, True),
        ({"clash": 1}, True),
        ({"change": True}, True),
        ({"clash": 2}, False),
        ({"unit": -1}, False),
        ({}, False),
    ],
)
def test_a_better_figure_that_is_ruled_out_overshadows(
    small: Library, changes: dict[str, float], overshadows: bool
) -> None:
    best = candidate(small, 4, replace(FITS, **changes), 12.0)
    weak = candidate(small, 7, replace(FITS, asked=0.1, around=0.1, named=0.1), 3.0)
    found = shadowed([best, weak])[1]
    assert (found.shadow > 5) is overshadows
    assert (prior(found, 4.0) < prior(weak, 4.0)) is overshadows


def test_the_other_years_of_a_row_do_not_overshadow_it(small: Library) -> None:
    own = candidate(small, 4, FITS, 12.0)
    other = Candidate(small.figure("alpha", 4, "2023"), replace(FITS, period=0.0), 0, 13.0)
    assert shadowed([other, own])[1].shadow == 0
