"""Bootstrap intervals of a mean cost: paired, stratified, bias-corrected and accelerated (BCa).

Resampling n rows with replacement and counting how often each *distinct* value came up is one
multinomial draw. Costs of decisions take a handful of distinct values (four for a cost matrix,
at most sixteen for a pair of candidates), so a resample costs the same at a thousand rows and at
a hundred million. Values that are all different (forecast costs) are first gathered in groups.
"""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from lifecycle_core.schema.finalization import Interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

RESAMPLES = 4_999
_TAIL = 64  # values at either end that are kept one by one: they carry the skewness
_MIDDLE = 128  # groups between the tails
_NORMAL = NormalDist()


def mean_interval(
    values: NDArray[np.float64],
    strata: NDArray[np.int64] | None = None,
    *,
    level: float = 0.95,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Interval:
    """Return the BCa bootstrap interval of the mean of `values`.

    For a paired comparison pass the differences row by row. The interval speaks of the mean given
    the share of each stratum. With more than 256 distinct values in a stratum, the middle ones
    are gathered in 128 groups of neighbours: a group's sum is drawn as its mean times its count
    plus normal noise of its own variance, so that mean and variance stay exact.

    Args:
        values: Shape (n,), finite, n at least 1.
        strata: Shape (n,); rows are resampled within equal numbers. None is one stratum.
        level: Coverage, in (0, 1).
        resamples: Bootstrap resamples, at least 1.
        seed: Makes the interval reproducible.

    Returns:
        The interval; a point where every stratum is constant.

    Raises:
        ValueError: There is no row.

    Example:
        >>> mean_interval(np.array([1.0, 1.0, 1.0]))
        Interval(low=1.0, high=1.0, level=0.95)
    """
    n = values.size
    if not n:
        raise ValueError("values is empty, it must hold at least one number.")
    groups = [values] if strata is None else [values[strata == s] for s in np.unique(strata)]
    centred = np.concatenate([group - group.mean() for group in groups])
    spread = float(centred @ centred)
    observed = float(values.mean())
    if spread <= (1e-12 * max(1.0, float(np.abs(values).max()))) ** 2 * n:
        return Interval(low=observed, high=observed, level=level)
    rng = np.random.default_rng(seed)
    total = np.zeros(resamples)
    for group in groups:
        total += _resampled_sums(group, resamples, rng)
    means = total / n
    acceleration = float((centred**3).sum()) / (6 * spread**1.5)
    low, high = (
        float(np.quantile(means, _bca_share(means, observed, acceleration, share)))
        for share in ((1 - level) / 2, (1 + level) / 2)
    )
    return Interval(low=low, high=high, level=level)


def _resampled_sums(
    group: NDArray[np.float64], resamples: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Draw the sum of `group.size` values with replacement, `resamples` times."""
    n = group.size
    distinct, counts = np.unique(group, return_counts=True)
    if distinct.size <= 2 * _TAIL + _MIDDLE:
        drawn = rng.multinomial(n, counts / n, size=resamples)
        return np.asarray(drawn @ distinct, dtype=np.float64)
    edges = np.unique(
        np.concatenate(
            [
                np.arange(_TAIL),
                np.linspace(_TAIL, n - _TAIL, _MIDDLE, endpoint=False).astype(np.int64),
                np.arange(n - _TAIL, n),
            ]
        )
    )
    ordered = np.sort(group)
    sizes = np.diff(np.append(edges, n))
    means = np.add.reduceat(ordered, edges) / sizes
    deviations = ordered - np.repeat(means, sizes)
    variances = np.add.reduceat(deviations**2, edges) / sizes
    drawn = rng.multinomial(n, sizes / n, size=resamples)
    noise = rng.standard_normal(resamples) * np.sqrt(drawn @ variances)
    return np.asarray(drawn @ means + noise, dtype=np.float64)


def _bca_share(
    means: NDArray[np.float64], observed: float, acceleration: float, share: float
) -> float:
    """Return the quantile of the resampled means that BCa reads for a nominal `share`."""
    slack = 1e-12 * max(1.0, abs(observed))  # equal sums may differ in their last bit
    below = float((means < observed - slack).mean() + (means <= observed + slack).mean()) / 2
    least = 0.5 / means.size
    bias = _NORMAL.inv_cdf(min(max(below, least), 1 - least))
    shifted = bias + _NORMAL.inv_cdf(share)
    return _NORMAL.cdf(bias + shifted / (1 - acceleration * shifted))
