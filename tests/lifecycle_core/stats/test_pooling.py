"""Pooled effects against statsmodels 0.15 and metafor on the BCG trials, and simulated truth."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import chdtri

from lifecycle_core.stats.pooling import pool

# Colditz and others (1994): cases and others among the vaccinated, then among the rest.
TRIALS = np.array([
    [4, 119, 11, 128], [6, 300, 29, 274], [3, 228, 11, 209], [62, 13536, 248, 12619],
    [33, 5036, 47, 5761], [180, 1361, 372, 1079], [8, 2537, 10, 619], [505, 87886, 499, 87892],
    [29, 7470, 45, 7232], [17, 1699, 65, 1600], [186, 50448, 141, 27197], [5, 2493, 3, 2338],
    [27, 16886, 29, 17825],
], dtype=float)  # fmt: skip


def test_the_bcg_trials_are_pooled_as_published() -> None:
    sick, well, others_sick, others_well = TRIALS.T
    ratio = np.log(sick / (sick + well) * (others_sick + others_well) / others_sick)
    variance = (
        1 / sick - 1 / (sick + well) + 1 / others_sick - 1 / (others_sick + others_well)
    )  # fmt: skip
    found = pool(ratio.tolist(), np.sqrt(variance).tolist())
    assert found is not None
    assert found.spread**2 == pytest.approx(0.3180684522, abs=1e-9)
    assert found.value == pytest.approx(-0.7149681535, abs=1e-9)
    # Its standard error, 0.1808921915, times the t quantile of 12 degrees of freedom.
    reach = 0.1808921915 * 2.1788128297
    assert found.interval.high - found.value == pytest.approx(reach, abs=1e-9)
    assert chdtri(12, found.p_value) == pytest.approx(152.23300808, abs=1e-6)  # Cochran's Q


@pytest.mark.parametrize("spread", [0.0, 0.05, 0.2])
def test_the_mean_over_times_is_covered_as_often_as_stated(spread: float) -> None:
    draw = np.random.default_rng(5)
    missed, differs, runs = 0, 0, 2_000
    for _ in range(runs):
        errors = draw.uniform(0.03, 0.1, 5)
        effects = 0.1 + draw.normal(0, spread, 5) + draw.normal(0, errors)
        found = pool(effects.tolist(), errors.tolist())
        assert found is not None
        missed += not found.interval.low <= 0.1 <= found.interval.high
        differs += found.p_value < 0.05
    assert missed / runs <= 0.07
    if not spread:
        assert 0.035 <= differs / runs <= 0.065
    if spread == 0.2:
        assert differs / runs > 0.9
        assert missed / runs >= 0.03


def test_times_that_agree_too_well_differ_by_nothing() -> None:
    found = pool([0.1, 0.1, 0.1], [0.05, 0.05, 0.05])
    assert found is not None
    assert (found.spread, found.p_value) == (0.0, 1.0)
    assert found.value == pytest.approx(0.1)


def test_two_times_are_too_few() -> None:
    assert pool([0.1, 0.3], [0.1, 0.1]) is None
