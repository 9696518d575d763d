"""Signs that a column no longer means what it did: another unit, renamed values, new codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from lifecycle_core.schema.window_counts import MOST_VALUES, SegmentCounts
from lifecycle_core.stats.unit_change import unit_change

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifecycle_core.schema.window_counts import ColumnCounts, WindowCounts

_QUANTILES = 19
_TAILS = 21  # edges of a column whose outer ones are its 0.1% and 99.9% quantiles
_MANY = 0.005  # share of rows beyond such a quantile that only equal values bring about
_SAMPLED = 50_000  # rows that quantiles are read from
_SEEN = 0.01  # share of rows from which it matters that a value is gone
_ABOUT = 2.0  # times more or fewer rows that are still about as many
_NOISE = 4.0  # standard errors of a share, of which a column has some twenty
_EXPECTED = 10  # rows: so many are never missed by chance


class Change(NamedTuple):
    """One sign.

    Attributes:
        column: Of the feature.
        kind: What may have changed.
        note: A sentence for people.
    """

    column: str
    kind: Literal["unit", "meaning", "level"]
    note: str


def changes_of(reference: WindowCounts, window: WindowCounts) -> tuple[Change, ...]:
    """Return the signs in a window.

    Args:
        reference: Of windows before.
        window: Counted with the same bins.

    Example:
        >>> from lifecycle_core.schema.window_counts import ColumnCounts, WindowCounts
        >>> def of(categories: dict[str, int], other: int) -> WindowCounts:
        ...     column = ColumnCounts(name="plan", categories=categories, other=other)
        ...     return WindowCounts(rows=500, columns=(column,))
        >>> changes_of(of({"monthly": 400, "yearly": 100}, 0), of({"yearly": 95}, 405))[0].kind
        'meaning'
    """
    current = {each.name: each for each in window.columns}
    return tuple(
        change
        for old in reference.columns
        if (new := current.get(old.name)) is not None and old.present and new.present
        for change in (*_unit(old, new), *_meaning(old, new))
    )


def new_segments(
    reference: WindowCounts, window: WindowCounts, *, least: int
) -> tuple[SegmentCounts, ...]:
    """Return the segments that no window before has, and that are worth looking at.

    Args:
        reference: Of windows before; without rows nothing is new. Of a column with more values than
            are counted nothing is new either: what is not among them may have been there.
        window: The window.
        least: Rows that a segment needs. Ten have to be expected in the windows before, too, or it
            may have been missed there by chance.

    Returns:
        By column, the most frequent first.

    Example:
        >>> from lifecycle_core.schema.window_counts import WindowCounts
        >>> before = WindowCounts(rows=900, values={"plan": {"a": 900}})
        >>> now = WindowCounts(rows=300, values={"plan": {"a": 150, "b": 149, "c": 1}})
        >>> [each.value for each in new_segments(before, now, least=100)]
        ['b']
    """
    least_before = _EXPECTED / max(1, reference.rows) * window.rows
    return tuple(
        SegmentCounts(column=column, value=value, rows=rows)
        for column, values in window.values.items()
        if 0 < len(known := reference.values.get(column, {})) < MOST_VALUES
        for value, rows in values.items()
        if value not in known and rows >= max(least, least_before)
    )


def _unit(old: ColumnCounts, new: ColumnCounts) -> Iterator[Change]:
    if len(old.quantiles) != _QUANTILES or len(new.quantiles) != _QUANTILES:
        return
    tails = len(new.edges) == len(old.edges) == _TAILS
    below, above = (_beyond(old, new, at) if tails else 0.0 for at in (0, -1))
    found = unit_change(
        np.array(old.quantiles),
        np.array(new.quantiles),
        rows=min(old.present, new.present, _SAMPLED),
        below=below,
        above=above,
        far=None if new.far is None else (new.far[0] / new.present, new.far[1] / new.present),
    )
    if found is None:
        return
    if found.kind == "unit_changed":
        yield Change(old.name, "unit", f"Its unit seems to have changed: {found.name}.")
    elif found.kind == "mixed_units":
        yield Change(old.name, "unit", "Part of its rows seem to have another unit.")
    elif found.kind == "level_shift":
        yield Change(old.name, "level", "All its values have moved by about the same.")


def _beyond(old: ColumnCounts, new: ColumnCounts, at: int) -> float:
    """Return the share of rows by which an outer bin has grown.

    Of many equal values, such as zeros, none lies beyond the others: then it says nothing.
    """
    usual = old.counts[at] / old.present
    return new.counts[at] / new.present - usual if usual <= _MANY else 0.0


def _meaning(old: ColumnCounts, new: ColumnCounts) -> Iterator[Change]:
    rows = old.present + old.missing, new.present + new.missing
    gone = [
        value
        for value, count in old.categories.items()
        if count / rows[0] >= _SEEN
        and count / rows[0] * rows[1] >= _EXPECTED
        and not new.categories.get(value)
    ]
    lost = sum(old.categories[value] for value in gone) / rows[0]
    come = new.other / rows[1] - old.other / rows[0]
    if gone and come >= lost / 2:
        named = ", ".join(gone[:3]) + (", ..." if len(gone) > 3 else "")  # noqa: PLR2004 - as many as fit
        yield Change(
            old.name, "meaning", f"{named}: gone, and values that are new came as often. Renamed?"
        )
    share = old.missing / rows[0]
    if share < _SEEN or share * rows[1] < _EXPECTED or new.missing:
        return
    if _replaced(old, new, share):
        yield Change(
            old.name, "meaning", "No value is missing any more. Is there a code for it now?"
        )


def _replaced(old: ColumnCounts, new: ColumnCounts, share: float) -> bool:
    """Return whether one value, or bin, has grown by about as many rows as were missing before.

    Where an outage has ended all values grow in proportion. Where the population has changed, more
    than one does, or by another amount.
    """
    before, now = (
        np.array(
            [*side.counts, *(side.categories.get(each, 0) for each in old.categories), side.other]
        )
        for side in (old, new)
    )
    if before.shape != now.shape:
        return False
    usual = before / old.present
    grown = now / new.present - usual
    full = share * (1 - usual)  # of a value that all the missing rows have now
    pooled = (before + now) / (old.present + new.present)
    noise = np.sqrt(pooled * (1 - pooled) * (1 / old.present + 1 / new.present))
    spikes = np.flatnonzero((grown >= full / _ABOUT) & (grown > _NOISE * noise))
    return spikes.size == 1 and bool((grown <= full * _ABOUT)[spikes[0]])
