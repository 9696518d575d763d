"""What people decide about retraining: when, at what cost, and how sure one has to be."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from lifecycle_core.schema.base import Record

RetrainingPolicy = Literal["never", "on_schedule", "on_trigger", "on_proof"]
Promotion = Literal["by_hand", "to_challenger", "to_champion"]


class RetrainingCosts(Record):
    """What one retraining costs once, each part in the currency of `costs`.

    Attributes:
        compute: Machines.
        labels: Labels that are bought or made for it.
        validation: The people who look at the new model.
        approval: Those who sign.
        switching: Rolling it out, and telling those who work with it.
    """

    compute: float = Field(default=0.0, ge=0)
    labels: float = Field(default=0.0, ge=0)
    validation: float = Field(default=0.0, ge=0)
    approval: float = Field(default=0.0, ge=0)
    switching: float = Field(default=0.0, ge=0)

    @property
    def total(self) -> float:
        """All of it."""
        return self.compute + self.labels + self.validation + self.approval + self.switching


class RetrainingSection(Record):
    """When a release is retrained. Periods are windows of `review`.

    Attributes:
        policy: `on_schedule`: every so many periods; `on_trigger`: when a rule fires; `on_proof`:
            when it pays surely enough; `never` unless somebody says so.
        every: Periods between two retrainings, for `on_schedule`.
        trigger: A response rule with the action `retrain`, for `on_trigger`.
        costs: Of one retraining.
        horizon: Periods at most over which a new model has to earn what it cost.
        probability: That the net present value is above 0, from which retraining pays.
        confirmations: Periods in a row that have to say so.
        discount: Interest per period.
        backtest_windows: How many of the last periods a retrained model is tried on.
        parameters: Of the pipeline or notebook: values that make the training data of a period.
            `{until}` is its first day, `{labels_until}` the day before which all labels were final
            then, `{window}` the label of the period before.
        promotion: What happens to a new candidate without anybody's doing: nothing, or that it
            becomes challenger if it passes its checkpoints and does not cost more, or champion if
            it surely costs less.
    """

    policy: RetrainingPolicy = "never"
    every: int | None = Field(default=None, ge=1, le=520)
    trigger: str | None = None
    costs: RetrainingCosts = RetrainingCosts()
    horizon: int = Field(default=12, ge=1, le=520)
    probability: float = Field(default=0.95, ge=0.5, lt=1)
    confirmations: int = Field(default=2, ge=1, le=12)
    discount: float = Field(default=0.0, ge=0, lt=1)
    backtest_windows: int = Field(default=6, ge=1, le=60)
    parameters: dict[str, str | int | float | bool] = {}
    promotion: Promotion = "by_hand"
