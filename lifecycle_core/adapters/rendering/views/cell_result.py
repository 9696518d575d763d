"""How one cell of a reproduction compares: its outputs, stored beside fresh."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from lifecycle_core.adapters.rendering.plain import one_line
from lifecycle_core.adapters.rendering.rows import mark, title
from lifecycle_core.adapters.rendering.views.reproduction import difference_lines, shown_cell

if TYPE_CHECKING:
    from rich.console import RenderableType

    from lifecycle_core.schema.reproduction import CellResult


def values(record: CellResult) -> dict[str, Any]:
    """Add the outputs side by side."""
    return {"shown": shown_cell(record)}


def text(record: CellResult) -> list[RenderableType]:
    """Return the verdict, what was set aside, and the lines that differ."""
    head = title(mark(record.status), f"cell {record.index}: {one_line(record.label)}")
    aside = [Text(f"Set aside: {', '.join(record.normalisers)}")] if record.normalisers else []
    return [head, *aside, *difference_lines(record)]
