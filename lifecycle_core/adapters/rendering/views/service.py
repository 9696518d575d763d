"""A service that answers: where, with which release, and how to ask it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Group
from rich.text import Text

from lifecycle_core.adapters.rendering.rows import facts, title

if TYPE_CHECKING:
    from rich.console import RenderableType

    from lifecycle_core.schema.serving import Service


def values(record: Service) -> dict[str, Any]:
    """Add how it follows."""
    return {"follows": _follows(record)}


def text(record: Service) -> list[RenderableType]:
    """Return the address, what answers there, and a command that asks it."""
    head = title("Serving", record.release, f"version {record.version}")
    pairs = [
        ("Address", record.address),
        ("Follows", _follows(record)),
        ("Deadline", f"{record.deadline_ms:g} ms"),
        ("Log", record.log or "none"),
    ]
    # In a group of its own: it is to be copied, so it must stay on one line.
    command = Text(f"\n{record.curl}", no_wrap=True, overflow="ignore")
    return [head, facts(*pairs), Group(command)]


def _follows(record: Service) -> str:
    return f"the {record.alias}" if record.alias else "no alias"
