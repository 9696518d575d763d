"""Always-valid intervals against GrowthBook's published numbers, and under constant peeking."""

from __future__ import annotations

import numpy as np
import pytest

from lifecycle_core.schema.finalization import Interval
from lifecycle_core.stats.effect import Effect, relative_difference
from lifecycle_core.stats.moments import Sample, moments_from_sums, proportion
from lifecycle_core.stats.power import Design, Metric
from lifecycle_core.stats.sequential import (
    always_valid,
    always_valid_p,
    intersection,
    multiplier,
    units_always_valid,
)


def relative(control: Sample, treatment: Sample) -> Effect:
    found = relative_difference(control, treatment)
    assert found is not None
    return found


def test_growthbook_means() -> None:
    arms = (
        moments_from_sums(n, [total], [[squares]]).sample()
        for total, squares, n in ((1396.87, 52377.9767, 3000), (2422.7, 134698.29, 3461))
    )
    effect = relative(*arms)
    found = always_valid(effect, units=6461, tuned_at=1000)
    assert effect.value == pytest.approx(0.50336, abs=5e-6)
    assert (found.low, found.high) == pytest.approx((-0.558441, 1.565163), abs=1e-6)


def test_growthbook_proportions() -> None:
    effect = relative(proportion(1396, 3000), proportion(2422, 3461))
    found = always_valid(effect, units=6461, tuned_at=5000)
    assert effect.value == pytest.approx(0.50386, abs=5e-6)
    assert (found.low, found.high) == pytest.approx((0.40098, 0.60675), abs=5e-6)


def test_it_is_narrowest_where_it_is_tuned() -> None:
    """In the units of the mean, that is, where all the units count."""
    at = [multiplier(units, tuned_at=1_000) for units in (100, 1_000, 10_000)]
    assert at[1] < at[0]
    assert at[1] < at[2]
    assert min(at) > 1.96


@pytest.mark.parametrize("score", [0.0, 1.0, 2.9, 3.1, 8.0])
def test_the_p_value_agrees_with_the_interval(score: float) -> None:
    effect = Effect(score, 1.0, 1e6, Interval(low=0, high=0), 0.0)
    interval = always_valid(effect, units=2_000, tuned_at=1_000)
    p_value = always_valid_p(effect, units=2_000, tuned_at=1_000)
    assert (p_value < 0.05) == (not interval.low <= 0 <= interval.high)
    assert 0 < p_value <= 1


def test_peeking_crosses_as_rarely_as_stated() -> None:
    """20 looks at data without effect: 24.8 in 100 cross a naive bound, at most 5 this one."""
    rng = np.random.default_rng(0)
    units = 500 * np.arange(1, 21)
    scores = rng.normal(size=(4_000, 20)).cumsum(axis=1) / np.sqrt(np.arange(1, 21))
    bound = np.array([multiplier(int(n), tuned_at=5_000) for n in units])
    assert np.mean((np.abs(scores) > 1.96).any(axis=1)) == pytest.approx(0.248, abs=0.02)
    assert np.mean((np.abs(scores) > bound).any(axis=1)) < 0.05


def test_looking_at_every_unit_crosses_as_rarely() -> None:
    rng = np.random.default_rng(1)
    walks = rng.normal(size=(400, 3_000)).cumsum(axis=1)
    n = np.arange(1, 3_001)
    bound = np.array([multiplier(int(at), tuned_at=1_000) for at in n]) * np.sqrt(n)
    assert np.mean((np.abs(walks) > bound).any(axis=1)) < 0.05
    naive = (np.abs(walks) > 1.96 * np.sqrt(n))[:, 10:].any(axis=1)
    assert np.mean(naive) > 0.5


def test_planned_units_are_enough() -> None:
    metric, design = Metric(1.0, 4.0, gain=0.3), Design(share=0.3, power=0.9)
    units = units_always_valid(0.2, metric, design)
    error = np.sqrt(0.7 * (1.0 / (0.7 * units) + 4.0 / (0.3 * units)))
    drawn = np.random.default_rng(2).normal(0.2, error, size=20_000)
    assert np.mean(np.abs(drawn) > error * multiplier(units, tuned_at=units)) == pytest.approx(
        0.9, abs=0.01
    )
    with pytest.raises(ValueError, match="effect == 0"):
        units_always_valid(0.0, metric, design)


def test_constants_and_mistakes() -> None:
    still = Effect(0.0, 0.0, 8.0, Interval(low=0, high=0), 1.0)
    assert always_valid_p(still, units=10, tuned_at=10) == 1.0
    assert always_valid_p(still._replace(value=1.0), units=10, tuned_at=10) == 0.0
    with pytest.raises(ValueError, match="units == 0"):
        multiplier(0, tuned_at=10)


def test_intervals_may_exclude_each_other() -> None:
    assert intersection([Interval(low=0, high=1), Interval(low=2, high=3)]) is None
