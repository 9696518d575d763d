"""The ledger of costs behind the question whether a release is worth retraining."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from lifecycle_core.schema.base import Record
from lifecycle_core.schema.finalization import Interval
from lifecycle_core.schema.retraining_terms import RetrainingPolicy, RetrainingSection

Answer = Literal["retrain", "keep", "not_enough_data"]
Basis = Literal["realised", "estimated", "unknown"]


class ExpectedLoss(Record):
    """What a row is expected to cost.

    Attributes:
        value: Money per row; None where it is not known.
        interval: Of it.
        basis: `realised` from final labels, `estimated` without them.
        window: Label of the window that it is of.
    """

    value: float | None = None
    interval: Interval | None = None
    basis: Basis = "unknown"
    window: str = ""


class Tried(Record):
    """One window in which a retrained model was tried on the rows that the released one answered.

    Attributes:
        rows: Those that the released version's model answered.
        labelled: Rows that both were priced on.
        now: What a row cost, money.
        after: What it would have cost with a model that was trained just before.
        saving: The difference, row by row.
        error: Standard error of `saving`.
        probability: That retraining for it would have paid over the horizon, in [0, 1].
    """

    window: str
    rows: int = Field(ge=0)
    labelled: int = Field(ge=0)
    now: float
    after: float
    saving: float
    error: float = Field(ge=0)
    probability: float = Field(ge=0, le=1)


class Worth(Record):
    """What retraining is worth now.

    Attributes:
        value: Expected net present value, money.
        interval: Of it.
        probability: That it is above 0, in [0, 1].
        periods: Horizon: as long as the present model has lasted, and no longer than is declared.
        rows: Expected a period, without those that the fallback answers.
        break_even_periods: Periods until it has paid; None if it does not within the horizon.
        break_even_rows: Rows a period from which it pays; None if it never does.
        ceiling: One-off cost up to which it pays, money.
    """

    value: float
    interval: Interval
    probability: float = Field(ge=0, le=1)
    periods: int = Field(ge=1)
    rows: float = Field(ge=0)
    break_even_periods: int | None = None
    break_even_rows: float | None = None
    ceiling: float = Field(ge=0)


class Cumulated(Record):
    """Cost from now until the end of a period ahead, money.

    Attributes:
        period: From 0, which is now.
        keep: With the model that is in place.
        retrain: With a retrained one, its one-off cost included.
        low: Of `retrain`, given `keep`.
        high: Likewise.
    """

    period: int = Field(ge=0)
    keep: float
    retrain: float
    low: float
    high: float


class PolicyCost(Record):
    """What a policy would have cost in the windows that were looked back on.

    Attributes:
        policy: `never`, `on schedule`, `drift trigger`, `performance trigger`, `trigger`,
            `on proof`, or `knowing all beforehand`.
        cost: Losses and retraining, money.
        retrained: Labels of the windows at whose beginning it would have retrained.
        note: How it decides.
    """

    policy: str
    cost: float
    retrained: tuple[str, ...] = ()
    note: str = ""


class RetrainingDecision(Record):
    """Whether a release is worth retraining, and everything that the answer stands on.

    Attributes:
        version: That is in place.
        as_of: Nothing said later was looked at; UTC, ISO 8601.
        grain: What a period is.
        policy: That the release file declares; it makes the answer.
        answer: `retrain`, `keep`, or that there is not enough data to say so.
        reason: Why, in sentences.
        pays: Whether it pays by the proof in money, whatever the policy is; None is not known.
        terms: What the release file declares.
        one_off: Cost of one retraining, money.
        age: Periods since the released version first answered.
        now: What a row costs now: realised in the newest window with final labels, else estimated.
        after: What it cost in the same window with a model that was trained just before it.
        newest: What a row of the newest window is expected to cost, if its labels are not final.
        worth: None where nothing is known of `after`.
        tried: Windows of the backtest, oldest first.
        ahead: Cumulated cost with and without retraining.
        policies: What each would have cost, the cheapest first.
        notes: What to keep in mind, a sentence each.
        next: The command to go on with.
    """

    schema_: Literal["nbrelease/retraining-decision/1"] = Field(
        default="nbrelease/retraining-decision/1", alias="schema"
    )
    release: str
    version: int = Field(ge=1)
    as_of: str
    grain: str
    currency: str
    policy: RetrainingPolicy
    answer: Answer
    reason: tuple[str, ...]
    pays: bool | None = None
    terms: RetrainingSection
    one_off: float = Field(ge=0)
    age: int = Field(ge=0)
    now: ExpectedLoss = ExpectedLoss()
    after: ExpectedLoss = ExpectedLoss()
    newest: ExpectedLoss | None = None
    worth: Worth | None = None
    tried: tuple[Tried, ...] = ()
    ahead: tuple[Cumulated, ...] = ()
    policies: tuple[PolicyCost, ...] = ()
    notes: tuple[str, ...] = ()
    next: str
