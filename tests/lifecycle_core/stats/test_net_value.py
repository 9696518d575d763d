"""Net present values by hand, their probability by simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lifecycle_core.schema.finalization import Interval
from lifecycle_core.stats.moments import Sample
from lifecycle_core.stats.net_value import Saving, net_value, saving_between, saving_of


def test_by_hand() -> None:
    found = net_value(Saving(2.0, 0.5), rows=[100.0, 50.0], once=120.0, discount=0.25)
    # 100 * 2 / 1.25 + 50 * 2 / 1.5625 - 120
    assert found.value == pytest.approx(104.0)
    assert found.error == pytest.approx((80 + 32) * 0.5)
    assert found.ceiling == pytest.approx(224.0)
    assert found.break_even_periods == 1
    assert found.break_even_rows == pytest.approx(75 * 120 / 224)


def test_at_the_break_even_nothing_is_gained() -> None:
    saving, rows = Saving(0.03, 0.01), [4_000.0] * 10
    found = net_value(saving, rows=rows, once=900.0, discount=0.01)
    again = net_value(saving, rows=[found.break_even_rows] * 10, once=900.0, discount=0.01)
    assert again.value == pytest.approx(0.0, abs=1e-9)
    assert again.probability == pytest.approx(0.5)
    assert net_value(saving, rows=rows, once=found.ceiling, discount=0.01).value == pytest.approx(
        0.0
    )


def test_the_probability_is_that_of_a_simulation() -> None:
    found = net_value(Saving(0.02, 0.01), rows=[1_000.0] * 12, once=150.0, ageing=[0.0, 0.001])
    drawn = np.random.default_rng(0).normal(0.02, 0.01, size=200_000)
    values = 1_000 * (12 * drawn - 11 * 0.001) - 150
    assert found.value == pytest.approx(values.mean(), abs=1.0)
    assert found.probability == pytest.approx(np.mean(values > 0), abs=0.003)
    assert found.interval.low == pytest.approx(np.quantile(values, 0.025), abs=2)


def test_a_lead_that_is_lost_does_not_pay() -> None:
    lasting = net_value(Saving(0.1, 0.01), rows=[1_000.0] * 10, once=400.0)
    fading = net_value(Saving(0.1, 0.01), rows=[1_000.0] * 10, once=400.0, ageing=[0.0, 0.1])
    assert lasting.probability > 0.99
    assert fading.probability < 0.01
    assert fading.break_even_periods is None


def test_what_saves_nothing_never_pays() -> None:
    found = net_value(Saving(-0.1, 0.0), rows=[10.0], once=1.0)
    assert found.probability == 0.0
    assert found.break_even_rows == math.inf
    assert found.ceiling == 0.0


def test_savings_come_from_samples_and_intervals() -> None:
    now, after = Sample(400, 5.0, 16.0), Sample(100, 4.0, 9.0)
    assert saving_of(now, after)[:2] == pytest.approx((1.0, math.hypot(0.2, 0.3)))
    assert saving_of(now, after, paired_error=0.1)[:2] == (1.0, 0.1)
    between = saving_between(
        Interval(low=5 - 0.392, high=5 + 0.392), Interval(low=4 - 0.588, high=4 + 0.588)
    )
    assert between[:2] == pytest.approx((1.0, math.hypot(0.2, 0.3)), rel=1e-3)


def test_a_horizon_has_a_period() -> None:
    with pytest.raises(ValueError, match="at least one period"):
        net_value(Saving(1.0, 0.1), rows=[], once=1.0)


def test_what_is_paid_and_lost_again_is_no_break_even() -> None:
    # 20 more than the 10 that it cost, then 30 and 80 less: it is never paid for good.
    found = net_value(Saving(0.02, 0.0), rows=[1_000.0] * 4, once=10.0, ageing=[0, 0.05, 0.1, 0.02])
    assert found.value == pytest.approx(-100)
    assert found.break_even_periods is None
    later = net_value(Saving(0.1, 0.0), rows=[1_000.0] * 4, once=10.0, ageing=[0, 0.21, 0.05, 0])
    assert later.break_even_periods == 3  # 90, -20, 30, 130
