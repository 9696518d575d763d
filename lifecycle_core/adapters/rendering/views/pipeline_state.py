"""How the steps of a pipeline stand, one line each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from lifecycle_core.adapters.rendering.graph import Box, lanes, links, picture, taken
from lifecycle_core.adapters.rendering.pictures import figure_counts, plates
from lifecycle_core.adapters.rendering.plain import one_line
from lifecycle_core.adapters.rendering.rows import mark, table, title
from lifecycle_core.adapters.rendering.words import known_duration, size

if TYPE_CHECKING:
    from rich.console import RenderableType

    from lifecycle_core.schema.pipeline_run import PipelineState, StepState


def values(record: PipelineState) -> dict[str, Any]:
    """Add the graph, the summary, and of each step how long it took and what it takes."""
    boxes = [
        Box(
            name=step.name,
            state=_state(step),
            seconds=step.seconds,
            bytes=step.bytes,
            said="; ".join(step.why),
        )
        for step in record.steps
    ]
    return {
        "drawn": picture(boxes, links(record.steps)),
        "plates": plates(record.steps),
        "summary": _summary(record),
        "rows": [(step, known_duration(step.seconds), taken(step)) for step in record.steps],
        "next": _next(record),
    }


def text(record: PipelineState) -> list[RenderableType]:
    """Return one line a step, and what to do next."""
    made = table("Step", "State", "Seconds", "Size", "What changed", numbers=["Seconds", "Size"])
    for before, step in zip(lanes(record.steps), record.steps, strict=True):
        made.add_row(
            Text(f"{before} {one_line(step.name)}"),
            mark(_state(step)),
            "" if step.seconds is None else f"{step.seconds:.2f}",
            "" if step.bytes is None else size(step.bytes),
            Text(one_line("; ".join(step.why))),
        )
    parts: list[RenderableType] = [title(f"Pipeline {record.pipeline}: {_summary(record)}"), made]
    if counts := figure_counts(record.steps):
        parts.append(Text(counts, style="dim"))
    return [*parts, Text(_next(record))]


def _state(step: StepState) -> str:
    return "fresh" if step.fresh else "stale"


def _summary(record: PipelineState) -> str:
    stale = sum(not step.fresh for step in record.steps)
    return f"{stale} of {len(record.steps)} steps are stale."


def _next(record: PipelineState) -> str:
    if all(step.fresh for step in record.steps):
        return "Nothing to do."
    return f"Next: nbrelease pipeline run {record.pipeline}"
