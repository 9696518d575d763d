"""The cheapest threshold within a capacity: laws, and published numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle_core.stats.cost import CostMatrix, row_costs
from lifecycle_core.stats.threshold import best_threshold, shortest_between

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lifecycle_core.stats.cost import Amounts

MALIGNANT = CostMatrix(false_positive=1, false_negative=5)

tables = st.lists(
    st.tuples(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.5000001, 0.9, 1.0]), st.booleans()),
    min_size=1,
    max_size=40,
)
matrices = st.builds(
    CostMatrix,
    false_positive=st.integers(-5, 20),
    false_negative=st.integers(-5, 20),
    true_positive=st.integers(-5, 5),
    true_negative=st.integers(-5, 5),
)


def cost_at(
    value: float, scores: NDArray[np.float64], truth: NDArray[np.bool_], costs: CostMatrix
) -> float:
    return float(row_costs(truth, scores >= value, costs).mean())


@given(table=tables, costs=matrices, max_share=st.floats(0, 1))
def test_no_threshold_within_the_capacity_is_cheaper(
    table: list[tuple[float, bool]], costs: CostMatrix, max_share: float
) -> None:
    scores = np.array([score for score, _ in table])
    truth = np.array([positive for _, positive in table])
    cut = best_threshold(scores, truth, costs, max_share=max_share)
    assert cut.cost == pytest.approx(cost_at(cut.value, scores, truth, costs))
    for rival in [*np.unique(scores), 1.0000001]:
        if (scores >= rival).mean() <= max_share:
            assert cut.cost <= cost_at(rival, scores, truth, costs) + 1e-9


@given(table=tables, costs=matrices, max_share=st.floats(0, 1), seed=st.integers(0, 99))
def test_no_threshold_is_cheaper_where_rows_have_costs_of_their_own(
    table: list[tuple[float, bool]], costs: CostMatrix, max_share: float, seed: int
) -> None:
    scores = np.array([score for score, _ in table])
    truth = np.array([positive for _, positive in table])
    draw = np.random.default_rng(seed)
    times = draw.choice([0.0, 0.1, 1.0, 7.0], size=(2, truth.size))
    amounts: Amounts = {"false_negative": times[0], "true_positive": times[1]}

    def mean_at(value: float) -> float:
        return float(row_costs(truth, scores >= value, costs, amounts).mean())

    cut = best_threshold(scores, truth, costs, amounts, max_share=max_share)
    assert cut.cost == pytest.approx(mean_at(cut.value))
    for rival in [*np.unique(scores), 1.0000001]:
        if (scores >= rival).mean() <= max_share:
            assert cut.cost <= mean_at(rival) + 1e-9


@given(table=tables, costs=matrices, max_share=st.floats(0, 1))
def test_the_capacity_is_never_exceeded(
    table: list[tuple[float, bool]], costs: CostMatrix, max_share: float
) -> None:
    scores = np.array([score for score, _ in table])
    truth = np.array([positive for _, positive in table])
    cut = best_threshold(scores, truth, costs, max_share=max_share)
    assert cut.share == (scores >= cut.value).mean()
    assert cut.share <= max_share + 1e-12
    assert 0 <= cut.value <= np.nextafter(1.0, 2.0)


def test_a_whole_capacity_is_usable_despite_rounding() -> None:
    scores = np.linspace(0, 1, 7043)
    truth = np.ones(7043, dtype=bool)
    cut = best_threshold(scores, truth, MALIGNANT, max_share=300 / 7043)
    assert round(cut.share * 7043) == 300


@given(st.floats(0, 1), st.floats(0, 1))
def test_shortest_between_stays_in_the_gap(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert low <= shortest_between(low, high) <= high
    if low < high:
        assert shortest_between(low, high) > low


def test_breast_cancer_costs_as_published() -> None:
    from sklearn.datasets import load_breast_cancer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    features, benign = load_breast_cancer(return_X_y=True)
    truth = benign == 0
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    model = make_pipeline(StandardScaler(), LogisticRegression())
    scores = cross_val_predict(model, features, truth, cv=folds, method="predict_proba")[:, 1]
    n = truth.size
    assert cost_at(0.5, scores, truth, MALIGNANT) * n == pytest.approx(48)
    assert cost_at(1 / 6, scores, truth, MALIGNANT) * n == pytest.approx(43)
    tuned = best_threshold(scores, truth, MALIGNANT)
    assert tuned.cost * n == pytest.approx(38)
    assert tuned.value == pytest.approx(0.202, abs=0.005)
    honest = 0.0
    for train, test in folds.split(features, truth):
        cut = best_threshold(scores[train], truth[train], MALIGNANT)
        honest += cost_at(cut.value, scores[test], truth[test], MALIGNANT) * test.size
    assert honest > 38  # the tuned cost is optimistic: the threshold saw the rows it is judged on


def test_rows_are_needed() -> None:
    with pytest.raises(ValueError, match="not empty"):
        best_threshold(np.array([]), np.array([], dtype=bool), MALIGNANT)
    with pytest.raises(ValueError, match="max_share"):
        best_threshold(np.array([0.5]), np.array([True]), MALIGNANT, max_share=1.5)
