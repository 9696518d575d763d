"""What an estimator says about rows, as scores: one number a row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.evidence import MODEL
from lifecycle_core.errors import BundleInvalid, TableInvalid

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lifecycle_core.adapters.model_parts import Fitted
    from lifecycle_core.schema.finalization import Finalization


_FEW_ROWS = 10_000


@dataclass(frozen=True, slots=True, eq=False)
class Estimator:
    """A fitted estimator as what a scorer computes with; `Estimator.of` makes one.

    Attributes:
        model: The estimator.
        column: Which column of its probabilities is the score; None for a prediction.
        threads: What limits the threads that it starts.
    """

    model: Fitted
    column: int | None
    threads: Any

    @classmethod
    def of(cls, model: Fitted, column: int | None) -> Estimator:
        """Make one of a loaded estimator."""
        from threadpoolctl import ThreadpoolController

        return cls(model, column, ThreadpoolController())

    def __call__(self, rows: Any) -> NDArray[np.float64]:  # noqa: ANN401 - a frame or an array
        """Return the scores of rows, shape (n,); see `scored`."""
        if len(rows) > _FEW_ROWS:
            return scored(self.model, rows, self.column)
        # Threads that share few rows wait for each other longer than they work.
        with self.threads.limit(limits=1, user_api="openmp"):
            return scored(self.model, rows, self.column)


def scored(model: Fitted, rows: Any, column: int | None) -> NDArray[np.float64]:  # noqa: ANN401 - a frame or an array
    """Return what a fitted estimator says about rows.

    Args:
        model: The estimator.
        rows: A frame or an array of n rows, as it was fitted on.
        column: Which column of its probabilities is the score; None for a prediction.

    Returns:
        Shape (n,).

    Raises:
        TableInvalid: The estimator refuses the rows.
    """
    import numpy as np

    if len(rows) == 0:  # estimators refuse to score nothing
        return np.empty(0)
    try:
        if column is None:
            return np.asarray(model.predict(rows), dtype=np.float64)
        return np.asarray(model.predict_proba(rows)[:, column], dtype=np.float64)
    except (ValueError, TypeError) as error:
        raise refused(error) from error


def refused(error: Exception) -> TableInvalid:
    """Return the error of a model that takes rows the contract lets through."""
    first = str(error).partition("\n")[0]
    return TableInvalid(
        f"The model refuses these rows: {first}",
        hint="Make the contract as strict as the model: set `required: true` where it "
        "takes no missing values.",
    )


def score_column(model: Fitted, finalization: Finalization) -> int | None:
    """Return which column of an estimator's probabilities is the score.

    Returns:
        Its position; None where the score is a prediction, not a probability.

    Raises:
        BundleInvalid: The model does not know the positive class.
    """
    if not finalization.rule.acts:
        return None
    classes = [str(label) for label in model.classes_]
    wanted = finalization.positive_class
    if wanted not in classes:
        raise BundleInvalid(
            f"The model's classes are {', '.join(classes)}, the finalization's positive class "
            f"is {wanted!r}.",
            path=f"model/{MODEL}",
            hint="Release the model again.",
        )
    return classes.index(wanted)
