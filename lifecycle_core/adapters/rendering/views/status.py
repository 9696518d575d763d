"""All versions of one release name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from lifecycle_core.adapters.rendering.rows import mark, table, title
from lifecycle_core.adapters.rendering.words import moment, short_digest

if TYPE_CHECKING:
    from rich.console import RenderableType

    from lifecycle_core.schema.release import Status


def values(record: Status) -> dict[str, Any]:  # noqa: ARG001 - the record says it all
    """Add nothing."""
    return {}


def text(record: Status) -> list[RenderableType]:
    """Return the versions, newest first."""
    made = table("Version", "Aliases", "Reproduction", "Bundle", "Registered", numbers=["Version"])
    for release in sorted(record.releases, key=lambda found: -found.version):
        made.add_row(
            str(release.version),
            Text(", ".join(release.aliases)),
            mark(release.verdict) if release.verdict else "",
            short_digest(release.bundle_digest),
            moment(release.created),
        )
    count = len(record.releases)
    return [title("Release", record.name, f"({count} version{'s' * (count != 1)})"), made]
