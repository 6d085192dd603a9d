"""Confidence intervals and paired tests. Drawn are questions, not answers: two languages of one are not two facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import comb

import numpy as np

DRAWS = 2000
_SEED = 20240607


def share_interval(clusters: Mapping[str, Sequence[float]], level: float = 0.95) -> tuple[float, float, float]:
    """Mean of all values with a percentile bootstrap interval over clusters (question ids): (mean, low, high).

    An empty mapping gives three zeros. The draws are seeded: the same values give the same interval.
    """
    sums = np.array([float(np.sum(values)) for values in clusters.values() if len(values)])
    counts = np.array([len(values) for values in clusters.values() if len(values)], dtype=float)
    if not len(sums):
        return 0.0, 0.0, 0.0
    mean = float(sums.sum() / counts.sum())
    picks = np.random.default_rng(_SEED).integers(0, len(sums), size=(DRAWS, len(sums)))
    drawn = sums[picks].sum(axis=1) / counts[picks].sum(axis=1)
    tail = (1 - level) / 2 * 100
    low, high = np.percentile(drawn, [tail, 100 - tail])
    return mean, float(low), float(high)


def difference_interval(
    pairs: Mapping[str, Sequence[tuple[float, float]]], level: float = 0.95
) -> tuple[float, float, float]:
    """Mean of b − a over paired values with a percentile bootstrap interval over clusters: (mean, low, high)."""
    return share_interval({key: [b - a for a, b in values] for key, values in pairs.items()}, level)


def mcnemar(gained: int, lost: int) -> float:
    """Two-sided exact McNemar p-value for discordant pairs (McNemar 1947, exact binomial form)."""
    n = gained + lost
    if not n:
        return 1.0
    tail = sum(comb(n, k) for k in range(min(gained, lost) + 1)) / 2**n
    return float(min(1.0, 2 * tail))


def one_sided(worse: int, better: int) -> float:
    """Exact probability of at least `worse` of `worse + better` discordant pairs, were both as likely."""
    n = worse + better
    return float(sum(comb(n, k) for k in range(worse, n + 1)) / 2**n) if n else 1.0


def quantile(values: Sequence[float], q: float) -> float | None:
    """The q-quantile (0 to 1), linear between neighbours; None of nothing."""
    return float(np.quantile(np.asarray(values, dtype=float), q)) if len(values) else None
