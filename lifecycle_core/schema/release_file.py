"""The release file: what people decide about a release, as opposed to what is measured.

`release.yaml` beside the notebook, or a `%%release NAME` cell inside it, holds this in YAML.
Sections may be missing while work goes on; the checkpoints then say which, and what to add.
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from lifecycle_core.schema.base import Record
from lifecycle_core.schema.finalization import Task
from lifecycle_core.schema.fiscal_weeks import FiscalWeeks
from lifecycle_core.schema.retraining_terms import RetrainingSection
from lifecycle_core.schema.review import Grain
from lifecycle_core.schema.serving import CONTROL, ServingSection

CostName = Literal["false_positive", "false_negative", "true_positive", "true_negative"]
CheckpointId = Literal["workflow", "value", "reproducible", "contract", "owners", "review"]
CHECKPOINT_IDS: tuple[CheckpointId, ...] = (
    "workflow", "value", "reproducible", "contract", "owners", "review",
)  # fmt: skip
NAME_PATTERN = r"^[a-z][a-z0-9_]{0,62}$"


class ModelSection(Record):
    """What the model is for."""

    name: str = Field(pattern=NAME_PATTERN)
    purpose: str = ""
    task: Task = "classification"
    positive_class: str | int | bool | None = None


class WorkflowSection(Record):
    """Where the output lands, and what happens when it does not.

    Attributes:
        destination: The system where work already happens.
        next_step: What a person or system does with a row that is acted on.
        recipient: Who receives the output.
        schedule: When scoring runs, in words or cron.
        rows_per_run: Rows that one scoring run scores.
        deadline_seconds: A run that takes longer counts as late.
        next_step_seconds: The next step is due so many seconds after the run began; if None, as
            soon as the output is: after `deadline_seconds`.
        when_late: What happens when the output is late.
        when_missing: What happens to a row that has no score.
        key: The business key: columns that are carried from the scoring table to the output
            unchanged, and say which row of another system a score belongs to.
        log: Rows that the champion scores in tables go into the prediction log, so that they are
            reviewed and count in experiments; `nbrelease score --log` and `--no-log` overrule it.
    """

    destination: str | None = None
    next_step: str | None = None
    recipient: str | None = None
    schedule: str | None = None
    rows_per_run: int | None = Field(default=None, gt=0)
    deadline_seconds: float | None = Field(default=None, gt=0)
    next_step_seconds: float | None = Field(default=None, gt=0)
    when_late: str | None = None
    when_missing: str | None = None
    key: tuple[str, ...] = ()
    log: bool = False


class Metric(Record):
    """A metric that success is tied to.

    Attributes:
        name: A figure that finalization computes, such as `cost_per_run`.
        meaning: What it says, in words a stakeholder uses.
        at_most: Success is a figure no greater than this.
        at_least: Success is a figure no smaller than this.
    """

    name: str
    meaning: str = ""
    at_most: float | None = None
    at_least: float | None = None


class ValueSection(Record):
    """One operating and one financial metric, both set before release."""

    operating_metric: Metric | None = None
    financial_metric: Metric | None = None


class Amount(Record):
    """A feature that a cost is proportional to.

    Attributes:
        column: The feature; it has to be a number, and logged as its value.
        usual: Its value in a row that costs what is declared.
    """

    column: str = Field(min_length=1)
    usual: float = Field(gt=0)


class CostsSection(Record):
    """Money per row, by what was done and what was true; costs positive, gains negative.

    Attributes:
        false_positive: Acted on, though it was not needed.
        false_negative: Not acted on, though it was needed.
        true_positive: Acted on, rightly.
        true_negative: Left alone, rightly.
        over: Regression: per unit predicted too high.
        under: Regression: per unit predicted too low.
        amounts: By cost, such as `false_negative`: the feature that it is proportional to.
            Finalization, reviews, experiments and retraining count with the costs of each row.
    """

    currency: str = "USD"
    false_positive: float | None = None
    false_negative: float | None = None
    true_positive: float = 0.0
    true_negative: float = 0.0
    over: float | None = Field(default=None, ge=0)
    under: float | None = Field(default=None, ge=0)
    amounts: dict[CostName, Amount] = {}


class LimitsSection(Record):
    """What operations can carry.

    Attributes:
        actions_per_run: Rows that can be acted on in one scoring run.
        predict_ms_per_row: Milliseconds a row may take in a batch.
    """

    actions_per_run: int | None = Field(default=None, gt=0)
    predict_ms_per_row: float | None = Field(default=None, gt=0)


class ContractSection(Record):
    """Where the agreed data contract lies: an Open Data Contract Standard YAML file.

    Attributes:
        file: Path relative to the notebook's folder.
    """

    file: str | None = None


class Owner(Record):
    """A named person or team and how to reach them."""

    name: str = Field(min_length=1)
    contact: str = Field(min_length=1)


class Duty(Record):
    """A part of the lifecycle, the one who does it, how fast, and who comes next.

    Attributes:
        service_level: Such as `answer within 4 working hours`.
        escalation: Who is asked when the owner does not answer.
    """

    name: str = Field(min_length=1)
    service_level: str = Field(min_length=1)
    escalation: str = Field(min_length=1)


class OwnersSection(Record):
    """Four owners and four duties cover the lifecycle."""

    product: Owner | None = None
    data: Owner | None = None
    engineering: Owner | None = None
    operations: Owner | None = None
    release: Duty | None = None
    support: Duty | None = None
    escalation: Duty | None = None
    retirement: Duty | None = None


class Response(Record):
    """What counts as too much of something, and what is done then."""

    limit: str = Field(min_length=1)
    response: str = Field(min_length=1)


class ReviewSection(Record):
    """One schedule on which technical health and business effect are looked at together.

    Attributes:
        window: How long the period is that one review looks at.
        time_zone: IANA name of the zone in which the business's days begin.
        fiscal_year_starts: Month in which its fiscal year begins, in [1, 12].
        fiscal_weeks: Where the fiscal year is of whole weeks: their pattern, and when a year ends.
            Weeks, periods, quarters and years follow it, days and months the calendar.
        label_maturity_days: How long after a prediction its label may still come.
        reference_windows: How many windows before are what drift is measured against.
        drift_tolerance: The largest bearable shift of a distribution: a Jensen-Shannon distance.
        share_tolerance: The largest bearable change of a share: acted on, missing, new values.
        drift_windows: Windows with drift that make it lasting, of the last `drift_windows_of`.
        drift_windows_of: Windows that are looked back on, with the newest.
        expected_rows: Predictions in a window; those of the windows before if None.
        segments: Features by whose values quality and overrides are looked at.
        segment_rows: Rows that a segment needs before anything is said of it.
        override_at_least: Share of decisions below which people seem to follow blindly.
        override_at_most: Share of decisions above which people seem to disagree.
        control_arm: Arm that the others are compared with. The champion's is the control of
            experiments; rows of the arm `holdout` are out of the comparison unless it is named.
        grace_days: How long after a window's end its review may take before it counts as missed.
        notify: Names of channels of the settings that are told when a rule fires; all if empty.
        rules: Such as `when adoption_rate < 0.6 for 2 windows then escalate operations`.
    """

    schedule: str | None = None
    business_cycle: str | None = None
    window: Grain = "month"
    time_zone: str = "UTC"
    fiscal_year_starts: int = Field(default=1, ge=1, le=12)
    fiscal_weeks: FiscalWeeks | None = None
    label_maturity_days: float = Field(default=0.0, ge=0)
    reference_windows: int = Field(default=4, ge=1, le=60)
    drift_tolerance: float = Field(default=0.1, gt=0, lt=1)
    share_tolerance: float = Field(default=0.05, gt=0, lt=1)
    drift_windows: int = Field(default=1, ge=1, le=12)
    drift_windows_of: int = Field(default=1, ge=1, le=12)
    expected_rows: int | None = Field(default=None, gt=0)
    segments: tuple[str, ...] = Field(default=(), max_length=20)
    segment_rows: int = Field(default=100, ge=30)
    override_at_least: float = Field(default=0.0, ge=0, le=1)
    override_at_most: float = Field(default=1.0, ge=0, le=1)
    control_arm: str = CONTROL
    grace_days: float = Field(default=3.0, ge=0, le=366)
    notify: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    latency: Response | None = None
    errors: Response | None = None
    drift: Response | None = None
    resources: Response | None = None
    adoption: Response | None = None
    override: Response | None = None
    cost: Response | None = None
    revenue: Response | None = None

    @model_validator(mode="after")
    def _has_one_year(self) -> Self:
        if self.fiscal_weeks is not None and self.fiscal_year_starts > 1:
            raise ValueError("`fiscal_weeks` says when the year begins, not `fiscal_year_starts`")
        if self.fiscal_weeks is None and self.window == "period":
            raise ValueError("`window: period` needs `fiscal_weeks`")
        return self


class ReasonText(Record):
    """What people read when a factor raises a score, and when it lowers one.

    Attributes:
        raises: Such as `Customer for only {value} months`; `{value}` and `{name}` are filled in.
        lowers: Likewise.
    """

    raises: str = ""
    lowers: str = ""


class ReasonsSection(Record):
    """How scores are explained, in words that an owner answers for.

    Attributes:
        signed_by: Who has agreed to the texts; needed as soon as there is one.
        top: How many factors are told with a score at most.
        texts: By feature, or by the name of a group. Without one, plain words say what it was.
        groups: Features that are explained as one, by the name of the group.
        associated_from: Features whose association in the training sample is at least this are
            explained as one too; a fraction in (0, 1], 1 for hardly any.
    """

    signed_by: str | None = None
    top: int = Field(default=3, ge=1, le=100)
    texts: dict[str, ReasonText] = {}
    groups: dict[str, tuple[str, ...]] = {}
    associated_from: float = Field(default=0.9, gt=0, le=1)


class PolicySection(Record):
    """How strict the release is.

    Attributes:
        rtol: Relative difference at which two numbers still count as equal; a fraction in [0, 1).
        cell_timeout: Seconds one cell may run; None waits for ever.
        required: For each alias, the checkpoints that must be passed or waived before promotion.
            An alias that is not named needs all six.
        waived: Checkpoints that are not asked for, each with the reason.
    """

    rtol: float = Field(default=1e-6, ge=0, lt=1)
    cell_timeout: float | None = Field(default=600.0, gt=0)
    required: dict[str, tuple[CheckpointId, ...]] = {}
    waived: dict[CheckpointId, str] = {}


class ReleaseFile(Record):
    """Everything that people decide about a release."""

    schema_: Literal["nbrelease/release-file/1"] = Field(
        default="nbrelease/release-file/1", alias="schema"
    )
    model: ModelSection
    workflow: WorkflowSection = WorkflowSection()
    serving: ServingSection = ServingSection()
    value: ValueSection = ValueSection()
    costs: CostsSection = CostsSection()
    limits: LimitsSection = LimitsSection()
    contract: ContractSection = ContractSection()
    owners: OwnersSection = OwnersSection()
    review: ReviewSection = ReviewSection()
    retraining: RetrainingSection = RetrainingSection()
    reasons: ReasonsSection = ReasonsSection()
    policy: PolicySection = PolicySection()
