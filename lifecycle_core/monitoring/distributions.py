"""What lies behind drift: the counts of a window and of the reference, column by column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.monitoring.versions import answers_of, main_version
from lifecycle_core.schema.distribution import Distribution

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifecycle_core.schema.window_counts import ColumnCounts, WindowCounts

_MOST_VALUES = 12
_FEWEST_ROWS = 5  # a value that fewer rows have may name somebody
DECISIONS = ("acted on", "left alone")


def distributions_of(reference: WindowCounts, window: WindowCounts) -> tuple[Distribution, ...]:
    """Return what was counted of every column that drift is told of.

    Args:
        reference: Of windows before, or of the training table.
        window: Counted with the same bins.

    Returns:
        Decision and score, of the version that answered most of the window, then features. Of a
        category at most 12 values stand by name, and those with fewer than 5 rows in the reference
        do not; they count with the others. Columns without rows on one side are left out.

    Example:
        >>> from lifecycle_core.schema.window_counts import ColumnCounts, WindowCounts
        >>> def of(*rows: int) -> WindowCounts:
        ...     tenure = ColumnCounts(name="tenure", edges=(12.0,), counts=rows)
        ...     return WindowCounts(rows=sum(rows), columns=(tenure,))
        >>> found = distributions_of(of(60, 40), of(9, 1))[0]
        >>> found.edges, found.before, found.now
        ((12.0,), (60, 40), (9, 1))
    """
    return tuple(_distributions(reference, window))


def _distributions(reference: WindowCounts, window: WindowCounts) -> Iterator[Distribution]:
    version = main_version(window)
    before, now = answers_of(reference, version), answers_of(window, version)
    if before is not None and now is not None:
        if before.decided and now.decided:
            yield Distribution(
                column="decision",
                values=DECISIONS,
                before=(before.acted, before.decided - before.acted, 0),
                now=(now.acted, now.decided - now.acted, 0),
            )
        yield from _of_column(before.score, now.score)
    current = {each.name: each for each in window.columns}
    for old in reference.columns:
        if old.name in current:
            yield from _of_column(old, current[old.name])


def _of_column(old: ColumnCounts, new: ColumnCounts) -> Iterator[Distribution]:
    if not old.present + old.missing or not new.present + new.missing:
        return
    found = Distribution(column=old.name, missing_before=old.missing, missing_now=new.missing)
    if old.counts and new.counts:
        yield found.model_copy(update={"edges": old.edges, "before": old.counts, "now": new.counts})
    elif old.categories:
        frequent = sorted(old.categories, key=lambda value: (-old.categories[value], value))
        named = [value for value in frequent if old.categories[value] >= _FEWEST_ROWS]
        values = tuple(named[:_MOST_VALUES])
        sides = []
        for side in (old, new):
            rows = [side.categories.get(value, 0) for value in values]
            sides.append((*rows, side.present - sum(rows)))
        yield found.model_copy(update={"values": values, "before": sides[0], "now": sides[1]})
