"""The plan of an experiment: what is compared, on whom, for how long, and by which rule it ends.

A person edits the plan as YAML before the start. The start freezes it: from then on the ledger's
copy counts, and a file that says something else is told about.
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from lifecycle_core.schema.base import Record
from lifecycle_core.schema.fiscal_weeks import FiscalWeeks
from lifecycle_core.schema.release import Alias
from lifecycle_core.schema.release_file import NAME_PATTERN, CostsSection
from lifecycle_core.schema.review import Grain
from lifecycle_core.schema.serving import CONTROL

Measure = Literal[
    "rows", "money", "cost", "label", "labelled", "decided", "acted", "answered", "accepted",
    "overridden", "fallbacks", "latency_ms", "timed",
]  # fmt: skip
WHOLE = 100.0


class ExperimentMetric(Record):
    """One number of a unit, or a ratio of two, made of what the logs hold of it.

    Attributes:
        name: How people call it.
        of: What is summed over the rows of a unit: `rows`; `money` as reported, in the currency of
            the release; `cost` of decisions whose truth is known, by the costs of the release;
            `label`; rows that are `labelled`, `decided`, `acted` on, `answered` for (somebody said
            what was done), `accepted` or `overridden`; `fallbacks`; `latency_ms`; rows that are
            `timed`: their latency is known, as a request's is and that of a table's row is not.
        kind: `mean` of the sums; `proportion` of units whose sum is above 0; `ratio` of the sums of
            `of` and `per`.
        per: Denominator of a ratio.
        better: Whether a higher or a lower value is the better one.
        margin: Of a guardrail: the harm that is bearable, as a share of the control's value.
    """

    name: str = Field(pattern=NAME_PATTERN)
    of: Measure
    kind: Literal["mean", "proportion", "ratio"] = "mean"
    per: Measure | None = None
    better: Literal["up", "down"] = "up"
    margin: float | None = Field(default=None, gt=0, lt=1)

    @model_validator(mode="after")
    def _has_its_denominator(self) -> Self:
        if (self.kind == "ratio") != (self.per is not None):
            raise ValueError("a `ratio` has a denominator in `per`, and nothing else has")
        if self.kind == "ratio" and self.per == self.of:
            raise ValueError("a ratio of something to itself is always 1")
        return self


class ShipRule(Record):
    """When the experiment ends, and how; declared before it starts.

    It ships when one whole period is over, the interval of the primary metric's effect lies above
    `least`, and every guardrail is shown to keep its margin. It stops when that interval lies below
    0, when a guardrail is shown to break its margin, or when the planned time is over and neither
    was shown.

    Attributes:
        level: Confidence of the interval, in (0, 1); shared among the arms where there are several.
        power: How often `effect` is to be seen, if it is there.
        looks: `always` may be read any day; a number is so many looks at equal distances, of which
            1 is the end and no other.
        effect: The effect that the duration is planned for, as a share of the control's value.
        least: The effect that has to be exceeded for sure, likewise.
    """

    level: float = Field(default=0.95, gt=0.5, lt=1)
    power: float = Field(default=0.8, gt=0, lt=1)
    looks: Literal["always"] | int = "always"
    effect: float = Field(gt=0)
    least: float = Field(default=0.0, ge=0)

    @field_validator("looks")
    @classmethod
    def _some_looks(cls, looks: str | int) -> str | int:
        if isinstance(looks, int) and not 1 <= looks <= 100:  # noqa: PLR2004 - `always` is the limit
            raise ValueError("`looks` is `always`, or 1 to 100 looks")
        return looks


class ExperimentPlan(Record):
    """Everything that is settled before an experiment starts.

    Attributes:
        name: Of the experiment; each of a release has another.
        release: Name of the release whose versions are compared.
        hypothesis: What is expected, and why.
        unit: Column that names who is assigned: one of the business key, or a feature that the log
            keeps. The whole key if None.
        salt: Changes who is in which arm.
        arms: Alias of each release that is compared with the champion, and its percent of the
            units. The champion has the rest: it is the control.
        holdout: Percent of the units that stay with today's champion and out of the comparison.
        period: Length of the periods that it is read by.
        periods: How many are planned.
        units: How many units are planned for one comparison, control and treatment together.
        metric: The one that decides.
        worth: Money for one unit more of it; `money` and `cost` are their own.
        secondary: Others, corrected for their number; they decide nothing.
        guardrails: Those that must not get worse by more than their margin.
        segments: Features by which the effect is looked at, for exploration only.
        history_days: Days before the start in which a unit's own values are known: they take
            variance out (CUPED). 0 does without.
        maturity_days: How long after a prediction what comes of it is waited for.
        rule: How it ends.
    """

    schema_: Literal["nbrelease/experiment-plan/1"] = Field(
        default="nbrelease/experiment-plan/1", alias="schema"
    )
    name: str = Field(pattern=NAME_PATTERN)
    release: str = Field(pattern=NAME_PATTERN)
    hypothesis: str = ""
    unit: str | None = None
    salt: str = Field(min_length=1)
    arms: dict[Alias, float] = Field(min_length=1)
    holdout: float = Field(default=0.0, ge=0, lt=WHOLE)
    period: Grain = "week"
    periods: int = Field(ge=1)
    units: int = Field(ge=4)
    metric: ExperimentMetric
    worth: float | None = None
    secondary: tuple[ExperimentMetric, ...] = ()
    guardrails: tuple[ExperimentMetric, ...] = ()
    segments: tuple[str, ...] = ()
    history_days: int = Field(default=28, ge=0, le=366)
    maturity_days: float = Field(default=0.0, ge=0)
    rule: ShipRule

    @field_validator("arms")
    @classmethod
    def _compared_with_the_champion(cls, arms: dict[Alias, float]) -> dict[Alias, float]:
        if CONTROL in arms:
            raise ValueError("`champion` is the control: it has the units that no arm has")
        if any(share <= 0 for share in arms.values()):
            raise ValueError("every arm has more than 0 percent")
        return arms

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if sum(self.arms.values()) + self.holdout >= WHOLE:
            raise ValueError("`arms` and `holdout` leave nothing of 100 percent for the champion")
        if any(each.margin is None for each in self.guardrails):
            raise ValueError("every guardrail has a `margin`")
        if any(each.margin is not None for each in (self.metric, *self.secondary)):
            raise ValueError("only guardrails have a `margin`")
        names = [each.name for each in self.metrics]
        if len(set(names)) < len(names):
            raise ValueError("two metrics have one name")
        return self

    @property
    def metrics(self) -> tuple[ExperimentMetric, ...]:
        """The primary one, then the secondary ones, then the guardrails."""
        return (self.metric, *self.secondary, *self.guardrails)

    @property
    def control_share(self) -> float:
        """Percent of the units that the champion has, as the control."""
        return WHOLE - sum(self.arms.values()) - self.holdout


class FrozenRelease(Record):
    """Who answers for an arm."""

    version: int = Field(ge=1)
    bundle_digest: str


class BalanceCheck(Record):
    """The A/A check: what the arms were like before anything was done to them.

    Attributes:
        days: Of history that were looked at; 0 if there is none.
        units: Of each arm.
        ratio_p: P-value of the arms' sizes.
        metric_p: By arm, the p-value of the primary metric's difference from the control.
        passed: No p-value is smaller than it may be.
        note: What is wrong, or why nothing could be said.
    """

    days: int = Field(default=0, ge=0)
    units: dict[str, int] = {}
    ratio_p: float = 1.0
    metric_p: dict[str, float] = {}
    passed: bool = True
    note: str = ""


class FrozenExperiment(Record):
    """A plan that was started, as the ledger keeps it.

    Attributes:
        plan: As it was at the start.
        plan_digest: Digest of the plan's JSON.
        file: Where it was read from, for whoever looks whether that was changed.
        started: From when on rows count, in UTC.
        declared: When the plan was frozen, if rows from before that count; else empty.
        control: The champion of that moment.
        treatments: By alias.
        key: Columns of the business key.
        acts: A decision is to act or not.
        costs: As the champion's release file has them.
        zone: IANA name of the time zone in which days begin.
        year_starts: Month in which the fiscal year begins.
        fiscal_weeks: Its weeks, where it has whole ones.
        balance: What the arms were like before.
    """

    schema_: Literal["nbrelease/experiment/1"] = Field(
        default="nbrelease/experiment/1", alias="schema"
    )
    plan: ExperimentPlan
    plan_digest: str
    file: str = ""
    started: str
    declared: str = ""
    control: FrozenRelease
    treatments: dict[Alias, FrozenRelease]
    key: tuple[str, ...] = ()
    acts: bool = True
    costs: CostsSection = CostsSection()
    zone: str = "UTC"
    year_starts: int = Field(default=1, ge=1, le=12)
    fiscal_weeks: FiscalWeeks | None = None
    balance: BalanceCheck = BalanceCheck()


class ExperimentStatus(Record):
    """An experiment of a release, and how it stands.

    Attributes:
        state: `refused` was not started: the A/A check failed.
        by: Who started it.
        stopped: When it was stopped, in UTC; empty while it runs.
        reason: Why it was stopped, or refused.
        changes: What the plan's file says otherwise than what was frozen.
    """

    schema_: Literal["nbrelease/experiment-status/1"] = Field(
        default="nbrelease/experiment-status/1", alias="schema"
    )
    frozen: FrozenExperiment
    state: Literal["running", "stopped", "refused"]
    by: str = ""
    stopped: str = ""
    reason: str = ""
    changes: tuple[str, ...] = ()


class Experiments(Record):
    """All experiments of a release, the oldest first."""

    schema_: Literal["nbrelease/experiments/1"] = Field(
        default="nbrelease/experiments/1", alias="schema"
    )
    release: str
    experiments: tuple[ExperimentStatus, ...] = ()
