"""The primary metric period by period, segment by segment, and early against late; to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from lifecycle_core.experimenting.effects import FEWEST
from lifecycle_core.experimenting.metrics import arm_in, columns_of, moments_in, sample_of
from lifecycle_core.schema.readout import GroupReading, Novelty, Steadiness
from lifecycle_core.schema.serving import CONTROL
from lifecycle_core.stats.effect import relative_difference
from lifecycle_core.stats.fading import relative_change
from lifecycle_core.stats.moments import ratios
from lifecycle_core.stats.multiplicity import benjamini_hochberg
from lifecycle_core.stats.pooling import pool

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lifecycle_core.schema.experiment import ExperimentPlan
    from lifecycle_core.schema.unit_counts import ArmMoments, UnitCounts
    from lifecycle_core.stats.effect import Effect

_SURE = 0.95


class _Group(NamedTuple):
    """One group of one arm; `effect` is None where there is not enough data."""

    arm: str
    name: str
    units: int
    effect: Effect | None


def groups_of(
    plan: ExperimentPlan, counted: Sequence[ArmMoments], counts: UnitCounts, *, by: str = ""
) -> tuple[GroupReading, ...]:
    """Return the relative effect in each group, p-values corrected for the number of groups.

    Args:
        plan: Has the primary metric.
        counted: Units by arm and group, in the primary metric's numbers.
        counts: Has the names of all numbers.
        by: Feature of a segment; empty for periods.
    """
    groups = list(_groups(plan, counted, counts))
    known = [each.effect.p_value for each in groups if each.effect]
    adjusted = iter(benjamini_hochberg(known))
    return tuple(
        GroupReading(
            by=by,
            group=each.name,
            arm=each.arm,
            units=each.units,
            relative=each.effect.value if each.effect else None,
            interval=each.effect.interval if each.effect else None,
            adjusted=next(adjusted) if each.effect else None,
        )
        for each in groups
    )


def steadiness(plan: ExperimentPlan, counts: UnitCounts) -> tuple[Steadiness, ...]:
    """Return whether the effect of each arm is the same in all periods; nothing for fewer than 3.

    Units who come back are in several periods, which takes away a little of how independent these
    are.
    """
    groups = list(_groups(plan, counts.periods, counts))
    found = []
    for arm in plan.arms:
        effects = [each.effect for each in groups if each.arm == arm and each.effect]
        effects = [each for each in effects if each.error > 0]
        pooled = pool([each.value for each in effects], [each.error for each in effects])
        if pooled:
            found.append(
                Steadiness(
                    arm=arm,
                    periods=len(effects),
                    relative=pooled.value,
                    interval=pooled.interval,
                    spread=pooled.spread,
                    p_value=pooled.p_value,
                    differs=pooled.p_value < 1 - _SURE,
                )
            )
    return tuple(found)


def _groups(
    plan: ExperimentPlan, counted: Sequence[ArmMoments], counts: UnitCounts
) -> Iterator[_Group]:
    names = counts.columns[: len(columns_of(plan.metric))]
    for arm in plan.arms:
        for name in dict.fromkeys(each.group for each in counted):
            control, treatment = (
                moments_in(arm_in(counted, each, name), len(names)) for each in (CONTROL, arm)
            )
            effect = (
                relative_difference(
                    sample_of(plan.metric, control, names), sample_of(plan.metric, treatment, names)
                )
                if min(control.n, treatment.n) >= FEWEST
                else None
            )
            yield _Group(arm, name, control.n + treatment.n, effect)


def novelty(plan: ExperimentPlan, counts: UnitCounts) -> tuple[Novelty, ...]:
    """Return whether the effect on the units of the first half is another one in the second."""
    return tuple(_novelty(plan, counts))


def _novelty(plan: ExperimentPlan, counts: UnitCounts) -> Iterator[Novelty]:
    size = len(columns_of(plan.metric))
    for arm in plan.arms:
        pair = [moments_in(arm_in(counts.halves, each), 2 * size) for each in (CONTROL, arm)]
        if min(each.n for each in pair) < FEWEST:
            continue
        if plan.metric.kind == "ratio":
            pair = [ratios(each, [(0, 1), (2, 3)]) for each in pair]
        change = relative_change(pair[0], pair[1])
        if change is None:
            continue
        moved = change.second - change.first
        outwards = 1 if change.first >= 0 else -1  # away from no effect
        certain = change.interval.low > 0 or change.interval.high < 0
        yield Novelty(
            arm=arm,
            first=change.first,
            second=change.second,
            change=moved,
            interval=change.interval,
            fades=certain and moved * outwards < 0,
            grows=certain and moved * outwards > 0,
        )
