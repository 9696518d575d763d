"""How far a window is from its reference: effect sizes with bounds.

Any change is significant once there are enough rows, and noise alone looks large when there are
few. So each statistic here is an effect size, less what noise adds, between a lower and an upper
bound, and its p-value speaks of a *tolerance*: the largest shift that is still bearable. All of
them need counts only, which add up over windows, partitions and engines.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

_NORMAL = NormalDist()
_ROWS = 20  # expected in a bin
_BINS = 5  # with fewer, or all there are, a distribution may have changed unseen
_EXCESS = 0.4  # of the statistic's mean over that of its law, in bins a row; by simulation
_LUCK = 1.0  # standard errors below its middle from which a statistic is small by chance alone
_SURE = 38.0  # standard errors beyond which a normal tail is 0 in double precision


class Shift(NamedTuple):
    """How far a window is from its reference.

    Attributes:
        value: Effect size less what noise adds, at least 0.
        low: One-sided lower bound, at least 0.
        high: One-sided upper bound.
        p_value: How often so much is seen if the true shift is the tolerance, in [0, 1].
    """

    value: float
    low: float
    high: float
    p_value: float


def jensen_shannon_shift(
    reference: NDArray[np.int64],
    current: NDArray[np.int64],
    *,
    tolerance: float,
    level: float = 0.95,
) -> Shift | None:
    """Return the Jensen-Shannon distance, base 2, of two samples in the same bins or categories.

    The divergence, in units of (1/n + 1/m) / (8 ln 2), follows a non-central chi-squared law with
    one degree of freedom less than there are bins. Neighbouring bins are put together until 20 rows
    of the smaller sample can be expected in each, or that law would not hold.

    Args:
        reference: Shape (b,): rows in each bin; categories by their frequency.
        current: Shape (b,), likewise.
        tolerance: Bearable distance, in [0, 1].
        level: Of each bound, in (0, 1).

    Returns:
        In [0, 1]: 0 for equal shares, 1 where no bin is shared. The upper bound is 1 where fewer
        than five bins are left of more; it is never 0, though two samples may be more alike than
        chance lets equal ones be. None where a sample has no rows.

    Example:
        >>> found = jensen_shannon_shift(np.array([500, 500]), np.array([350, 650]), tolerance=0.05)
        >>> round(found.value, 3), found.p_value < 0.01
        (0.128, True)
    """
    n, m = int(reference.sum()), int(current.sum())
    if not n or not m:
        return None
    r, c = _merged(reference / n, current / m, min(n, m))
    divergence = max(0.0, _entropy((r + c) / 2) - (_entropy(r) + _entropy(c)) / 2)
    unit = (1 / n + 1 / m) / (8 * math.log(2))
    freedom = max(1, r.size - 1)
    statistic = divergence / unit / (1 + _EXCESS * r.size * (1 / n + 1 / m))

    def bound(statistic: float, z: float) -> float:
        low, high = 0.0, statistic + freedom + 40 * math.sqrt(statistic + freedom) + 100
        if _noncentral_z(statistic, freedom, low) <= z:
            return 0.0
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (
                (middle, high) if _noncentral_z(statistic, freedom, middle) > z else (low, middle)
            )
        return min(1.0, math.sqrt(low * unit))

    z = _NORMAL.inv_cdf(level)
    # Of samples that are more alike than equal ones are, no shift at all would be in the bounds.
    told = max(statistic, _central(freedom, -min(_LUCK, z / 2)))
    return Shift(
        value=math.sqrt(max(0.0, divergence - freedom * unit)),
        low=bound(statistic, z),
        high=bound(told, -z) if r.size >= min(_BINS, reference.size) else 1.0,
        p_value=_NORMAL.cdf(-_noncentral_z(statistic, freedom, tolerance**2 / unit)),
    )


def share_shift(
    reference: tuple[int, int],
    current: tuple[int, int],
    *,
    tolerance: float,
    level: float = 0.95,
) -> Shift | None:
    """Return how far a share has moved: decisions, missing values, values never seen before.

    Bounds are Newcombe's (1998, method 10), which hold for shares near 0 and 1, too.

    Args:
        reference: Rows that are in, and all rows.
        current: Likewise.
        tolerance: Bearable change of the share, in [0, 1].
        level: Of each bound, in (0, 1).

    Returns:
        The absolute change. None where a sample has no rows.

    Example:
        >>> share_shift((10, 10_000), (80, 1_000), tolerance=0.02).low > 0.02
        True
        >>> share_shift((10, 10_000), (1, 20), tolerance=0.02).low > 0.02
        False
    """
    if not reference[1] or not current[1]:
        return None
    first, second = reference[0] / reference[1], current[0] / current[1]
    apart = second - first

    def bounds(z: float) -> tuple[float, float]:
        """Return bounds of the signed change."""
        (low_1, high_1), (low_2, high_2) = (_wilson(*pair, z) for pair in (reference, current))
        down = math.hypot(second - low_2, high_1 - first)
        return apart - down, apart + math.hypot(high_2 - second, first - low_1)

    def least(z: float) -> float:
        low, high = bounds(z)
        return max(low, -high)

    z = _NORMAL.inv_cdf(level)
    low, high = bounds(z)
    still = 2 * _NORMAL.cdf(-_score(least, abs(apart), 0.0))  # whichever direction it was
    return Shift(
        value=abs(apart),
        low=max(0.0, least(z)) if still < 1 - level else 0.0,
        high=max(-low, high),
        p_value=max(
            still,
            _NORMAL.cdf(-_score(least, abs(apart), tolerance)),
            _by_chance(reference, second, tolerance),
            _by_chance(current, first, tolerance),
        ),
    )


def _by_chance(sample: tuple[int, int], other: float, tolerance: float) -> float:
    """Return how often a sample is so far from a share that is the tolerance off another one.

    Of a few rows the normal law thinks more than they say: one row that is in, where hardly any
    were, is no news.
    """
    from scipy.special import bdtr, bdtrc

    hits, rows = sample
    if hits > other * rows:
        return float(bdtrc(hits - 1, rows, min(1.0, other + tolerance)))
    return float(bdtr(hits, rows, max(0.0, other - tolerance)))


def largest_share_shift(
    reference: NDArray[np.int64],
    current: NDArray[np.int64],
    *,
    tolerance: float,
    level: float = 0.95,
) -> tuple[Shift, int] | None:
    """Return the largest change of any category's share, and which category that is.

    Bounds and p-value allow for there being many categories (Bonferroni).

    Args:
        reference: Shape (b,): rows of each category.
        current: Shape (b,), likewise.
        tolerance: Bearable change of a share, in [0, 1].
        level: Of each bound, in (0, 1).

    Returns:
        The shift, and the place of the category. None where a sample has no rows.

    Example:
        >>> before, now = np.array([50, 30, 20]), np.array([55, 5, 40])
        >>> found, place = largest_share_shift(before, now, tolerance=0.05)
        >>> round(found.value, 6), place
        (0.25, 1)
    """
    n, m = int(reference.sum()), int(current.sum())
    if not n or not m:
        return None
    many = reference.size
    shifts = [
        share_shift((int(a), n), (int(b), m), tolerance=tolerance, level=1 - (1 - level) / many)
        for a, b in zip(reference, current, strict=True)
    ]
    found = [shift for shift in shifts if shift is not None]
    place = max(range(many), key=lambda at: found[at].value)
    return Shift(
        value=found[place].value,
        low=max(shift.low for shift in found),
        high=max(shift.high for shift in found),
        p_value=min(1.0, many * min(shift.p_value for shift in found)),
    ), place


def _merged(
    first: NDArray[np.float64], second: NDArray[np.float64], rows: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Put neighbouring bins together until so many rows can be expected in each."""
    least = _ROWS / rows
    starts, held = [0], 0.0
    for at, share in enumerate((first + second) / 2):
        if held >= least:
            starts.append(at)
            held = 0.0
        held += share
    if held < least and len(starts) > 1:
        starts.pop()
    return np.add.reduceat(first, starts), np.add.reduceat(second, starts)


def _entropy(shares: NDArray[np.float64]) -> float:
    there = shares[shares > 0]
    return -float(there @ np.log2(there))


def _noncentral_z(statistic: float, freedom: float, shift: float) -> float:
    """Return where a non-central chi-squared value lies, in normal deviates (Abdel-Aty 1954)."""
    mean = freedom + shift
    spread = 2 * (freedom + 2 * shift) / (9 * mean**2)
    return (math.cbrt(statistic / mean) - (1 - spread)) / math.sqrt(spread)


def _central(freedom: float, z: float) -> float:
    """Return the chi-squared value at a normal deviate (Wilson and Hilferty 1931), at least 0."""
    spread = 2 / (9 * freedom)
    return freedom * max(0.0, 1 - spread + z * math.sqrt(spread)) ** 3


def _wilson(hits: int, rows: int, z: float) -> tuple[float, float]:
    middle = (hits + z * z / 2) / (rows + z * z)
    reach = abs(z) * math.sqrt(hits * (rows - hits) / rows + z * z / 4) / (rows + z * z)
    return max(0.0, middle - reach), min(1.0, middle + reach)


def _score(bound: Callable[[float], float], value: float, tolerance: float) -> float:
    """Return the normal deviate at which a falling lower bound meets the tolerance."""
    if value <= tolerance:
        return 0.0
    low, high = 0.0, _SURE
    if bound(high) > tolerance:
        return high
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if bound(middle) > tolerance else (low, middle)
    return low
