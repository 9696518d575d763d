"""What came of a table of outcomes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.rendering.rows import facts, title

if TYPE_CHECKING:
    from rich.console import RenderableType

    from lifecycle_core.schema.prediction import OutcomesTold

_BY = {"prediction": "the ids of predictions", "key": "the business key"}


def values(record: OutcomesTold) -> dict[str, Any]:
    """Add the counts by what they are of, and what rows were found by."""
    counts = {
        "Rows of the table": record.rows,
        "Known before": record.known,
        "Say nothing yet": record.empty,
    }
    shown = {name: f"{count:,}" for name, count in counts.items() if count}
    return {"counts": shown, "by": _BY.get(record.by, record.by)}


def text(record: OutcomesTold) -> list[RenderableType]:
    """Return the counts, and where the outcomes are."""
    found = values(record)
    pairs = [*found["counts"].items(), ("Found by", found["by"]), ("Log", record.log)]
    return [title(f"{record.added:,} outcomes of {record.release} added"), facts(*pairs)]
