"""How likely a figure answers a question: its score among the candidates, and the chance before and after reading."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.figures import Figure
from assistant.grounding import Fit


@dataclass(frozen=True)
class Candidate:
    """A figure with its fit, its place in the ranking of passages, and its score (log-odds of being the answer).

    shadow: by how much a figure of another passage that is ruled out, by its period, by a single contrast or as a
    change, would score higher: the report most likely speaks of what is asked there, and does not disclose it here.
    """

    figure: Figure
    fit: Fit
    rank: int
    score: float
    shadow: float = 0.0


FEATURES = (
    "asked",
    "around",
    "named",
    "asked_named",
    "unit",
    "period",
    "clash",
    "narrower",
    "wider",
    "change",
    "rank",
    "row",
    "callout",
    "no_unit",
    "undisclosed",
    "no_period_row",
    "meaning",
    "missing",
)
# Fitted by eval/fit_lookup.py --ranking.
WEIGHTS = (3.0, 8.5, 2.5, 0.7, 2.4, 1.7, -4.2, -1.4, -0.9, -2.7, -1.4, -0.4, 0.8, -1.5, -2.6, 0.0, 4.1, 0.0)


def features(fit: Fit, rank: int, figure: Figure) -> list[float]:
    """The features of FEATURES, in order."""
    return [
        fit.asked,
        fit.around,
        fit.named,
        fit.asked * fit.named,
        float(fit.unit),
        fit.period,
        float(fit.clash),
        float(fit.narrower),
        float(fit.wider),
        float(fit.change),
        math.log1p(rank),
        float(figure.row is not None),
        float(figure.passage.kind == "callout"),
        float(figure.unit is None),
        float(figure.value is None),
        float(figure.row is not None and not figure.period),
        fit.meaning,
        float(fit.missing),
    ]


def score(fit: Fit, rank: int, figure: Figure) -> float:
    """Log-odds of a figure as the answer, by weights that let the gold cell of the dev questions score highest."""
    return sum(weight * value for weight, value in zip(WEIGHTS, features(fit, rank, figure), strict=True))


def shadowed(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The candidates, in their order, each with what overshadows it."""
    best: dict[str, float] = {}
    for candidate in candidates:
        fit, figure = candidate.fit, candidate.figure
        if fit.ruled_out and fit.unit >= 0 and fit.clash <= 1 and figure.value is not None:
            freed = replace(fit, clash=0, change=False, period=fit.period or UNSAID)
            best[figure.passage.id] = max(best.get(figure.passage.id, 0.0), score(freed, candidate.rank, figure))
    highest = sorted(best, key=lambda passage: -best[passage])[:2]

    def shadow(candidate: Candidate) -> float:
        others = [best[passage] for passage in highest if passage != candidate.figure.passage.id]
        return max(0.0, max(others, default=0.0) - candidate.score)

    return [replace(candidate, shadow=shadow(candidate)) for candidate in candidates]


# Fitted by eval/fit_lookup.py on the dev questions, without the LLM: the best candidate of a question is the gold cell.
_PRIOR_BIAS = -3.728
_PRIOR = {
    "score": 0.162,
    "lead": 0.479,
    "meaning": 4.477,
    "missing": -3.63,
    "shadow": -0.632,
    "asked": 0.206,
    "named": 0.607,
    "prose": -0.52,
}
FEATURES_OF_PRIOR = tuple(_PRIOR)
# Of the best candidates of the dev and investors' questions in Chinese, 383 rows were at least SURE, all of them the
# gold cell, and 149 figures of prose at least SURE_IN_DOUBT, all of them too. With the gold cell taken away, 6 of 316
# rows and 14 of 280 figures of prose still were.
SURE = 0.9
SURE_IN_DOUBT = 0.95
# What the LLM reads out is believed when it is the best candidate and that is at least so likely before reading (71 of
# 79 were the gold cell, though it had been taken away in a third of the questions); and when it reads out nothing, what
# is less likely than DOUBTED is not compared any more.
AGREED = 0.7
DOUBTED = 0.2
_MOST_LEAD = 4.0
_MOST_SHADOW = 8.0
UNSAID = 0.5  # how a period that is not stated fits


def lead_of(candidate: Candidate, usable: Sequence[Candidate]) -> float:
    """The candidate's score before the best of the first ones that state another value, within ±4."""
    rivals = [c.score for c in usable[:6] if c.figure.value != candidate.figure.value]
    lead = candidate.score - max(rivals, default=candidate.score - _MOST_LEAD)
    return max(-_MOST_LEAD, min(_MOST_LEAD, lead))


def prior_values(candidate: Candidate, lead: float) -> dict[str, float]:
    """The features of FEATURES_OF_PRIOR."""
    fit = candidate.fit
    return {
        "score": candidate.score,
        "lead": lead,
        "meaning": fit.meaning,
        "missing": float(fit.missing),
        "shadow": min(candidate.shadow, _MOST_SHADOW),
        "asked": fit.asked,
        "named": fit.named,
        "prose": float(candidate.figure.row is None),
    }


def prior(candidate: Candidate, lead: float) -> float:
    """The chance, 0 to 1, that the best candidate is the answer, before the LLM has read anything."""
    total = _PRIOR_BIAS + sum(_PRIOR[name] * value for name, value in prior_values(candidate, lead).items())
    return 1 / (1 + math.exp(-total))


# Fitted by eval/fit_lookup.py on the dev and investors' questions, both languages, that ranking does not decide.
_BIAS = -6.005
_CHANCE = {
    "score": 0.158,
    "lead": 0.22,
    "said": 2.541,
    "refused": 0.682,
    "unmatched": -0.717,
    "same": 1.15,
    "asked": 0.006,
    "around": -0.869,
    "named": 1.019,
    "row": 1.563,
    "wider": -0.23,
    "undisclosed": -3.85,
    "meaning": 1.755,
    "missing": -2.07,
    "shadow": -0.339,
}
FEATURES_OF_CHANCE = tuple(_CHANCE)
# Lower than a half, as the weights also learn from questions whose right cell was taken away: of 122 right candidates
# that the LLM weighs 111 pass, of 108 taken-away questions 35 do (67 with the weights before), each report held out.
ACCEPT = 0.4
ACCEPT_TRANSLATED = 0.45  # a translation may have changed what is asked
# Where the LLM finds no answer: of 160 new questions, none of the right ones that it refuses is less likely, and all
# three of the wrong ones are. Where ranking alone is LIKELY right, an EVEN chance is enough: of questions worked on,
# that keeps 12 of 17 right ones.
ACCEPT_REFUSED = 0.7
LIKELY = 0.8
EVEN = 0.5


@dataclass(frozen=True)
class Weighed:
    """A candidate and what speaks for it.

    lead: score before the best other value, within ±4. said: the candidate that the LLM's reply states, None for none.
    refused: the LLM said 未披露. same: how sure the LLM is that the figure is what the question asks for, 0 to 1.
    """

    candidate: Candidate
    lead: float
    said: Candidate | None
    refused: bool
    same: float

    def values(self) -> dict[str, float]:
        """The features of FEATURES_OF_CHANCE."""
        fit, figure = self.candidate.fit, self.candidate.figure
        same = min(max(self.same, 1e-4), 1 - 1e-4)
        return {
            "score": self.candidate.score,
            "lead": self.lead,
            "said": float(self.candidate == self.said),
            "refused": float(self.refused),
            "unmatched": float(self.said is None and not self.refused),
            "same": math.log(same / (1 - same)),
            "asked": fit.asked,
            "around": fit.around,
            "named": fit.named,
            "row": float(figure.row is not None),
            "wider": float(fit.wider),
            "undisclosed": float(figure.value is None),
            "meaning": fit.meaning,
            "missing": float(fit.missing),
            "shadow": min(self.candidate.shadow, _MOST_SHADOW),
        }

    def chance(self) -> float:
        """The chance, 0 to 1, that the candidate is the answer."""
        total = _BIAS + sum(_CHANCE[name] * value for name, value in self.values().items())
        return 1 / (1 + math.exp(-total))


# Share of the question in terms that nothing around the figure names, from which on ranking alone never decides, nor
# that the LLM agrees with it.
MOST_MISSING = 0.3
UNVOUCHED = 0.4  # the same, from which on ranking is not believed when the LLM finds no answer and no unit fits either
MOST_UNNAMED = 0.7  # the same, from which on not even the LLM is believed: it agrees with what alone it is shown
OWN_WORDS = 0.2  # share of the question's words in a clause of prose, or
OWN_MEANING = 0.4  # how near it is in meaning, from which on it is as certain as a row


def vouched_for(weighed: Weighed) -> bool:
    """Whether enough speaks for a candidate: ranking almost by itself where the LLM finds no answer, ranking at all
    where it does not name the question's own terms.
    """
    fit, before = weighed.candidate.fit, prior(weighed.candidate, weighed.lead)
    if weighed.refused:
        named = before >= LIKELY and fit.missing < MOST_MISSING
        if weighed.chance() < (EVEN if named else ACCEPT_REFUSED) or (fit.missing >= UNVOUCHED and fit.unit < 1):
            return False
    likely = fit.missing < MOST_MISSING or before >= AGREED
    return likely and fit.missing < MOST_UNNAMED


def speaks_itself(candidate: Candidate) -> bool:
    """Whether a cell, or a clause of prose by its own words, speaks of what is asked, not only what is around it."""
    fit = candidate.fit
    return candidate.figure.row is not None or fit.asked >= OWN_WORDS or fit.meaning >= OWN_MEANING
