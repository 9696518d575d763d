"""How many units an experiment takes, what it can see, how long it runs.

Welch's test, planned with the non-central t law. A metric is described by the variance of one
unit: of a mean as it is, of a proportion `p * (1 - p)`, of a ratio or of clusters that of
`moments.ratios`. What is known before the experiment (`variance_reduction.expected_gain`) shrinks
that variance.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_MOST = 10**12  # units; an experiment that wants more sees nothing


class Metric(NamedTuple):
    """How the units of both arms vary.

    Attributes:
        control: Variance of a unit, above 0.
        treatment: Variance of a unit under treatment, above 0.
        gain: Share of the variance that adjustment takes away, in [0, 1).
    """

    control: float
    treatment: float
    gain: float = 0.0


class Design(NamedTuple):
    """How sure an experiment has to be.

    Attributes:
        level: Two-sided confidence, in (0, 1): how often no effect is called none.
        power: How often the effect is seen, in (0, 1).
        share: Of the units that get the treatment, in (0, 1).
        one_sided: The question has one direction, as a guardrail's has; `level` is one-sided then.
    """

    level: float = 0.95
    power: float = 0.8
    share: float = 0.5
    one_sided: bool = False


def proportion_metric(control: float, effect: float, *, gain: float = 0.0) -> Metric:
    """Describe a proportion.

    Args:
        control: Share of the control's units that do it, in (0, 1).
        effect: Change of that share that is planned for.
        gain: Share of the variance that adjustment takes away, in [0, 1).

    Raises:
        ValueError: One of the arms would leave (0, 1).

    Example:
        >>> proportion_metric(0.5, 0.1)
        Metric(control=0.25, treatment=0.24, gain=0.0)
    """
    treatment = control + effect
    if not (0 < control < 1 and 0 < treatment < 1):
        raise ValueError(f"Shares of {control} and {treatment}, both must lie between 0 and 1.")
    return Metric(control * (1 - control), treatment * (1 - treatment), gain)


def clustered(metric: Metric, *, size: float, alike: float, size_variation: float = 0.0) -> Metric:
    """Turn the variance of a row into that of a cluster of rows, when clusters are assigned.

    Args:
        metric: Of one row.
        size: Mean rows in a cluster, at least 1.
        alike: Intraclass correlation, in [0, 1].
        size_variation: Standard deviation of the sizes over their mean, at least 0.

    Returns:
        Of the mean of one cluster; units are clusters now. The design effect is that of Eldridge,
        Ashby and Kerry (2006): 1 + ((cv squared + 1) size - 1) alike.

    Example:
        >>> clustered(Metric(1.0, 1.0), size=20, alike=0.05).control
        0.0975
    """
    each = (1 + ((size_variation**2 + 1) * size - 1) * alike) / size
    return metric._replace(control=metric.control * each, treatment=metric.treatment * each)


def power_of(effect: float, units: int, metric: Metric, design: Design | None = None) -> float:
    """Return how often an effect is seen.

    Args:
        effect: True difference in the metric's unit; for a guardrail the distance to the margin.
        units: Of both arms together.
        metric: How units vary.
        design: Its level and share count.

    Returns:
        In [0, 1]; 0 where an arm has fewer than two units.

    Example:
        >>> round(power_of(0.2, 800, Metric(1.0, 1.0)), 4)
        0.8065
    """
    from scipy.special import nctdtr, stdtrit

    plan = design or Design()
    treated = units * plan.share
    control = units - treated
    if min(treated, control) < 2:  # noqa: PLR2004 - one unit does not vary
        return 0.0
    keeps = 1 - metric.gain
    first, second = metric.control * keeps / control, metric.treatment * keeps / treated
    freedom = (first + second) ** 2 / (first**2 / (control - 1) + second**2 / (treated - 1))
    shift = abs(effect) / math.sqrt(first + second)
    tail = (1 - plan.level) if plan.one_sided else (1 - plan.level) / 2
    critical = float(stdtrit(freedom, 1 - tail))
    if shift > critical + 20:  # there the law's series underflows
        return 1.0
    seen = 1 - float(nctdtr(freedom, shift, critical))
    if not plan.one_sided:
        seen += float(nctdtr(freedom, shift, -critical))
    return min(1.0, max(0.0, seen))


def units_needed(effect: float, metric: Metric, design: Design | None = None) -> int | None:
    """Return the fewest units, both arms together, with which an effect is seen often enough.

    Args:
        effect: In the metric's unit, not 0.
        metric: How units vary.
        design: How sure it has to be.

    Returns:
        None where more than a million million would be needed.

    Raises:
        ValueError: The effect is 0.

    Example:
        >>> units_needed(0.2, Metric(1.0, 1.0))
        787
        >>> units_needed(0.2, Metric(1.0, 1.0, gain=0.4))
        473
    """
    if not effect:
        raise ValueError("effect == 0, no number of units shows that.")
    plan = design or Design()
    return _least(lambda units: power_of(effect, units, metric, plan) >= plan.power)


def minimal_effect(units: int, metric: Metric, design: Design | None = None) -> float | None:
    """Return the smallest effect that is seen often enough with so many units.

    Args:
        units: Of both arms together.
        metric: How units vary; held as it is while the effect changes.
        design: How sure it has to be.

    Returns:
        In the metric's unit, above 0; None where an arm has fewer than two units.

    Example:
        >>> round(minimal_effect(787, Metric(1.0, 1.0)), 3)
        0.2
    """
    from scipy.optimize import brentq

    plan = design or Design()
    if min(units * plan.share, units * (1 - plan.share)) < 2:  # noqa: PLR2004 - as in `power_of`
        return None

    def lacks(effect: float) -> float:
        return power_of(effect, units, metric, plan) - plan.power

    spread = math.sqrt(max(metric.control, metric.treatment))
    high = spread / math.sqrt(units)
    while lacks(high) < 0:
        high *= 2
    return float(brentq(lacks, 0.0, high, xtol=1e-9 * spread))


def periods_needed(
    effect: float, metric: Metric, reached: Sequence[int], design: Design | None = None
) -> int | None:
    """Return after how many periods enough units have been met.

    Args:
        effect: In the metric's unit, not 0.
        metric: How units vary.
        reached: Distinct units met by the end of each period, rising. Units that come back count
            once, so this grows more slowly than traffic.
        design: How sure it has to be.

    Returns:
        At least 1; None where the last period is too early.

    Example:
        >>> periods_needed(0.2, Metric(1.0, 1.0), [300, 550, 760, 930])
        4
    """
    wanted = units_needed(effect, metric, design)
    if wanted is None:
        return None
    return next((at for at, units in enumerate(reached, 1) if units >= wanted), None)


def _least(enough: Callable[[int], bool]) -> int | None:
    """Return the smallest number that is enough, where every larger one is, too."""
    high = 4
    while not enough(high):
        high *= 2
        if high > _MOST:
            return None
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high
