"""The finalization record: the choice of one candidate and one decision rule, in money."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from lifecycle_core.schema.base import Record

Task = Literal["classification", "regression"]


class Interval(Record):
    """A two-sided confidence interval.

    Attributes:
        level: Coverage, in (0, 1).
    """

    low: float
    high: float
    level: float = Field(default=0.95, gt=0, lt=1)


class DecisionRule(Record):
    """How a model's score becomes an action.

    Attributes:
        kind: `threshold`: act if the positive class's probability is at least `value`, a number
            in [0, 1]. `shift`: use the prediction plus `value`, in the target's unit.
    """

    kind: Literal["threshold", "shift"]
    value: float

    @property
    def acts(self) -> bool:
        """A decision is to act or not; else it is a number."""
        return self.kind == "threshold"


class CandidateResult(Record):
    """What one candidate is worth, measured out of fold.

    Attributes:
        name: The user's name for it.
        estimator: Its class, such as `sklearn.linear_model.LogisticRegression`.
        metrics: Standard metrics by scikit-learn's names, such as `roc_auc`.
        rule: The cost-optimal decision rule within the limits, chosen on all out-of-fold scores.
        expected_cost: Money a row costs under a rule chosen without that row's fold.
        cost_interval: Bootstrap interval of `expected_cost`.
        cost_per_run: `expected_cost` times the rows of one scoring run.
        actions_per_run: Rows acted on in one scoring run; None for regression.
        savings: 1 - cost / cost of the best constant action; 1 is perfect, below 0 is harm.
        fit_seconds: Mean wall time of a fit.
        predict_ms_per_row: Mean milliseconds to score one row of a batch.
        broken_limits: The operational limits it breaks, each as a sentence; empty is good.
    """

    name: str
    estimator: str
    metrics: dict[str, float]
    rule: DecisionRule
    expected_cost: float
    cost_interval: Interval
    cost_per_run: float
    actions_per_run: float | None = None
    savings: float | None = None
    fit_seconds: float = Field(ge=0, repr=False)  # timings: a shown record must reproduce
    predict_ms_per_row: float = Field(ge=0, repr=False)
    broken_limits: tuple[str, ...] = ()


class Comparison(Record):
    """A candidate's cost per run minus the chosen one's, by paired bootstrap on the same rows."""

    candidate: str
    difference: float
    interval: Interval


class CurvePoint(Record):
    """Cost per run of the chosen candidate at one decision value."""

    value: float
    cost_per_run: float
    actions_per_run: float | None = None
    within_limits: bool = True


class Finalization(Record):
    """The recorded choice of one candidate and one decision rule, with its reason.

    Attributes:
        features: Column names in the order in which the model takes them.
        classes: Class labels in the model's order, as text; empty for regression.
        rows: Rows of the training frame.
        rows_per_run: Rows of one scoring run, from the release file, else `rows`.
        holdout: Metrics on rows that took no part in the choice; empty if none were given.
        reason: Sentences for the owner who signs.
        curve: Cost against the decision value, for the chosen candidate.
        model_digest: `sha256:` digest of the fitted model's file; empty if it was not kept.
    """

    schema_: Literal["nbrelease/finalization/1"] = Field(
        default="nbrelease/finalization/1", alias="schema"
    )
    release: str
    task: Task
    target: str
    positive_class: str | None = None
    classes: tuple[str, ...] = ()
    features: tuple[str, ...]
    rows: int = Field(gt=0)
    rows_per_run: int = Field(gt=0)
    currency: str
    folds: int = Field(gt=1)
    seed: int
    candidates: tuple[CandidateResult, ...]
    chosen: str
    rule: DecisionRule
    comparisons: tuple[Comparison, ...] = ()
    holdout: dict[str, float] = {}
    reason: tuple[str, ...]
    curve: tuple[CurvePoint, ...] = ()
    model_digest: str = ""

    def candidate(self, name: str) -> CandidateResult:
        """Return the candidate of that name; KeyError if there is none."""
        for found in self.candidates:
            if found.name == name:
                return found
        raise KeyError(name)
