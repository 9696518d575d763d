"""Turn a model and its finalization into scores and decisions of a frame."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.scorers import score_column, scored
from lifecycle_core.adapters.tables.expressions import NO_NUMBER
from lifecycle_core.delivering.naming_rows import spread_out

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from lifecycle_core.adapters.tables import Batch
    from lifecycle_core.schema.finalization import DecisionRule, Finalization

    Numbers = np.ndarray[tuple[int], np.dtype[np.float64]]
    Decisions = np.ndarray[tuple[int], np.dtype[Any]]


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
    lost = np.zeros(batch.rows, dtype=bool)
    lost[batch.scorable] = ~finite
    reasons = pc.if_else(pa.array(lost), NO_NUMBER, batch.reasons)
    return judged(batch, reasons), scores[finite]


def judged(batch: Batch, reasons: Any) -> Batch:  # noqa: ANN401 - a pyarrow array
    """Return a batch with other reasons for which its rows are not scored.

    Args:
        batch: A batch.
        reasons: For each row, null where it can be scored.
    """
    import pyarrow.compute as pc

    if reasons.equals(batch.reasons):
        return batch
    good, bad = pc.is_null(reasons), pc.is_valid(reasons)
    whole = {
        name: spread_out(batch, values, batch.refused[name])
        for name, values in batch.columns.items()
    }
    return replace(
        batch,
        scorable=good.to_numpy(zero_copy_only=False),
        reasons=reasons,
        columns={name: values.filter(good) for name, values in whole.items()},
        refused={name: values.filter(bad) for name, values in whole.items()},
    )


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
