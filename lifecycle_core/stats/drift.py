"""How far one sample is from another: the population stability index, and what chance does to it.

The index is Jeffreys' divergence (Jeffreys 1946) of the shares in bins: the sum over bins of
(c - r) * ln(c / r), with r the reference's share and c the current one's. Credit scoring reads
below 0.1 as stable and above 0.25 as changed (Siddiqi 2006). Those numbers do not know how many
rows there are: at 100 rows equal populations pass 0.1 most of the time. Divided by 1/n + 1/m the
index follows a chi-squared law with one degree of freedom less than there are bins (Yurdakul and
Naranjo 2020), a non-central one where the populations differ.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

BINS = 10
_EMPTY = 0.5  # rows that an empty bin counts as, so that the logarithm exists


def quantile_edges(values: NDArray[np.float64], *, bins: int = BINS) -> NDArray[np.float64]:
    """Return the inner edges of bins that hold about equally many of the values.

    A value that is so frequent that two edges fall on it gets a bin of its own.

    Args:
        values: Shape (n,), no NaN, n at least 1.
        bins: How many bins there are at most, at least 2, where no value is that frequent.

    Returns:
        Rising; bin i holds what is above edge i - 1 and at most edge i, the last what is above all.

    Raises:
        ValueError: There is no value, or less than two bins.

    Example:
        >>> quantile_edges(np.arange(1.0, 9.0), bins=4).tolist()
        [2.0, 4.0, 6.0]
        >>> edges = quantile_edges(np.array([0.0] * 5 + [1.0] * 95))
        >>> counts_in(np.array([0.0, 0.0, 1.0]), edges).tolist()
        [2, 1, 0]
    """
    if not values.size or bins < 2:  # noqa: PLR2004 - one bin divides nothing
        raise ValueError(f"values has {values.size} rows, bins == {bins}; want >= 1 and >= 2.")
    shares = np.arange(1, bins) / bins
    edges, times = np.unique(np.quantile(values, shares, method="inverted_cdf"), return_counts=True)
    below = np.nextafter(edges[times > 1], -np.inf)
    return np.union1d(edges, below).astype(np.float64)


def counts_in(values: NDArray[np.float64], edges: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return how many values lie in each bin.

    Args:
        values: Shape (n,), no NaN.
        edges: Shape (k,), rising, from `quantile_edges`.

    Returns:
        Shape (k + 1,).

    Example:
        >>> counts_in(np.array([-9.0, 2.0, 2.5, 99.0]), np.array([2.0, 4.0])).tolist()
        [2, 1, 1]
    """
    places = np.searchsorted(edges, values, side="left")
    return np.bincount(places, minlength=edges.size + 1).astype(np.int64)


def population_stability(reference: NDArray[np.int64], current: NDArray[np.int64]) -> float:
    """Return the population stability index of two samples in the same bins.

    A bin that is empty in one sample counts as half a row of it; one that is empty in both counts
    for nothing. Law: it is symmetric, never negative, and 0 for equal shares.

    Args:
        reference: Shape (b,); rows in each bin, at least one in all.
        current: Shape (b,), likewise.

    Raises:
        ValueError: A sample has no rows, or the shapes differ.

    Example:
        >>> round(population_stability(np.array([50, 50]), np.array([80, 20])), 6)
        0.415888
    """
    if reference.shape != current.shape or not reference.sum() or not current.sum():
        raise ValueError(f"reference {reference.shape} and current {current.shape} need rows.")
    seen = (reference > 0) | (current > 0)
    r = np.maximum(reference[seen], _EMPTY) / reference.sum()
    c = np.maximum(current[seen], _EMPTY) / current.sum()
    return float(np.sum((c - r) * np.log(c / r)))


def index_by_chance(
    limit: float, reference: int, current: int, *, bins: int, level: float = 0.95
) -> float:
    """Return the index that samples stay below if their populations are `limit` apart.

    An index above it shows that the populations are further apart than `limit`. The quantile of
    the non-central chi-squared law is that of Abdel-Aty (1954): its cube root is about normal.

    Args:
        limit: True index of the populations, at least 0.
        reference: Rows of the reference, at least 1.
        current: Rows of the other sample, at least 1.
        bins: Bins that are not empty, at least 1.
        level: How often they stay below, in (0, 1).

    Returns:
        At least `limit`; with one bin there is nothing to see, and it is `limit`.

    Example:
        >>> [round(index_by_chance(0, n, n, bins=10), 4) for n in (100, 1_000, 10_000)]
        [0.338, 0.0338, 0.0034]
    """
    if bins < 2:  # noqa: PLR2004 - one bin holds everything
        return limit
    unit = 1 / reference + 1 / current
    freedom, shift = bins - 1, limit / unit
    mean = freedom + shift
    spread = 2 * (freedom + 2 * shift) / (9 * mean**2)
    root = 1 - spread + NormalDist().inv_cdf(level) * math.sqrt(spread)
    return max(limit, unit * mean * root**3)
