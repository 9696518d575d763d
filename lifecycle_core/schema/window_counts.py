"""What an engine counts in one window of the logs: aggregates only, no row of them."""

from __future__ import annotations

from pydantic import Field

from lifecycle_core.schema.base import Record
from lifecycle_core.schema.unit_counts import ArmMoments

MOST_VALUES = 10_000


class Spread(Record):
    """Quantiles of a number; all None where there is none.

    Attributes:
        rows: How many numbers there are.
    """

    rows: int = Field(default=0, ge=0)
    p50: float | None = None
    p95: float | None = None
    p99: float | None = None


class Money(Record):
    """Sums of amounts in one currency: enough for mean and variance."""

    rows: int = Field(default=0, ge=0)
    total: float = 0.0
    squares: float = 0.0


class ScoreGroup(Record):
    """Rows that one version gave nearly the same score and the same decision.

    Attributes:
        version: Of the release that answered.
        score: Rounded to three digits of its distance to the nearer of 0 and 1.
        acted: What was decided.
        positives: Rows whose label is known and positive.
        negatives: Rows whose label is known and is not.
        priced: Rows whose own costs are known; 0 where all rows cost the same.
        if_positive: Money: what the decision costs those if all of them are positive.
        if_negative: Money: what it costs if none is.
        cost: Money: what it cost those of them whose label is known.
        positive_cost: Money: the part of that which fell on positive ones.
    """

    version: str = ""
    score: float
    acted: bool
    rows: int = Field(ge=0)
    positives: int = Field(default=0, ge=0)
    negatives: int = Field(default=0, ge=0)
    priced: int = Field(default=0, ge=0)
    if_positive: float = 0.0
    if_negative: float = 0.0
    cost: Money = Money()
    positive_cost: float = 0.0


class ColumnCounts(Record):
    """Rows of one column by bin, or by category.

    Attributes:
        name: Of the feature, or `score`.
        missing: Rows without a value.
        edges: Inner edges of the bins of a number, rising; empty for a category.
        counts: Of a number: rows at or below the first edge, ..., above the last one.
        categories: Rows by value, the most frequent ones of the reference.
        other: Rows with a value that is none of `categories`.
        quantiles: At 0.05, 0.10, ... 0.95 of a number, of at most some 100,000 rows that are picked
            by their ids; empty without rows.
        broken: Rows that break the contract, by rule: `type`, `null`, `range`, `category`.
        far: Rows far below the first edge and far above the last one, of a number; None where that
            was not counted.
    """

    name: str
    missing: int = Field(default=0, ge=0)
    edges: tuple[float, ...] = ()
    counts: tuple[int, ...] = ()
    categories: dict[str, int] = {}
    other: int = Field(default=0, ge=0)
    quantiles: tuple[float, ...] = ()
    broken: dict[str, int] = {}
    far: tuple[int, int] | None = None

    @property
    def present(self) -> int:
        """Rows with a value."""
        return sum(self.counts) + sum(self.categories.values()) + self.other


class Answers(Record):
    """What one version answered.

    Attributes:
        version: Of the release.
        decided: Rows with a decision, of those that the model answered.
        acted: Of them, those that were decided to be acted on.
        score: The model's scores by bin.
    """

    version: str
    decided: int = Field(default=0, ge=0)
    acted: int = Field(default=0, ge=0)
    score: ColumnCounts


class SegmentCounts(Record):
    """Rows that have the same value in a declared column.

    Attributes:
        column: The feature.
        value: Its value, `above 12` or `up to 12` of a number; empty where it is missing.
        labelled: Rows whose label is known, of those with a decision that the model answered.
        right: Of them, those that were decided rightly.
        cost: Money: of the rows that the model answered and whose label and cost are known.
    """

    column: str
    value: str
    rows: int = Field(default=0, ge=0)
    labelled: int = Field(default=0, ge=0)
    right: int = Field(default=0, ge=0)
    cost: Money = Money()
    accepted: int = Field(default=0, ge=0)
    overridden: int = Field(default=0, ge=0)


class TeamCounts(Record):
    """What one person, team or system did with decisions.

    Attributes:
        who: As outcomes name it.
    """

    who: str
    accepted: int = Field(default=0, ge=0)
    overridden: int = Field(default=0, ge=0)


UNIT_SUMS = ("money", "rows", "acted", "decided", "accepted", "answered")
"""What rows are summed to for each unit: money in the release's currency, and numbers of rows."""


class ArmCounts(Record):
    """Rows of one arm, and what they earned by currency.

    Attributes:
        money: Of the rows of which an amount was reported.
        units: `UNIT_SUMS` of each unit, in this order, of the rows whose outcomes are all there:
            without a report a row earned nothing. None where units were not counted.
    """

    arm: str
    rows: int = Field(default=0, ge=0)
    money: dict[str, Money] = {}
    units: ArmMoments | None = None


class UsageCounts(Record):
    """What answering took in a window, and what was not answered, over services and runs.

    Attributes:
        intervals: How many were logged; 0 where nothing is known.
        answered: Rows that got a decision.
        refused: Rows without an answer because of what was sent, by cause.
        errors: Rows without an answer for another reason, by cause.
        fields: Fields of refused rows that broke the contract, by name of the field and rule.
        cpu_seconds: Processor time of the intervals in which it is known.
        cpu_rows: Rows that were answered in those.
        peak_bytes: Most resident memory of a process; None if it is not known.
    """

    intervals: int = Field(default=0, ge=0)
    answered: int = Field(default=0, ge=0)
    refused: dict[str, int] = {}
    errors: dict[str, int] = {}
    fields: dict[str, dict[str, int]] = {}
    cpu_seconds: float = Field(default=0.0, ge=0)
    cpu_rows: int = Field(default=0, ge=0)
    peak_bytes: int | None = None


class Baselines(Record):
    """Money: what rows that the model answered would have cost without it, by their labels.

    Attributes:
        nobody: If nobody had acted on any of them.
        nobody_saved: That less what each of them cost.
        rule: If the declared fallback had decided: the first that looks at nothing but the row.
        rule_saved: That less what each of them cost.
    """

    nobody: Money = Money()
    nobody_saved: Money = Money()
    rule: Money = Money()
    rule_saved: Money = Money()


class WindowCounts(Record):
    """Everything that is counted in one window.

    Attributes:
        rows: Predictions, each id once; shadows are left out.
        repeated: Rows that were in the log more than once, and count once.
        shadows: Rows that a shadow scored.
        newest: When the last one was made, in UTC, ISO 8601; empty without rows.
        versions: Rows by version.
        latency: Milliseconds from request to answer.
        fallbacks: Rows by cause, of those that the fallback answered.
        acted: Rows that were decided to be acted on; of those with a decision.
        decided: Rows with a decision.
        accepted: Rows whose decision was followed.
        overridden: Rows whose decision was not.
        overridden_actions: Of them, those where acting was decided.
        overridden_labelled: Rows whose decision was not followed and whose label is known.
        overridden_rightly: Of them, those where the decision would have been wrong.
        answered_early: Rows with an outcome that was said before the prediction: a
            clock is wrong.
        hours_to_action: Between prediction and the last word on the action.
        labelled: Rows with a label.
        groups: By score and decision, of rows that the model answered.
        absolute_error: Regression: sums of the absolute error of labelled rows that the model
            answered.
        over: Regression: sum of what was decided too high, in the target's unit.
        under: Regression: sum of what was decided too low, likewise.
        money: By currency.
        columns: Features.
        answers: By version.
        segments: Of the columns that the release file names, their 50 most frequent values.
        values: Rows by value of those columns: all values, or the most frequent `MOST_VALUES`.
        teams: By who acted, the busiest ones.
        arms: By arm.
        fallback_cost: Money: of rows that the fallback answered and whose label is known.
        model_cost: Likewise, of rows that the model answered.
        baselines: What those would have cost without it.
        importance: By feature: how far it moved logged scores, summed over the reasons of rows.
        usage: What answering took, and what was not answered.
    """

    rows: int = Field(default=0, ge=0)
    repeated: int = Field(default=0, ge=0)
    shadows: int = Field(default=0, ge=0)
    newest: str = ""
    versions: dict[str, int] = {}
    latency: Spread = Spread()
    fallbacks: dict[str, int] = {}
    acted: int = Field(default=0, ge=0)
    decided: int = Field(default=0, ge=0)
    accepted: int = Field(default=0, ge=0)
    overridden: int = Field(default=0, ge=0)
    overridden_actions: int = Field(default=0, ge=0)
    overridden_labelled: int = Field(default=0, ge=0)
    overridden_rightly: int = Field(default=0, ge=0)
    answered_early: int = Field(default=0, ge=0)
    hours_to_action: Spread = Spread()
    labelled: int = Field(default=0, ge=0)
    groups: tuple[ScoreGroup, ...] = ()
    absolute_error: Money = Money()
    over: float = 0.0
    under: float = 0.0
    money: dict[str, Money] = {}
    columns: tuple[ColumnCounts, ...] = ()
    answers: tuple[Answers, ...] = ()
    segments: tuple[SegmentCounts, ...] = ()
    values: dict[str, dict[str, int]] = {}
    teams: tuple[TeamCounts, ...] = ()
    arms: tuple[ArmCounts, ...] = ()
    fallback_cost: Money = Money()
    model_cost: Money = Money()
    baselines: Baselines = Baselines()
    importance: dict[str, float] = {}
    usage: UsageCounts = UsageCounts()
