"""One self-contained HTML page about checked notebooks, which loads nothing and runs nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lifecycle_core.schema.reproductions import Reproductions


def page(record: Reproductions) -> str:
    """Return the page."""
    return str(record)
