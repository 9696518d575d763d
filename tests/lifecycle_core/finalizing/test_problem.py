"""What finalization refuses, and in which words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.svm import LinearSVC

from lifecycle_core.adapters.evidence import EvidenceInMemory
from lifecycle_core.errors import InvalidCall
from lifecycle_core.finalizing import finalize
from tests.fakes.finalizing import Column, bikes_release, churn_release, churn_rows

if TYPE_CHECKING:
    from lifecycle_core.schema.release_file import ReleaseFile

X, Y = churn_rows(60)
RISK = {"risk": Column()}


def refused(
    *,
    candidates: object = RISK,
    x: object = X,
    y: object = Y,
    holdout: object = None,
    release: ReleaseFile | None = None,
    folds: int = 5,
    seed: int = 0,
) -> InvalidCall:
    store = EvidenceInMemory()
    with pytest.raises(InvalidCall) as caught:
        finalize(
            cast("dict[str, Any]", candidates),
            x,
            y,
            release=release or churn_release(),
            evidence=store,
            holdout=cast("tuple[Any, Any]", holdout),
            folds=folds,
            seed=seed,
        )
    assert caught.value.exit_code == 2
    assert caught.value.hint
    assert store.record is None
    return caught.value


@pytest.mark.parametrize(
    ("candidates", "fact"),
    [
        ([LogisticRegression()], "candidates is a list, it must map names to estimators."),
        ({}, "candidates is empty, it must hold at least one estimator."),
        ({1: LogisticRegression()}, "The candidate name 1 is a int, it must be text."),
        ({"a": 3}, "Candidate 'a' is int, it must be a scikit-learn estimator."),
        ({"a": LogisticRegression}, "Candidate 'a' is LogisticRegression, it must be"),
        ({"a": LinearSVC()}, "Candidate 'a' (LinearSVC) has no predict_proba"),
        ({"a": LogisticRegression(C=-1)}, "Candidate 'a' cannot be fitted: InvalidParameterError"),
    ],
)
def test_candidates(candidates: object, fact: str) -> None:
    assert fact in str(refused(candidates=candidates))


@pytest.mark.parametrize(
    ("x", "fact"),
    [
        (X.to_numpy(), "X is a ndarray, it must be a DataFrame."),
        (X.set_axis([0, 1], axis=1), "X has the column name 0, every name must be text."),
        (X.set_axis(["a", "a"], axis=1), "X has more than one column 'a'"),
        (X.iloc[:0], "X has 0 rows and 2 columns"),
        (X.iloc[:10], "y has 60 rows and its features 10"),
        (X.iloc[::-1], "The index of y differs"),
        (X.assign(left=Y), "The features hold the target 'left'"),
        (X.assign(risk=np.nan), "Candidate 'risk' gave no finite score for 60 of 60 rows."),
    ],
)
def test_features(x: object, fact: str) -> None:
    assert fact in str(refused(x=x))


@pytest.mark.parametrize(
    ("y", "fact"),
    [
        (Y.where(Y.index > 2), "y is empty in 3 of 60 rows"),
        (Y.to_frame(), "y has shape (60, 1), it must be one column."),
        (pd.Series(["no"] * 60), "y holds 1 classes ('no'), a decision needs two."),
        (pd.Series(["a", "b", "c"] * 20), "y holds 3 classes ('a', 'b', 'c')"),
        (pd.Series(np.arange(60.0)), "y holds 60 classes (0.0, 1.0, 2.0, 3.0, 4.0, ...)"),
        (pd.Series(["yes"] + ["no"] * 59), "The rarer class has 1 rows, 5 folds need at least 5."),
    ],
)
def test_target(y: object, fact: str) -> None:
    assert fact in str(refused(y=y))


def test_several_classes_get_a_hint_what_to_do() -> None:
    hint = refused(y=pd.Series(["a", "b", "c"] * 20)).hint
    assert "make y binary" in hint
    assert "task: regression" in hint


def test_positive_class() -> None:
    missing = refused(release=churn_release(model={"name": "churn"}))
    assert str(missing) == "model.positive_class is missing, and y holds 'no', 'yes'."
    assert 'positive_class: "yes"' in missing.hint
    other = refused(release=churn_release(model={"name": "churn", "positive_class": True}))
    assert str(other) == "model.positive_class is True, but y holds 'no', 'yes'."
    assert "YAML reads a bare Yes or No" in other.hint


def test_costs() -> None:
    missing = refused(release=churn_release(costs={"false_positive": 20}))
    assert "costs.false_negative" in str(missing)
    assert "costs.false_positive" not in str(missing)
    assert "`false_negative: 20` under `costs`" in missing.hint
    numbers = pd.Series(np.arange(60.0))
    line = {"line": LinearRegression()}
    missing = refused(candidates=line, y=numbers, release=bikes_release(costs={}))
    assert "costs.over and costs.under" in str(missing)
    zero = refused(candidates=line, y=numbers, release=bikes_release(costs={"over": 0, "under": 1}))
    assert str(zero) == "costs.over is 0, it must be above 0."


def test_a_regression_needs_numbers() -> None:
    assert "a regression needs finite numbers" in str(refused(release=bikes_release()))
    few = refused(
        candidates={"line": LinearRegression()},
        x=X.iloc[:3],
        y=pd.Series([1.0, 2.0, 3.0]),
        release=bikes_release(),
    )
    assert "There are 3 rows, 5 folds need at least 5." in str(few)


@pytest.mark.parametrize(
    ("holdout", "fact"),
    [
        (X, "holdout is a DataFrame, it must be the pair (X, y)."),
        ((X[["risk"]], Y), "The holdout has other columns than X: it lacks 'noise'."),
        ((X.assign(b=1, c=2), Y), "The holdout has other columns than X: it adds 'b', 'c'."),
        ((X, Y.replace("no", "maybe")), "The holdout's y holds 'maybe', which y does not."),
    ],
)
def test_holdout(holdout: object, fact: str) -> None:
    assert fact in str(refused(holdout=holdout))


def test_a_holdout_in_another_order_is_put_right() -> None:
    store = EvidenceInMemory()
    record = finalize(
        RISK, X, Y, release=churn_release(), evidence=store, holdout=(X[["noise", "risk"]], Y)
    )
    assert record.holdout["roc_auc"] == pytest.approx(record.candidate("risk").metrics["roc_auc"])


def test_folds_and_seed() -> None:
    assert "folds is 1 and seed is 0, they must be at least 2 and 0." in str(refused(folds=1))
    assert "folds is 5 and seed is -1" in str(refused(seed=-1))


def test_another_librarys_frame_gives_the_same_choice() -> None:
    def chosen(x: object, y: object) -> float:
        found = finalize(
            RISK, x, y, release=churn_release(), evidence=EvidenceInMemory()
        ).candidate("risk")
        return found.expected_cost

    plain = X.reset_index(drop=True)
    target = Y.reset_index(drop=True)
    arrow = pa.Table.from_pandas(plain)
    assert chosen(arrow, pa.chunked_array([list(target)])) == chosen(plain, target)
