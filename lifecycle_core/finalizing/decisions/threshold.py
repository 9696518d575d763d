"""Act on a row when its probability is at least a threshold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from lifecycle_core.errors import InvalidCall
from lifecycle_core.finalizing.decisions.base import CURVE_POINTS, Constant, mean_cost, money
from lifecycle_core.schema.finalization import CurvePoint, DecisionRule
from lifecycle_core.schema.release_file import CostName
from lifecycle_core.stats.cost import CostMatrix, elkan_threshold, least_risk, row_costs
from lifecycle_core.stats.threshold import best_threshold

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from lifecycle_core.finalizing.decisions.base import Outcomes
    from lifecycle_core.stats.threshold import Cut


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """Binary classification with a cost matrix and a capacity.

    Attributes:
        matrix: Money per row; where rows have amounts of their own, of a usual one.
        currency: Of `matrix`.
        positive: The label of the positive class, as in the target.
        target: Name of the target.
        rows_per_run: Rows of one scoring run.
        actions_per_run: Rows that can be acted on in one; None has no limit.
    """

    matrix: CostMatrix
    currency: str
    positive: Any
    target: str
    rows_per_run: int
    actions_per_run: int | None = None

    @property
    def positive_class(self) -> str:
        """The positive class as text."""
        return str(self.positive)

    @property
    def max_share(self) -> float:
        """The fraction of rows that can be acted on, in [0, 1]."""
        if self.actions_per_run is None:
            return 1.0
        return min(1.0, self.actions_per_run / self.rows_per_run)

    def truth(self, target: NDArray[Any]) -> NDArray[np.bool_]:
        """Return whether each row is of the positive class."""
        return np.asarray(target == self.positive, dtype=np.bool_)

    def splits(
        self, truth: NDArray[np.bool_], folds: int, seed: int
    ) -> list[tuple[NDArray[Any], NDArray[Any]]]:
        """Return stratified folds."""
        from sklearn.model_selection import StratifiedKFold

        rarer = int(min(truth.sum(), (~truth).sum()))
        if rarer < folds:
            raise InvalidCall(
                f"The rarer class has {rarer} rows, {folds} folds need at least {folds}.",
                hint="Ask for fewer folds, or bring more rows.",
            )
        maker = StratifiedKFold(folds, shuffle=True, random_state=seed)
        return list(maker.split(np.zeros(truth.size), truth))

    def scores(self, name: str, model: Any, features: pd.DataFrame) -> NDArray[np.float64]:  # noqa: ANN401 - any estimator
        """Return the probabilities of the positive class."""
        if not hasattr(model, "predict_proba"):
            raise InvalidCall(
                f"Candidate {name!r} ({type(model).__name__}) has no predict_proba, a threshold "
                "needs probabilities.",
                hint="Wrap it: CalibratedClassifierCV(estimator) gives every classifier one.",
            )
        column = list(model.classes_).index(self.positive)
        return np.asarray(model.predict_proba(features)[:, column], dtype=np.float64)

    def choose(self, scores: NDArray[np.float64], outcomes: Outcomes) -> DecisionRule:
        """Return the cheapest threshold within the capacity, each row at its own costs."""
        cut = self._cut(scores, outcomes, max_share=self.max_share)
        return DecisionRule(kind="threshold", value=cut.value)

    def decide(self, scores: NDArray[np.float64], rule: DecisionRule) -> NDArray[np.bool_]:
        """Return whether each row is acted on."""
        return np.asarray(scores >= rule.value, dtype=np.bool_)

    def costs(self, decided: NDArray[np.bool_], outcomes: Outcomes) -> NDArray[np.float64]:
        """Return what each action costs; NaN where one of the row's amounts is not known."""
        found = row_costs(outcomes.truth, decided, self.matrix, outcomes.amounts)
        return np.where(outcomes.priced, found, np.nan)

    def metrics(
        self, scores: NDArray[np.float64], decided: NDArray[np.bool_], truth: NDArray[np.bool_]
    ) -> dict[str, float]:
        """Return ranking, calibration and decision metrics; fewer where one class is absent."""
        from sklearn import metrics

        found = {
            "log_loss": metrics.log_loss(truth, scores, labels=[False, True]),
            "brier": metrics.brier_score_loss(truth, scores, labels=[False, True]),
            "accuracy": metrics.accuracy_score(truth, decided),
            "precision": metrics.precision_score(truth, decided, zero_division=0.0),
            "recall": metrics.recall_score(truth, decided, zero_division=0.0),
        }
        if truth.any() and not truth.all():
            found = {
                "roc_auc": metrics.roc_auc_score(truth, scores),
                "average_precision": metrics.average_precision_score(truth, scores),
            } | found
        return {name: float(value) for name, value in found.items()}

    def actions(self, scores: NDArray[np.float64], rule: DecisionRule) -> float:
        """Return the rows acted on in one scoring run."""
        return float(self.decide(scores, rule).sum()) * self.rows_per_run / scores.size

    def strata(self, truth: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Keep the share of positives."""
        return truth.astype(np.int64)

    def constant(self, outcomes: Outcomes) -> Constant:
        """Return acting on no row or, where the capacity allows it, on every row."""
        nothing = np.zeros_like(outcomes.truth)
        none = Constant(words="acting on no row", cost=mean_cost(self.costs(nothing, outcomes)))
        if self.max_share < 1:
            return none
        every = Constant(
            words="acting on every row", cost=mean_cost(self.costs(~nothing, outcomes))
        )
        return min(none, every, key=lambda constant: constant.cost)

    def curve(
        self,
        scores: NDArray[np.float64],
        outcomes: Outcomes,
        rule: DecisionRule,
        rows_per_run: int,
    ) -> tuple[CurvePoint, ...]:
        """Return the cost per run at thresholds over the range of the scores."""
        grid = np.linspace(scores.min(), scores.max(), CURVE_POINTS - 1)
        points = []
        for value in sorted({*grid.round(6).tolist(), rule.value}):
            acted = scores >= value
            points.append(
                CurvePoint(
                    value=value,
                    cost_per_run=mean_cost(self.costs(acted, outcomes)) * rows_per_run,
                    actions_per_run=float(acted.mean()) * rows_per_run,
                    within_limits=bool(acted.sum() <= self.max_share * scores.size + 1e-6),
                )
            )
        return tuple(points)

    def explain(self, scores: NDArray[np.float64], outcomes: Outcomes, rule: DecisionRule) -> str:
        """Say what the threshold is, and whether costs or the capacity decided it."""
        said = (
            f"Act on a row when the probability of {self.target} = {self.positive} is at least "
            f"{rule.value:g}"
        )
        acted = self.actions(scores, rule)
        free = self._cut(scores, outcomes)
        if free.share > self.max_share:
            wanted = free.share * self.rows_per_run
            return (
                f"{said}. The limit of {self.actions_per_run:,} actions per run decides this: "
                f"costs alone would act from {free.value:g} on, that is on {wanted:,.0f} rows "
                "per run."
            )
        if not acted:
            return f"{said}. That is above every score: the cheapest rule acts on no row."
        said += f", about {acted:,.0f} rows per run. Costs decide this"
        if outcomes.amounts:
            return f"{said}, the cheapest of all thresholds.{self._row_by_row(scores, outcomes)}"
        theory = elkan_threshold(self.matrix)
        if theory is None:
            return f"{said}, the cheapest of all thresholds."
        return (
            f"{said}: it is the cheapest of all thresholds, and for perfectly calibrated "
            f"probabilities the cost ratio alone would say {theory:.3g}."
        )

    def _cut(
        self, scores: NDArray[np.float64], outcomes: Outcomes, *, max_share: float = 1.0
    ) -> Cut:
        known, amounts = outcomes.priced, outcomes.amounts
        if not known.all():  # such a row takes up capacity, and costs nothing either way
            amounts = {
                name: np.where(known, amounts.get(name, np.ones(known.size)), 0.0)
                for name in get_args(CostName)
            }
        return best_threshold(scores, outcomes.truth, self.matrix, amounts, max_share=max_share)

    def _row_by_row(self, scores: NDArray[np.float64], outcomes: Outcomes) -> str:
        """Say what one threshold for all rows leaves, beside a rule that knows each row's costs."""
        one = scores >= self._cut(scores, outcomes).value
        own = least_risk(scores, self.matrix, outcomes.amounts)
        cut, cost = (
            mean_cost(self.costs(acted, outcomes)) * self.rows_per_run for acted in (one, own)
        )
        if cost >= cut:
            return ""
        return (
            f" The rule is one threshold for all rows: on these rows it costs "
            f"{money(cut, self.currency)} per run, and weighing each row's own costs at its "
            f"probability would cost {money(cost, self.currency)}."
        )
