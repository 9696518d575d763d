"""The six checkpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.rendering.rows import checkpoint_table, title

if TYPE_CHECKING:
    from rich.console import RenderableType

    from lifecycle_core.schema.checkpoint import Checkpoints


def values(record: Checkpoints) -> dict[str, Any]:
    """Count what is passed or waived."""
    return {"passed": sum(r.result in {"pass", "waived"} for r in record.results)}


def text(record: Checkpoints) -> list[RenderableType]:
    """Return the count and the table."""
    passed = values(record)["passed"]
    return [
        title("Checkpoints", record.release, f"({passed} of {len(record.results)} passed)"),
        checkpoint_table(record.results),
    ]
