"""Where a window is odd and what that costs: what an alert says beside the figures of its rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.schema.recent_drift import recent
from lifecycle_core.schema.review import Impact

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifecycle_core.schema.review import ColumnDrift, Figure, SegmentQuality

_SHOWN = 3
_OUTPUTS = ("score", "decision")


def impact_of(
    drift: Sequence[ColumnDrift],
    segments: Sequence[SegmentQuality],
    cost: Figure,
    *,
    cost_change: float | None,
    rows: int,
    currency: str,
) -> Impact:
    """Return where a window is odd, and what that costs.

    Args:
        drift: In the order in which comparisons are worth reading.
        segments: The worst first.
        cost: What a row costs: as it was seen, else as it is expected.
        cost_change: Money per row by which that has moved since the windows before.
        rows: Of the window.
        currency: Of the money.

    Example:
        >>> from lifecycle_core.schema.review import Figure
        >>> found = impact_of(
        ...     (), (), Figure(name="cost_per_row", value=3.5), cost_change=0.5, rows=200,
        ...     currency="EUR")
        >>> found.cost_of_change
        100.0
    """
    drifted = sorted(
        (each for each in recent(drift) if each.state == "drift"),
        key=lambda each: each.column in _OUTPUTS,
    )
    worst = next((each for each in segments if each.worse), None)
    return Impact(
        columns=tuple(drifted[:_SHOWN]),
        segment=worst,
        cost_per_row=cost.value,
        expected=cost.name.startswith("expected"),
        cost_change=cost_change,
        cost_of_change=None if cost_change is None else cost_change * rows,
        currency=currency,
    )
