"""All experiments of a release, one line each, the newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from lifecycle_core.adapters.rendering.rows import mark, table, title
from lifecycle_core.adapters.rendering.words import how_many, moment

if TYPE_CHECKING:
    from rich.console import RenderableType

    from lifecycle_core.schema.experiment import Experiments


def values(record: Experiments) -> dict[str, Any]:
    """Add a row for each."""
    return {
        "rows": [
            {
                "state": each.state,
                "name": each.frozen.plan.name,
                "metric": each.frozen.plan.metric.name,
                "started": moment(each.frozen.started),
                "stopped": moment(each.stopped) if each.stopped else "",
                "reason": each.reason,
            }
            for each in reversed(record.experiments)
        ],
        "count": how_many(len(record.experiments), "experiment"),
    }


def text(record: Experiments) -> list[RenderableType]:
    """Return the same."""
    found = values(record)
    made = table("State", "Name", "Metric", "Started", "Stopped", "Why")
    for row in found["rows"]:
        made.add_row(
            mark(row["state"]), Text(row["name"]), Text(row["metric"]), row["started"],
            row["stopped"], Text(row["reason"]),
        )  # fmt: skip
    return [title(f"{record.release}: {found['count']}"), *([made] if found["rows"] else [])]
