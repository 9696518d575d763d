"""Where a window is odd and what that costs, in words: the same in messages and in reviews."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.adapters.rendering.words import number, signed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifecycle_core.schema.review import ColumnDrift, Impact, SegmentQuality


def told(found: Impact | None) -> list[tuple[str, str]]:
    """Return what to call a line, and the line; nothing where nothing is odd or known.

    Example:
        >>> from lifecycle_core.schema.review import Impact
        >>> told(Impact(cost_per_row=3.5, cost_change=0.5, cost_of_change=100.0,
        ...                    currency="EUR"))
        [('Cost', '3.5 EUR a row, +0.5 since the windows before: +100 EUR in this window')]
    """
    return [] if found is None else list(_lines(found))


def _lines(found: Impact) -> Iterator[tuple[str, str]]:
    where = [_drifted(each) for each in found.columns]
    if found.segment:
        where.append(_worse(found.segment))
    if where:
        yield "Where", "; ".join(where)
    if found.cost_per_row is None:
        return
    said = f"{number(found.cost_per_row)} {found.currency} a row"
    said += ", as expected without labels" if found.expected else ""
    if found.cost_change is not None and found.cost_of_change is not None:
        said += (
            f", {signed(found.cost_change)} since the windows before: "
            f"{signed(found.cost_of_change)} {found.currency} in this window"
        )
    yield "Cost", said


def _drifted(each: ColumnDrift) -> str:
    what = "" if each.what == "distribution" else f" ({each.what.replace('_', ' ')})"
    far = "" if each.value is None else f" by {number(each.value)}"
    return f"{each.column}{what} drifted{far}, tolerated {number(each.tolerance)}"


def _worse(each: SegmentQuality) -> str:
    return (
        f"{each.column} = {each.value}: {each.metric} {number(each.figure)}, elsewhere "
        f"{number(each.elsewhere)}"
    )
