"""The example's customers, and a choice of a model on them, for the benchmarks that score rows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from lifecycle_core.schema.finalization import (
    CandidateResult,
    DecisionRule,
    Finalization,
    Interval,
)

if TYPE_CHECKING:
    import pandas as pd

DATA = Path(__file__).parents[1] / "example_notebooks" / "data" / "telco_churn.csv"
TARGET = "churn"


def customers() -> tuple[pd.DataFrame, Any]:
    """Return the features of the customers without gaps, and who left."""
    import pandas as pd

    frame = pd.read_csv(DATA).dropna()
    return frame.drop(columns=TARGET), frame[TARGET]


def finalization(name: str, model: Any, frame: pd.DataFrame, *, threshold: float) -> Finalization:  # noqa: ANN401 - any estimator
    """Return the record that chooses a fitted classifier and acts from a score on."""
    rule = DecisionRule(kind="threshold", value=threshold)
    only = CandidateResult(
        name=name, estimator=name, metrics={}, rule=rule, expected_cost=0,
        cost_interval=Interval(low=0, high=0), cost_per_run=0, fit_seconds=0,
        predict_ms_per_row=0,
    )  # fmt: skip
    return Finalization(
        release="churn", task="classification", target=TARGET, positive_class="Yes",
        classes=tuple(model.classes_), features=tuple(map(str, frame)), rows=len(frame),
        rows_per_run=len(frame), currency="USD", folds=5, seed=0, candidates=(only,),
        chosen=name, rule=rule, reason=("A benchmark.",),
    )  # fmt: skip
