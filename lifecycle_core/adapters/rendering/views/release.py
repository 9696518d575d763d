"""One registered version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.rendering.rows import facts, mark, title
from lifecycle_core.adapters.rendering.words import moment, short_digest

if TYPE_CHECKING:
    from rich.console import RenderableType

    from lifecycle_core.schema.release import Release


def values(record: Release) -> dict[str, Any]:  # noqa: ARG001 - the record says it all
    """Add nothing."""
    return {}


def text(record: Release) -> list[RenderableType]:
    """Return the version and its facts."""
    pairs = [
        ("Bundle", short_digest(record.bundle_digest)),
        ("Registered", moment(record.created)),
        ("Aliases", ", ".join(record.aliases) or "none"),
    ]
    verdict = [("Reproduction", mark(record.verdict))] if record.verdict else []
    return [title("Release", record.name, f"version {record.version}"), facts(*pairs, *verdict)]
