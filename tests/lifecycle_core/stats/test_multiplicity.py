"""Corrected p-values against those of statsmodels 0.15, and what they promise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle_core.stats.multiplicity import benjamini_hochberg, holm

P_VALUES = (0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205, 0.212, 0.216)


def test_holm_is_that_of_statsmodels() -> None:
    oracle = [0.01, 0.072, *[0.312] * 5, *[0.615] * 3]
    assert holm(P_VALUES) == pytest.approx(oracle)


def test_benjamini_hochberg_is_that_of_statsmodels() -> None:
    oracle = [0.01, 0.04, 0.084, 0.084, 0.084, 0.1, 0.1057142857, 0.216, 0.216, 0.216]
    assert benjamini_hochberg(P_VALUES) == pytest.approx(oracle)


@given(st.lists(st.floats(0, 1), max_size=20))
def test_none_gets_smaller_and_the_order_stays(p_values: list[float]) -> None:
    for corrected in (holm(p_values), benjamini_hochberg(p_values)):
        assert all(
            0 <= before <= after + 1e-12 <= 1 + 1e-12
            for before, after in zip(p_values, corrected, strict=True)
        )
        order = np.argsort(p_values, kind="stable")
        assert (np.diff(np.array(corrected)[order]) >= 0).all()


def test_nothing_true_is_rarely_found() -> None:
    drawn = np.random.default_rng(0).random((2_000, 10))
    for correct in (holm, benjamini_hochberg):
        found = np.mean([min(correct(list(row))) < 0.05 for row in drawn])
        assert 0.035 < found < 0.065
