"""The primary metric period by period, segment by segment, and early against late; to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.experimenting.effects import FEWEST
from lifecycle_core.experimenting.metrics import arm_in, columns_of, moments_in, sample_of
from lifecycle_core.schema.readout import GroupReading, Novelty
from lifecycle_core.schema.serving import CONTROL
from lifecycle_core.stats.effect import relative_difference
from lifecycle_core.stats.fading import relative_change
from lifecycle_core.stats.moments import ratios
from lifecycle_core.stats.multiplicity import benjamini_hochberg

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lifecycle_core.schema.experiment import ExperimentPlan
    from lifecycle_core.schema.unit_counts import ArmMoments, UnitCounts


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
    names = counts.columns[: len(columns_of(plan.metric))]
    found = list[GroupReading]()
    p_values = dict[int, float]()
    for arm in plan.arms:
        for group in dict.fromkeys(each.group for each in counted):
            control, treatment = (
                moments_in(arm_in(counted, each, group), len(names)) for each in (CONTROL, arm)
            )
            shown = GroupReading(by=by, group=group, arm=arm, units=control.n + treatment.n)
            effect = (
                relative_difference(
                    sample_of(plan.metric, control, names), sample_of(plan.metric, treatment, names)
                )
                if min(control.n, treatment.n) >= FEWEST
                else None
            )
            if effect:
                shown = shown.model_copy(
                    update={"relative": effect.value, "interval": effect.interval}
                )
                p_values[len(found)] = effect.p_value
            found.append(shown)
    adjusted = dict(zip(p_values, benjamini_hochberg(list(p_values.values())), strict=True))
    return tuple(
        each.model_copy(update={"adjusted": adjusted.get(at)}) for at, each in enumerate(found)
    )


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
