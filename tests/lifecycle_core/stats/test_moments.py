"""Sums, merged parts and ratios agree with the units that they stand for."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle_core.stats.moments import (
    Moments,
    merged,
    moments_from_sums,
    moments_of,
    proportion,
    ratios,
)

ROWS = st.lists(st.tuples(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3)), max_size=30)


def same(one: Moments, other: Moments) -> bool:
    return (
        one.n == other.n
        and np.allclose(one.means, other.means, atol=1e-6)
        and np.allclose(one.covariance, other.covariance, atol=1e-4)
    )


@given(ROWS, ROWS)
def test_parts_together_are_the_whole(
    first: list[tuple[float, ...]], second: list[tuple[float, ...]]
) -> None:
    one, other = (np.array(rows).reshape(-1, 2) for rows in (first, second))
    assert same(
        merged(moments_of(one), moments_of(other)), moments_of(np.concatenate([one, other]))
    )


@given(ROWS)
def test_sums_are_as_good_as_units(rows: list[tuple[float, ...]]) -> None:
    array = np.array(rows).reshape(-1, 2)
    shifted = array - 7.0
    from_sums = moments_from_sums(len(array), shifted.sum(axis=0), shifted.T @ shifted, origin=7.0)
    assert same(from_sums, moments_of(array))


def test_covariance_is_numpys() -> None:
    values = np.random.default_rng(0).normal(size=(50, 3))
    assert np.allclose(moments_of(values).covariance, np.cov(values.T))


def test_an_origin_keeps_the_digits_of_large_values() -> None:
    values = 1e9 + np.random.default_rng(0).normal(size=(1_000, 1))
    near = values - 1e9
    found = moments_from_sums(1_000, near.sum(axis=0), near.T @ near, origin=1e9).sample()
    assert found.variance == pytest.approx(float(values.var(ddof=1)), rel=1e-6)


def test_nobody_has_no_mean_worth_knowing() -> None:
    nobody = moments_of(np.empty((0, 2)))
    assert nobody.sample().error == math.inf
    assert same(nobody, moments_from_sums(0, [0.0, 0.0], np.zeros((2, 2))))
    assert merged(nobody, nobody).n == 0


def test_more_successes_than_units_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="successes == 3"):
        proportion(3, 2)
    assert proportion(0, 0) == (0, 0.0, 0.0)


def test_the_error_of_a_ratio_is_that_of_many_experiments() -> None:
    rng = np.random.default_rng(1)
    below = 1.0 + rng.poisson(2.0, size=(2_000, 400))
    above = below * rng.normal(5.0, 1.0, size=below.shape)
    drawn = above.sum(axis=1) / below.sum(axis=1)
    found = ratios(moments_of(np.column_stack([above[0], below[0]])), [(0, 1)]).sample()
    assert found.error == pytest.approx(drawn.std(), rel=0.1)


def test_a_ratio_over_nothing_is_not_a_number() -> None:
    found = ratios(moments_of([[1.0, 0.0], [2.0, 0.0]]), [(0, 1)]).sample()
    assert math.isnan(found.mean)


@given(st.lists(st.integers(1, 50), min_size=2, max_size=9))
def test_a_ratio_that_is_the_same_for_all_has_no_negative_variance(rows: list[int]) -> None:
    found = ratios(moments_of([[0.1 * each, 0.3 * each] for each in rows]), [(0, 1)]).sample()
    assert found.error >= 0
    assert found.error == pytest.approx(0, abs=1e-7)
