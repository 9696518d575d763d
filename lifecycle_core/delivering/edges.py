"""Made-up rows at the edges: where two ways of computing one score would part if they could.

sample + contract + thresholds --edge_rows--> columns, and what is odd about each row
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lifecycle_core.schema.contract import Contract, Feature

_UNSEEN = "\u2205 unseen"
_QUANTILES = 7
_THRESHOLDS = 48
# Odd integers from 2^24 on have no float32, those from 2^53 on no float64.
_WIDE = (2**24 - 1, 2**24 + 1, 2**31, 2**53 - 1, 2**53 + 1)
_EXTREMES = (0.0, -0.0, 5e-324, 1e-40, 1e-8, 3.4e38, 3.41e38, 1e300)


class Edges(NamedTuple):
    """Rows that differ from rows of a sample in one value each, or in all that may be missing.

    Attributes:
        columns: By name, the values.
        odd: For each row what is odd about it.
    """

    columns: dict[str, list[Any]]
    odd: list[str]


def edge_rows(
    contract: Contract,
    sample: Mapping[str, Sequence[Any]],
    thresholds: Mapping[str, Sequence[float]],
) -> Edges:
    """Return rows at the edges of each feature.

    Args:
        contract: The features; a row may break its rules.
        sample: By name, n values each, n > 0; None for a missing one.
        thresholds: By name, values at which the model is known to turn.

    Example:
        >>> from lifecycle_core.schema.contract import Contract, Feature
        >>> paid = Feature(name="paid", type="boolean", required=True)
        >>> edge_rows(Contract(name="c", features=(paid,)), {"paid": [True]}, {}).odd
        ['paid = None', 'paid = True', 'paid = False']
    """
    count = len(next(iter(sample.values())))
    columns: dict[str, list[Any]] = {feature.name: [] for feature in contract.features}
    odd: list[str] = []
    for feature in contract.features:
        values = _edges(feature, sample[feature.name], thresholds.get(feature.name, ()))
        for value in values:
            base = len(odd) * 7919 % count  # a prime spreads them over the sample
            for name, column in columns.items():
                column.append(value if name == feature.name else sample[name][base])
            odd.append(f"{feature.name} = {value!r}")
    return Edges(columns, odd)


def _edges(feature: Feature, sample: Sequence[Any], thresholds: Sequence[float]) -> Iterator[Any]:
    yield None
    if feature.type == "boolean":
        yield from (True, False)
    elif feature.type == "string":
        yield from dict.fromkeys((*feature.categories, *sample[:50], "", _UNSEEN))
    elif feature.type in {"integer", "number"}:
        turns = _spread(sorted(set(thresholds)), _THRESHOLDS)
        known = [value for value in (feature.minimum, feature.maximum) if value is not None]
        seen = sorted({float(value) for value in sample if value is not None})
        around = [*known, *_spread(seen, _QUANTILES), *turns]
        numbers = _integers(around) if feature.type == "integer" else _numbers(around)
        yield from dict.fromkeys(numbers)


def _integers(around: Sequence[float]) -> Iterator[int]:
    for value in around:
        yield from (
            math.floor(value) - 1,
            math.floor(value),
            math.ceil(value),
            math.ceil(value) + 1,
        )
    for wide in _WIDE:
        yield from (wide, -wide)


def _numbers(around: Sequence[float]) -> Iterator[float]:
    for value in around:
        short = np.float32(value)
        yield value
        for near in (value, float(short)):
            yield from (math.nextafter(near, -math.inf), near, math.nextafter(near, math.inf))
        for near in (
            np.nextafter(short, np.float32(-np.inf)),
            np.nextafter(short, np.float32(np.inf)),
        ):
            yield float(near)
    for extreme in (*_EXTREMES, *map(float, _WIDE)):
        yield from (extreme, -extreme)


def _spread(values: Sequence[float], most: int) -> Sequence[float]:
    """Return at most so many of sorted values, with the first and the last, evenly spaced."""
    if len(values) <= most:
        return values
    return [values[round(at)] for at in np.linspace(0, len(values) - 1, most)]
