from __future__ import annotations

import numpy as np

from lifecycle_core.adapters.prediction_log.columns import SHARES, TAILS, Binning
from lifecycle_core.monitoring.changes import changes_of
from lifecycle_core.schema.window_counts import ColumnCounts, WindowCounts


def counted(values: np.ndarray, edges: tuple[float, ...]) -> WindowCounts:
    """Return the counts of one number, as an engine counts them."""
    places = np.searchsorted(edges, values)
    least, most = Binning("x", number=True, edges=edges).far
    column = ColumnCounts(
        name="x",
        edges=edges,
        counts=tuple(np.bincount(places, minlength=len(edges) + 1).tolist()),
        quantiles=tuple(np.quantile(values, SHARES).tolist()),
        far=(int((values < least).sum()), int((values > most).sum())),
    )
    return WindowCounts(rows=len(values), columns=(column,))


def kinds_of(before: np.ndarray, now: np.ndarray) -> list[str]:
    edges = tuple(np.unique(np.quantile(before, TAILS, method="inverted_cdf")).tolist())
    return [each.kind for each in changes_of(counted(before, edges), counted(now, edges))]


def test_more_zeros_are_no_second_unit() -> None:
    """Planes of this year, hours without wind: the least value is one that many rows have."""
    rng = np.random.default_rng(0)
    age = rng.uniform(0.5, 40, size=50_000)
    before = np.where(rng.random(50_000) < 0.012, 0.0, age)
    now = np.where(rng.random(5_000) < 0.035, 0.0, rng.uniform(0.5, 40, size=5_000))
    assert kinds_of(before, now) == []


def test_some_rows_in_another_unit_are_told() -> None:
    rng = np.random.default_rng(1)
    before, now = rng.lognormal(3, 1, size=50_000), rng.lognormal(3, 1, size=5_000)
    assert kinds_of(before, now) == []
    assert kinds_of(before, np.where(np.arange(5_000) < 300, 100 * now, now)) == ["unit"]
    assert kinds_of(before, 100 * now) == ["unit"]


def test_the_oldest_customers_get_older() -> None:
    """Nobody but a few is beyond the longest tenure of before, and they just are."""
    rng = np.random.default_rng(2)
    before, now = rng.uniform(0, 72, size=50_000), rng.uniform(0, 72, size=5_000)
    oldest = np.arange(5_000) < 150
    assert kinds_of(before, np.where(oldest, 75.0, now)) == []
    assert kinds_of(before, np.where(oldest, 30 * now, now)) == ["unit"]
