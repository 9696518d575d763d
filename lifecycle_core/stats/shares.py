"""An interval of a share that holds near 0 and 1 and in small samples, too."""

from __future__ import annotations

import math
from statistics import NormalDist

from lifecycle_core.schema.finalization import Interval


def share_interval(hits: int, rows: int, *, level: float = 0.95) -> Interval | None:
    """Return an interval of a share (Wilson 1927).

    Args:
        hits: Rows that are in, at least 0 and at most `rows`.
        rows: All rows.
        level: Coverage, in (0, 1).

    Returns:
        Within [0, 1]; None without rows.

    Example:
        >>> found = share_interval(15, 20)
        >>> round(found.low, 3), round(found.high, 3)
        (0.531, 0.888)
    """
    if not rows:
        return None
    z = NormalDist().inv_cdf((1 + level) / 2)
    middle = (hits + z * z / 2) / (rows + z * z)
    reach = z * math.sqrt(hits * (rows - hits) / rows + z * z / 4) / (rows + z * z)
    return Interval(low=max(0.0, middle - reach), high=min(1.0, middle + reach), level=level)


def share_bounds(hits: int, rows: int, *, level: float = 0.95) -> tuple[float, float]:
    """Return exact bounds of a share (Clopper and Pearson 1934).

    They are wider than `share_interval`, and hold for each share: of a rare event that was seen
    once Wilson's lower bound is wrong up to one time in six.

    Args:
        hits: Rows that are in, at least 0 and at most `rows`.
        rows: All rows, at least 1.
        level: Coverage, in (0, 1).

    Example:
        >>> [round(bound, 4) for bound in share_bounds(1, 30)]
        [0.0008, 0.1722]
    """
    from scipy.special import betaincinv

    tail = (1 - level) / 2
    low = float(betaincinv(hits, rows - hits + 1, tail)) if hits else 0.0
    high = float(betaincinv(hits + 1, rows - hits, 1 - tail)) if hits < rows else 1.0
    return low, high


def mean_interval_of_sums(
    rows: int, total: float, squares: float, *, level: float = 0.95
) -> Interval | None:
    """Return an interval of a mean from sums that an engine computed, by the normal law.

    Args:
        rows: How many numbers were summed.
        total: Their sum.
        squares: Sum of their squares.
        level: Coverage, in (0, 1).

    Returns:
        None with fewer than 30 rows, where the normal law says little about skewed amounts.

    Example:
        >>> found = mean_interval_of_sums(100, 500.0, 2599.0)
        >>> round(found.low, 3), round(found.high, 3)
        (4.804, 5.196)
    """
    if rows < 30:  # noqa: PLR2004 - as documented
        return None
    mean = total / rows
    variance = max(0.0, (squares - rows * mean * mean) / (rows - 1))
    reach = NormalDist().inv_cdf((1 + level) / 2) * math.sqrt(variance / rows)
    return Interval(low=mean - reach, high=mean + reach, level=level)
