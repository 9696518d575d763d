"""The distribution of a column: a share for each bin, of the reference and of the window."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.rendering.words import number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifecycle_core.schema.distribution import Distribution


def shares(found: Distribution) -> dict[str, Any]:
    """Return a line for each bin: its name, both shares, and how long their bars are in [0, 1].

    Bins that are empty on both sides have none.

    Example:
        >>> from lifecycle_core.schema.distribution import Distribution
        >>> rows = {"before": (30, 10), "now": (5, 15)}
        >>> made = shares(Distribution(column="tenure", edges=(12.0,), **rows))
        >>> [(line["name"], line["before"], line["now"], line["now_bar"]) for line in made["lines"]]
        [('up to 12', '75.0%', '25.0%', 0.333), ('above 12', '25.0%', '75.0%', 1.0)]
    """
    names = [*_names(found), "no value"]
    before, now = (*found.before, found.missing_before), (*found.now, found.missing_now)
    totals = sum(before) or 1, sum(now) or 1
    parts = [
        (name, was / totals[0], is_now / totals[1])
        for name, was, is_now in zip(names, before, now, strict=True)
        if was or is_now
    ]
    longest = max((share for part in parts for share in part[1:]), default=0.0) or 1.0
    return {
        "rows_before": sum(before),
        "rows_now": sum(now),
        "lines": [
            {
                "name": name,
                "before": f"{was:.1%}",
                "now": f"{is_now:.1%}",
                "before_bar": round(was / longest, 3),
                "now_bar": round(is_now / longest, 3),
            }
            for name, was, is_now in parts
        ],
    }


def _names(found: Distribution) -> Iterator[str]:
    if not found.edges and found.values:
        yield from (*found.values, "any other value")
        return
    if not found.edges:
        yield from ("all",) * len(found.before)
        return
    yield f"up to {_edge(found.edges[0])}"
    yield from (f"{_edge(low)} to {_edge(high)}" for low, high in pairwise(found.edges))
    yield f"above {_edge(found.edges[-1])}"


def _edge(value: float) -> str:
    return number(value) if value == int(value) else f"{value:,.4g}"
