"""What decisions cost, and how sure a mean over days is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lifecycle_core.schema.finalization import Interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lifecycle_core.schema.release_file import CostsSection

_SIDES = 1.959964


def by_rule(table: dict[str, NDArray[np.float64]]) -> NDArray[np.bool_]:
    """Return what the rule of before decides: the release's fallback, in bad weather after noon."""
    bad: NDArray[np.bool_] = (table["precip"] > 0) | (table["visib"] < 5)  # noqa: PLR2004 - as the release file has it
    return (table["hour"] >= 12) & bad  # noqa: PLR2004 - likewise


def costs_of(
    acted: NDArray[np.bool_], late: NDArray[np.float64], costs: CostsSection
) -> NDArray[np.float64]:
    """Return the cost of each flight, NaN where it has not arrived."""
    if_late = np.where(acted, costs.true_positive, costs.false_negative or 0.0)
    if_not = np.where(acted, costs.false_positive or 0.0, costs.true_negative)
    found: NDArray[np.float64] = np.where(
        np.isnan(late), np.nan, np.where(late > 0, if_late, if_not)
    )
    return found


def mean_by_days(values: NDArray[np.float64], days: NDArray[np.int64]) -> tuple[float, Interval]:
    """Return the mean of a flight, and an interval for which the days are what was drawn.

    Flights of a stormy day are late together, so an interval that took each flight for a draw of
    its own would be several times too narrow.
    """
    known = ~np.isnan(values)
    values, days = values[known], days[known]
    _, place = np.unique(days, return_inverse=True)
    mean = float(values.mean())
    sums = np.bincount(place, weights=values - mean)
    many = len(sums)
    error = float(np.sqrt((sums**2).sum() * many / max(1, many - 1)) / len(values))
    return mean, Interval(low=mean - _SIDES * error, high=mean + _SIDES * error)
