"""How far values have moved on average: the Wasserstein-1 distance from counts, with bounds."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from lifecycle_core.stats.calibration import folded_noise
from lifecycle_core.stats.drift import quantile_edges
from lifecycle_core.stats.shift import Shift

if TYPE_CHECKING:
    from numpy.typing import NDArray

_NORMAL = NormalDist()
_TAILS = (0.001, 0.01, 0.99, 0.999)


def profile_edges(values: NDArray[np.float64], *, bins: int = 20) -> NDArray[np.float64]:
    """Return edges that a reference is frozen in: bins of equal content, finer ones in the tails.

    Args:
        values: Shape (n,), finite, n at least 1.
        bins: Of equal content, at least 2.

    Returns:
        Rising, both ends included. An end lies where a straight line over the outer bin has the
        mean of the reference's values there, so that one far value does not stretch it.

    Raises:
        ValueError: There is no value, or less than two bins.

    Example:
        >>> profile_edges(np.arange(1.0, 9.0), bins=4).tolist()
        [1.0, 1.0, 2.0, 4.0, 6.0, 8.0, 8.0]
    """
    tails = np.quantile(values, _TAILS, method="inverted_cdf")
    inner = np.union1d(quantile_edges(values, bins=bins), tails)
    beneath, beyond = values[values <= inner[0]], values[values > inner[-1]]
    low = inner[0] - 2 * (inner[0] - beneath.mean()) if beneath.size else inner[0]
    high = inner[-1] + 2 * (beyond.mean() - inner[-1]) if beyond.size else inner[-1]
    return np.concatenate([[low], inner, [high]])


def wasserstein_shift(
    reference: NDArray[np.int64],
    current: NDArray[np.int64],
    edges: NDArray[np.float64],
    *,
    scale: float,
    tolerance: float,
    level: float = 0.95,
) -> Shift | None:
    """Return how far values have moved on average, in units of a scale: the Wasserstein-1 distance.

    It is the area between the two distribution functions, which are taken as straight inside bins.
    Its law is normal by the delta method, which does not hold where nothing has moved: so
    Kolmogorov's test has to see a change, too.

    Args:
        reference: Shape (b,): rows in each bin.
        current: Shape (b,), likewise.
        edges: Shape (b + 1,), rising, finite, as `profile_edges` gives them; bin i holds what is
            above edge i and at most edge i + 1. Values beyond an end count as in the outer bin, so
            how much farther they have gone is not seen here.
        scale: One unit of the result, above 0; the reference's standard deviation is customary.
        tolerance: Bearable distance, at least 0, in units of `scale`.
        level: Of each bound, in (0, 1).

    Returns:
        A shift of all values by 0.3 standard deviations gives about 0.3. None where a sample has
        no rows.

    Raises:
        ValueError: The scale is not above 0, or there is not one edge more than bins.

    Example:
        >>> edges, counts = np.arange(12.0), np.array([*[100] * 10, 0])
        >>> found = wasserstein_shift(counts, np.roll(counts, 1), edges, scale=2.0, tolerance=0.1)
        >>> round(found.value, 3)
        0.5
    """
    if scale <= 0 or edges.size != reference.size + 1:
        raise ValueError(f"scale == {scale}, {edges.size} edges for {reference.size} bins.")
    n, m = int(reference.sum()), int(current.sum())
    if not n or not m:
        return None
    from scipy.special import kolmogorov

    r, c = reference / n, current / m
    gap = np.concatenate([[0.0], np.cumsum(c - r)])
    gap[-1] = 0.0
    width = np.diff(edges) / scale
    reach = (np.append(width, 0.0) + np.insert(width, 0, 0.0)) / 2  # of the line at each edge
    pooled = np.concatenate([[0.0], np.cumsum((reference + current) / (n + m))])
    spread = np.sqrt(np.maximum(pooled * (1 - pooled), 0.0) * (1 / n + 1 / m))
    pull = np.cumsum((np.sign(gap) * reach)[::-1])[::-1][1:]
    error = math.sqrt(_variance(c, pull) / m + _variance(r, pull) / n)
    area = _area(gap, width)
    debiased = area - float(reach @ folded_noise(np.abs(gap), spread))
    z = _NORMAL.inv_cdf(level)
    moved = float(kolmogorov(np.abs(gap).max() / math.sqrt(1 / n + 1 / m)))
    return Shift(
        value=max(0.0, debiased),
        low=max(0.0, debiased - z * error) if moved <= 1 - level else 0.0,
        high=area + z * error,  # with its noise: near 0 that is taken off too eagerly
        p_value=max(moved, _tail(debiased - tolerance, error)),
    )


def _area(gap: NDArray[np.float64], width: NDArray[np.float64]) -> float:
    """Return the area between a broken line through `gap` and 0."""
    left, right = np.abs(gap[:-1]), np.abs(gap[1:])
    both = left + right
    crossed = gap[:-1] * gap[1:] < 0
    squares = np.divide(left**2 + right**2, both, out=np.zeros_like(both), where=both > 0)
    return float(width @ np.where(crossed, squares, both)) / 2


def _variance(shares: NDArray[np.float64], pull: NDArray[np.float64]) -> float:
    return max(0.0, float(shares @ pull**2) - float(shares @ pull) ** 2)


def _tail(apart: float, error: float) -> float:
    if not error:
        return 0.0 if apart > 0 else 1.0
    return _NORMAL.cdf(-apart / error)
