"""The fits behind assistant/weighing.py, on data of which the answer is known."""

from __future__ import annotations

import json

import numpy as np

from assistant.weighing import FEATURES, FEATURES_OF_CHANCE, WEIGHTS
from eval.fit_lookup import Example, Ranking, fit_ranking, held_out, ranking_report, report

ROW = FEATURES.index("row")


def ranking(name: str, gold_is_row: bool) -> Ranking:
    """Two candidates alike in all but whether they are rows."""
    features = np.zeros((2, len(FEATURES)))
    features[0, ROW] = 1
    return Ranking(name, features, np.array([gold_is_row, not gold_is_row]))


def test_the_ranking_learns_what_the_gold_cells_have() -> None:
    data = [ranking("a", True)] * 20
    weights = fit_ranking(data)
    assert weights[ROW] > WEIGHTS[ROW] + 0.5
    others = [place for place in range(len(FEATURES)) if place != ROW]
    assert np.allclose(weights[others], np.array(WEIGHTS)[others]), "what tells nothing stays as it is"
    assert fit_ranking([ranking("a", False)] * 20)[ROW] < weights[ROW]


def test_each_report_is_ranked_by_what_the_others_taught() -> None:
    # What is the gold cell in one report never is in the other: each is ranked wrongly throughout.
    lines = list(ranking_report([ranking(name, name == "a") for name in "ab" for _ in range(30)]))
    assert lines[1] == "best candidate right: 0 of 60 with weights fitted on the other reports"
    assert set(json.loads(lines[-1])) == set(FEATURES)


def example(name: str, place: int, gold: bool, absent: bool = False) -> Example:
    features = tuple(float(gold) if feature == "said" else 0.0 for feature in FEATURES_OF_CHANCE)
    return Example(f"{name} {place}", name, absent, features, gold)


def test_the_chance_of_a_report_is_learned_from_the_others() -> None:
    data = [example(name, place, place % 2 == 0) for name in "abc" for place in range(20)]
    chance = held_out(data)
    gold = np.array([item.gold for item in data])
    assert chance[gold].min() > 0.5 > chance[~gold].max()


def test_the_report_counts_questions_not_candidates() -> None:
    data = [example(name, place, True) for name in "abc" for place in range(20)]
    data += [example(name, place, False, absent=place < 0) for name in "abc" for place in range(-10, 20)]
    lines = list(report(data))
    half = next(line for line in lines if line.startswith("0.5"))
    assert half == "0.5: answerable right 1.000, wrong 0.000; absent refused 1.000"
