"""Counts over one table under one contract; the contract's activity judges them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMeasure:
    """How many rows of one column are at odds with its rules.

    Attributes:
        physical: The type that the file gives the column, such as `VARCHAR`.
        readable: The file's type can hold the agreed one; otherwise every value is mistyped.
        mistyped: Rows whose value cannot be read as the agreed type.
        nulls: Rows without a value; NaN counts as none.
        outside: Rows outside the agreed range, or infinite.
        unknown: Rows whose value is no agreed category.
        examples: For `type`, `range` and `category`, at most five of the values, as text.
    """

    physical: str = "VARCHAR"
    readable: bool = True
    mistyped: int = 0
    nulls: int = 0
    outside: int = 0
    unknown: int = 0
    examples: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """What was counted in one table.

    Attributes:
        columns: Every column of the table, in its order.
        rows: Number of rows.
        measures: By column name, for the contract's columns that the table has.
        newest: Largest value of the freshness column, in ISO form and in UTC, if it has one.
    """

    columns: tuple[str, ...]
    rows: int
    measures: Mapping[str, ColumnMeasure] = field(default_factory=dict)
    newest: str | None = None
