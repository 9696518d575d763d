"""Where the lines of cumulated costs lie, with and without retraining: 640 by 236 units."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.rendering.curve import scale
from lifecycle_core.adapters.rendering.words import number

if TYPE_CHECKING:
    from lifecycle_core.schema.retraining_decision import RetrainingDecision

_LEFT, _RIGHT, _TOP, _BOTTOM = 72.0, 628.0, 24.0, 196.0
_FEWEST, _TICKS = 2, 6


def cumulated(record: RetrainingDecision) -> dict[str, Any] | None:
    """Return both lines, the band and the point from which it has paid; None without a horizon."""
    points = record.ahead
    if len(points) < _FEWEST or record.worth is None:
        return None
    every = [cost for point in points for cost in (point.keep, point.low, point.high)]
    low, high, step = scale(min(every), max(every))
    last = points[-1].period

    def across(period: float) -> float:
        return round(_LEFT + period / last * (_RIGHT - _LEFT), 1)

    def down(cost: float) -> float:
        return round(_BOTTOM - (cost - low) / (high - low) * (_BOTTOM - _TOP), 1)

    edge = [(point.period, point.high) for point in points]
    edge += [(point.period, point.low) for point in reversed(points)]
    paid = record.worth.break_even_periods
    ticks = range(0, last + 1, max(1, -(-last // _TICKS)))
    return {
        "keep": " ".join(f"{across(p.period)},{down(p.keep)}" for p in points),
        "retrain": " ".join(f"{across(p.period)},{down(p.retrain)}" for p in points),
        "band": " ".join(f"{across(period)},{down(cost)}" for period, cost in edge),
        "paid": None if paid is None else {"x": across(paid), "y": down(points[paid].retrain)},
        "x_ticks": [{"at": across(at), "label": str(at)} for at in ticks],
        "y_ticks": [
            {"at": down(low + step * i), "label": number(low + step * i)}
            for i in range(round((high - low) / step) + 1)
        ],
        "summary": (
            f"Cumulated cost over {last} periods: {number(points[-1].keep)} {record.currency} "
            f"without retraining, {number(points[-1].retrain)} with it; "
            + ("it does not pay within them" if paid is None else f"it has paid after {paid}")
        ),
    }
