"""Samples of one population cannot be told apart; a relation that no single feature shows can."""

from __future__ import annotations

import numpy as np
import pytest

from lifecycle_core.stats.domain import Domain, tell_apart


def told(reference: np.ndarray, current: np.ndarray, *, rows: int = 600) -> Domain:
    found = tell_apart(reference, current, rows=rows)
    assert found is not None
    return found


def test_one_population_is_not_told_apart() -> None:
    rng = np.random.default_rng(0)
    found = told(rng.normal(size=(400, 3)), rng.normal(size=(300, 3)))
    assert found.interval.low <= 0.5 <= found.interval.high
    assert found.odds.mean() == pytest.approx(1.0)


def test_a_relation_is_seen_that_no_single_feature_shows() -> None:
    rng = np.random.default_rng(1)
    reference = rng.normal(size=(400, 2))
    current = reference[rng.permutation(400)].copy()
    current[:, 1] = np.abs(current[:, 1]) * np.sign(current[:, 0])
    assert told(reference, current).interval.low > 0.55


def test_odds_follow_the_densities() -> None:
    rng = np.random.default_rng(2)
    reference = (rng.random((2_000, 1)) < 0.2).astype(float)
    current = (rng.random((2_000, 1)) < 0.6).astype(float)
    odds = told(reference, current, rows=1_000).odds
    ones = reference[:, 0] == 1
    assert odds.shape == (2_000,)
    assert odds[ones].mean() == pytest.approx(3.0, rel=0.15)
    assert odds[~ones].mean() == pytest.approx(0.5, rel=0.15)


def test_missing_values_tell_and_few_rows_do_not() -> None:
    rng = np.random.default_rng(3)
    reference, current = rng.normal(size=(2, 200, 2))
    current[::2, 0] = np.nan
    assert told(reference, current).interval.low > 0.6
    assert tell_apart(reference[:49], current) is None
