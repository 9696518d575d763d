"""Portraits: numbers by themselves, so that two values may be nearly equal, and all else exact."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeRegressor

from lifecycle_core.notebooks.tolerance import RelativeError, largest_relative_error
from lifecycle_core.recorder.digests.parts import Refused
from lifecycle_core.recorder.digests.portrait import keep, portrait

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SHARE = 1 + 1e-9
ROWS = np.linspace(0.5, 2, 12).reshape(6, 2)
LABELS = [0, 1, 0, 1, 1, 0]


class Point:
    def __init__(self, x: object) -> None:
        self.x = x


def stump() -> DecisionTreeRegressor:
    return DecisionTreeRegressor(max_depth=1, random_state=0)


def error(one: object, other: object) -> RelativeError | None:
    """Compare portraits as they are after JSON."""
    ours, theirs = (json.loads(json.dumps(portrait(value))) for value in (one, other))
    return largest_relative_error(ours, theirs)


@pytest.mark.parametrize(
    ("make", "where"),
    [
        (lambda s: 0.3 * s, ""),
        (lambda s: 2j + 0.5 * s, "~complex[0]"),
        (lambda s: np.float64(0.3 * s), "~float64"),
        (lambda s: {"a": [1, (0.5 * s,)]}, "a.~list[1].~tuple[0]"),
        (lambda s: {3: 0.5 * s}, None),
        (lambda s: ROWS * s, "~<f8 (6, 2)"),
        (lambda s: ROWS * 1j * s, None),
        (lambda s: np.array([0.5 * s, "a"], dtype=object), None),
        (lambda s: np.array([(0.5 * s, 1)], dtype=[("a", "f8"), ("b", "i4")]), "a.~<f8 (1,)[0]"),
        (lambda s: pd.DataFrame(ROWS * s, columns=["a", "b"]).assign(k="x"), "b.~<f8 (6,)"),
        (lambda s: pd.DataFrame(ROWS * s, columns=["a", "a"]), "a 1.~<f8 (6,)"),
        (lambda s: pd.Series(ROWS[:, 0] * s), "~values.~<f8 (6,)"),
        (lambda s: sparse.coo_matrix(ROWS * s), "~data.~<f8 (12,)"),
        (lambda s: Point(0.5 * s), "x"),
        (lambda s: make_pipeline(StandardScaler(), Ridge()).fit(ROWS * s, LABELS), "steps.~list"),
        (lambda s: stump().fit(ROWS * s, ROWS[:, 0] * s), "tree_.~"),
        (lambda s: GridSearchCV(Ridge(), {"alpha": [1, 2]}, cv=2).fit(ROWS * s, LABELS), ""),
    ],
)  # fmt: skip
def test_values_that_differ_in_numbers_are_near(
    make: Callable[[float], Any], where: str | None
) -> None:
    found = error(make(1.0), make(SHARE))
    assert found is not None
    assert 0 < found.size < 1e-6
    assert found.where.startswith(where or "")
    assert error(make(1.0), make(1.0)) == RelativeError()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, 2),
        (1, 1.0),
        ("1.0", "1.00000001"),
        ([1.0], (1.0,)),
        ([1.0], [1.0, 1.0]),
        ({"a": 1.0, "b": 1.0}, {"b": 1.0, "a": 1.0}),
        ({0.5}, {0.5000000001}),
        (ROWS, ROWS.astype("f4")),
        (ROWS, ROWS.reshape(4, 3)),
        (np.arange(3), np.arange(1, 4)),
        (pd.DataFrame({"a": [1.0], "k": ["x"]}), pd.DataFrame({"a": [1.0], "k": ["y"]})),
        (pd.Series([1.0], index=[1]), pd.Series([1.0], index=[2])),
        (sparse.csr_matrix([[1.0, 0]]), sparse.csr_matrix([[0, 1.0]])),
        (Decimal("1.0"), Decimal("1.00")),
        (Point(1.0), Point("a")),
        (LogisticRegression(C=1.0), LogisticRegression(fit_intercept=False)),
    ],
)
def test_all_else_must_agree(one: object, other: object) -> None:
    assert error(one, other) is None


def test_what_cannot_be_compared_says_why() -> None:
    itself: list[object] = []
    itself.append(itself)
    for value, why in [
        (iter([1]), "consumed"),
        ([iter([1])], "consumed"),
        (itself, "itself"),
        (np.zeros(11), "more numbers"),
    ]:
        with pytest.raises(Refused, match=why):
            portrait(value, most=10)


def test_they_are_kept_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    keep(3, {"x": 0.5, "it": iter([1])}, ["x", "it", "gone"])
    kept = json.loads((tmp_path / "portraits" / "3.json").read_text())
    assert kept["x"] == {"portrait": 0.5}
    assert list(kept) == ["x", "it"]
    assert "consumed" in kept["it"]["refused"]
