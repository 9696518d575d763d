"""An effect that was measured several times: whether it is the same each time, and its mean.

A random-effects meta-analysis. Where the effect moves between the times by more than the errors of
each explain, what another time will bring is less sure than all units taken together let it seem.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lifecycle_core.schema.finalization import Interval

if TYPE_CHECKING:
    from collections.abc import Sequence

FEWEST = 3
"""Times below which how much they differ cannot be told."""


class Pooled(NamedTuple):
    """What several measurements of one effect say together.

    Attributes:
        value: Mean of the effect over times, weighted.
        interval: Of `value`, for which the times are what was drawn (Hartung and Knapp 2001).
        spread: Standard deviation of the true effect between times, at least 0.
        p_value: Of one and the same effect at all times (Cochran 1954), in [0, 1].
    """

    value: float
    interval: Interval
    spread: float
    p_value: float


def pool(values: Sequence[float], errors: Sequence[float], *, level: float = 0.95) -> Pooled | None:
    """Pool measurements of one effect, with the spread of Paule and Mandel (1982).

    Args:
        values: The effect, time by time.
        errors: Standard errors of `values`, above 0.
        level: Coverage of the interval, in (0, 1).

    Returns:
        None for fewer than three times.

    Example:
        >>> found = pool([0.10, -0.18, 0.02, -0.10, -0.10], [0.09, 0.03, 0.05, 0.04, 0.06])
        >>> round(found.value, 3), round(found.spread, 3), found.p_value < 0.01
        (-0.067, 0.091, True)
        >>> found.interval.low < 0 < found.interval.high
        True
    """
    from scipy.optimize import brentq
    from scipy.special import chdtrc, stdtrit

    if len(values) < FEWEST:
        return None
    effects = np.asarray(values, dtype=np.float64)
    variances = np.asarray(errors, dtype=np.float64) ** 2
    freedom = len(effects) - 1

    def mean(between: float) -> tuple[float, float]:
        """Return the weighted mean and the sum of its weights."""
        weights = 1 / (variances + between)
        return float(weights @ effects / weights.sum()), float(weights.sum())

    def excess(between: float) -> float:
        """Return how far the weighted squares lie above what they are when `between` is right."""
        squares = (effects - mean(between)[0]) ** 2
        return float((squares / (variances + between)).sum()) - freedom

    between = 0.0
    if excess(0.0) > 0:
        # Squares over a variance as large as all of them together sum to at most 1.
        most = float(((effects - effects.mean()) ** 2).sum())
        between = float(brentq(excess, 0.0, most, xtol=1e-15, rtol=1e-12))
    value, weight = mean(between)
    reach = float(stdtrit(freedom, (1 + level) / 2)) / math.sqrt(weight)
    return Pooled(
        value,
        Interval(low=value - reach, high=value + reach, level=level),
        math.sqrt(between),
        float(chdtrc(freedom, excess(0.0) + freedom)),
    )
