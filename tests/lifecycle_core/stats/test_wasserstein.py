"""Shifts of known populations are found at their size, and harmless ones are silent."""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ks_2samp, wasserstein_distance

from lifecycle_core.stats.drift import counts_in
from lifecycle_core.stats.wasserstein import profile_edges, wasserstein_shift

if TYPE_CHECKING:
    from lifecycle_core.stats.shift import Shift


@pytest.fixture(scope="module")
def edges() -> np.ndarray:
    return profile_edges(np.random.default_rng(0).normal(size=200_000))


def shares(edges: np.ndarray, shift: float) -> np.ndarray:
    inner = [NormalDist(shift).cdf(edge) for edge in edges[1:-1]]
    return np.diff([0.0, *inner, 1.0])


def found_between(
    edges: np.ndarray, before: np.ndarray, now: np.ndarray, *, tolerance: float = 0.1
) -> Shift:
    found = wasserstein_shift(before, now, edges, scale=1.0, tolerance=tolerance)
    assert found is not None
    return found


@pytest.mark.parametrize("shift", [0.05, 0.1, 0.3, 1.0])
def test_a_shift_is_found_at_its_size(edges: np.ndarray, shift: float) -> None:
    before, now = (np.rint(shares(edges, at) * 1e12).astype(np.int64) for at in (0.0, shift))
    assert found_between(edges, before, now).value == pytest.approx(shift, rel=0.02)


def test_skewed_and_lumpy_columns_agree_with_scipy() -> None:
    rng = np.random.default_rng(1)
    for draw in (
        lambda: rng.lognormal(size=50_000),
        lambda: rng.poisson(2.0, size=50_000).astype(float),
    ):
        before, now = draw(), 1.5 * draw()
        edges = profile_edges(before)
        found = found_between(edges, *(counts_in(values, edges[1:-1]) for values in (before, now)))
        assert found.value == pytest.approx(wasserstein_distance(before, now), rel=0.12)


@pytest.mark.parametrize("rows", [200, 5_000, 1_000_000])
@pytest.mark.parametrize("shift", [0.0, 0.1, 0.3])
def test_bounds_and_p_values_hold(edges: np.ndarray, rows: int, shift: float) -> None:
    exact = [np.rint(shares(edges, at) * 1e12).astype(np.int64) for at in (0.0, shift)]
    truth = found_between(edges, *exact).value if shift else 0.0
    rng = np.random.default_rng(2)
    pairs = zip(
        rng.multinomial(max(rows, 50_000), shares(edges, 0.0), size=300),
        rng.multinomial(rows, shares(edges, shift), size=300),
        strict=True,
    )
    found = [found_between(edges, *pair, tolerance=truth) for pair in pairs]
    assert np.mean([one.low <= truth for one in found]) > 0.91
    assert np.mean([one.high >= truth for one in found]) > 0.91
    assert np.mean([one.p_value < 0.05 for one in found]) < 0.09


def test_a_million_rows_make_no_alarm_of_a_hundredth(edges: np.ndarray) -> None:
    """Kolmogorov and Smirnov's test rejects it; a shift of 0.3 alarms."""
    rng = np.random.default_rng(3)
    before, now = rng.normal(size=1_000_000), rng.normal(0.01, size=1_000_000)
    assert ks_2samp(before[:500_000], now[:500_000]).pvalue < 0.05
    counts = [counts_in(values, edges[1:-1]) for values in (before, now, now + 0.29)]
    silent, alarm = (found_between(edges, counts[0], other) for other in counts[1:])
    assert silent.high < 0.1
    assert silent.p_value > 0.99
    assert alarm.low > 0.1
    assert alarm.p_value < 1e-6


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=100),
    st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=100),
)
def test_any_values_have_an_ordered_answer(before: list[float], now: list[float]) -> None:
    edges = profile_edges(np.array(before))
    assert (np.diff(edges) >= 0).all()
    found = found_between(
        edges, *(counts_in(np.array(values), edges[1:-1]) for values in (before, now))
    )
    assert 0 <= found.low <= found.high + 1e-9
    assert 0 <= found.p_value <= 1


def test_no_rows_are_not_enough_data(edges: np.ndarray) -> None:
    none, some = np.zeros(edges.size - 1, dtype=np.int64), np.ones(edges.size - 1, dtype=np.int64)
    assert wasserstein_shift(none, some, edges, scale=1.0, tolerance=0.1) is None
    with pytest.raises(ValueError, match="scale == 0"):
        wasserstein_shift(some, some, edges, scale=0, tolerance=0.1)
    with pytest.raises(ValueError, match="edges for"):
        wasserstein_shift(some[1:], some[1:], edges, scale=1, tolerance=0.1)
