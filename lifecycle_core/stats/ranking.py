"""How well scores put the right rows first: the area under the ROC curve, and how sure it is.

Rows may count in part, as positive with one weight and as negative with another: that is how the
area is known from counts by score, and how it is expected where the truth is not known.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from lifecycle_core.schema.finalization import Interval

if TYPE_CHECKING:
    from numpy.typing import NDArray


def weighted_auc(
    scores: NDArray[np.float64], positive: NDArray[np.float64], negative: NDArray[np.float64]
) -> float | None:
    """Return the chance that a positive row scores higher than a negative one; ties count half.

    Args:
        scores: Shape (n,), finite.
        positive: Shape (n,), at least 0: how many positive rows each one stands for.
        negative: Shape (n,), at least 0, likewise.

    Returns:
        In [0, 1]; None where one of the classes is missing.

    Example:
        >>> counts = np.array([1.0, 0.0, 2.0]), np.array([2.0, 1.0, 0.0])
        >>> round(weighted_auc(np.array([0.1, 0.5, 0.9]), *counts), 4)
        0.7778
    """
    order = np.argsort(scores, kind="stable")
    starts = np.flatnonzero(np.diff(scores[order], prepend=np.nan))
    if not starts.size:
        return None
    ups = np.add.reduceat(positive[order], starts)
    downs = np.add.reduceat(negative[order], starts)
    return auc_of_groups(ups, downs)


def auc_of_groups(positive: NDArray[np.float64], negative: NDArray[np.float64]) -> float | None:
    """Return the area for rows that are counted by score already.

    Args:
        positive: Shape (m,), at least 0: positive rows at each distinct score, scores rising.
        negative: Shape (m,), likewise.

    Returns:
        In [0, 1]; None where one of the classes is missing.

    Example:
        >>> auc_of_groups(np.array([1.0, 3.0]), np.array([3.0, 1.0]))
        0.75
    """
    pairs = float(positive.sum()) * float(negative.sum())
    if pairs <= 0:
        return None
    below = np.cumsum(negative) - negative / 2
    return float(positive @ below) / pairs


def auc_interval(auc: float, positives: int, negatives: int, *, level: float = 0.95) -> Interval:
    """Return an interval of the area from nothing but itself and the sizes of the classes.

    The areas whose variance by Hanley and McNeil (1982) leaves the observed one within reach
    (method 5 of Newcombe 2006): it holds at 0 and 1 and in small samples, too.

    Args:
        auc: Observed, in [0, 1].
        positives: Positive rows, at least 1.
        negatives: Negative rows, at least 1.
        level: Coverage, in (0, 1).

    Returns:
        Within [0, 1].

    Raises:
        ValueError: A class has no rows.

    Example:
        >>> interval = auc_interval(0.8, 100, 100)
        >>> round(interval.low, 3), round(interval.high, 3)
        (0.731, 0.853)
    """
    if positives < 1 or negatives < 1:
        raise ValueError(f"positives == {positives}, negatives == {negatives}; both must be >= 1.")
    from scipy.optimize import brentq

    z = NormalDist().inv_cdf((1 + level) / 2)
    half = (positives + negatives) / 2

    def apart(area: float) -> float:
        """Return how far the observed area is beyond the reach of this one."""
        alike = (1 - area) / (2 - area) + area / (1 + area)
        variance = area * (1 - area) * (1 + (half - 1) * alike) / (positives * negatives)
        return abs(auc - area) - z * math.sqrt(max(0.0, variance))

    near = 1e-9  # at 0 and 1 nothing varies, so an observed 0 or 1 is a bound of itself
    low = 0.0 if apart(0.0) <= 0 else float(brentq(apart, 0.0, auc * (1 - near)))
    high = 1.0 if apart(1.0) <= 0 else float(brentq(apart, auc + (1 - auc) * near, 1.0))
    return Interval(low=low, high=high, level=level)
