"""The cheapest threshold on a score, exact over all distinct scores, within a capacity."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lifecycle_core.stats.cost import USUAL

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lifecycle_core.schema.release_file import CostName
    from lifecycle_core.stats.cost import Amounts, CostMatrix

_DOUBLE_DIGITS = 17


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A threshold and what it does to the rows it was chosen on.

    Attributes:
        value: Act on a row if its score is at least this.
        cost: Mean cost per row.
        share: Fraction of rows acted on, in [0, 1].
    """

    value: float
    cost: float
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Cuts:
    """Every different way to cut n rows by their score, from acting on none to acting on all.

    Attributes:
        values: Shape (m + 1,) for m distinct scores, falling; the first acts on no row.
        acted: Shape (m + 1,); rows acted on, rising from 0 to n.
        costs: Shape (m + 1,); mean cost per row.
    """

    values: NDArray[np.float64]
    acted: NDArray[np.int64]
    costs: NDArray[np.float64]

    def within(self, max_share: float) -> int:
        """Return how many of the cuts act on at most that share of the rows; at least 1."""
        allowed = math.floor(max_share * int(self.acted[-1]) * (1 + 1e-12))
        return int(np.searchsorted(self.acted, allowed, side="right"))


def all_cuts(
    scores: NDArray[np.float64],
    truth: NDArray[np.bool_],
    costs: CostMatrix,
    amounts: Amounts = USUAL,
) -> Cuts:
    """Price every distinct threshold in one pass over the sorted scores, O(n log n).

    Args:
        scores: Shape (n,), finite, n at least 1; higher means more likely positive.
        truth: Shape (n,); the row is of the positive class.
        costs: Money per row.
        amounts: By cost: how many times the usual one it is in each row, shape (n,).

    Returns:
        The m + 1 cuts of m distinct scores.

    Raises:
        ValueError: There is no row, or the shapes differ.
    """
    n = scores.size
    if not n or scores.shape != truth.shape:
        raise ValueError(f"scores {scores.shape} and truth {truth.shape} must be equal, not empty.")
    order = np.argsort(-scores, kind="stable")
    ranked, positive = scores[order], truth[order]
    last_of_equal = np.append(np.flatnonzero(np.diff(ranked)), n - 1)
    acted = np.concatenate([[0], last_of_equal + 1])

    def summed(name: CostName, rows: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Add up a cost over the first of these rows, up to each cut."""
        times = np.where(rows, amounts[name][order] if name in amounts else 1.0, 0.0)
        return np.concatenate([[0.0], np.cumsum(times)[last_of_equal]])

    missed, spared = summed("false_negative", positive), summed("true_negative", ~positive)
    total = (
        summed("true_positive", positive) * costs.true_positive
        + summed("false_positive", ~positive) * costs.false_positive
        + (missed[-1] - missed) * costs.false_negative
        + (spared[-1] - spared) * costs.true_negative
    )
    highest = np.nextafter(ranked[0], np.inf)
    values = np.concatenate([[highest], ranked[last_of_equal]])
    return Cuts(values=values, acted=acted.astype(np.int64), costs=total / n)


def best_threshold(
    scores: NDArray[np.float64],
    truth: NDArray[np.bool_],
    costs: CostMatrix,
    amounts: Amounts = USUAL,
    *,
    max_share: float = 1.0,
) -> Cut:
    """Choose the cheapest threshold that acts on at most a share of the rows.

    Every distinct score is tried. Between two neighbouring scores the shortest decimal number is
    taken, which reads well and does not hang on the last bit of a score; of equally cheap cuts
    the one with the fewest actions.

    Laws: no threshold within the capacity is cheaper; `share <= max_share`.

    Args:
        scores: Probabilities of the positive class, shape (n,), n at least 1.
        truth: Shape (n,); the row is of the positive class.
        costs: Money per row.
        amounts: As for `all_cuts`.
        max_share: Largest fraction of rows that may be acted on, in [0, 1].

    Returns:
        The threshold with its cost and share on these rows. Its value lies in [0, 1], or just
        above 1 where no row may be acted on though one has the score 1.

    Raises:
        ValueError: There is no row, the shapes differ, or `max_share` is outside [0, 1].

    Example:
        >>> from lifecycle_core.stats.cost import CostMatrix
        >>> scores = np.array([0.9, 0.6, 0.4, 0.1])
        >>> truth = np.array([True, False, True, False])
        >>> costs = CostMatrix(false_positive=1, false_negative=5)
        >>> best_threshold(scores, truth, costs)
        Cut(value=0.2, cost=0.25, share=0.75)
        >>> best_threshold(scores, truth, costs, max_share=0.5).value
        0.8
    """
    if not 0 <= max_share <= 1:
        raise ValueError(f"max_share == {max_share}, must be >= 0 and <= 1.")
    cuts = all_cuts(scores, truth, costs, amounts)
    best = int(np.argmin(cuts.costs[: cuts.within(max_share)]))
    high = float(cuts.values[best]) if best else _ceiling(float(cuts.values[0]))
    low = float(cuts.values[best + 1]) if best + 1 < cuts.values.size else min(0.0, high)
    return Cut(
        value=shortest_between(low, high),
        cost=float(cuts.costs[best]),
        share=float(cuts.acted[best]) / scores.size,
    )


def shortest_between(low: float, high: float) -> float:
    """Return a decimal number with few digits in (low, high], near the middle.

    Example:
        >>> shortest_between(0.20161, 0.20239)
        0.202
        >>> shortest_between(0.5, 0.5)
        0.5
    """
    middle = low + (high - low) / 2
    for digits in range(1, _DOUBLE_DIGITS + 1):
        rounded = round(middle, digits)
        if low < rounded <= high:
            return rounded
    return high


def _ceiling(just_above_all: float) -> float:
    return max(1.0, just_above_all)
