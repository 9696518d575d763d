"""Published results: tea-tasting, GrowthBook, LaLonde, Thornton; and coverage."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.stats import ttest_ind

from lifecycle_core.stats.effect import (
    Effect,
    difference,
    guardrail,
    relative_difference,
)
from lifecycle_core.stats.moments import (
    Moments,
    Sample,
    moments_from_sums,
    moments_of,
    proportion,
    ratios,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    Arms = Callable[..., tuple[Moments, Moments]]


def known(effect: Effect | None) -> Effect:
    assert effect is not None
    return effect


@pytest.mark.parametrize(
    ("metric", "value", "ends", "p_value"),
    [
        ("sessions", -0.01324325142, (-0.07496462169, 0.04847811885), 0.67402071996),
        ("orders", 0.04269014577, (-0.01080020160, 0.09618049314), 0.11773177999),
        ("revenue", 0.48908310374, (-0.13261881483, 1.11078502231), 0.12306988554),
    ],
)
def test_means_are_those_of_tea_tasting(
    arms_of: Arms, metric: str, value: float, ends: tuple[float, float], p_value: float
) -> None:
    control, treatment = arms_of("users", metric)
    found = known(difference(control.sample(), treatment.sample()))
    assert found.value == pytest.approx(value, abs=1e-9)
    assert (found.interval.low, found.interval.high) == pytest.approx(ends, abs=1e-9)
    assert found.p_value == pytest.approx(p_value, abs=1e-9)


def test_a_ratio_of_means_is_that_of_tea_tasting(arms_of: Arms) -> None:
    pair = (ratios(arm, [(0, 1)]).sample() for arm in arms_of("users", "orders", "sessions"))
    found = known(difference(*pair))
    assert found.value == pytest.approx(0.02330500551, abs=1e-9)
    assert found.p_value == pytest.approx(0.07623759978, abs=1e-9)


def test_the_relative_difference_is_that_of_growthbook() -> None:
    control, treatment = (
        moments_from_sums(n, [total], [[squares]]).sample()
        for total, squares, n in ((1396.87, 52377.9767, 3407), (2422.7, 134698.29, 3461))
    )
    found = known(relative_difference(control, treatment))
    assert found.value == pytest.approx(0.70732, abs=5e-6)
    assert (found.interval.low, found.interval.high) == pytest.approx((-0.03526, 1.44989), abs=5e-6)
    assert found.p_value == pytest.approx(0.06191, abs=5e-6)
    absolute = known(difference(control, treatment))
    ends = absolute.interval.low, absolute.interval.high
    assert ends == pytest.approx((0.04538, 0.53462), abs=5e-6)
    assert absolute.p_value == pytest.approx(0.02016, abs=5e-6)


def test_lalonde(arms_of: Arms) -> None:
    """In 32-bit numbers, as the file holds them, the difference is 1794.3433."""
    control, treatment = arms_of("lalonde", "re78")
    found = known(difference(control.sample(), treatment.sample()))
    assert found.value == pytest.approx(1794.3433, abs=1e-3)
    assert found.error == pytest.approx(670.997, abs=1e-3)
    assert found.value / found.error == pytest.approx(2.674, abs=5e-4)
    assert found.p_value == pytest.approx(0.0079, abs=5e-5)


def test_thornton() -> None:
    found = known(difference(proportion(211, 623), proportion(1745, 2211)))
    assert proportion(211, 623).mean == pytest.approx(0.338684, abs=5e-7)
    assert proportion(1745, 2211).mean == pytest.approx(0.789236, abs=5e-7)
    assert found.value == pytest.approx(0.4506, abs=5e-5)
    assert found.p_value < 1e-60


def test_units_give_what_scipy_gives() -> None:
    rng = np.random.default_rng(0)
    one, other = rng.normal(size=40), rng.normal(0.5, 2.0, size=25)
    pair = (moments_of(arm[:, None]).sample() for arm in (one, other))
    oracle = ttest_ind(other, one, equal_var=False)
    found = known(difference(*pair))
    assert found.p_value == pytest.approx(oracle.pvalue)
    assert found.freedom == pytest.approx(oracle.df)


def test_intervals_hold_the_truth() -> None:
    rng = np.random.default_rng(3)
    runs, inside, relative = 600, 0, 0
    for _ in range(runs):
        control = moments_of(rng.exponential(2.0, size=(150, 1))).sample()
        treatment = moments_of(rng.exponential(2.4, size=(100, 1))).sample()
        absolute = known(difference(control, treatment)).interval
        share = known(relative_difference(control, treatment)).interval
        inside += absolute.low <= 2.4 - 2.0 <= absolute.high
        relative += share.low <= 0.2 <= share.high
    assert 0.92 * runs < inside < 0.98 * runs
    assert 0.92 * runs < relative < 0.98 * runs


@pytest.mark.parametrize(
    "arm", [Sample(0, 0.0, 0.0), Sample(1, 5.0, 0.0), Sample(9, math.nan, 1.0)]
)
def test_too_little_is_not_enough_data(arm: Sample) -> None:
    full = Sample(100, 1.0, 1.0)
    assert difference(full, arm) is None
    assert difference(arm, full) is None
    assert relative_difference(full, arm) is None


def test_constants_differ_or_do_not() -> None:
    assert known(difference(Sample(5, 1.0, 0.0), Sample(5, 1.0, 0.0))).p_value == 1.0
    assert known(difference(Sample(5, 1.0, 0.0), Sample(5, 2.0, 0.0))).p_value == 0.0
    assert relative_difference(Sample(5, 0.0, 1.0), Sample(5, 2.0, 1.0)) is None


def test_up_stays_up_where_the_mean_is_negative() -> None:
    found = known(relative_difference(Sample(50, -10.0, 1.0), Sample(50, -8.0, 1.0)))
    assert found.value == pytest.approx(0.2)


def effect_of(value: float, error: float) -> Effect:
    control = Sample(1_000, 10.0, 500 * error**2)
    return known(difference(control, control._replace(mean=10.0 + value)))


@pytest.mark.parametrize(
    ("value", "up_is_good", "holds", "broken"),
    [
        (0.0, True, True, False),
        (-0.5, True, False, False),
        (-1.0, True, False, True),
        (1.0, True, True, False),
        (1.0, False, False, True),
        (-1.0, False, True, False),
    ],
)
def test_a_guardrail_knows_its_direction(
    value: float, *, up_is_good: bool, holds: bool, broken: bool
) -> None:
    found = guardrail(effect_of(value, 0.1), margin=0.5, up_is_good=up_is_good)
    assert (found.holds, found.broken) == (holds, broken)
    assert (found.p_value < 0.05) == holds


def test_a_guardrail_is_wrong_as_rarely_as_it_says() -> None:
    """The metric is exactly as much worse as is bearable."""
    rng = np.random.default_rng(5)
    runs = 2_000
    drawn = rng.normal(-0.5, 0.1, size=runs)
    wrong = sum(
        guardrail(effect_of(value, 0.1), margin=0.5, up_is_good=True).holds for value in drawn
    )
    assert 0.035 * runs < wrong < 0.065 * runs


def test_a_margin_is_not_negative() -> None:
    with pytest.raises(ValueError, match="margin == -1"):
        guardrail(effect_of(0.0, 1.0), margin=-1, up_is_good=True)


def test_a_constant_at_its_margin_holds() -> None:
    still = known(difference(Sample(5, 1.0, 0.0), Sample(5, 1.0, 0.0)))
    assert guardrail(still, margin=0.0, up_is_good=True).holds
