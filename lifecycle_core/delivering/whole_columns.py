"""Whole columns of large requests: told at once where every value is good, by their types and ends.

What is not told here is looked at value by value, by the column's reader, which says what is wrong.
"""

from __future__ import annotations

from datetime import date
from math import inf, isfinite
from types import NoneType
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lifecycle_core.schema.contract import Feature

    Whole = Callable[[Sequence[Any]], list[Any] | None]

_INTEGERS = 1 << 63
_KINDS: dict[str, frozenset[type]] = {
    "number": frozenset({float, int}),
    "integer": frozenset({int}),
    "string": frozenset({str}),
    "boolean": frozenset({bool}),
    "date": frozenset({date}),
    "timestamp": frozenset(),  # a zone may have to go
}


def whole_of(feature: Feature) -> Whole:
    """Return what reads a column of good values at once, and gives None for any other.

    Example:
        >>> from lifecycle_core.schema.contract import Feature
        >>> whole = whole_of(Feature(name="charges", type="number", required=False, minimum=0))
        >>> whole([1, 2.5, None])
        [1.0, 2.5, None]
        >>> whole([1, -2.5]) is None
        True
    """
    kinds = _KINDS[feature.type] | (frozenset() if feature.required else {NoneType})
    take = {"number": _numbers, "integer": _integers}.get(feature.type, _others)(feature)

    def read(values: Sequence[Any]) -> list[Any] | None:
        return take(values) if set(map(type, values)) <= kinds else None

    return read


def _numbers(feature: Feature) -> Whole:
    low, high = _bounds(feature)

    def take(values: Sequence[Any]) -> list[Any] | None:
        there = [value for value in values if value is not None]
        try:
            numbers = np.array(there, dtype=np.float64)
        except OverflowError:
            return None
        # What is no number is neither of the ends, and makes the comparison fail.
        least, most = float(numbers.min(initial=inf)), float(numbers.max(initial=-inf))
        if there and not (low <= least <= most <= high and isfinite(least) and isfinite(most)):
            return None
        return [None if value is None else float(value) for value in values]

    return take if not feature.categories else lambda _: None


def _integers(feature: Feature) -> Whole:
    low, high = _bounds(feature)
    low, high = max(low, -_INTEGERS), min(high, _INTEGERS - 1)

    def take(values: Sequence[Any]) -> list[Any] | None:
        there = [value for value in values if value is not None]
        good = not there or low <= min(there) <= max(there) <= high
        return list(values) if good else None

    return take if not feature.categories else lambda _: None


def _others(feature: Feature) -> Whole:
    allowed = frozenset(feature.levels) | {None}
    free = not feature.categories

    def take(values: Sequence[Any]) -> list[Any] | None:
        return list(values) if free or allowed.issuperset(values) else None

    return take


def _bounds(feature: Feature) -> tuple[float, float]:
    low = -inf if feature.minimum is None else feature.minimum
    high = inf if feature.maximum is None else feature.maximum
    return low, high
