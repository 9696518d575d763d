"""What finalization asks of a kind of decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from lifecycle_core.schema.finalization import CurvePoint, DecisionRule

CURVE_POINTS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """A decision that looks at no row.

    Attributes:
        words: Such as `acting on no row`.
        cost: Expected cost per row.
    """

    words: str
    cost: float


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

    def choose(self, scores: NDArray[Any], truth: NDArray[Any]) -> DecisionRule:
        """Return the cheapest rule on these rows within the limits."""

    def decide(self, scores: NDArray[Any], rule: DecisionRule) -> NDArray[Any]:
        """Return whether each row is acted on, or the forecast that is used."""

    def costs(self, decided: NDArray[Any], truth: NDArray[Any]) -> NDArray[Any]:
        """Return what each decision costs."""

    def metrics(
        self, scores: NDArray[Any], decided: NDArray[Any], truth: NDArray[Any]
    ) -> dict[str, float]:
        """Return the standard metrics that these rows allow."""

    def actions(self, scores: NDArray[Any], rule: DecisionRule) -> float | None:
        """Return the rows acted on in one scoring run; None where nothing is acted on."""

    def strata(self, truth: NDArray[Any]) -> NDArray[Any] | None:
        """Return what the bootstrap keeps fixed, or None."""

    def constant(self, truth: NDArray[Any]) -> Constant:
        """Return the cheapest decision within the limits that looks at no row."""

    def curve(
        self, scores: NDArray[Any], truth: NDArray[Any], rule: DecisionRule, rows_per_run: int
    ) -> tuple[CurvePoint, ...]:
        """Return the cost per run at up to 60 values of the rule, the chosen one among them."""

    def explain(self, scores: NDArray[Any], truth: NDArray[Any], rule: DecisionRule) -> str:
        """Say in one or two sentences what the rule is and what decided it."""
