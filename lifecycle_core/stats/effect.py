"""The difference between two arms of an experiment: absolute, relative, against a margin.

Welch's test, which needs neither equal variances nor arms of equal size. The relative difference
has the delta method's standard error. Ratios, clusters and adjusted metrics come in as a `Sample`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from lifecycle_core.schema.finalization import Interval

if TYPE_CHECKING:
    from lifecycle_core.stats.moments import Sample


class Effect(NamedTuple):
    """What the treatment changes.

    Attributes:
        value: Treatment minus control; for a relative effect as a share of the control's mean.
        error: Standard error of `value`, at least 0.
        freedom: Degrees of freedom of the t distribution, above 0.
        interval: Two-sided, around `value`.
        p_value: Of no difference, two-sided, in [0, 1].
    """

    value: float
    error: float
    freedom: float
    interval: Interval
    p_value: float


class Guardrail(NamedTuple):
    """Whether a metric that must not get worse keeps a margin.

    Attributes:
        holds: The metric is shown to be no worse than the margin allows.
        broken: The metric is shown to be worse than the margin allows.
        bound: The worst effect that the data leave open, one-sided.
        p_value: Of an effect at the margin, one-sided, in [0, 1]; `holds` if it is small.
    """

    holds: bool
    broken: bool
    bound: float
    p_value: float


def difference(control: Sample, treatment: Sample, *, level: float = 0.95) -> Effect | None:
    """Return the absolute difference of two means (Welch 1947).

    Args:
        control: Of the arm that is compared with.
        treatment: Of the other arm.
        level: Coverage of the interval, in (0, 1).

    Returns:
        None where an arm has fewer than two units or a mean is not a number: not enough data.

    Example:
        >>> from lifecycle_core.stats.moments import Sample
        >>> found = difference(Sample(100, 10.0, 25.0), Sample(100, 12.0, 25.0))
        >>> round(found.value, 6), round(found.interval.low, 4), round(found.p_value, 4)
        (2.0, 0.6056, 0.0052)
    """
    value = treatment.mean - control.mean
    if _too_few(control, treatment) or not math.isfinite(value):
        return None
    return _effect(
        value, math.hypot(control.error, treatment.error), _freedom(control, treatment), level
    )


def relative_difference(
    control: Sample, treatment: Sample, *, level: float = 0.95
) -> Effect | None:
    """Return the difference of two means as a share of the control's mean, by the delta method.

    The degrees of freedom are those of the absolute difference. The interval is trustworthy where
    the control's mean is several standard errors away from 0.

    Args:
        control: Of the arm that is compared with.
        treatment: Of the other arm.
        level: Coverage of the interval, in (0, 1).

    Returns:
        A negative mean of the control keeps the sign: up is positive. None where an arm has fewer
        than two units, or where the control's mean is 0 or not a number.

    Example:
        >>> from lifecycle_core.stats.moments import Sample
        >>> found = relative_difference(Sample(100, 10.0, 25.0), Sample(100, 12.0, 25.0))
        >>> round(found.value, 6), round(found.error, 5)
        (0.2, 0.0781)
    """
    apart = treatment.mean - control.mean
    if _too_few(control, treatment) or not control.mean or not math.isfinite(apart):
        return None
    scale = abs(control.mean)
    error = math.hypot(treatment.error / scale, control.error * treatment.mean / scale**2)
    return _effect(apart / scale, error, _freedom(control, treatment), level)


def guardrail(effect: Effect, *, margin: float, up_is_good: bool, level: float = 0.95) -> Guardrail:
    """Judge a metric that must not get worse by more than a margin: non-inferiority.

    Args:
        effect: Absolute or relative.
        margin: The harm that is bearable, at least 0, in the unit of `effect.value`.
        up_is_good: Whether a higher value of the metric is the better one.
        level: One-sided confidence, in (0, 1).

    Raises:
        ValueError: The margin is negative.

    Example:
        >>> from lifecycle_core.stats.moments import Sample
        >>> found = difference(Sample(900, 5.0, 9.0), Sample(900, 5.1, 9.0))
        >>> guardrail(found, margin=0.3, up_is_good=True).holds
        True
    """
    if margin < 0:
        raise ValueError(f"margin == {margin}, must be >= 0.")
    from scipy.special import stdtr, stdtrit

    gain = effect.value if up_is_good else -effect.value
    reach = float(stdtrit(effect.freedom, level)) * effect.error
    if effect.error:
        p_value = float(stdtr(effect.freedom, -(gain + margin) / effect.error))
    else:
        p_value = 0.0 if gain > -margin else 1.0
    worst = gain - reach
    return Guardrail(
        holds=worst > -margin or (not effect.error and gain >= -margin),
        broken=gain + reach < -margin,
        bound=worst if up_is_good else -worst,
        p_value=p_value,
    )


def _too_few(control: Sample, treatment: Sample) -> bool:
    return min(control.n, treatment.n) < 2  # noqa: PLR2004 - one unit does not vary


def _freedom(control: Sample, treatment: Sample) -> float:
    """Return Welch and Satterthwaite's degrees of freedom of the absolute difference."""
    first, second = control.error**2, treatment.error**2
    if not first + second:
        return float(control.n + treatment.n - 2)
    return (first + second) ** 2 / (first**2 / (control.n - 1) + second**2 / (treatment.n - 1))


def _effect(value: float, error: float, freedom: float, level: float) -> Effect:
    from scipy.special import stdtr, stdtrit

    reach = float(stdtrit(freedom, (1 + level) / 2)) * error
    sure = 0.0 if value else 1.0
    p_value = float(2 * stdtr(freedom, -abs(value) / error)) if error else sure
    interval = Interval(low=value - reach, high=value + reach, level=level)
    return Effect(value, error, freedom, interval, p_value)
