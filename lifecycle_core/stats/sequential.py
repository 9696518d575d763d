"""Intervals that stay right however often one looks: an experiment may be read any day.

The asymptotic confidence sequence of Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas (2021), which
is the mixture of likelihood ratios of Robbins (1970) for means of large samples: the true effect is
inside *all* intervals at once, at the stated level. It is narrowest about the number of units that
it is tuned at, and never as narrow as the interval of an experiment that is read once.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING

from lifecycle_core.schema.finalization import Interval

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lifecycle_core.stats.effect import Effect
    from lifecycle_core.stats.power import Design, Metric


def always_valid(effect: Effect, *, units: int, tuned_at: int, level: float = 0.95) -> Interval:
    """Return the interval of an effect that may be looked at after every unit.

    Args:
        effect: Of `effect.difference` or `effect.relative_difference`.
        units: Of both arms together so far, at least 1.
        tuned_at: Units at which the interval shall be narrowest, at least 1; settled before the
            start, for example half of what is planned.
        level: Coverage of all intervals together, in (0, 1).

    Example:
        >>> from lifecycle_core.stats.effect import Effect
        >>> seen = Effect(0.5, 0.1, 998.0, Interval(low=0.3, high=0.7), 0.0)
        >>> interval = always_valid(seen, units=1000, tuned_at=1000)
        >>> round(interval.low, 4), round(interval.high, 4)
        (0.1965, 0.8035)
    """
    reach = effect.error * multiplier(units, tuned_at=tuned_at, level=level)
    return Interval(low=effect.value - reach, high=effect.value + reach, level=level)


def multiplier(units: int, *, tuned_at: int, level: float = 0.95) -> float:
    """Return half the width of the interval in standard errors; 1.96 if one looked only once.

    Args:
        units: Of both arms together so far, at least 1.
        tuned_at: Units at which it shall be smallest, at least 1.
        level: Coverage, in (0, 1).

    Raises:
        ValueError: A number of units is below 1.

    Example:
        >>> round(multiplier(1000, tuned_at=1000), 3)
        3.035
    """
    if units < 1 or tuned_at < 1:
        raise ValueError(f"units == {units} and tuned_at == {tuned_at}, both must be >= 1.")
    alpha = 1 - level
    known = units * _mixture(tuned_at, alpha)
    return math.sqrt(2 * (known + 1) / known * math.log(math.sqrt(known + 1) / alpha))


def units_always_valid(effect: float, metric: Metric, design: Design) -> int:
    """Return the units with which an interval that is tuned there leaves 0 out often enough.

    An effect that is larger than planned for is seen long before. `design.one_sided` does not
    count: these intervals have two sides.

    Args:
        effect: In the metric's unit, not 0.
        metric: How units vary.
        design: How sure it has to be.

    Returns:
        Units of both arms together, at which to tune as well.

    Raises:
        ValueError: The effect is 0.

    Example:
        >>> from lifecycle_core.stats.power import Design, Metric, units_needed
        >>> units_always_valid(0.2, Metric(1.0, 1.0), Design())
        1503
        >>> units_needed(0.2, Metric(1.0, 1.0))
        787
    """
    if not effect:
        raise ValueError("effect == 0, no number of units shows that.")
    spread = metric.control / (1 - design.share) + metric.treatment / design.share
    seen = multiplier(1, tuned_at=1, level=design.level) + NormalDist().inv_cdf(design.power)
    return math.ceil((1 - metric.gain) * spread * (seen / effect) ** 2)


def smallest_always_valid(units: int, metric: Metric, design: Design) -> float:
    """Return the smallest effect with which an interval tuned there leaves 0 out often enough.

    Args:
        units: Of both arms together, at least 1.
        metric: How units vary.
        design: How sure it has to be.

    Returns:
        In the metric's unit, above 0 where units vary: the inverse of `units_always_valid`.

    Example:
        >>> from lifecycle_core.stats.power import Design, Metric
        >>> round(smallest_always_valid(1503, Metric(1.0, 1.0), Design()), 3)
        0.2
    """
    spread = metric.control / (1 - design.share) + metric.treatment / design.share
    seen = multiplier(1, tuned_at=1, level=design.level) + NormalDist().inv_cdf(design.power)
    return seen * math.sqrt((1 - metric.gain) * spread / units)


def always_valid_p(effect: Effect, *, units: int, tuned_at: int, level: float = 0.95) -> float:
    """Return a p-value that may be looked at after every unit.

    It is the smallest alpha at which the interval leaves 0 out, with the tuning of `level` held: so
    it is below 1 - level exactly if `always_valid` leaves 0 out. The smallest one so far counts.

    Args:
        effect: What was seen.
        units: Of both arms together so far, at least 1.
        tuned_at: As for `always_valid`.
        level: As for `always_valid`.

    Returns:
        In (0, 1]; 1 where nothing varies and there is no effect.

    Example:
        >>> from lifecycle_core.stats.effect import Effect
        >>> seen = Effect(0.3035, 0.1, 998.0, Interval(low=0.1, high=0.5), 0.0)
        >>> round(always_valid_p(seen, units=1000, tuned_at=1000), 4)
        0.05
    """
    if not effect.error:
        return 0.0 if effect.value else 1.0
    known = units * _mixture(tuned_at, 1 - level)
    score = (effect.value / effect.error) ** 2
    return min(1.0, math.exp(math.log(known + 1) / 2 - score * known / (2 * (known + 1))))


def intersection(intervals: Iterable[Interval]) -> Interval | None:
    """Return what all intervals so far leave open; it covers as often as each sequence does.

    Args:
        intervals: Of one experiment, of one level, at least one.

    Returns:
        None where they exclude each other: the effect has changed, or the units have.

    Example:
        >>> intersection([Interval(low=-1.0, high=3.0), Interval(low=0.5, high=4.0)])
        Interval(low=0.5, high=3.0, level=0.95)
    """
    all_of = list(intervals)
    low, high = max(each.low for each in all_of), min(each.high for each in all_of)
    return all_of[0].model_copy(update={"low": low, "high": high}) if low <= high else None


def _mixture(tuned_at: int, alpha: float) -> float:
    """Return the variance of the mixture at which the interval is narrowest there."""
    spent = -2 * math.log(alpha)
    return (spent + math.log(spent + 1)) / tuned_at
