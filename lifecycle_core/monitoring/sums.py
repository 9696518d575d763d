"""Counts of several windows added up: they are all made with the same bins, so sums are exact."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from lifecycle_core.schema.window_counts import ColumnCounts, ScoreGroup, WindowCounts

if TYPE_CHECKING:
    from collections.abc import Sequence


def added(windows: Sequence[WindowCounts]) -> WindowCounts:
    """Return what windows hold together: rows, decisions, score groups and columns.

    What cannot be added, such as quantiles, is left out.

    Example:
        >>> two = added([WindowCounts(rows=3, decided=3, acted=1), WindowCounts(rows=2)])
        >>> two.rows, two.decided, two.acted
        (5, 3, 1)
    """
    groups: dict[tuple[float, bool], Counter[str]] = {}
    for window in windows:
        for group in window.groups:
            held = groups.setdefault((group.score, group.acted), Counter())
            held.update(rows=group.rows, positives=group.positives, negatives=group.negatives)
    names = list(dict.fromkeys(each.name for window in windows for each in window.columns))
    return WindowCounts(
        rows=sum(window.rows for window in windows),
        decided=sum(window.decided for window in windows),
        acted=sum(window.acted for window in windows),
        labelled=sum(window.labelled for window in windows),
        groups=tuple(
            ScoreGroup(score=score, acted=acted, **counts)
            for (score, acted), counts in sorted(groups.items())
        ),
        columns=tuple(
            _column([each for window in windows for each in window.columns if each.name == name])
            for name in names
        ),
    )


def _column(parts: Sequence[ColumnCounts]) -> ColumnCounts:
    categories: Counter[str] = Counter(dict.fromkeys(parts[0].categories, 0))
    for part in parts:
        categories.update(part.categories)
    return ColumnCounts(
        name=parts[0].name,
        missing=sum(part.missing for part in parts),
        edges=parts[0].edges,
        counts=tuple(sum(bins) for bins in zip(*(part.counts for part in parts), strict=True)),
        categories=dict(categories),
        other=sum(part.other for part in parts),
    )
