"""What one metric says about an arm against the control, as the plan's looks allow it.

An experiment that may be read any day has intervals that are right on all days at once. One with a
fixed number of looks spends its error over them; before the first of them nothing is concluded.
"""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple

from lifecycle_core.experimenting.metrics import arm_in, columns_of, pair_of
from lifecycle_core.schema.finalization import Interval
from lifecycle_core.schema.readout import MetricReading
from lifecycle_core.schema.serving import CONTROL
from lifecycle_core.schema.unit_counts import ANY
from lifecycle_core.stats.effect import difference, guardrail, relative_difference
from lifecycle_core.stats.looks import spending_bounds
from lifecycle_core.stats.multiplicity import holm
from lifecycle_core.stats.sequential import always_valid, always_valid_p

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifecycle_core.schema.experiment import ExperimentMetric, ExperimentPlan
    from lifecycle_core.schema.readout import Finding, Role
    from lifecycle_core.schema.unit_counts import UnitCounts
    from lifecycle_core.stats.effect import Effect

FEWEST = 30
"""Units of an arm below which nothing is said: the laws used here are those of large samples."""
_FOREIGN = "An arm has no amount in the release's currency; those in others do not count."


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
    return Look(_level_at(number, looks, level), number, looks, plan.units)


def corrected(
    plan: ExperimentPlan, readings: Sequence[MetricReading], look: Look
) -> tuple[MetricReading, ...]:
    """Return readings whose p-values, and what secondary metrics show, allow for their number.

    The primary metric decides alone, and is corrected for the number of arms only, as its interval
    is. A secondary one shows what its p-value among all of them shows: so the chance that even one
    of them shows something by chance is that of the plan's level, over all looks.

    Args:
        plan: Has the level.
        readings: Of all metrics and arms.
        look: How they may be read.
    """
    asked = [
        at
        for at, each in enumerate(readings)
        if each.role != "guardrail" and each.p_value is not None
    ]
    raised = dict(zip(asked, holm([readings[at].p_value or 0.0 for at in asked]), strict=True))
    alpha = _alpha_of_all(plan, look, len(asked))
    found = list(readings)
    for at in asked:
        each, p_value = readings[at], raised[at]
        if each.role == "primary":
            alone = min(1.0, len(plan.arms) * (each.p_value or 0.0))
            found[at] = each.model_copy(update={"adjusted": alone})
            continue
        metric = next(one for one in plan.secondary if one.name == each.metric)
        up = (each.effect or 0.0) > 0
        shown: Finding = "better" if up == (metric.better == "up") else "worse"
        if p_value >= alpha or look.number == 0:
            shown = "open"
        found[at] = each.model_copy(update={"adjusted": p_value, "finding": shown})
    return tuple(found)


def _alpha_of_all(plan: ExperimentPlan, look: Look, many: int) -> float:
    """Return below what a p-value corrected for `many` comparisons shows something at a look.

    The bounds of one comparison, raised `many` times, spend a little more over several looks than
    those of `many` do: theirs count.
    """
    alpha = 1 - plan.rule.level
    if not look.number or look.of in {None, 1} or not many:
        return alpha
    return many * (1 - _level_at(look.number, look.of or 1, 1 - alpha / many))


def _level_at(number: int, of: int, level: float) -> float:
    """Return the confidence of an interval at one of several looks; before the first, of all."""
    if of == 1 or not number:
        return level
    return 2 * NormalDist().cdf(spending_bounds(of, level=level)[number - 1]) - 1


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
    if no_money(metric, counts, arm):
        return empty.model_copy(update={"foreign": True, "note": _FOREIGN})
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
        found = _guarded(found, metric, relative, margin=metric.margin, units=units, look=look)
    else:
        found = found.model_copy(update={"finding": _finding(found, metric)})
    # Before the first of a fixed number of looks nothing is shown yet, however it may seem.
    return found.model_copy(update={"finding": "open"}) if look.number == 0 else found


def no_money(metric: ExperimentMetric, counts: UnitCounts, arm: str) -> bool:
    """Return whether an arm's or the control's amounts may all be in a currency that is not read.

    Without a report a unit earned nothing; where all of an arm did, and there are amounts that do
    not count, its nothing says nothing.

    Args:
        metric: The metric.
        counts: Units of all arms.
        arm: Alias of the arm that is compared with the champion.
    """
    read = [name for name in columns_of(metric) if name.removeprefix(ANY) == "money"]
    if not counts.foreign or not read:
        return False
    at = counts.columns.index(read[0])
    return any(
        found is not None and not found.means[at] and not found.covariance[at][at]
        for found in (arm_in(counts.arms, each) for each in (CONTROL, arm))
    )


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
        # One-sided as the bound is: half of the two-sided one where the harm is within the margin.
        within = (shifted > 0) == (metric.better == "up")
        p_value = _p_value(relative._replace(value=shifted), units, sides) / 2 if within else 1.0
    finding: Finding = "holds" if holds else "broken" if broken else "open"
    return found.model_copy(update={"finding": finding, "p_value": p_value})
