"""How one cell of a reproduction compares: its outputs, stored beside fresh."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from lifecycle_core.adapters.rendering.rows import mark, table, title

if TYPE_CHECKING:
    from rich.console import RenderableType

    from lifecycle_core.schema.reproduction import CellResult

_NOTHING = "(no output)"


def values(record: CellResult) -> dict[str, Any]:
    """Add nothing: the record says it all."""
    return {"differs": bool(record.stored or record.fresh)}


def text(record: CellResult) -> list[RenderableType]:
    """Return the verdict and, where it differs, both outputs side by side."""
    head = title(mark(record.status), f"cell {record.index}: {record.label}")
    lines: list[RenderableType] = [head]
    if record.detail:
        lines.append(Text(record.detail))
    if record.normalisers:
        lines.append(Text(f"Set aside: {', '.join(record.normalisers)}", style="dim"))
    if values(record)["differs"]:
        pair = table("Stored in the notebook", "From the clean run")
        pair.add_row(Text(record.stored or _NOTHING), Text(record.fresh or _NOTHING))
        lines += [Text(), pair]
    return lines
