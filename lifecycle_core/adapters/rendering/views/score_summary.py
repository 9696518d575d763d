"""What a scoring run wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.rendering.rows import facts, title
from lifecycle_core.adapters.rendering.words import short_digest

if TYPE_CHECKING:
    from rich.console import RenderableType

    from lifecycle_core.schema.release import ScoreSummary


def values(record: ScoreSummary) -> dict[str, Any]:  # noqa: ARG001 - the record says it all
    """Add nothing."""
    return {}


def text(record: ScoreSummary) -> list[RenderableType]:
    """Return the counts and where they are."""
    by = f"{record.release} version {record.version} ({short_digest(record.bundle_digest)})"
    acted = [] if record.acted_on is None else [("To be acted on", f"{record.acted_on:,}")]
    where = record.rejects or "column `unscored`"
    left_out = f"{record.unscored:,}, as they break the data contract: see {where}"
    refused = f"{record.refused:,} rows, by the receiver: see {record.dead_letters}"
    pairs = [
        ("By", by),
        *acted,
        *([("Without a score", left_out)] if record.unscored else []),
        ("Written to", record.output),
        *([("Refused", refused)] if record.refused else []),
        *([("Logged", f"{record.logged:,} rows")] if record.logged is not None else []),
    ]
    return [title(f"{record.rows:,} rows scored"), facts(*pairs)]
