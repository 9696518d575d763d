from __future__ import annotations

import numpy as np
import pytest

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


def of_missing(before: np.ndarray, now: np.ndarray, missing: int) -> list[str]:
    edges = tuple(np.unique(np.quantile(before, TAILS, method="inverted_cdf")).tolist())
    reference = counted(before, edges)
    lacking = reference.columns[0].model_copy(update={"missing": missing})
    reference = reference.model_copy(update={"columns": (lacking,)})
    return [each.kind for each in changes_of(reference, counted(now, edges))]


@pytest.mark.parametrize("share", [0.06, 0.33])
@pytest.mark.parametrize("rows", [800, 20_000])
def test_the_end_of_an_outage_is_no_code_for_missing_values(share: float, rows: int) -> None:
    """None is missing any more, and all other values have grown in proportion."""
    rng = np.random.default_rng(3)
    before, now = (rng.gamma(2, 20, size=size) for size in (20_000, rows))
    missing = round(20_000 * share / (1 - share))
    assert of_missing(before, now, missing) == []
    assert of_missing(np.round(before), np.round(now), missing) == []


@pytest.mark.parametrize("code", [-1.0, 0.0, 45.0, 999.0])
@pytest.mark.parametrize("share", [0.06, 0.33])
def test_a_number_in_the_place_of_missing_values_is_told(code: float, share: float) -> None:
    rng = np.random.default_rng(4)
    before, now = (rng.gamma(2, 20, size=size) for size in (20_000, 5_000))
    coded = np.where(np.arange(5_000) < share * 5_000, code, now)
    missing = round(20_000 * share / (1 - share))
    assert "meaning" in of_missing(before, coded, missing)


@pytest.mark.parametrize(
    ("categories", "other", "kinds"),
    [
        ({"a": 1_400, "b": 600}, 0, []),  # in proportion
        ({"a": 1_120, "b": 480}, 400, ["meaning"]),  # a new value
        ({"a": 1_520, "b": 480}, 0, ["meaning"]),  # one that was there
        ({"a": 1_120, "b": 880}, 0, ["meaning"]),
        ({"a": 700, "b": 1_300}, 0, []),  # more than were missing: another population
    ],
)
def test_a_category_in_the_place_of_missing_values_is_told(
    categories: dict[str, int], other: int, kinds: list[str]
) -> None:
    before = ColumnCounts(name="x", missing=1_000, categories={"a": 2_800, "b": 1_200})
    now = ColumnCounts(name="x", categories=categories, other=other)
    found = changes_of(
        WindowCounts(rows=5_000, columns=(before,)), WindowCounts(rows=2_000, columns=(now,))
    )
    assert [each.kind for each in found] == kinds
