"""One event of the ledger, and whether it counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from lifecycle_core.adapters.rendering.rows import facts, title
from lifecycle_core.adapters.rendering.words import moment, short_digest

if TYPE_CHECKING:
    from rich.console import RenderableType

    from lifecycle_core.schema.release import Entry


def values(record: Entry) -> dict[str, Any]:  # noqa: ARG001 - the record says it all
    """Add nothing."""
    return {}


def text(record: Entry) -> list[RenderableType]:
    """Return what moved, and the facts."""
    event = record.event
    done = Text("✓ done", style="green") if record.valid else Text("✕ not counted", style="red")
    pairs = [
        ("Action", f"{event.action}, entry {event.seq} of the ledger"),
        ("Bundle", short_digest(event.bundle_digest)),
        ("By", f"{event.actor} ({event.actor_proof})"),
        ("At", moment(event.at)),
        *([("Reason", event.reason)] if event.reason else []),
        *([("Note", record.note)] if record.note else []),
    ]
    moved = f"{event.release} {event.alias} -> version {event.target_version}"
    return [title(done, moved), facts(*pairs)]
