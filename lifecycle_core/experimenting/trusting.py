"""What has to be so before an experiment may conclude anything: sizes, assignment, versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.schema.readout import ArmSize, TrustCheck
from lifecycle_core.schema.serving import CONTROL, HOLDOUT
from lifecycle_core.stats.sample_ratio import sample_ratio

if TYPE_CHECKING:
    from lifecycle_core.schema.experiment import ExperimentPlan, FrozenExperiment, FrozenRelease
    from lifecycle_core.schema.unit_counts import UnitCounts

_STRAY = 0.01
"""Share of units, or of rows, that may stray before the comparison is no longer one of arms."""


def shares_of(plan: ExperimentPlan) -> dict[str, float]:
    """Return the percent of the units that each arm is to have, the control first."""
    shares: dict[str, float] = {CONTROL: plan.control_share}
    shares.update(plan.arms.items())
    return shares | ({HOLDOUT: plan.holdout} if plan.holdout else {})


def sizes(plan: ExperimentPlan, counts: UnitCounts) -> tuple[ArmSize, ...]:
    """Return how many units and rows each arm has."""
    units = {each.arm: each.units for each in counts.arms}
    return tuple(
        ArmSize(
            arm=arm,
            share=share,
            units=units.get(arm, 0),
            rows=counts.rows.get(arm, 0),
            versions=counts.versions.get(arm, {}),
        )
        for arm, share in shares_of(plan).items()
    )


def checks(frozen: FrozenExperiment, counts: UnitCounts) -> tuple[TrustCheck, ...]:
    """Return what has to be so, the sizes of the arms first."""
    arms = sizes(frozen.plan, counts)
    return (_ratio(arms), _assignment(arms, counts), _versions(frozen, arms))


def _ratio(arms: tuple[ArmSize, ...]) -> TrustCheck:
    found = sample_ratio([each.units for each in arms], [each.share for each in arms])
    said = ", ".join(f"{each.arm} {each.units:,}" for each in arms)
    wanted = ":".join(f"{each.share:g}" for each in arms)
    if not sum(each.units for each in arms):
        return TrustCheck(name="sample_ratio", passed=None, why="No unit has been met yet.")
    return TrustCheck(
        name="sample_ratio",
        passed=not found.mismatch,
        why=f"Units: {said}; {wanted} was declared (p = {found.p_value:.3g})."
        + (" Units are lost in one arm: find out where before anything else." * found.mismatch),
    )


def _assignment(arms: tuple[ArmSize, ...], counts: UnitCounts) -> TrustCheck:
    units = sum(each.units for each in arms)
    crossed = sum(counts.crossed.values())
    if not units:
        return TrustCheck(name="assignment", passed=None, why="No unit has been met yet.")
    share = crossed / units
    return TrustCheck(
        name="assignment",
        passed=share <= _STRAY,
        why=f"{crossed:,} of {units:,} units were answered by another arm than their own "
        f"({share:.2%}, at most {_STRAY:.0%} may be).",
    )


def _versions(frozen: FrozenExperiment, arms: tuple[ArmSize, ...]) -> TrustCheck:
    owners: dict[str, FrozenRelease] = {CONTROL: frozen.control, HOLDOUT: frozen.control}
    owners.update(frozen.treatments.items())
    rows = sum(each.rows for each in arms)
    if not rows:
        return TrustCheck(name="versions", passed=None, why="No row has been seen yet.")
    strays = {
        f"{arm.arm} by version {version}": found
        for arm in arms
        for version, found in arm.versions.items()
        if int(version) != owners[arm.arm].version
    }
    share = sum(strays.values()) / rows
    said = ", ".join(f"{where} {found:,}" for where, found in strays.items())
    return TrustCheck(
        name="versions",
        passed=share <= _STRAY,
        why=f"Rows of other versions than those of the start: {said} ({share:.2%}, at most "
        f"{_STRAY:.0%} may be)."
        if strays
        else "Every row was answered by the version of the start.",
    )
