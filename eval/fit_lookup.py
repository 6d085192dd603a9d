"""Fits the weights by which a look-up decides (assistant/weighing.py): `python -m eval.fit_lookup [--out FILE]`.

For each figure question of the dev sets (open and new; never the test sets) and of the sets named with --sets, in
Chinese and in English, that ranking alone does not decide, the LLM reads and compares as it does for a user, and a
logistic regression learns from the best candidate and the one the LLM named whether a candidate is the gold cell. What
is printed: answerable questions right, wrong and refused, absent ones refused, at several thresholds, each report
judged by weights fitted on the other reports; then the weights fitted on all. Takes over an hour on two cores for
900 questions.

With --prior the LLM takes no part: what is learned is how likely the best candidate is right before anything is read,
and how many questions need no LLM at that certainty; each is also asked with its right cell taken away. With --ranking,
without the LLM too, what is learned is the score by which candidates are ranked: a conditional logistic regression
(McFadden 1974) that makes the gold cell the likeliest of a question's candidates, penalised by the distance from the
weights in use. Each takes a minute. The order to fit in: --ranking, --prior, then with the LLM, as each builds on the
one before.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.answering import DEPTH, Assistant
from assistant.settings import Settings
from assistant.weighing import (
    FEATURES,
    FEATURES_OF_CHANCE,
    FEATURES_OF_PRIOR,
    WEIGHTS,
    Candidate,
    features,
    lead_of,
    prior_values,
)
from eval.runner import LANGUAGES
from eval.schema import Question, default_files, load

THRESHOLDS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
STRENGTH = 0.3  # inverse of the L2 penalty on standardised features
PENALTY = 2.0  # of the ranking's weights, per squared standard deviation away from those in use
MOST_RANKED = 40
TAKEN_AWAY = 0.3  # how much a question counts whose right cell was taken away


@dataclass(frozen=True)
class Example:
    """One weighed candidate: features in the order of FEATURES_OF_CHANCE, and whether it is the gold cell."""

    question: str
    report: str
    absent: bool
    features: tuple[float, ...]
    gold: bool
    weight: float = 1.0


def examples(assistant: Assistant, questions: Sequence[Question]) -> Iterator[Example]:
    """The weighed candidates of all figure questions about one report, without history."""
    for question in questions:
        if question.type not in ("table", "prose", "absent") or question.history_zh or len(question.reports or ()) > 1:
            continue
        for language in LANGUAGES:
            for taken_away in (False, True) if question.type != "absent" else (False,):
                known = partial(_states, question) if taken_away else None
                for weighed in assistant.weigh(question.text(language), (question.report,), DEPTH, known):
                    values = weighed.values()
                    yield Example(
                        f"{question.id} {language}{' taken away' if taken_away else ''}",
                        question.report,
                        taken_away or question.type == "absent",
                        tuple(values[name] for name in FEATURES_OF_CHANCE),
                        _is_gold(question, weighed.candidate),
                        TAKEN_AWAY if taken_away else 1.0,
                    )


def prior_examples(assistant: Assistant, questions: Sequence[Question]) -> Iterator[Example]:
    """The best candidate of each such question, before any LLM; cells printed as not disclosed are left out.

    Each answerable question is also asked as if its right cell, and what states the same value, were not there: what
    then comes first must not be certain. Absent questions are few, and these stand for the look-alikes of all others.
    """
    for question in questions:
        if question.type not in ("table", "prose", "absent") or question.history_zh or len(question.reports or ()) > 1:
            continue
        for language in LANGUAGES:
            for taken_away in (False, True) if question.type != "absent" else (False,):
                known = partial(_states, question) if taken_away else None
                ranked = assistant.ranked(question.text(language), without=known)
                if not ranked or ranked[0].figure.value is None:
                    continue
                values = prior_values(ranked[0], lead_of(ranked[0], ranked))
                name = f"{question.id} {language}{' taken away' if taken_away else ''}"
                absent = taken_away or question.type == "absent"
                in_order = tuple(values[feature] for feature in FEATURES_OF_PRIOR)
                gold = _is_gold(question, ranked[0])
                yield Example(name, question.report, absent, in_order, gold, TAKEN_AWAY if taken_away else 1.0)


@dataclass(frozen=True)
class Ranking:
    """A question's candidates: features (candidates, features), columns as in FEATURES, and which are the gold cell."""

    report: str
    features: NDArray[np.float64]
    gold: NDArray[np.bool_]


def rankings(assistant: Assistant, questions: Sequence[Question]) -> Iterator[Ranking]:
    """The candidates of each answerable figure question about one report, without history."""
    for question in questions:
        if question.type not in ("table", "prose") or question.history_zh or len(question.reports or ()) > 1:
            continue
        for language in LANGUAGES:
            ranked = assistant.ranked(question.text(language))[:MOST_RANKED]
            if ranked:
                values = np.array([features(c.fit, c.rank, c.figure) for c in ranked], dtype=np.float64)
                yield Ranking(question.report, values, np.array([_is_gold(question, c) for c in ranked]))


def fit_ranking(data: Sequence[Ranking]) -> NDArray[np.float64]:
    """Weights of FEATURES by which the gold cells of `data` score highest."""
    from scipy.optimize import minimize

    start = np.array(WEIGHTS)
    scale = np.vstack([item.features for item in data]).std(0)

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        away = (weights - start) * scale
        total, slope = PENALTY * float(away @ away), 2 * PENALTY * away * scale
        for item in data:
            if not item.gold.any():
                continue
            score = item.features @ weights
            likely = np.exp(score - score.max())
            own = likely[item.gold]
            total -= float(np.log(own.sum() / likely.sum()))
            slope -= own @ item.features[item.gold] / own.sum() - likely @ item.features / likely.sum()
        return total, slope

    fitted: NDArray[np.float64] = minimize(loss, start, jac=True, method="L-BFGS-B").x
    return fitted


def ranking_report(data: Sequence[Ranking]) -> Iterator[str]:
    """Lines that say for how many questions the best candidate is the gold cell, now and with each report held out."""

    def right(items: Sequence[Ranking], weights: NDArray[np.float64]) -> int:
        return sum(bool(item.gold[np.argmax(item.features @ weights)]) for item in items)

    found = 0
    for name in sorted({item.report for item in data}):
        weights = fit_ranking([item for item in data if item.report != name])
        found += right([item for item in data if item.report == name], weights)
    yield f"best candidate right: {right(data, np.array(WEIGHTS))} of {len(data)} with the weights in use"
    yield f"best candidate right: {found} of {len(data)} with weights fitted on the other reports"
    yield json.dumps(dict(zip(FEATURES, fit_ranking(data).round(2).tolist(), strict=True)))


def _states(question: Question, candidate: Candidate) -> bool:
    """Whether a candidate states the right value, wherever it stands."""
    values = [v for v in (question.value, *(question.also_accept or ())) if isinstance(v, int | float)]
    value = candidate.figure.value
    return value is not None and any(abs(abs(v) - abs(value)) < 1e-9 for v in values)


def _is_gold(question: Question, candidate: Candidate) -> bool:
    lines = {item.line for item in question.evidence if item.role == "value"}
    lines |= {place if isinstance(place, int) else place.line for place in question.also_lines or ()}
    return question.type != "absent" and candidate.figure.line in lines and _states(question, candidate)


def fit(
    values: NDArray[np.float64], gold: NDArray[np.bool_], weight: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float]:
    """Weights and bias for raw features; weight: how much each example counts."""
    from sklearn.linear_model import LogisticRegression

    mean, scale = values.mean(0), values.std(0) + 1e-9
    model = LogisticRegression(C=STRENGTH, max_iter=1000).fit((values - mean) / scale, gold, sample_weight=weight)
    weights = model.coef_[0] / scale
    return weights, float(model.intercept_[0] - weights @ mean)


def held_out(data: Sequence[Example]) -> NDArray[np.float64]:
    """The chance of each example by weights fitted on the other reports."""
    values = np.array([example.features for example in data])
    gold = np.array([example.gold for example in data])
    weight = np.array([example.weight for example in data])
    owner = np.array([example.report for example in data])
    chance = np.zeros(len(data))
    for name in sorted(set(owner)):
        weights, bias = fit(values[owner != name], gold[owner != name], weight[owner != name])
        chance[owner == name] = 1 / (1 + np.exp(-(values[owner == name] @ weights + bias)))
    return chance


def prior_report(data: Sequence[Example]) -> Iterator[str]:
    """Lines that say how many questions are decided before reading at each certainty, and how many of them wrongly."""
    chance = held_out(data)
    gold = np.array([example.gold for example in data])
    without = np.array([example.weight < 1 for example in data])
    for threshold in (0.7, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97):
        taken = chance >= threshold
        wrong, lured = (taken & ~gold & ~without).sum(), (taken & ~gold & without).sum()
        yield (
            f"{threshold:.2f}: {(taken & ~without).sum()} of {(~without).sum()} taken, {wrong} of them wrong; "
            f"without the right cell {lured} of {without.sum()}"
        )
    yield _weights(data, FEATURES_OF_PRIOR)


def _weights(data: Sequence[Example], names: Sequence[str]) -> str:
    values = np.array([example.features for example in data])
    gold, weight = (np.array([getattr(example, name) for example in data]) for name in ("gold", "weight"))
    weights, bias = fit(values, gold, weight)
    return json.dumps({"bias": round(bias, 3), **dict(zip(names, weights.round(3).tolist(), strict=True))})


def report(data: Sequence[Example]) -> Iterator[str]:
    """Lines that say how good the decision is, leaving out one report at a time."""
    chance = held_out(data)
    best: dict[str, tuple[float, Example]] = {}
    for example, likely in zip(data, chance, strict=True):
        if example.question not in best or likely > best[example.question][0]:
            best[example.question] = (float(likely), example)
    answerable = [(p, e.gold) for p, e in best.values() if not e.absent]
    absent = [p for p, e in best.values() if e.absent]
    for threshold in THRESHOLDS:
        right = np.mean([p >= threshold and g for p, g in answerable])
        wrong = np.mean([p >= threshold and not g for p, g in answerable])
        refused = np.mean([p < threshold for p in absent])
        yield f"{threshold:.1f}: answerable right {right:.3f}, wrong {wrong:.3f}; absent refused {refused:.3f}"
    yield _weights(data, FEATURES_OF_CHANCE)


def main(arguments: Sequence[str] | None = None) -> int:
    """Collect, fit, print."""
    parser = argparse.ArgumentParser(prog="python -m eval.fit_lookup", description=__doc__)
    parser.add_argument("--out", type=Path, help="keep the examples as JSON lines, to fit again without the LLM")
    without = parser.add_mutually_exclusive_group()
    without.add_argument("--prior", action="store_true", help="fit what is known before reading; no LLM")
    without.add_argument("--ranking", action="store_true", help="fit the score of candidates; no LLM")
    parser.add_argument("--sets", nargs="*", type=Path, default=[], metavar="SET.jsonl", help="learn from these too")
    options: Any = parser.parse_args(arguments)
    questions = load([*default_files("dev"), *options.sets])
    if options.ranking and options.out:
        parser.error("--out keeps examples of the other fits; leave it out with --ranking")
    if options.ranking:
        opened = Assistant.open(Settings(llm="none"))
        for line in ranking_report(list(rankings(opened, questions))):
            sys.stdout.write(line + "\n")
        return 0
    collect = prior_examples if options.prior else examples
    settings = Settings(llm="none") if options.prior else Settings()
    data = list(collect(Assistant.open(settings), questions))
    if options.out:
        lines = (json.dumps(asdict(example), ensure_ascii=False) for example in data)
        options.out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    for line in prior_report(data) if options.prior else report(data):
        sys.stdout.write(line + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
