"""Which comparisons of a review speak of the last windows."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lifecycle_core.schema.review import ColumnDrift


def recent(drift: Iterable[ColumnDrift]) -> tuple[ColumnDrift, ...]:
    """Return the comparisons with the windows before; where there are none, with the release.

    Example:
        >>> from lifecycle_core.schema.review import ColumnDrift
        >>> told = {"column": "plan", "what": "missing", "state": "drift", "tolerance": 0.1}
        >>> [each.against for each in recent([ColumnDrift(**told, against="release")])]
        ['release']
    """
    every = tuple(drift)
    before = tuple(each for each in every if each.against == "before")
    return before or tuple(each for each in every if each.against == "release")
