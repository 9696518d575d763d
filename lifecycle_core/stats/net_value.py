"""Whether retraining pays: what it saves over a horizon less what it costs, and how surely.

What is known is uncertain: the loss now (seen, or expected without labels), and the loss after
(backtested on recent rows). Where both were measured on the same rows, the saving row by row is far
surer than the difference of two means; `saving_of` takes that, or the two apart.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple

from lifecycle_core.schema.finalization import Interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifecycle_core.stats.moments import Sample

_NORMAL = NormalDist()


class Saving(NamedTuple):
    """What a retrained model saves on one row.

    Attributes:
        mean: Money per row; negative if it costs more.
        error: Standard error of `mean`, at least 0.
        spread: Standard deviation of one row's saving, at least 0; 0 looks at expected values only.
    """

    mean: float
    error: float
    spread: float = 0.0


class NetValue(NamedTuple):
    """What retraining is worth today.

    Attributes:
        value: Expected net present value, money.
        error: Its standard error.
        interval: Of the net present value.
        probability: That it is above 0, in [0, 1].
        break_even_rows: Rows a period from which it pays, expected; infinite if it never does.
        break_even_periods: Periods until it has paid for good, 1 or more; None if it has not within
            the horizon.
        ceiling: One-off cost up to which it pays, money.
    """

    value: float
    error: float
    interval: Interval
    probability: float
    break_even_rows: float
    break_even_periods: int | None
    ceiling: float


def saving_of(now: Sample, after: Sample, *, paired_error: float | None = None) -> Saving:
    """Return the saving from the loss per row now and after retraining.

    Args:
        now: Of the released model on recent rows, money.
        after: Of the retrained model in a backtest on recent rows, money.
        paired_error: Standard error of the mean of the differences row by row, where both were
            measured on the same rows.

    Example:
        >>> from lifecycle_core.stats.moments import Sample
        >>> saving_of(Sample(100, 3.0, 9.0), Sample(100, 2.0, 16.0)).error
        0.5
    """
    error = math.hypot(now.error, after.error) if paired_error is None else paired_error
    return Saving(now.mean - after.mean, error)


def saving_between(now: Interval, after: Interval) -> Saving:
    """Return the saving from two intervals of the loss per row, read as normal and independent.

    Args:
        now: Of the released model, for example `labelless.Expected.cost`.
        after: Of the retrained model in a backtest.

    Example:
        >>> found = saving_between(Interval(low=2.0, high=4.0), Interval(low=1.0, high=2.0))
        >>> found.mean, round(found.error, 3)
        (1.5, 0.57)
    """
    spread = [
        (each.high - each.low) / 2 / _NORMAL.inv_cdf((1 + each.level) / 2) for each in (now, after)
    ]
    return Saving((now.low + now.high - after.low - after.high) / 2, math.hypot(*spread))


def net_value(
    saving: Saving,
    *,
    rows: Sequence[float],
    once: float,
    ageing: Sequence[float] = (),
    discount: float = 0.0,
    level: float = 0.95,
    error: float | None = None,
) -> NetValue:
    """Return what retraining is worth over a horizon.

    In period t of the horizon it saves rows[t] * (saving - ageing[t]), discounted; `once` is paid
    today. With `ageing` the new model is expected to lose its lead as the present one did: what
    that one lost in its first, second, ... period, a row. Periods beyond its end repeat the last.

    Args:
        saving: Money per row while the new model is fresh.
        rows: Expected in each period of the horizon, each at least 0.
        once: Compute, labels, validation, approval and switching: money, at least 0.
        ageing: Money per row, taken as known; empty if the lead is expected to last.
        discount: Interest per period, above -1.
        level: Coverage of the interval, in (0, 1).
        error: Standard error of the value, where ageing is not known either; else that of `saving`
            over all rows.

    Raises:
        ValueError: The horizon is empty.

    Example:
        >>> found = net_value(Saving(0.02, 0.005), rows=[10_000] * 12, once=1_500)
        >>> round(found.value), round(found.probability, 3), round(found.break_even_rows)
        (900, 0.933, 6250)
        >>> found.break_even_periods, round(found.ceiling)
        (8, 2400)
    """
    if not rows:
        raise ValueError("rows is empty, the horizon needs at least one period.")
    factors = [(1 + discount) ** -(at + 1) for at in range(len(rows))]
    lost = [ageing[min(at, len(ageing) - 1)] if ageing else 0.0 for at in range(len(rows))]
    weights = [each * factor for each, factor in zip(rows, factors, strict=True)]
    gains = [weight * (saving.mean - loss) for weight, loss in zip(weights, lost, strict=True)]
    gross = math.fsum(gains)
    if error is None:
        error = math.fsum(weights) * saving.error
    value = gross - once
    reach = _NORMAL.inv_cdf((1 + level) / 2) * error
    paid, periods = -once, None
    for at, gain in enumerate(gains, 1):
        paid += gain
        if paid <= 0:
            periods = None
        elif periods is None:
            periods = at
    return NetValue(
        value=value,
        error=error,
        interval=Interval(low=value - reach, high=value + reach, level=level),
        probability=_NORMAL.cdf(value / error) if error else float(value > 0),
        break_even_rows=once / gross * sum(rows) / len(rows) if gross > 0 else math.inf,
        break_even_periods=periods,
        ceiling=max(0.0, gross),
    )
