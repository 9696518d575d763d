from __future__ import annotations

import numpy as np
import pytest

from lifecycle_core.stats.fading import relative_change
from lifecycle_core.stats.moments import Moments, moments_of


def arm(draw: np.random.Generator, first: float, second: float, n: int = 300) -> Moments:
    habit = draw.normal(0, 2, n)
    parts = (habit + draw.normal(mean, 1, n) for mean in (first, second))
    return moments_of(np.column_stack(list(parts)))


def test_an_effect_that_stays_is_called_changed_as_rarely_as_stated() -> None:
    draw, missed = np.random.default_rng(1), 0
    for _ in range(600):
        found = relative_change(arm(draw, 10, 30), arm(draw, 11, 33))
        assert found is not None
        missed += not found.interval.low <= 0 <= found.interval.high
    assert 0.03 <= missed / 600 <= 0.07


def test_an_effect_that_wears_off_is_seen() -> None:
    draw = np.random.default_rng(2)
    found = relative_change(arm(draw, 10, 30, 4000), arm(draw, 12, 30, 4000))
    assert found is not None
    assert found.first == pytest.approx(0.2, abs=0.02)
    assert found.second == pytest.approx(0, abs=0.02)
    assert found.interval.high < 0


def test_nothing_to_compare_with_is_not_enough_data() -> None:
    draw = np.random.default_rng(3)
    good = arm(draw, 10, 30)
    assert relative_change(good, moments_of([[1.0, 2.0]])) is None
    assert relative_change(moments_of([[0.0, 0.0]] * 9), good) is None
