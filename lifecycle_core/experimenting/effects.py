"""What one metric says about an arm against the control, as the plan's looks allow it.

An experiment that may be read any day has intervals that are right on all days at once. One with a
fixed number of looks spends its error over them; before the first of them nothing is concluded.
"""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple

from lifecycle_core.experimenting.metrics import pair_of
from lifecycle_core.schema.finalization import Interval
from lifecycle_core.schema.readout import MetricReading
from lifecycle_core.schema.serving import CONTROL
from lifecycle_core.stats.effect import difference, guardrail, relative_difference
from lifecycle_core.stats.looks import spending_bounds
from lifecycle_core.stats.sequential import always_valid, always_valid_p

if TYPE_CHECKING:
    from lifecycle_core.schema.experiment import ExperimentMetric, ExperimentPlan
    from lifecycle_core.schema.readout import Finding, Role
    from lifecycle_core.schema.unit_counts import UnitCounts
    from lifecycle_core.stats.effect import Effect

FEWEST = 30
"""Units of an arm below which nothing is said: the laws used here are those of large samples."""


class Look(NamedTuple):
    """How an experiment may be read at this moment.

    Attributes:
        level: Confidence of one comparison's interval at this look.
        number: Which of the looks it is, from 1; 0 is before the first; None if there is no number.
        of: How many looks are planned; None likewise.
        tuned_at: Units at which always-valid intervals are narrowest.
    """

    level: float
    number: int | None
    of: int | None
    tuned_at: int


def look_at(plan: ExperimentPlan, *, done: float) -> Look:
    """Return the look that a moment is.

    Args:
        plan: Says how many looks there are.
        done: Share of the planned time that has gone by, at least 0.

    Example:
        >>> from lifecycle_core.schema.experiment import ExperimentPlan
        >>> plan = ExperimentPlan.model_validate(
        ...     {"name": "a", "release": "churn", "salt": "a", "arms": {"challenger": 50},
        ...      "periods": 4, "units": 100, "metric": {"name": "m", "of": "money"},
        ...      "rule": {"effect": 0.1, "looks": 4}})
        >>> look = look_at(plan, done=0.6)
        >>> look.number, round(look.level, 3)
        (2, 0.99)
    """
    level = 1 - (1 - plan.rule.level) / len(plan.arms)
    looks = plan.rule.looks
    if looks == "always":
        return Look(level, None, None, plan.units)
    number = min(looks, int(looks * done + 1e-9))
    if looks > 1 and number:
        bound = spending_bounds(looks, level=level)[number - 1]
        level = 2 * NormalDist().cdf(bound) - 1
    return Look(level, number, looks, plan.units)


def reading(
    metric: ExperimentMetric, role: Role, counts: UnitCounts, arm: str, look: Look
) -> MetricReading:
    """Return what a metric says about one arm.

    Args:
        metric: The metric.
        role: Whether it decides, informs, or must not get worse.
        counts: Units of all arms.
        arm: Alias of the arm that is compared with the champion.
        look: How it may be read.
    """
    pair = pair_of(metric, counts, CONTROL, arm)
    control, treatment = pair.control, pair.treatment
    empty = MetricReading(metric=metric.name, arm=arm, role=role, margin=metric.margin)
    if min(control.n, treatment.n) < FEWEST:
        return empty.model_copy(update={"note": f"An arm has fewer than {FEWEST} units."})
    effect = difference(control, treatment, level=look.level)
    if effect is None:
        return empty.model_copy(update={"note": "No unit has a denominator."})
    relative = relative_difference(control, treatment, level=look.level)
    units = control.n + treatment.n
    found = empty.model_copy(
        update={
            "control": control.mean,
            "treatment": treatment.mean,
            "effect": effect.value,
            "interval": _interval(effect, units, look),
            "relative": relative.value if relative else None,
            "relative_interval": _interval(relative, units, look) if relative else None,
            "p_value": _p_value(effect, units, look),
            "gain": pair.gain,
        }
    )
    if metric.margin is not None:
        return _guarded(found, metric, relative, margin=metric.margin, units=units, look=look)
    return found.model_copy(update={"finding": _finding(found, metric)})


def towards_better(interval: Interval, metric: ExperimentMetric) -> Interval:
    """Return an interval in which up is better, whatever it is in the metric."""
    if metric.better == "up":
        return interval
    return Interval(low=-interval.high, high=-interval.low, level=interval.level)


def _interval(effect: Effect, units: int, look: Look) -> Interval:
    if look.of is None:
        return always_valid(effect, units=units, tuned_at=look.tuned_at, level=look.level)
    return effect.interval


def _p_value(effect: Effect, units: int, look: Look) -> float:
    if look.of is None:
        return always_valid_p(effect, units=units, tuned_at=look.tuned_at, level=look.level)
    return effect.p_value


def _finding(found: MetricReading, metric: ExperimentMetric) -> Finding:
    if found.interval is None:
        return "not_enough_data"
    interval = towards_better(found.interval, metric)
    if interval.low > 0:
        return "better"
    return "worse" if interval.high < 0 else "open"


def _guarded(
    found: MetricReading,
    metric: ExperimentMetric,
    relative: Effect | None,
    *,
    margin: float,
    units: int,
    look: Look,
) -> MetricReading:
    """Return a guardrail's reading: whether harm beyond its margin is ruled out, or shown."""
    if relative is None:
        same = not found.effect
        note = "" if same else "The control's value is 0: no share of it can be told."
        return found.model_copy(update={"finding": "holds" if same else "open", "note": note})
    judged = guardrail(relative, margin=margin, up_is_good=metric.better == "up", level=look.level)
    holds, broken, p_value = judged.holds, judged.broken, judged.p_value
    if look.of is None:
        # Each side of a two-sided interval at 2 level - 1 is a one-sided bound at `level`.
        sides = look._replace(level=2 * look.level - 1)
        bounds = towards_better(_interval(relative, units, sides), metric)
        holds, broken = bounds.low > -margin, bounds.high < -margin
        shifted = relative.value + (margin if metric.better == "up" else -margin)
        p_value = _p_value(relative._replace(value=shifted), units, look)
    finding: Finding = "holds" if holds else "broken" if broken else "open"
    return found.model_copy(update={"finding": finding, "p_value": p_value})
