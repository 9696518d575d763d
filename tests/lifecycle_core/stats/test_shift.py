"""Effect sizes of known populations, bounds that hold, p-values that speak of the tolerance."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon

from lifecycle_core.stats.shift import (
    Shift,
    jensen_shannon_shift,
    largest_share_shift,
    share_shift,
)

COUNTS = st.lists(st.integers(0, 300), min_size=2, max_size=12)
EVEN = np.full(10, 0.1)


def tilted(by: float) -> np.ndarray:
    shares: np.ndarray = np.exp(np.linspace(-by, by, 10))
    return np.asarray(shares / shares.sum())


def known(shift: Shift | None) -> Shift:
    assert shift is not None
    return shift


def test_the_distance_of_populations_is_scipys() -> None:
    before, now = (np.rint(shares * 1e12).astype(np.int64) for shares in (EVEN, tilted(0.5)))
    found = known(jensen_shannon_shift(before, now, tolerance=0.1))
    oracle = float(jensenshannon(EVEN, tilted(0.5), base=2))
    assert found.value == pytest.approx(oracle, rel=1e-6)
    assert found.low == pytest.approx(oracle, rel=1e-4)


@pytest.mark.parametrize("rows", [200, 5_000, 1_000_000])
@pytest.mark.parametrize("by", [0.0, 0.3, 0.8])
def test_bounds_and_p_values_hold(rows: int, by: float) -> None:
    truth = float(jensenshannon(EVEN, tilted(by), base=2)) if by else 0.0
    rng = np.random.default_rng(0)
    runs = 300
    pairs = zip(
        rng.multinomial(max(rows, 50_000), EVEN, size=runs),
        rng.multinomial(rows, tilted(by), size=runs),
        strict=True,
    )
    found = [known(jensen_shannon_shift(*pair, tolerance=truth or 1e-9)) for pair in pairs]
    assert np.mean([one.low <= truth + 1e-9 for one in found]) > 0.91
    assert np.mean([one.high >= truth for one in found]) > 0.9
    assert np.mean([one.p_value < 0.05 for one in found]) < 0.09


def test_identical_data_of_a_hundred_rows_are_next_to_silent() -> None:
    """The population stability index is above 0.1 for 85 in 100 of these."""
    drawn = np.random.default_rng(1).multinomial(100, EVEN, size=(500, 2))
    alarms = [known(jensen_shannon_shift(*pair, tolerance=0.1)).low > 0.1 for pair in drawn]
    assert np.mean(alarms) < 0.03


@given(COUNTS, COUNTS)
def test_any_counts_have_an_ordered_answer(first: list[int], second: list[int]) -> None:
    size = min(len(first), len(second))
    before, now = np.array(first[:size]), np.array(second[:size])
    found = jensen_shannon_shift(before, now, tolerance=0.1)
    if found is None:
        assert not before.sum() or not now.sum()
        return
    assert 0 <= found.low <= found.high <= 1
    assert 0 <= found.p_value <= 1
    largest = largest_share_shift(before, now, tolerance=0.1)
    assert largest is not None
    assert 0 <= largest[0].low <= largest[0].value <= largest[0].high


@pytest.mark.parametrize("rows", [100, 10_000])
@pytest.mark.parametrize("bins", [1, 2, 20])
def test_no_rows_exclude_every_shift(rows: int, bins: int) -> None:
    """Samples that are more alike than chance lets equal ones be."""
    same = np.full(bins, rows // bins)
    found = known(jensen_shannon_shift(same, same, tolerance=0.1))
    assert found.value == found.low == 0
    # Of a share that nobody has, no rows exclude less than three in so many.
    assert found.high > np.sqrt(1 / (8 * np.log(2) * rows))
    more = known(jensen_shannon_shift(10 * same, 10 * same, tolerance=0.1))
    assert 0 < more.high < found.high or found.high == 1


def test_what_shares_nothing_is_as_far_as_can_be() -> None:
    found = known(jensen_shannon_shift(np.array([900, 0]), np.array([0, 900]), tolerance=0.5))
    assert found.value == pytest.approx(1.0, abs=0.01)
    assert found.low > 0.9


def test_few_rows_do_not_clear_many_bins() -> None:
    found = known(jensen_shannon_shift(np.full(10, 5_000), np.full(10, 5), tolerance=0.1))
    assert found.high == 1.0


@pytest.mark.parametrize(("before", "now"), [(0.02, 0.02), (0.02, 0.1), (0.5, 0.3)])
@pytest.mark.parametrize("rows", [100, 3_000])
def test_bounds_of_a_share_hold(before: float, now: float, rows: int) -> None:
    truth = abs(now - before)
    rng = np.random.default_rng(2)
    runs = 400
    found = [
        known(
            share_shift(
                (int(rng.binomial(20_000, before)), 20_000),
                (int(rng.binomial(rows, now)), rows),
                tolerance=truth,
            )
        )
        for _ in range(runs)
    ]
    assert np.mean([one.low <= truth for one in found]) > 0.91
    assert np.mean([one.high >= truth for one in found]) > 0.93
    assert np.mean([one.p_value < 0.05 for one in found]) < 0.09


def test_the_p_value_agrees_with_the_bound() -> None:
    for hits in range(0, 101, 5):
        found = known(share_shift((1_000, 10_000), (hits, 100), tolerance=0.05))
        assert (found.p_value < 0.05) == (found.low > 0.05)


def test_a_new_category_is_the_largest_shift() -> None:
    before, now = np.array([700, 300, 0]), np.array([500, 200, 300])
    found = largest_share_shift(before, now, tolerance=0.1)
    assert found is not None
    assert found[1] == 2
    assert found[0].low > 0.2


def test_no_rows_are_not_enough_data() -> None:
    some, none = np.array([1, 2]), np.array([0, 0])
    assert jensen_shannon_shift(some, none, tolerance=0.1) is None
    assert largest_share_shift(none, some, tolerance=0.1) is None
    assert share_shift((0, 0), (1, 2), tolerance=0.1) is None
