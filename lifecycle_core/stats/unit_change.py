"""Whether a column's unit has changed: cents for euros, Fahrenheit for Celsius.

A change of unit moves *all* quantiles by one factor, and by one that is known. Inflation moves them
by one that is not, a change of the population moves them by different ones. Where rows have two
units, some are far away and the others are where they were; just beyond those lie the rows of a
column that grows, such as the months of the oldest customers.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

Kind = Literal["same", "unit_changed", "mixed_units", "level_shift", "shape_changed"]
SHARES = np.arange(1, 20) / 20  # the quantiles that are compared
KNOWN: dict[str, tuple[float, float]] = {
    **{f"times 10^{power}": (10.0**power, 0.0) for power in range(1, 10)},
    "centimetres for inches": (2.54, 0.0),
    "pounds for kilograms": (1 / 0.45359237, 0.0),
    "kilometres for miles": (1.609344, 0.0),
    "litres for gallons": (3.785411784, 0.0),
    "feet for metres": (1 / 0.3048, 0.0),
    "sixty to one": (60.0, 0.0),
    "seconds for hours": (3600.0, 0.0),
    "hours for days": (24.0, 0.0),
    "degrees for radians": (180 / math.pi, 0.0),
    "Fahrenheit for Celsius": (1.8, 32.0),
    "Kelvin for Celsius": (1.0, 273.15),
}
_NEAR = 0.02  # of the quantiles' spread: how exactly a known change has to fit, besides noise
_SAME = 0.01
_TAIL = 0.001
_MOST = 0.5  # of the rows: with more of them in another unit it is that one which is usual


class UnitChange(NamedTuple):
    """What has become of a column's unit.

    Attributes:
        kind: `unit_changed`: a known change fits all quantiles. `mixed_units`: part of the rows.
            `level_shift`: all moved by one factor or by one amount, which is not a known one.
            `shape_changed`: neither.
        name: Of the known change, or empty. Backwards, it starts with "not ".
        median: Median of the ratios, in powers of ten; not a number where values are not positive.
        spread: Their standard deviation, likewise.
    """

    kind: Kind
    name: str
    median: float
    spread: float


def unit_change(
    reference: NDArray[np.float64],
    current: NDArray[np.float64],
    *,
    rows: int,
    above: float = 0.0,
    below: float = 0.0,
    far: tuple[float, float] | None = None,
    known: Mapping[str, tuple[float, float]] | None = None,
) -> UnitChange | None:
    """Compare the quantiles of a window with those of the reference.

    Args:
        reference: Shape (19,): the quantiles at 0.05, 0.10, ... 0.95.
        current: Shape (19,), likewise.
        rows: Of the smaller sample.
        above: Share of the window's rows above the reference's 99.9% quantile, less the
            reference's own.
        below: Share of the window's rows up to its 0.1% quantile, likewise.
        far: Shares of the window's rows that are far below and far above those quantiles: rows just
            beyond are of a column that grows, not of another unit. None where it is not known.
        known: By name: factor and offset of changes to look for, for example of a currency pair.
            `KNOWN` by default; each is looked for backwards as well.

    Returns:
        None with fewer than 100 rows, where quantiles say little, and where the reference does not
        vary.

    Example:
        >>> celsius = np.linspace(-5.0, 30.0, 19)
        >>> unit_change(celsius, celsius * 1.8 + 32, rows=5_000).name
        'Fahrenheit for Celsius'
    """
    wide = float(reference[-1] - reference[0])
    if rows < 100 or not wide or not np.isfinite([*reference, *current]).all():  # noqa: PLR2004 - as documented
        return None
    ratios = log_ratios(reference, current)
    median, spread = (math.nan, math.nan) if ratios is None else ratios
    noise = 4 * math.sqrt(0.25 / rows)  # of a quantile, as a share of the rows
    unmoved = _misfit(reference, current, 1.0, 0.0)
    slack = _NEAR + noise
    if unmoved > 2 * slack:
        fits = {
            name: _misfit(reference, current, *change)
            for name, change in _both_ways(KNOWN if known is None else known).items()
        }
        best = min(fits, key=lambda name: fits[name], default="")
        if best and fits[best] <= slack and fits[best] < unmoved / 4:
            return UnitChange("unit_changed", best, median, spread)
    many = 5 * (_TAIL + noise / 40)
    far_below, far_above = (1.0, 1.0) if far is None else far
    if any(
        share > many and _apart(current, reference, rest) <= slack
        for share, rest in (
            (min(above, far_above), SHARES / (1 - min(above, _MOST))),
            (min(below, far_below), (SHARES - below) / (1 - min(below, _MOST))),
        )
    ):
        return UnitChange("mixed_units", "", median, spread)
    if unmoved <= slack and (ratios is None or abs(median) <= _SAME + noise):
        return UnitChange("same", "", median, spread)
    moved = _misfit(reference, current, 1.0, float(np.median(current - reference)))
    if ratios is not None:
        moved = min(moved, _misfit(reference, current, 10**median, 0.0))
    return UnitChange("level_shift" if moved <= slack else "shape_changed", "", median, spread)


def log_ratios(
    reference: NDArray[np.float64], current: NDArray[np.float64]
) -> tuple[float, float] | None:
    """Return median and standard deviation of the ratios of quantiles, in powers of ten.

    Args:
        reference: Shape (q,).
        current: Shape (q,).

    Returns:
        None unless all quantiles are above 0.

    Example:
        >>> log_ratios(np.array([1.0, 2.0, 4.0]), np.array([100.0, 200.0, 400.0]))
        (2.0, 0.0)
    """
    if min(reference.min(), current.min()) <= 0:
        return None
    ratios = np.log10(current / reference)
    return float(np.median(ratios)), float(ratios.std())


def _both_ways(known: Mapping[str, tuple[float, float]]) -> dict[str, tuple[float, float]]:
    back = {f"not {name}": (1 / by, -plus / by) for name, (by, plus) in known.items()}
    return {**known, **back}


def _misfit(
    reference: NDArray[np.float64], current: NDArray[np.float64], by: float, plus: float
) -> float:
    """Return how far quantiles are from where a change would put them: shares of rows.

    Places are read off in both directions, so that a sample that is wider fits as badly as one that
    is narrower, and skewed columns count the same as others.
    """
    moved = reference * by + plus
    return max(_apart(current, moved, SHARES), _apart(moved, current, SHARES))


def _apart(
    values: NDArray[np.float64], others: NDArray[np.float64], expected: NDArray[np.float64]
) -> float:
    """Return how far the places of values among quantiles are from where they should be.

    A value that several quantiles have is at all places between theirs.

    Args:
        values: Shape (19,).
        others: Shape (19,), rising: quantiles.
        expected: Shape (19,): shares of rows; beyond the outer quantiles all places are one.
    """
    wanted = np.clip(expected, SHARES[0], SHARES[-1])
    last = np.interp(values, others, SHARES)
    first = np.interp(-values, -others[::-1], SHARES[::-1])
    return float(np.maximum(first - wanted, wanted - last).clip(min=0).max())
