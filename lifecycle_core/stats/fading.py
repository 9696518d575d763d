"""Whether an effect changes with time: novelty that wears off, or a habit that has to be learned.

The same units are looked at twice, in an earlier and in a later part of the experiment. Each part's
effect is a share of the control's value in that part, so that parts of different length compare.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lifecycle_core.schema.finalization import Interval

if TYPE_CHECKING:
    from lifecycle_core.stats.moments import Moments


class Change(NamedTuple):
    """How an effect changes from the earlier part to the later one.

    Attributes:
        first: Effect in the earlier part, as a share of the control's value there.
        second: Effect in the later part, likewise.
        interval: Of `second` less `first`.
    """

    first: float
    second: float
    interval: Interval


def relative_change(control: Moments, treatment: Moments, *, level: float = 0.95) -> Change | None:
    """Compare the relative effects of two parts on the same units, by the delta method.

    Args:
        control: Two numbers a unit: of the earlier part, of the later one.
        treatment: Likewise.
        level: Coverage of the interval, in (0, 1).

    Returns:
        None where an arm has fewer than two units, or a mean of the control is 0 or not a number.

    Example:
        >>> from lifecycle_core.stats.moments import moments_of
        >>> control = moments_of([[9.0, 11.0], [11.0, 9.0]] * 50)
        >>> found = relative_change(control, moments_of([[13.0, 11.0], [11.0, 11.0]] * 50))
        >>> round(found.first, 3), round(found.second, 3), found.interval.high < 0
        (0.2, 0.1, True)
    """
    base, value = control.means, treatment.means
    usable = min(control.n, treatment.n) > 1 and bool(np.isfinite([*base, *value]).all())
    if not usable or not base.all():
        return None
    scale = np.abs(base)
    effects = (value - base) / scale
    signs = np.array([-1.0, 1.0])
    moves = signs / scale, -signs * value / scale / base
    variance = sum(
        float(move @ arm.covariance @ move) / arm.n
        for move, arm in zip(moves, (treatment, control), strict=True)
    )
    reach = NormalDist().inv_cdf((1 + level) / 2) * math.sqrt(max(0.0, variance))
    apart = float(effects[1] - effects[0])
    interval = Interval(low=apart - reach, high=apart + reach, level=level)
    return Change(float(effects[0]), float(effects[1]), interval)
