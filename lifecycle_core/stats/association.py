"""How closely two columns go together, and which ones do: those are explained as one.

Numbers: Spearman's rank correlation. Where a category takes part: Cramér's V, corrected for chance
(Bergsma 2013), with numbers cut into bins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lifecycle_core.stats.drift import quantile_edges

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray


def groups_of(columns: Mapping[str, NDArray[Any]], *, least: float) -> tuple[tuple[str, ...], ...]:
    """Return columns in groups: two stand together if a chain of associations joins them.

    Args:
        columns: By name, n values each: numbers as float64 with NaN for a missing one, or text.
        least: Association from which two are joined, in (0, 1].

    Returns:
        Groups in the order of their first columns, each in the order of the columns.

    Example:
        >>> x = np.arange(20.0)
        >>> groups_of({"a": x, "b": np.sin(9 * x), "c": -x**3}, least=0.9)
        (('a', 'c'), ('b',))
    """
    names = list(columns)
    group = {name: name for name in names}
    for at, one in enumerate(names):
        for other in names[at + 1 :]:
            if group[one] != group[other] and association(columns[one], columns[other]) >= least:
                gone, kept = group[other], group[one]
                group = {name: kept if its == gone else its for name, its in group.items()}
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(group[name], []).append(name)
    return tuple(tuple(members) for members in found.values())


def association(one: NDArray[Any], other: NDArray[Any]) -> float:
    """Return how closely two columns go together, over rows where both have a value.

    Args:
        one: n values, numbers or text.
        other: n values, likewise.

    Returns:
        In [0, 1]; 0 where one of them does not vary.

    Example:
        >>> association(np.array(["a", "b"] * 50), np.array([1.0, 2.0] * 50)) > 0.99
        True
    """
    there = _present(one) & _present(other)
    one, other = one[there], other[there]
    if one.dtype.kind == "f" and other.dtype.kind == "f":
        return _rank_correlation(one, other)
    return _cramer(_codes(one), _codes(other))


def _present(values: NDArray[Any]) -> NDArray[np.bool_]:
    if values.dtype.kind == "f":
        return np.asarray(~np.isnan(values), dtype=bool)
    return np.ones(len(values), dtype=bool)


def _rank_correlation(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    first, second = _ranks(one), _ranks(other)
    if not (first.size and np.ptp(first) and np.ptp(second)):
        return 0.0
    first, second = first - first.mean(), second - second.mean()
    return float(abs(first @ second) / np.sqrt((first @ first) * (second @ second)))


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ranks; equal values share the mean of theirs."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    middle: NDArray[np.float64] = np.cumsum(counts) - (counts - 1) / 2.0
    return middle[place]


def _codes(values: NDArray[Any]) -> NDArray[np.int64]:
    if values.dtype.kind == "f" and len(np.unique(values)) > 20:  # noqa: PLR2004 - as many as bins can tell
        edges = quantile_edges(values)
        values = np.searchsorted(edges, values)
    return np.unique(values, return_inverse=True)[1]


def _cramer(one: NDArray[np.int64], other: NDArray[np.int64]) -> float:
    n = len(one)
    if n < 2 or not one.any() or not other.any():  # noqa: PLR2004 - one row goes together with itself
        return 0.0
    rows, columns = int(one.max()) + 1, int(other.max()) + 1
    table = np.bincount(one * columns + other, minlength=rows * columns).reshape(rows, columns)
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0, keepdims=True) / n
    phi = float(((table - expected) ** 2 / expected).sum()) / n
    phi = max(0.0, phi - (rows - 1) * (columns - 1) / (n - 1))
    least = min(rows - (rows - 1) ** 2 / (n - 1), columns - (columns - 1) ** 2 / (n - 1)) - 1
    return float(np.sqrt(phi / least)) if least > 0 else 0.0
