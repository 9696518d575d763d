"""How the steps of a pipeline stand, one line each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from lifecycle_core.adapters.rendering.plain import one_line
from lifecycle_core.adapters.rendering.rows import mark, table, title
from lifecycle_core.adapters.rendering.words import size

if TYPE_CHECKING:
    from rich.console import RenderableType

    from lifecycle_core.schema.pipeline_run import PipelineState


def values(record: PipelineState) -> dict[str, Any]:
    """Add the summary."""
    return {"summary": _summary(record), "next": _next(record)}


def text(record: PipelineState) -> list[RenderableType]:
    """Return one line a step, and what to do next."""
    made = table("Step", "State", "Seconds", "Size", "What changed", numbers=["Seconds", "Size"])
    for step in record.steps:
        made.add_row(
            Text(step.name),
            mark("fresh" if step.fresh else "stale"),
            "" if step.seconds is None else f"{step.seconds:.2f}",
            "" if step.bytes is None else size(step.bytes),
            Text(one_line("; ".join(step.why))),
        )
    return [title(f"Pipeline {record.pipeline}: {_summary(record)}"), made, Text(_next(record))]


def _summary(record: PipelineState) -> str:
    stale = sum(not step.fresh for step in record.steps)
    return f"{stale} of {len(record.steps)} steps are stale."


def _next(record: PipelineState) -> str:
    if all(step.fresh for step in record.steps):
        return "Nothing to do."
    return f"Next: nbrelease pipeline run {record.pipeline}"
