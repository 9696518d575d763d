"""Known truth: divergences of normal populations, published quantiles, SciPy's own chi-squared."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ncx2

from lifecycle_core.stats.drift import (
    counts_in,
    index_by_chance,
    population_stability,
    quantile_edges,
)

COUNTS = st.lists(st.integers(0, 500), min_size=2, max_size=12)


def index_of(reference: np.ndarray, current: np.ndarray) -> float:
    edges = quantile_edges(reference)
    return population_stability(counts_in(reference, edges), counts_in(current, edges))


def test_the_index_of_two_tables_by_hand() -> None:
    # (0.2 - 0.5) ln(0.2 / 0.5) + (0.8 - 0.5) ln(0.8 / 0.5)
    assert population_stability(np.array([50, 50]), np.array([20, 80])) == pytest.approx(
        0.3 * np.log(2.5) + 0.3 * np.log(1.6)
    )


def test_a_shifted_normal_population_has_jeffreys_divergence() -> None:
    """Between N(0, 1) and N(d, 1) it is d squared; ten bins see nearly all of it."""
    shift, rows = 0.5, 1_000_000
    normal, moved = NormalDist(), NormalDist(shift)
    edges = [normal.inv_cdf(share / 10) for share in range(1, 10)]

    def shares(population: NormalDist) -> np.ndarray:
        inner = np.array([population.cdf(edge) for edge in edges])
        counts: np.ndarray = np.rint(np.diff([0, *inner, 1]) * rows).astype(np.int64)
        return counts

    exact = population_stability(shares(normal), shares(moved))
    assert 0.93 * shift**2 < exact < shift**2
    rng = np.random.default_rng(0)
    drawn = index_of(rng.normal(size=200_000), rng.normal(shift, size=200_000))
    assert drawn == pytest.approx(exact, rel=0.02)


@pytest.mark.parametrize(("rows", "published"), [(100, 0.3625), (1_000, 0.0347), (10_000, 0.0033)])
def test_equal_populations_reach_the_published_quantile(rows: int, published: float) -> None:
    """95 of 100 indexes of equal samples in ten equal bins lie below."""
    rng = np.random.default_rng(1)
    drawn = rng.multinomial(rows, [0.1] * 10, size=(4_000, 2))
    indexes = [population_stability(*pair) for pair in drawn]
    assert np.quantile(indexes, 0.95) == pytest.approx(published, rel=0.08)


@pytest.mark.parametrize("rows", [200, 2_000, 20_000])
def test_a_limit_is_rarely_passed_by_a_population_that_is_at_it(rows: int) -> None:
    reference = np.full(10, 0.1)
    tilted = reference * np.exp(np.linspace(-0.774, 0.774, 10))
    tilted /= tilted.sum()
    limit = float(np.sum((tilted - reference) * np.log(tilted / reference)))
    assert limit == pytest.approx(0.2, abs=0.07)
    rng = np.random.default_rng(2)
    pairs = zip(
        rng.multinomial(rows, reference, size=2_000),
        rng.multinomial(rows, tilted, size=2_000),
        strict=True,
    )
    above = index_by_chance(limit, rows, rows, bins=10)
    passed = np.mean([population_stability(r, c) > above for r, c in pairs])
    assert passed < 0.09


@pytest.mark.parametrize("limit", [0.0, 0.05, 0.2, 1.0])
@pytest.mark.parametrize("rows", [50, 1_000, 100_000])
@pytest.mark.parametrize("bins", [2, 5, 20])
def test_chance_agrees_with_the_exact_law(limit: float, rows: int, bins: int) -> None:
    unit = 2 / rows
    exact = unit * ncx2.ppf(0.95, bins - 1, max(limit / unit, 1e-12))
    assert index_by_chance(limit, rows, rows, bins=bins) == pytest.approx(exact, rel=0.03)


def test_one_bin_shows_nothing() -> None:
    assert index_by_chance(0.2, 10, 10, bins=1) == 0.2


@given(COUNTS, COUNTS)
def test_it_is_symmetric_and_never_negative(first: list[int], second: list[int]) -> None:
    size = min(len(first), len(second))
    one, other = np.array(first[:size]), np.array(second[:size])
    if not one.sum() or not other.sum():
        with pytest.raises(ValueError, match="need rows"):
            population_stability(one, other)
        return
    assert population_stability(one, other) >= 0
    assert population_stability(one, other) == pytest.approx(population_stability(other, one))
    assert population_stability(one, one) == 0


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=200))
def test_every_value_has_one_bin(values: list[float]) -> None:
    array = np.array(values)
    counts = counts_in(array, quantile_edges(array))
    assert counts.sum() == array.size
    assert index_of(array, array) == 0


@pytest.mark.parametrize("share", [0.05, 0.95])
def test_a_flag_that_turns_is_seen_however_rare_it_was(share: float) -> None:
    ones = int(1_000 * share)
    reference = np.array([1.0] * ones + [0.0] * (1_000 - ones))
    assert index_of(reference, 1 - reference) > 2


def test_a_constant_that_changes_is_seen() -> None:
    assert index_of(np.full(100, 3.0), np.full(100, 4.0)) > 5
    assert index_of(np.full(100, 3.0), np.full(100, 3.0)) == 0


def test_values_beyond_the_reference_are_in_the_outer_bins() -> None:
    reference = np.arange(1_000.0)
    assert index_of(reference, reference + 10_000) > 5
    assert index_of(reference, np.array([np.inf, -np.inf])) > 1


def test_nothing_has_no_quantiles() -> None:
    with pytest.raises(ValueError, match="0 rows"):
        quantile_edges(np.array([]))
