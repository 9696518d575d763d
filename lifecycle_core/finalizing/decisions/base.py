"""What finalization asks of a kind of decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from lifecycle_core.schema.finalization import CurvePoint, DecisionRule
    from lifecycle_core.stats.cost import Amounts

CURVE_POINTS = 60
_CENTS_BELOW = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """What was true of n rows, and how dear each is.

    Attributes:
        truth: Shape (n,): of the positive class or not, or a number.
        amounts: By cost: how many times the usual one it is in each row, shape (n,), NaN where
            that is not known; empty where all rows cost the same.
    """

    truth: NDArray[Any]
    amounts: Amounts

    @property
    def priced(self) -> NDArray[np.bool_]:
        """Whether each row's own costs are known; others take no part in any sum of money."""
        known = np.ones(self.truth.size, dtype=np.bool_)
        for each in self.amounts.values():
            known &= np.isfinite(each)
        return known

    def of(self, rows: NDArray[Any]) -> Outcomes:
        """Return those of some rows, by numbers or by a mask."""
        amounts = {name: each[rows] for name, each in self.amounts.items()}
        return Outcomes(truth=self.truth[rows], amounts=amounts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """A decision that looks at no row.

    Attributes:
        words: Such as `acting on no row`.
        cost: Expected cost per row.
    """

    words: str
    cost: float


def mean_cost(costs: NDArray[np.float64]) -> float:
    """Return the mean of what is known; NaN is not.

    Example:
        >>> mean_cost(np.array([1.0, np.nan, 3.0]))
        2.0
    """
    return float(costs[np.isfinite(costs)].mean())


def money(amount: float, currency: str) -> str:
    """Write an amount as people read it: whole units from 100 on, else with cents.

    Example:
        >>> money(1234.5678, "USD"), money(-3.14159, "EUR")
        ('USD 1,235', 'EUR -3.14')
    """
    digits = 0 if abs(amount) >= _CENTS_BELOW else 2
    return f"{currency} {amount:,.{digits}f}"


class Decision(Protocol):
    """Turns scores into decisions and prices them. n rows throughout, arrays of shape (n,)."""

    @property
    def currency(self) -> str:
        """The currency of every cost."""

    @property
    def positive_class(self) -> str | None:
        """The positive class as text; None where there are no classes."""

    def truth(self, target: NDArray[Any]) -> NDArray[Any]:
        """Return the target as costs need it: of the positive class or not, or a number."""

    def splits(
        self, truth: NDArray[Any], folds: int, seed: int
    ) -> list[tuple[NDArray[Any], NDArray[Any]]]:
        """Return the (train, test) row numbers of each fold, shuffled by `seed`.

        Raises:
            InvalidCall: There are fewer rows, or rows of a class, than folds.
        """

    def scores(self, name: str, model: Any, features: pd.DataFrame) -> NDArray[Any]:  # noqa: ANN401 - any estimator
        """Return a fitted model's probabilities of the positive class, or its predictions."""

    def choose(self, scores: NDArray[Any], outcomes: Outcomes) -> DecisionRule:
        """Return the cheapest rule on these rows within the limits."""

    def decide(self, scores: NDArray[Any], rule: DecisionRule) -> NDArray[Any]:
        """Return whether each row is acted on, or the forecast that is used."""

    def costs(self, decided: NDArray[Any], outcomes: Outcomes) -> NDArray[Any]:
        """Return what each decision costs; NaN where that is not known."""

    def metrics(
        self, scores: NDArray[Any], decided: NDArray[Any], truth: NDArray[Any]
    ) -> dict[str, float]:
        """Return the standard metrics that these rows allow."""

    def actions(self, scores: NDArray[Any], rule: DecisionRule) -> float | None:
        """Return the rows acted on in one scoring run; None where nothing is acted on."""

    def strata(self, truth: NDArray[Any]) -> NDArray[Any] | None:
        """Return what the bootstrap keeps fixed, or None."""

    def constant(self, outcomes: Outcomes) -> Constant:
        """Return the cheapest decision within the limits that looks at no row."""

    def curve(
        self, scores: NDArray[Any], outcomes: Outcomes, rule: DecisionRule, rows_per_run: int
    ) -> tuple[CurvePoint, ...]:
        """Return the cost per run at up to 60 values of the rule, the chosen one among them."""

    def explain(self, scores: NDArray[Any], outcomes: Outcomes, rule: DecisionRule) -> str:
        """Say in a few sentences what the rule is and what decided it."""
