"""What was done with the tables of a log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from lifecycle_core.adapters.rendering.rows import facts, table, title

if TYPE_CHECKING:
    from rich.console import RenderableType

    from lifecycle_core.schema.prediction import LogUpkeep

_DONE = {
    "drain": "Waiting rows are in the tables",
    "compact": "Small files are merged",
    "retain": "Older days are gone",
    "forget": "No file holds a row of the key",
}
_NUMBERS = ("Rows before", "Rows now", "Files before", "Files now", "Files deleted")


def values(record: LogUpkeep) -> dict[str, Any]:
    """Add what was done, in words, and the counts of each table."""
    rows = [
        (
            each.table,
            *(
                f"{count:,}"
                for count in (
                    each.rows_before,
                    each.rows_after,
                    each.files_before,
                    each.files_after,
                    each.files_removed,
                )
            ),
        )
        for each in record.tables
    ]
    return {"done": _DONE[record.action], "numbers": _NUMBERS, "rows": rows}


def text(record: LogUpkeep) -> list[RenderableType]:
    """Return what was done, and the counts of each table."""
    found = values(record)
    shown: list[RenderableType] = [title(found["done"])]
    if found["rows"]:
        rows = table("Table", *_NUMBERS, numbers=_NUMBERS)
        for name, *counts in found["rows"]:
            rows.add_row(Text(name), *counts)
        shown.append(rows)
    where = ("Tables at", record.address)
    lines = [where, ("Write-ahead logs drained", f"{record.write_ahead_logs:,}")]
    if record.damaged_removed:
        lines.append(("Damaged files removed, whole", f"{record.damaged_removed:,}"))
    return [*shown, facts(*lines)]
