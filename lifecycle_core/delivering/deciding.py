"""Turn a model and its finalization into scores and decisions of a frame."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.scorers import score_column, scored

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from lifecycle_core.schema.finalization import Finalization

    Numbers = np.ndarray[tuple[int], np.dtype[np.float64]]
    Decisions = np.ndarray[tuple[int], np.dtype[Any]]


THREADS = 2


def deciding_threads() -> ThreadPoolExecutor:
    """Return the threads that decide on batches.

    They share the processors among them: an estimator with threads of its own would otherwise
    start as many in each, and those wait for one another at every step.
    """
    from threadpoolctl import threadpool_limits

    each = max(1, (os.cpu_count() or 1) // THREADS)
    # OpenMP's limit holds for the calling thread alone, so the process keeps its own.
    return ThreadPoolExecutor(THREADS, initializer=threadpool_limits, initargs=(each, "openmp"))


@dataclass(frozen=True, slots=True, eq=False)
class Decider:
    """A loaded model with its decision rule.

    Attributes:
        model: A fitted estimator.
        finalization: Names the features, the positive class and the rule.
    """

    model: Any
    finalization: Finalization

    @property
    def acts(self) -> bool:
        """Whether a decision is to act or not; else it is a number in the target's unit."""
        return self.finalization.rule.kind == "threshold"

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
        rule = self.finalization.rule
        scores = scored(self.model, frame, score_column(self.model, self.finalization))
        return scores, scores >= rule.value if self.acts else scores + rule.value
