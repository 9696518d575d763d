"""The reference's cases of changed units, and what looks like one and is not."""

from __future__ import annotations

import numpy as np
import pytest

from lifecycle_core.adapters.prediction_log.columns import Binning
from lifecycle_core.stats.unit_change import SHARES, UnitChange, log_ratios, unit_change

RNG_SEED = 0


@pytest.fixture(scope="module")
def prices() -> np.ndarray:
    return np.random.default_rng(RNG_SEED).lognormal(3, 1, size=200_000)


def compared(reference: np.ndarray, current: np.ndarray) -> UnitChange:
    low, high = np.quantile(reference, [0.001, 0.999])
    least, most = Binning("x", number=True, edges=(low, high)).far
    found = unit_change(
        np.quantile(reference, SHARES),
        np.quantile(current, SHARES),
        rows=current.size,
        above=float(np.mean(current > high)),
        below=float(np.mean(current < low)),
        far=(float(np.mean(current < least)), float(np.mean(current > most))),
    )
    assert found is not None
    return found


def case(name: str, rng: np.random.Generator, n: int) -> np.ndarray:
    values = rng.lognormal(3, 1, size=n)
    match name:
        case "cents":
            return 100 * values
        case "inflation":
            return 1.08 * values
        case "shape":
            return rng.lognormal(3.4, 1.4, size=n)
        case "mixed":
            return np.where(np.arange(n) < n // 10, 100 * values, values)
    return values


@pytest.mark.parametrize(
    ("name", "median", "spread", "beyond", "kind"),
    [
        ("same", 0.001, 0.003, 0.0009, "same"),
        ("cents", 1.996, 0.004, 0.9294, "unit_changed"),
        ("inflation", 0.035, 0.004, 0.0011, "level_shift"),
        ("shape", 0.172, 0.149, 0.0253, "shape_changed"),
        ("mixed", 0.058, 0.301, 0.0953, "mixed_units"),
    ],
)
def test_the_reference_cases(  # noqa: PLR0917 - a table
    prices: np.ndarray, name: str, median: float, spread: float, beyond: float, kind: str
) -> None:
    """The table is of one sample of 20,000; the tolerances are what another one may do."""
    current = case(name, np.random.default_rng(5), 20_000)
    ratios = log_ratios(np.quantile(prices, SHARES), np.quantile(current, SHARES))
    assert ratios is not None
    assert ratios[0] == pytest.approx(median, abs=0.012)
    assert ratios[1] == pytest.approx(spread, abs=0.02)
    assert np.mean(current > np.quantile(prices, 0.999)) == pytest.approx(beyond, abs=0.006)
    assert compared(prices, current).kind == kind


@pytest.mark.parametrize("n", [200, 1_000, 20_000])
def test_cases_are_told_with_few_rows(prices: np.ndarray, n: int) -> None:
    rng = np.random.default_rng(1)
    assert compared(prices, case("cents", rng, n)).name == "times 10^2"
    assert compared(prices, case("same", rng, n)).kind == "same"
    assert compared(prices, case("mixed", rng, n)).kind == "mixed_units"
    if n > 200:
        assert compared(prices, case("shape", rng, n)).kind == "shape_changed"


@pytest.mark.parametrize(
    ("by", "plus", "name"),
    [
        (1_000, 0, "times 10^3"),
        (1 / 1_000, 0, "not times 10^3"),
        (1.8, 32, "Fahrenheit for Celsius"),
        (1 / 1.8, -32 / 1.8, "not Fahrenheit for Celsius"),
        (1, 273.15, "Kelvin for Celsius"),
        (2.54, 0, "centimetres for inches"),
        (60, 0, "sixty to one"),
    ],
)
def test_known_changes_are_named_on_columns_with_both_signs(
    by: float, plus: float, name: str
) -> None:
    rng = np.random.default_rng(2)
    reference, current = rng.normal(15, 10, size=50_000), rng.normal(15, 10, size=5_000)
    found = compared(reference, by * current + plus)
    assert (found.kind, found.name) == ("unit_changed", name)


def test_a_warmer_summer_is_no_change_of_unit() -> None:
    rng = np.random.default_rng(3)
    reference, current = rng.normal(15, 8, size=50_000), rng.normal(20, 8, size=5_000)
    assert compared(reference, current).kind == "level_shift"
    assert compared(reference, rng.normal(15, 14, size=5_000)).kind == "shape_changed"


@pytest.mark.parametrize(("mean", "sd", "by"), [(60.0, 9.0, 8.0), (1_018.0, 7.0, 5.0)])
def test_another_season_is_no_second_unit(mean: float, sd: float, by: float) -> None:
    """Many rows are where hardly any were, and all the others have moved, too."""
    rng = np.random.default_rng(7)
    reference = rng.normal(mean, sd, size=50_000)
    for moved in (by, -by):
        assert compared(reference, rng.normal(mean + moved, sd, size=5_000)).kind == "level_shift"


def test_equal_values_are_at_all_their_places() -> None:
    """In sight of ten miles most rows are equal, in fog some are not."""
    rng = np.random.default_rng(8)
    clear, foggy = (
        np.where(rng.random(n) < share, rng.uniform(0, 10, size=n), 10.0)
        for n, share in ((50_000, 0.18), (5_000, 0.19))
    )
    assert compared(clear, foggy).kind == "same"
    assert compared(clear, 1.609344 * foggy).name == "kilometres for miles"


@pytest.mark.parametrize("share", [0.02, 0.1, 0.3])
def test_rows_in_another_unit_are_seen_in_columns_with_both_signs(share: float) -> None:
    rng = np.random.default_rng(9)
    reference, current = rng.normal(15, 10, size=50_000), rng.normal(15, 10, size=5_000)
    mixed = np.where(np.arange(5_000) < share * 5_000, 1.8 * current + 320, current)
    assert compared(reference, mixed).kind == "mixed_units"


def test_a_few_rows_in_another_unit_are_seen_both_ways(prices: np.ndarray) -> None:
    current = np.random.default_rng(4).lognormal(3, 1, size=5_000)
    few = np.arange(5_000) < 100
    assert compared(prices, np.where(few, 1_000 * current, current)).kind == "mixed_units"
    assert compared(prices, np.where(few, current / 1_000, current)).kind == "mixed_units"


def test_a_currency_pair_may_be_added(prices: np.ndarray) -> None:
    quantiles = np.quantile(prices, SHARES)
    found = unit_change(
        quantiles, 1.3 * quantiles, rows=50_000, known={"dollars for pounds": (1.3, 0.0)}
    )
    assert found is not None
    assert found.name == "dollars for pounds"


def test_no_change_is_rarely_called_one(prices: np.ndarray) -> None:
    rng, few = np.random.default_rng(6), prices[:50_000]
    for n in (200, 5_000):
        found = [compared(few, rng.lognormal(3, 1, size=n)).kind for _ in range(60)]
        assert found.count("same") >= 58
        assert "unit_changed" not in found


def test_little_is_not_enough_data() -> None:
    rising = np.arange(19.0)
    assert unit_change(rising, rising, rows=99) is None
    assert unit_change(np.ones(19), rising, rows=1_000) is None
    assert unit_change(rising, np.full(19, np.nan), rows=1_000) is None


@pytest.mark.parametrize("months", [1, 3, 12])
def test_a_column_that_simply_grows_has_no_second_unit(months: int) -> None:
    """The oldest customers of a company are a month older with each month."""
    rng = np.random.default_rng(10)

    def tenures(most: int, n: int) -> np.ndarray:
        longest = rng.random(n) < 0.05  # customers since the first day
        return np.where(longest, most, np.floor(rng.exponential(24, size=n)) % most)

    found = compared(tenures(72, 50_000), tenures(72 + months, 5_000))
    assert found.kind in {"same", "level_shift"}
    some = np.where(np.arange(5_000) < 250, 30.0, 1.0)  # days for months
    assert compared(tenures(72, 50_000), some * tenures(73, 5_000)).kind == "mixed_units"


def test_the_logarithm_of_a_column_is_no_level(prices: np.ndarray) -> None:
    now = np.log(np.random.default_rng(11).lognormal(3, 1, size=5_000))
    assert compared(prices, now).kind == "shape_changed"
