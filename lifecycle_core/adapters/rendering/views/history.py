"""The ledger of one release name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from lifecycle_core.adapters.rendering.rows import table, title
from lifecycle_core.adapters.rendering.words import moment

if TYPE_CHECKING:
    from rich.console import RenderableType

    from lifecycle_core.schema.release import History


def values(record: History) -> dict[str, Any]:
    """Add what is wrong with the ledger."""
    return {"wrong": [*record.notes, *record.broken.values()]}


def text(record: History) -> list[RenderableType]:
    """Return the entries, newest first."""
    made = table("Entry", "What", "By", "At", "Reason", numbers=["Entry"])
    for entry in reversed(record.entries):
        event = entry.event
        what = Text(f"{event.action} {event.alias} -> version {event.target_version}")
        if not entry.valid:
            what.append(f"\n✕ not counted: {entry.note}", style="red")
        made.add_row(str(event.seq), what, Text(event.actor), moment(event.at), Text(event.reason))
    heads = [f"{head.alias} -> version {head.version}" for head in record.heads.values()]
    wrong = [Text(f"✕ {note}", style="red") for note in values(record)["wrong"]]
    points = Text("; ".join(heads) or "No alias moved.")
    return [title("History of", record.release), points, *wrong, made]
