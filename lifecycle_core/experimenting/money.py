"""What an effect is worth: money per unit, and per year if all units had the treatment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.experimenting.metrics import together
from lifecycle_core.schema.finalization import Interval
from lifecycle_core.schema.readout import Worth

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifecycle_core.schema.experiment import ExperimentPlan, FrozenExperiment
    from lifecycle_core.schema.readout import MetricReading
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
    *,
    days: float,
) -> tuple[Worth, ...]:
    """Return what the primary metric's effect is worth, by arm; nothing where that is not known.

    All units that were met, in whatever arm, would have the effect; a year brings as many more as
    it has more days than the experiment.
    """
    plan = frozen.plan
    price = price_of(plan)
    if price is None or days < 1:
        return ()
    units = together(counts.arms, len(counts.columns))
    many = float(units.n)
    if plan.metric.per:
        many *= float(units.means[counts.columns.index(plan.metric.per)])
    found = []
    for each in readings:
        if each.role != "primary" or each.effect is None or each.interval is None:
            continue
        ends = sorted((price * each.interval.low, price * each.interval.high))
        yearly = many * _YEAR / days
        level = each.interval.level
        found.append(
            Worth(
                arm=each.arm,
                currency=frozen.costs.currency,
                per_unit=price * each.effect,
                per_unit_interval=Interval(low=ends[0], high=ends[1], level=level),
                per_year=price * each.effect * yearly,
                per_year_interval=Interval(
                    low=ends[0] * yearly, high=ends[1] * yearly, level=level
                ),
            )
        )
    return tuple(found)
