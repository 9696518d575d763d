"""Turn a model and its finalization into scores and decisions of a frame."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.scorers import score_column, scored
from lifecycle_core.delivering.naming_rows import spread_out

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from lifecycle_core.adapters.tables import Batch
    from lifecycle_core.schema.finalization import DecisionRule, Finalization

    Numbers = np.ndarray[tuple[int], np.dtype[np.float64]]
    Decisions = np.ndarray[tuple[int], np.dtype[Any]]

NO_NUMBER = "the score is no number"
"""Why a row has no score that its contract lets pass: the model gave infinity, or NaN."""


def with_numbers(batch: Batch, scores: Numbers) -> tuple[Batch, Numbers]:
    """Return a batch and its scores; a row whose score is no number is one that has none.

    Args:
        batch: A batch.
        scores: Of its rows that can be scored, shape (n,).
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    finite = np.isfinite(scores)
    if finite.all():
        return batch, scores
    scorable = batch.scorable.copy()
    scorable[batch.scorable] = finite
    lost, left_out = pa.array(batch.scorable & ~scorable), pa.array(~scorable)
    refused = {
        name: spread_out(batch, good, batch.refused[name]).filter(left_out)
        for name, good in batch.columns.items()
    }
    columns = {name: good.filter(pa.array(finite)) for name, good in batch.columns.items()}
    reasons = pc.if_else(lost, NO_NUMBER, batch.reasons)
    batch = replace(batch, scorable=scorable, columns=columns, refused=refused, reasons=reasons)
    return batch, scores[finite]


def decided(scores: Numbers, rule: DecisionRule) -> Decisions:
    """Return what is decided on scores, shape (n,): booleans, or the shifted prediction.

    Example:
        >>> import numpy as np
        >>> from lifecycle_core.schema.finalization import DecisionRule
        >>> decided(np.array([0.3, 0.5]), DecisionRule(kind="threshold", value=0.4)).tolist()
        [False, True]
    """
    return scores >= rule.value if rule.acts else scores + rule.value


@dataclass(frozen=True, slots=True, eq=False)
class Decider:
    """A loaded model with its decision rule.

    Attributes:
        model: A fitted estimator.
        finalization: Names the features, the positive class and the rule.
    """

    model: Any
    finalization: Finalization

    def decide(self, frame: pd.DataFrame) -> tuple[Numbers, Decisions]:
        """Score rows and decide on them.

        Args:
            frame: Columns in the model's order, shape (n, features).

        Returns:
            Scores, shape (n,): the positive class's probability, or the prediction. Decisions,
            shape (n,): booleans, or the shifted prediction.

        Raises:
            TableInvalid: The model refuses the rows.
            BundleInvalid: The model does not know the positive class.
        """
        scores = scored(self.model, frame, score_column(self.model, self.finalization))
        return scores, decided(scores, self.finalization.rule)
