"""What an effect is worth: money per unit, and per year if all units had the treatment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.experimenting.metrics import together
from lifecycle_core.schema.finalization import Interval
from lifecycle_core.schema.readout import Worth

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifecycle_core.schema.experiment import ExperimentPlan, FrozenExperiment
    from lifecycle_core.schema.readout import MetricReading, Steadiness
    from lifecycle_core.schema.unit_counts import UnitCounts

_YEAR = 365.25


def price_of(plan: ExperimentPlan) -> float | None:
    """Return the money for one unit more of the primary metric; None if it was not declared.

    Example:
        >>> from lifecycle_core.schema.experiment import ExperimentPlan
        >>> plan = ExperimentPlan.model_validate(
        ...     {"name": "a", "release": "churn", "salt": "a", "arms": {"challenger": 50},
        ...      "periods": 4, "units": 100, "metric": {"name": "m", "of": "cost"},
        ...      "rule": {"effect": 0.1}})
        >>> price_of(plan)
        -1.0
    """
    if plan.worth is not None:
        return plan.worth
    amounts = {"money": 1.0, "cost": -1.0}
    return None if plan.metric.kind == "proportion" else amounts.get(plan.metric.of)


def worth_of(
    frozen: FrozenExperiment,
    counts: UnitCounts,
    readings: Sequence[MetricReading],
    steady: Sequence[Steadiness],
    *,
    days: float,
) -> tuple[Worth, ...]:
    """Return what the primary metric's effect is worth, by arm; nothing where that is not known.

    All units that were met, in whatever arm, would have the effect; a year brings as many more as
    it has more days than the experiment.

    Args:
        frozen: Says what a unit more of the metric is worth.
        counts: Of all units.
        readings: What the metrics say.
        steady: Whether the effect differs between periods.
        days: That the experiment was read over.
    """
    plan = frozen.plan
    price = price_of(plan)
    if price is None or days < 1:
        return ()
    units = together(counts.arms, len(counts.columns))
    many = float(units.n)
    if plan.metric.per:
        many *= float(units.means[counts.columns.index(plan.metric.per)])
    differs = {each.arm: each for each in steady if each.differs}
    found = []
    for each in readings:
        if each.role != "primary" or each.effect is None or each.interval is None:
            continue
        yearly = many * _YEAR / days
        per_unit = _times(each.interval, price)
        moving = differs.get(each.arm)
        found.append(
            Worth(
                arm=each.arm,
                currency=frozen.costs.currency,
                per_unit=price * each.effect,
                per_unit_interval=per_unit,
                per_year=price * each.effect * yearly,
                per_year_interval=_times(per_unit, yearly),
                other_periods=_times(moving.interval, price * abs(each.control or 0.0) * yearly)
                if moving
                else None,
            )
        )
    return tuple(found)


def _times(interval: Interval, factor: float) -> Interval:
    low, high = sorted((interval.low * factor, interval.high * factor))
    return Interval(low=low, high=high, level=interval.level)
