"""The interval of a mean: agreement with scipy, coverage, and independence of the row count."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import bootstrap

from lifecycle_core.stats.bootstrap import mean_interval

if TYPE_CHECKING:
    from numpy.typing import NDArray


def costs_of(rng: np.random.Generator, n: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Draw costs of decisions: a third positive, each class with its own error rate."""
    strata = np.repeat([0, 1], [n - n // 3, n // 3])
    wrong = rng.random(n) < np.where(strata == 1, 0.3, 0.1)
    return np.where(wrong, np.where(strata == 1, 5.0, 1.0), 0.0), strata


def test_one_stratum_agrees_with_scipy() -> None:
    values = np.random.default_rng(3).exponential(size=40)
    ours = mean_interval(values, resamples=20_000)
    theirs = bootstrap(
        (values,), np.mean, method="BCa", n_resamples=20_000, rng=np.random.default_rng(0)
    ).confidence_interval
    assert ours.low == pytest.approx(theirs.low, abs=0.01)
    assert ours.high == pytest.approx(theirs.high, abs=0.01)
    assert ours.high - values.mean() > values.mean() - ours.low  # skewed to the right


def test_two_strata_agree_with_scipy() -> None:
    rng = np.random.default_rng(4)
    one, other = rng.exponential(size=30), rng.exponential(scale=4, size=20)
    ours = mean_interval(
        np.concatenate([one, other]), np.repeat([0, 1], [30, 20]), resamples=20_000
    )
    theirs = bootstrap(
        (one, other),
        lambda a, b, axis: 0.6 * a.mean(axis=axis) + 0.4 * b.mean(axis=axis),
        method="BCa",
        n_resamples=20_000,
        rng=np.random.default_rng(0),
    ).confidence_interval
    assert ours.low == pytest.approx(theirs.low, abs=0.02)
    assert ours.high == pytest.approx(theirs.high, abs=0.02)


def test_gathered_values_agree_with_scipy() -> None:
    values = np.random.default_rng(5).lognormal(sigma=1.2, size=3_000)
    ours = mean_interval(values)
    theirs = bootstrap(
        (values,), np.mean, method="BCa", n_resamples=4_999, rng=np.random.default_rng(0), batch=100
    ).confidence_interval
    width = theirs.high - theirs.low
    assert ours.low == pytest.approx(theirs.low, abs=0.04 * width)
    assert ours.high == pytest.approx(theirs.high, abs=0.04 * width)


def test_coverage_is_near_its_nominal_level() -> None:
    # True mean: (2/3)(.1)(1) + (1/3)(.3)(5), with n a multiple of three.
    n, repeats, truth = 300, 400, 2 / 3 * 0.1 + 1 / 3 * 0.3 * 5
    covered = 0
    for repeat in range(repeats):
        values, strata = costs_of(np.random.default_rng(repeat), n)
        interval = mean_interval(values, strata, resamples=999, seed=repeat)
        covered += interval.low <= truth <= interval.high
    # 400 repeats have a standard error of 1.1 percentage points at 95 %: three of them.
    assert 0.917 <= covered / repeats <= 0.983


def test_a_hundred_million_rows_are_two_values() -> None:
    # The work depends on distinct values; a repeated table only narrows the interval.
    values, strata = costs_of(np.random.default_rng(0), 300)
    small = mean_interval(values, strata)
    large = mean_interval(np.tile(values, 100), np.tile(strata, 100))
    ratio = (small.high - small.low) / (large.high - large.low)
    assert ratio == pytest.approx(10, rel=0.1)


@given(
    st.lists(st.integers(-9, 9).map(float), min_size=1, max_size=30),
    st.integers(-9, 9),
    st.integers(1, 5),
)
def test_the_interval_moves_and_scales_with_the_values(
    drawn: list[float], shift: int, scale: int
) -> None:
    values = np.array(drawn)
    plain = mean_interval(values, resamples=199)
    moved = mean_interval(values * scale + shift, resamples=199)
    assert plain.low <= plain.high
    assert moved.low == pytest.approx(plain.low * scale + shift, abs=1e-6)
    assert moved.high == pytest.approx(plain.high * scale + shift, abs=1e-6)


def test_constant_strata_give_a_point() -> None:
    interval = mean_interval(np.array([0.1, 0.1, 0.7]), np.array([0, 0, 1]))
    assert interval.low == interval.high == pytest.approx(0.3)


def test_the_seed_decides() -> None:
    values, strata = costs_of(np.random.default_rng(1), 90)
    assert mean_interval(values, strata, seed=1) == mean_interval(values, strata, seed=1)
    assert mean_interval(values, strata, seed=1) != mean_interval(values, strata, seed=2)


def test_no_rows_are_refused() -> None:
    with pytest.raises(ValueError, match="empty"):
        mean_interval(np.array([]))
