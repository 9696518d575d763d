"""What an engine counts about the units of an experiment: aggregates only, no row of the logs."""

from __future__ import annotations

from pydantic import Field

from lifecycle_core.schema.base import Record

ANY, BEFORE, KNOWN = "any_", "_before", "known_before"
"""Marks in the names of a unit's numbers: whether a sum is above 0; of the days before; whether
anything is known of those."""


class ArmMoments(Record):
    """The units of one arm: how many, and the means and covariances of their numbers.

    Attributes:
        arm: `champion`, an alias, or `holdout`.
        group: Period or value of a segment; empty for all units.
        units: How many.
        means: Of each number, in the order that was asked for.
        covariance: With n - 1 in the denominator; zeros for fewer than two units.
    """

    arm: str
    group: str = ""
    units: int = Field(ge=0)
    means: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]


class UnitCounts(Record):
    """The units of a span of time by arm.

    Attributes:
        columns: Names of the numbers that each unit has.
        covariates: How many of the last of them are of the days before.
        arms: All units of each arm.
        periods: Of each period, the units that were met in it, with what they did in it.
        segments: By feature, the units of each value that they had when they were first met.
        halves: Of units met in the first half: their numbers of that half, then of the second.
        rows: Predictions of units, by arm.
        versions: Predictions of units, by arm and version that answered.
        crossed: Units with a row that another arm answered than the one that they belong to.
        without_unit: Rows that name no unit.
        repeated: Rows that were in the log more than once, and count once.
        foreign: Amounts of money in another currency than that of the release; they do not count.
        unpriced: Decisions whose label is known and whose cost is not, since the log lacks a
            feature that costs are proportional to. They count as if they cost nothing.
        late: Outcomes that were told after those that count.
        newest: When the last prediction was made, in UTC; empty without any.
    """

    columns: tuple[str, ...]
    covariates: int = 0
    arms: tuple[ArmMoments, ...] = ()
    periods: tuple[ArmMoments, ...] = ()
    segments: dict[str, tuple[ArmMoments, ...]] = {}
    halves: tuple[ArmMoments, ...] = ()
    rows: dict[str, int] = {}
    versions: dict[str, dict[str, int]] = {}
    crossed: dict[str, int] = {}
    without_unit: int = Field(default=0, ge=0)
    repeated: int = Field(default=0, ge=0)
    foreign: int = Field(default=0, ge=0)
    unpriced: int = Field(default=0, ge=0)
    late: int = Field(default=0, ge=0)
    newest: str = ""
