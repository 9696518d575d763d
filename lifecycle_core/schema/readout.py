"""The read-out of an experiment: whether it can be trusted, what it shows, and what follows."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from lifecycle_core.schema.base import Record
from lifecycle_core.schema.finalization import Interval

Decision = Literal["ship", "stop", "keep_running", "no_conclusion"]
Role = Literal["primary", "secondary", "guardrail"]
Finding = Literal["better", "worse", "holds", "broken", "open", "not_enough_data"]


class TrustCheck(Record):
    """Something that has to be so before any effect means anything.

    Attributes:
        name: `sample_ratio`, `assignment`, `versions` or `arms`.
        passed: It is so; None if it cannot be told yet.
        why: What was seen.
    """

    name: Literal["sample_ratio", "assignment", "versions", "arms"]
    passed: bool | None
    why: str


class ArmSize(Record):
    """How many units and rows an arm has.

    Attributes:
        share: Percent of the units that it was to get.
        versions: Rows by version that answered.
    """

    arm: str
    share: float
    units: int = Field(ge=0)
    rows: int = Field(ge=0)
    versions: dict[str, int] = {}


class MetricReading(Record):
    """What one metric says about one arm against the control.

    Attributes:
        control: Its value in the control, adjusted where `gain` is above 0.
        treatment: Likewise in the arm.
        effect: Treatment minus control, in the metric's unit.
        interval: Of `effect`, at its own level, as if no other metric was looked at.
        relative: `effect` as a share of the control's value.
        relative_interval: Of `relative`.
        p_value: Of no effect; of a guardrail, of harm at its margin.
        adjusted: The p-value corrected for the number of metrics; of the primary one, which decides
            alone, for the number of arms.
        gain: Share of the units that knowing the days before has saved.
        finding: What is shown; of a secondary metric by `adjusted`, and not by its interval.
        foreign: All money of an arm is in currencies that do not count: there are no numbers.
        note: Why there are no numbers, or what to keep in mind.
    """

    metric: str
    arm: str
    role: Role
    control: float | None = None
    treatment: float | None = None
    effect: float | None = None
    interval: Interval | None = None
    relative: float | None = None
    relative_interval: Interval | None = None
    p_value: float | None = None
    adjusted: float | None = None
    gain: float = 0.0
    margin: float | None = None
    finding: Finding = "not_enough_data"
    foreign: bool = False
    note: str = ""


class GroupReading(Record):
    """The primary metric in one period or one part of the units; it decides nothing.

    Attributes:
        by: Feature of a segment; empty for a period.
        group: The period, or the segment's value.
        units: Control and treatment together.
        relative: Effect as a share of the control's value; None where there is not enough data.
        interval: Of `relative`, as if it were the only one looked at.
        adjusted: P-value, corrected for the number of groups.
    """

    by: str = ""
    group: str
    arm: str
    units: int = Field(ge=0)
    relative: float | None = None
    interval: Interval | None = None
    adjusted: float | None = None


class Steadiness(Record):
    """Whether the effect is the same in all periods; it decides nothing.

    Attributes:
        periods: In how many it is known.
        relative: Mean of the periods' effects, as a share of the control's value.
        interval: Of `relative`, if the periods are a draw from those to come.
        spread: Standard deviation of the true effect between periods.
        p_value: Of the same effect in all of them.
        differs: It is shown not to be the same.
    """

    arm: str
    periods: int = Field(ge=3)
    relative: float
    interval: Interval
    spread: float = Field(ge=0)
    p_value: float
    differs: bool


class Novelty(Record):
    """Whether the effect changes while units get used to it.

    Attributes:
        first: Effect in the first half on the units met in it, as a share of the control's value.
        second: Effect on the same units in the second half, likewise.
        change: Second less first.
        interval: Of `change`.
        fades: The effect is shown to become smaller.
        grows: It is shown to become larger.
    """

    arm: str
    first: float
    second: float
    change: float
    interval: Interval
    fades: bool = False
    grows: bool = False


class Worth(Record):
    """What the effect is worth in money, if all units had the treatment.

    Attributes:
        per_unit: Of one unit (of one row of the denominator, of a ratio), over the experiment.
        per_year: Of all units, at the pace of the experiment.
        other_periods: Of `per_year`, if the periods are a draw from those to come; None where the
            effect is not shown to differ between them.
    """

    arm: str
    currency: str
    per_unit: float
    per_unit_interval: Interval
    per_year: float
    per_year_interval: Interval
    other_periods: Interval | None = None


class Readout(Record):
    """What an experiment says as of a moment.

    Attributes:
        as_of: Nothing that was said later counts, in UTC: when it was read, or its look was due.
        until: Predictions until then count: what comes of later ones may still come.
        days: Between the start and `until`.
        units: Of the smallest comparison, control and treatment together.
        planned: Units that were planned for it.
        decision: By the rule that was declared; `no_conclusion` if it cannot be trusted, or was
            stopped before the rule let it be read.
        winner: The arm to ship.
        reason: Of the decision.
        checks: What has to be so; one that failed blocks every conclusion.
        changes: What the plan's file says otherwise than what was frozen.
    """

    schema_: Literal["nbrelease/experiment-readout/1"] = Field(
        default="nbrelease/experiment-readout/1", alias="schema"
    )
    release: str
    experiment: str
    plan_digest: str
    hypothesis: str = ""
    started: str
    stopped: str = ""
    as_of: str
    until: str
    days: float = Field(ge=0)
    units: int = Field(ge=0)
    planned: int = Field(ge=0)
    decision: Decision
    winner: str = ""
    reason: str
    checks: tuple[TrustCheck, ...]
    arms: tuple[ArmSize, ...]
    metrics: tuple[MetricReading, ...] = ()
    worth: tuple[Worth, ...] = ()
    periods: tuple[GroupReading, ...] = ()
    steadiness: tuple[Steadiness, ...] = ()
    segments: tuple[GroupReading, ...] = ()
    novelty: tuple[Novelty, ...] = ()
    changes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
