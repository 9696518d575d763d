"""Sample-ratio mismatch against closed forms and tea-tasting."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lifecycle_core.stats.sample_ratio import sample_ratio


@pytest.mark.parametrize(
    ("counts", "p_value", "last_digit", "mismatch"),
    [((5000, 5300), 0.0031, 1e-4, False), ((5000, 5400), 0.00009, 1e-5, True)],
)
def test_published_ratios(
    counts: tuple[int, int], p_value: float, last_digit: float, *, mismatch: bool
) -> None:
    found = sample_ratio(counts, [1, 1])
    assert found.p_value == pytest.approx(p_value, abs=last_digit / 2)
    assert found.mismatch is mismatch


def test_closed_form() -> None:
    """Half a normal tail; tea-tasting's 0.477 of the same counts is an exact binomial one."""
    z = 46 / math.sqrt(4_000)
    assert sample_ratio([2023, 1977], [1, 1]).p_value == pytest.approx(math.erfc(z / math.sqrt(2)))


def test_false_alarms_are_as_rare_as_stated() -> None:
    drawn = np.random.default_rng(0).multinomial(3_000, [0.2, 0.3, 0.5], size=2_000)
    p_values = [sample_ratio(list(row), [2, 3, 5]).p_value for row in drawn]
    assert 0.035 < np.mean(np.array(p_values) < 0.05) < 0.065


def test_nobody_yet_is_no_mismatch() -> None:
    assert sample_ratio([0, 0], [1, 1]) == (1.0, False)


@pytest.mark.parametrize(("counts", "shares"), [([5], [1]), ([5, 5], [1]), ([5, 5], [1, 0])])
def test_shares_belong_to_arms(counts: list[int], shares: list[float]) -> None:
    with pytest.raises(ValueError, match="want as many of both"):
        sample_ratio(counts, shares)
