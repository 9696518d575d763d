"""Where the lines of a cost curve lie in a picture of 640 by 236 units."""

from __future__ import annotations

from itertools import groupby
from math import ceil, floor, log10
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.rendering.words import number

if TYPE_CHECKING:
    from lifecycle_core.schema.finalization import Finalization

_LEFT, _RIGHT, _TOP, _BOTTOM = 72.0, 628.0, 24.0, 196.0
_FEWEST = 2
_TICKS = 4


def geometry(record: Finalization) -> dict[str, Any] | None:
    """Return the cost curve as coordinates and labels, or None if there is nothing to draw.

    `bands` are the stretches beyond the limits; `x` and `y` mark the chosen rule.
    """
    points = sorted(record.curve, key=lambda point: point.value)
    if len(points) < _FEWEST or points[0].value == points[-1].value:
        return None
    costs = [point.cost_per_run for point in points]
    low, high, step = scale(min(costs), max(costs))
    first, last = points[0].value, points[-1].value

    def across(value: float) -> float:
        place = _LEFT + (value - first) / (last - first) * (_RIGHT - _LEFT)
        return round(min(max(place, _LEFT), _RIGHT), 1)

    def down(cost: float) -> float:
        return round(_BOTTOM - (cost - low) / (high - low) * (_BOTTOM - _TOP), 1)

    nearest = min(points, key=lambda point: abs(point.value - record.rule.value))
    return {
        "points": " ".join(f"{across(p.value)},{down(p.cost_per_run)}" for p in points),
        "bands": [
            {"x": across(stretch[0]), "width": round(across(stretch[-1]) - across(stretch[0]), 1)}
            for stretch in _beyond(record)
        ],
        "x": across(record.rule.value),
        "y": down(nearest.cost_per_run),
        "x_ticks": [
            {"at": across(value), "label": f"{value:.3g}"}
            for value in (first + (last - first) * i / _TICKS for i in range(_TICKS + 1))
        ],
        "y_ticks": [
            {"at": down(low + step * i), "label": number(low + step * i)}
            for i in range(round((high - low) / step) + 1)
        ],
        "summary": (
            f"Cost per run of {record.chosen} against its {record.rule.kind}: "
            f"{number(nearest.cost_per_run)} {record.currency} at {record.rule.value:.3g}, "
            f"at most {number(max(costs))} {record.currency}"
        ),
    }


def scale(low: float, high: float) -> tuple[float, float, float]:
    """Return round ends of an axis that holds both values, and the step between its lines."""
    span = (high - low) or abs(high) or 1.0
    raw = span / _TICKS
    power = 10.0 ** floor(log10(raw))
    step = next(power * nice for nice in (1, 2, 2.5, 5, 10) if power * nice >= raw)
    bottom = floor(low / step) * step
    top = max(ceil(high / step) * step, bottom + step)
    return bottom, top, step


def _beyond(record: Finalization) -> list[list[float]]:
    """Return the stretches of decision values that break a limit, each with its values."""
    points = sorted(record.curve, key=lambda point: point.value)
    return [
        [point.value for point in stretch]
        for within, stretch in groupby(points, key=lambda point: point.within_limits)
        if not within
    ]
