"""Decimals for receivers that know whole numbers and floats only: JSON, and SQLite's driver."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal


def as_number(value: Decimal) -> int | float:
    """Return a decimal as a whole number where it is one, else as the nearest float.

    Example:
        >>> from decimal import Decimal
        >>> as_number(Decimal("12.00")), as_number(Decimal("12.5"))
        (12, 12.5)
    """
    return int(value) if value == value.to_integral_value() else float(value)
