"""What an estimator says about rows, as scores: one number a row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lifecycle_core.errors import BundleInvalid, TableInvalid

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lifecycle_core.schema.finalization import Finalization


def scored(model: Any, rows: Any, column: int | None) -> NDArray[np.float64]:  # noqa: ANN401 - any estimator, a frame or an array
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


def score_column(model: Any, finalization: Finalization) -> int | None:  # noqa: ANN401 - any estimator
    """Return which column of an estimator's probabilities is the score.

    Returns:
        Its position; None where the score is a prediction, not a probability.

    Raises:
        BundleInvalid: The model does not know the positive class.
    """
    if finalization.rule.kind != "threshold":
        return None
    classes = [str(label) for label in model.classes_]
    wanted = finalization.positive_class
    if wanted not in classes:
        raise BundleInvalid(
            f"The model's classes are {', '.join(classes)}, the finalization's positive class "
            f"is {wanted!r}.",
            path="model/model.skops",
            hint="Release the model again.",
        )
    return classes.index(wanted)
