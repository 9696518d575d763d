"""CUPED: what was known of the units before the experiment is taken out of their metric.

The adjusted metric is y - theta (x - mean x), with theta = cov(x, y) / var(x) (Deng et al. 2013).
Random assignment makes the expected shift of x zero, so the effect that is estimated stays the
same; only its error shrinks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lifecycle_core.stats.moments import Sample, merged

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lifecycle_core.stats.moments import Moments


class Adjusted(NamedTuple):
    """The arms after adjustment.

    Attributes:
        control: To be compared with `treatment` like any two samples.
        treatment: Likewise.
        theta: Shape (k,): what one unit of each covariate takes off the metric.
        gain: Share of the error's square (so of the units that are needed) that is saved, in
            (-inf, 1]; with one covariate and alike arms it is the squared correlation.
    """

    control: Sample
    treatment: Sample
    theta: NDArray[np.float64]
    gain: float


def cuped(
    control: Moments, treatment: Moments, *, theta: NDArray[np.float64] | None = None
) -> Adjusted:
    """Adjust the first number of each unit for all the others.

    A covariate must have been settled before the assignment. For a ratio metric give
    `moments.ratios` of metric and covariate.

    Args:
        control: Metric first, then k covariates.
        treatment: In the same order.
        theta: Shape (k,), for example `slopes` of history. By default it is taken within the arms,
            both together: then the effect is that of ordinary least squares with a column for the
            arm, and no large effect leaks into theta.

    Returns:
        Unadjusted samples and a gain of 0 where nothing varies. A covariate that does not vary, or
        only says what others say, takes no part.

    Raises:
        ValueError: There is no covariate, or the arms have different numbers.

    Example:
        >>> from lifecycle_core.stats.moments import moments_of
        >>> before = np.arange(8.0)
        >>> after = before + np.tile([0.0, 1.0], 4)
        >>> arm = moments_of(np.column_stack([after, before]))
        >>> round(cuped(arm, arm).gain, 3)
        0.96
    """
    k = len(control.means) - 1
    if k < 1 or len(treatment.means) != k + 1:
        raise ValueError(f"The arms have {k} and {len(treatment.means) - 1} covariates; want >= 1.")
    if theta is None:
        within = control._replace(means=np.zeros(k + 1)), treatment._replace(means=np.zeros(k + 1))
        theta = slopes(merged(*within))
    both = max(1, control.n + treatment.n)
    centre = (control.n * control.means[1:] + treatment.n * treatment.means[1:]) / both
    weights = np.concatenate([[1.0], -theta])
    first, second = (
        Sample(
            arm.n,
            float(arm.means[0] - theta @ (arm.means[1:] - centre)),
            max(0.0, float(weights @ arm.covariance @ weights)),
        )
        for arm in (control, treatment)
    )
    before = control.sample().error ** 2 + treatment.sample().error ** 2
    after = first.error**2 + second.error**2
    usable = min(control.n, treatment.n) > 0 and before > 0
    return Adjusted(first, second, theta, 1 - after / before if usable else 0.0)


def slopes(moments: Moments) -> NDArray[np.float64]:
    """Return what one unit more of each covariate means for the metric, by least squares.

    Args:
        moments: Metric first, then k covariates.

    Returns:
        Shape (k,); 0 for a covariate that does not vary or only says what others say.

    Example:
        >>> from lifecycle_core.stats.moments import moments_of
        >>> slopes(moments_of([[1.0, 1.0], [3.0, 2.0], [5.0, 3.0]])).tolist()
        [2.0]
    """
    return _solved(moments.covariance[1:, 1:], moments.covariance[1:, 0])


def expected_gain(history: Moments) -> float:
    """Return the share of units that adjustment would save, from history before an experiment.

    Args:
        history: Metric of one period first, then covariates of the periods before it.

    Returns:
        In [0, 1]: the squared (multiple) correlation, less what chance alone would give with so
        many covariates (Ezekiel 1930).

    Example:
        >>> from lifecycle_core.stats.moments import Moments
        >>> expected_gain(Moments(10_001, np.zeros(2), np.array([[1.0, 0.6], [0.6, 1.0]])))
        0.3599...
    """
    k = len(history.means) - 1
    total = float(history.covariance[0, 0])
    spare = history.n - k - 1
    if spare < 1 or total <= 0:
        return 0.0
    shared = history.covariance[1:, 0]
    explained = float(shared @ slopes(history)) / total
    return min(1.0, max(0.0, 1 - (1 - explained) * (history.n - 1) / spare))


def _solved(matrix: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    """Solve for the covariates in units of their own spread, so that scales do not matter."""
    spread = np.sqrt(np.maximum(np.diag(matrix), 0.0))
    scale = np.divide(1.0, spread, out=np.zeros_like(spread), where=spread > 0)
    solution = np.linalg.pinv(matrix * np.outer(scale, scale), rcond=1e-10, hermitian=True)
    return np.asarray(scale * (solution @ (scale * right)), dtype=np.float64)
