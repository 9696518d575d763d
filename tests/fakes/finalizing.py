"""Releases, rows and estimators that finalization is tested with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin

from lifecycle_core.schema.release_file import ReleaseFile

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Self

    from numpy.typing import NDArray


def churn_release(**sections: dict[str, Any]) -> ReleaseFile:
    """Return a release file of a churn model; a section given replaces the default one."""
    content: dict[str, Any] = {
        "model": {"name": "churn", "positive_class": "yes"},
        "costs": {"false_positive": 20, "false_negative": 400, "currency": "EUR"},
    }
    return ReleaseFile.model_validate(content | sections)


def bikes_release(**sections: dict[str, Any]) -> ReleaseFile:
    """Return a release file of a forecast."""
    content: dict[str, Any] = {
        "model": {"name": "bikes", "task": "regression"},
        "costs": {"over": 1, "under": 3},
    }
    return ReleaseFile.model_validate(content | sections)


def churn_rows(n: int = 400, seed: int = 0) -> tuple[pd.DataFrame, pd.Series[Any]]:
    """Return n customers; `risk` is the true probability of `yes`, `plan` says nothing."""
    rng = np.random.default_rng(seed)
    risk = rng.beta(1, 3, size=n)
    frame = pd.DataFrame({"risk": risk, "noise": rng.normal(size=n)})
    return frame, pd.Series(np.where(rng.random(n) < risk, "yes", "no").tolist(), name="left")


class Column(ClassifierMixin, BaseEstimator):  # type: ignore[misc] # scikit-learn publishes no types
    """A classifier whose probability is one column of its features; it learns the labels only."""

    def __init__(self, column: str = "risk") -> None:
        self.column = column

    def fit(self, X: pd.DataFrame, y: NDArray[Any]) -> Self:  # noqa: ARG002, N803 - scikit-learn's
        self.classes_ = np.unique(y)
        return self

    def predict_proba(self, X: pd.DataFrame) -> NDArray[np.float64]:  # noqa: N803 - scikit-learn's
        score = X[self.column].to_numpy(dtype=np.float64)
        return np.column_stack([1 - score, score])

    def predict(self, X: pd.DataFrame) -> NDArray[Any]:  # noqa: N803 - scikit-learn's
        return np.asarray(self.classes_[(self.predict_proba(X)[:, 1] >= 0.5).astype(int)])


class ModelsAsText:
    """Writes a model's name instead of the model."""

    def save(self, model: object, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(type(model).__name__)
