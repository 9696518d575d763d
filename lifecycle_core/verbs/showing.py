"""A record as people see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lifecycle_core.schema.base import Record


def to_html(record: Record) -> str:
    """Return a record as an HTML fragment that loads and runs nothing."""
    from lifecycle_core.adapters.rendering import to_html as render

    return render(record)


def to_text(record: Record, *, width: int = 100, color: bool = False) -> str:
    """Return a record as text, `width` characters wide."""
    from lifecycle_core.adapters.rendering import to_text as render

    return render(record, width=width, color=color)
