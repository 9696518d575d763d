"""Use the prediction plus a shift: too high and too low do not cost the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from lifecycle_core.errors import InvalidCall
from lifecycle_core.finalizing.decisions.base import CURVE_POINTS, Constant
from lifecycle_core.schema.finalization import CurvePoint, DecisionRule
from lifecycle_core.stats.cost import forecast_costs, newsvendor_quantile

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from lifecycle_core.finalizing.decisions.base import Outcomes

_CURVE_SHARES = (0.01, 0.99)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """Regression with a linear cost of either direction.

    Attributes:
        over: Money per unit forecast too high, above 0.
        under: Money per unit forecast too low, above 0.
        currency: Of both.
    """

    over: float
    under: float
    currency: str

    @property
    def positive_class(self) -> None:
        """A number has no classes."""
        return

    def truth(self, target: NDArray[Any]) -> NDArray[np.float64]:
        """Return the target as floating-point numbers."""
        return np.asarray(target, dtype=np.float64)

    def splits(
        self, truth: NDArray[np.float64], folds: int, seed: int
    ) -> list[tuple[NDArray[Any], NDArray[Any]]]:
        """Return shuffled folds."""
        from sklearn.model_selection import KFold

        if truth.size < folds:
            raise InvalidCall(
                f"There are {truth.size} rows, {folds} folds need at least {folds}.",
                hint="Ask for fewer folds, or bring more rows.",
            )
        return list(KFold(folds, shuffle=True, random_state=seed).split(truth))

    def scores(self, name: str, model: Any, features: pd.DataFrame) -> NDArray[np.float64]:  # noqa: ANN401 - any estimator
        """Return the predictions."""
        if not hasattr(model, "predict"):
            raise InvalidCall(
                f"Candidate {name!r} ({type(model).__name__}) has no predict.",
                hint="A candidate is a scikit-learn regressor or a pipeline that ends with one.",
            )
        return np.asarray(model.predict(features), dtype=np.float64)

    def choose(self, scores: NDArray[np.float64], outcomes: Outcomes) -> DecisionRule:
        """Return the newsvendor quantile of the residuals."""
        value = newsvendor_quantile(outcomes.truth - scores, over=self.over, under=self.under)
        return DecisionRule(kind="shift", value=value)

    def decide(self, scores: NDArray[np.float64], rule: DecisionRule) -> NDArray[np.float64]:
        """Return the forecast that is used."""
        return scores + rule.value

    def costs(self, decided: NDArray[np.float64], outcomes: Outcomes) -> NDArray[np.float64]:
        """Return what each forecast costs."""
        return forecast_costs(outcomes.truth, decided, over=self.over, under=self.under)

    def metrics(
        self,
        scores: NDArray[np.float64],
        decided: NDArray[np.float64],  # noqa: ARG002 - these metrics judge the bare prediction
        truth: NDArray[np.float64],
    ) -> dict[str, float]:
        """Return the metrics of the prediction before the shift."""
        from sklearn import metrics

        found = {
            "mae": metrics.mean_absolute_error(truth, scores),
            "rmse": metrics.root_mean_squared_error(truth, scores),
        }
        if truth.size > 1:
            found = {"r2": metrics.r2_score(truth, scores)} | found
        return {name: float(value) for name, value in found.items()}

    def actions(
        self,
        scores: NDArray[np.float64],  # noqa: ARG002 - the protocol's
        rule: DecisionRule,  # noqa: ARG002 - the protocol's
    ) -> None:
        """Every row gets a forecast; none is acted on more than another."""
        return

    def strata(self, truth: NDArray[np.float64]) -> None:  # noqa: ARG002 - the protocol's
        """Resample all rows alike."""
        return

    def constant(self, outcomes: Outcomes) -> Constant:
        """Return one forecast for every row."""
        value = newsvendor_quantile(outcomes.truth, over=self.over, under=self.under)
        return Constant(
            words=f"one forecast of {value:,.6g} for every row",
            cost=float(self.costs(np.full_like(outcomes.truth, value), outcomes).mean()),
        )

    def curve(
        self,
        scores: NDArray[np.float64],
        outcomes: Outcomes,
        rule: DecisionRule,
        rows_per_run: int,
    ) -> tuple[CurvePoint, ...]:
        """Return the cost per run at shifts over the range of the residuals."""
        low, high = np.quantile(outcomes.truth - scores, _CURVE_SHARES)
        values = sorted({*np.linspace(low, high, CURVE_POINTS - 1).tolist(), rule.value})
        return tuple(
            CurvePoint(
                value=value,
                cost_per_run=float(self.costs(scores + value, outcomes).mean()) * rows_per_run,
            )
            for value in values
        )

    def explain(
        self,
        scores: NDArray[np.float64],  # noqa: ARG002 - the protocol's
        outcomes: Outcomes,  # noqa: ARG002 - the protocol's
        rule: DecisionRule,
    ) -> str:
        """Say what the shift is and which costs make it."""
        share = self.under / (self.under + self.over)
        return (
            f"Use the prediction plus {rule.value:.4g}: a unit too low costs "
            f"{self.currency} {self.under:g} and a unit too high {self.currency} {self.over:g}, "
            f"so {share:.0%} of forecasts should not be too low."
        )
