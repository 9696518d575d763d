"""What lies behind the drift of a column: rows by bin, of a window and of its reference."""

from __future__ import annotations

from pydantic import Field

from lifecycle_core.schema.base import Record


class Distribution(Record):
    """How the rows of one column lie in the window and in the reference: counts, and no rows.

    Attributes:
        column: A feature, `score`, or `decision`, whose values are `acted on` and `left alone`.
        edges: Inner edges of the bins of a number, rising; empty for a category.
        values: Of a category, the most frequent ones of the reference; empty for a number.
        before: Rows of the reference: of a number at or below the first edge, ..., above the last
            one; of a category by value, and last with any other value.
        now: Rows of the window, likewise.
        missing_before: Rows of the reference without a value.
        missing_now: Likewise, of the window.
    """

    column: str
    edges: tuple[float, ...] = ()
    values: tuple[str, ...] = ()
    before: tuple[int, ...] = ()
    now: tuple[int, ...] = ()
    missing_before: int = Field(default=0, ge=0)
    missing_now: int = Field(default=0, ge=0)
