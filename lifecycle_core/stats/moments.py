"""What an engine counts about the units of one arm: how many, their means, how they vary together.

A *unit* is what was assigned at random: a customer, a shop, a week. Rows are summed to the unit
first, so that several rows of one customer count as the one observation that they are. Everything
that compares arms works on these aggregates; no row is needed twice.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray


class Sample(NamedTuple):
    """One number a unit, in one arm.

    Attributes:
        n: Units, at least 0.
        mean: In the metric's unit.
        variance: Of a unit about the mean, at least 0, in the metric's unit squared.
    """

    n: int
    mean: float
    variance: float

    @property
    def error(self) -> float:
        """Standard error of the mean; infinite where there is no unit."""
        return math.sqrt(self.variance / self.n) if self.n else math.inf


class Moments(NamedTuple):
    """Several numbers a unit, in one arm, in a fixed order.

    Attributes:
        n: Units, at least 0.
        means: Shape (k,).
        covariance: Shape (k, k); symmetric, with n - 1 in the denominator.
    """

    n: int
    means: NDArray[np.float64]
    covariance: NDArray[np.float64]

    def sample(self, place: int = 0) -> Sample:
        """Return the aggregates of one of the numbers."""
        return Sample(self.n, float(self.means[place]), float(self.covariance[place, place]))


def moments_of(values: ArrayLike) -> Moments:
    """Aggregate units.

    Args:
        values: Shape (n, k), finite: one row a unit.

    Returns:
        Zeros for the covariance of fewer than two units, and for the means of none.

    Example:
        >>> moments_of([[1.0, 2.0], [3.0, 6.0]]).covariance.tolist()
        [[2.0, 4.0], [4.0, 8.0]]
    """
    array = np.asarray(values, dtype=np.float64)
    n, k = array.shape
    if not n:
        return Moments(0, np.zeros(k), np.zeros((k, k)))
    means = array.mean(axis=0)
    centred = array - means
    return Moments(n, means, centred.T @ centred / max(1, n - 1))


def moments_from_sums(
    n: int, sums: ArrayLike, products: ArrayLike, *, origin: ArrayLike = 0.0
) -> Moments:
    """Aggregate units from sums that an engine computed.

    Args:
        n: Units, at least 0.
        sums: Shape (k,): sum of each number less its `origin`.
        products: Shape (k, k): sums of the products of two numbers, each less its origin.
        origin: Shape (k,) or one number, what was taken off before squaring. Something near the
            mean keeps the digits where values are large and vary little.

    Example:
        >>> moments_from_sums(2, [4.0], [[10.0]]).sample()
        Sample(n=2, mean=2.0, variance=2.0)
    """
    total = np.asarray(sums, dtype=np.float64)
    squares = np.asarray(products, dtype=np.float64)
    if not n:
        return Moments(0, np.zeros_like(total), np.zeros_like(squares))
    means = total / n
    covariance = (squares - n * np.outer(means, means)) / max(1, n - 1)
    np.fill_diagonal(covariance, np.maximum(np.diag(covariance), 0.0))
    return Moments(n, means + np.asarray(origin, dtype=np.float64), covariance)


def merged(first: Moments, second: Moments) -> Moments:
    """Return the aggregates of two sets of units together, for example of two days.

    Law: the same as aggregating all units at once (Chan, Golub and LeVeque 1983).

    Example:
        >>> merged(moments_of([[1.0], [3.0]]), moments_of([[8.0]])).sample()
        Sample(n=3, mean=4.0, variance=13.0)
    """
    n = first.n + second.n
    if not first.n or not second.n:
        return first if first.n else second
    apart = second.means - first.means
    scatter = (
        max(0, first.n - 1) * first.covariance
        + max(0, second.n - 1) * second.covariance
        + np.outer(apart, apart) * (first.n * second.n / n)
    )
    return Moments(n, first.means + apart * (second.n / n), scatter / (n - 1))


def proportion(successes: int, n: int) -> Sample:
    """Return the aggregates of units that did something or did not.

    Args:
        successes: Units that did, at least 0 and at most `n`.
        n: Units, at least 0.

    Returns:
        Mean in [0, 1] and variance p(1 - p).

    Raises:
        ValueError: There are more successes than units.

    Example:
        >>> proportion(25, 100)
        Sample(n=100, mean=0.25, variance=0.1875)
    """
    if not 0 <= successes <= n:
        raise ValueError(f"successes == {successes}, must be >= 0 and <= n == {n}.")
    share = successes / n if n else 0.0
    return Sample(n, share, share * (1 - share))


def ratios(moments: Moments, of: Sequence[tuple[int, int]]) -> Moments:
    """Return ratios of two means as if each unit had one number: the delta method.

    A ratio of sums, such as orders per session, is not the mean of anything that a unit has. Near
    its value R it behaves like the mean of (y - R x) / mean(x) (Deng, Knoblich and Lu 2018), so the
    variance of that stands in. *Clusters* are the same case: with a shop as the unit, y the sum
    over its customers and x their number, this is the mean per customer with a variance that knows
    that customers of one shop are alike.

    Args:
        moments: Of the numerators and denominators.
        of: Places of numerator and denominator, one pair a ratio.

    Returns:
        One number a pair. The means are not a number where a denominator's mean is 0.

    Example:
        >>> shops = moments_of([[10.0, 2.0], [30.0, 4.0], [20.0, 4.0]])
        >>> ratios(shops, [(0, 1)]).sample().mean
        6.0
    """
    means = moments.means
    gradient = np.zeros((len(of), len(means)))
    values = np.full(len(of), np.nan)
    for row, (above, below) in enumerate(of):
        if means[below] == 0:
            gradient[row] = np.nan
            continue
        values[row] = means[above] / means[below]
        gradient[row, above] += 1 / means[below]
        gradient[row, below] -= values[row] / means[below]
    covariance = gradient @ moments.covariance @ gradient.T
    # What is 0 may come out as less than that by rounding, and then has no square root.
    np.fill_diagonal(covariance, np.maximum(covariance.diagonal(), 0.0))
    return Moments(moments.n, values, covariance)
