"""Peeking rates and bounds against Armitage et al., Spotify's and R's published numbers."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from lifecycle_core.stats.looks import crossing_rates, spending_bounds


def test_peeking_rates_are_the_published_ones() -> None:
    rates = crossing_rates([1.959964] * 20)
    published = {1: 0.05, 2: 0.083, 5: 0.142, 10: 0.193, 20: 0.248}
    assert {looks: round(rates[looks - 1], 3) for looks in published} == published


def test_peeking_rates_are_those_of_a_simulation() -> None:
    steps = np.random.default_rng(0).normal(size=(4_000, 10))
    scores = steps.cumsum(axis=1) / np.sqrt(np.arange(1, 11))
    assert crossing_rates([2.0] * 10)[-1] == pytest.approx(
        np.mean((np.abs(scores) > 2.0).any(axis=1)), abs=0.02
    )


def test_bounds_are_those_of_spotify() -> None:
    """Four days of 250, 450, 630 and 810 users: adjusted alphas, two-sided 1% in all."""
    bounds = spending_bounds(4, [250 / 810, 450 / 810, 630 / 810, 1.0], level=0.99)
    adjusted = 2 * norm.sf(bounds)
    assert adjusted == pytest.approx([0.00095, 0.00241, 0.00410, 0.00636], abs=1e-5)


def test_bounds_spend_what_they_may() -> None:
    bounds = spending_bounds(5, level=0.95, exponent=1.0)
    assert crossing_rates(bounds) == pytest.approx([0.01, 0.02, 0.03, 0.04, 0.05], abs=1e-5)


def test_unequal_looks_are_those_of_a_simulation() -> None:
    times = [0.1, 0.15, 0.6, 1.0]
    steps = np.random.default_rng(1).normal(size=(20_000, 4)) * np.sqrt(np.diff([0.0, *times]))
    scores = steps.cumsum(axis=1) / np.sqrt(times)
    bounds = spending_bounds(4, times)
    crossed = np.maximum.accumulate(np.abs(scores) > bounds, axis=1).mean(axis=0)
    assert crossed == pytest.approx(0.05 * np.array(times) ** 2, abs=0.004)


def test_a_day_without_units_changes_nothing() -> None:
    bounds = spending_bounds(3, [0.5, 0.5, 1.0])
    assert bounds[0] == bounds[1]


@pytest.mark.parametrize("information", [[0.5], [0.0, 1.0], [0.9, 0.5]])
def test_information_rises(information: list[float]) -> None:
    with pytest.raises(ValueError, match="that rise"):
        spending_bounds(2, information)
