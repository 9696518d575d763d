"""A small chart of effects with their bounds, each in units of its tolerance: lines of an SVG."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifecycle_core.schema.review import ColumnDrift

_MOST = 12
_LEFT, _RIGHT, _ROW, _TOP = 220.0, 620.0, 20.0, 14.0
_FARTHEST = 4.0  # tolerances; what lies beyond is drawn at the end
_LONGEST = 30  # characters


def chart(drift: Sequence[ColumnDrift]) -> dict[str, Any] | None:
    """Return coordinates and labels of at most 12 comparisons, or None without any.

    Example:
        >>> chart([]) is None
        True
    """
    known = [each for each in drift if each.value is not None][:_MOST]
    if not known:
        return None

    def across(value: float, tolerance: float) -> float:
        return round(_LEFT + min(value / tolerance, _FARTHEST) / _FARTHEST * (_RIGHT - _LEFT), 1)

    lines = [
        {
            "y": _TOP + _ROW * at + _ROW / 2,
            "label": _short(f"{each.column}, {each.what.replace('_', ' ')}"),
            "low": across(each.low or 0.0, each.tolerance),
            "high": across(each.high or 0.0, each.tolerance),
            "value": across(each.value or 0.0, each.tolerance),
            "state": each.state,
        }
        for at, each in enumerate(known)
    ]
    drifted = sum(each.state == "drift" for each in known)
    return {
        "lines": lines,
        "height": _TOP + _ROW * len(known) + _TOP,
        "tolerance": across(1.0, 1.0),
        "summary": f"Effects in units of their tolerance: {drifted} of {len(known)} are drift.",
    }


def _short(label: str) -> str:
    return label if len(label) <= _LONGEST else f"{label[: _LONGEST - 1]}…"
