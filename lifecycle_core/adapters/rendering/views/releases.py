"""Every release name in a registry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from lifecycle_core.adapters.rendering.rows import table, title
from lifecycle_core.schema.release import ALIASES

if TYPE_CHECKING:
    from rich.console import RenderableType

    from lifecycle_core.schema.release import Releases, Status


def values(record: Releases) -> dict[str, Any]:
    """Add where each alias of each name points."""
    return {"aliases": ALIASES, "places": {s.name: places(s) for s in record.names}}


def text(record: Releases) -> list[RenderableType]:
    """Return one line for each name."""
    made = table("Release", "Versions", *ALIASES, numbers=["Versions"])
    for status in record.names:
        points = [f"version {v}" if v else "nowhere" for v in places(status).values()]
        made.add_row(Text(status.name), str(len(status.releases)), *points)
    count = len(record.names)
    head = title(f"{count} release{'s' * (count != 1)} in", record.registry)
    return (
        [head, made]
        if count
        else [head, Text("Next: nbrelease run NOTEBOOK, or %package in a notebook.")]
    )


def places(status: Status) -> dict[str, int | None]:
    """Return the version each alias points at; None for nowhere."""
    found: dict[str, int | None] = dict.fromkeys(ALIASES)
    for release in status.releases:
        found |= {alias: release.version for alias in release.aliases if alias in found}
    return found | {a: head.version for a, head in status.heads.items() if a in found}
