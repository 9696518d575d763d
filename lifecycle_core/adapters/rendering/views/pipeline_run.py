"""A run of a pipeline, step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from lifecycle_core.adapters.rendering.graph import Box, lanes, links, picture, taken
from lifecycle_core.adapters.rendering.pictures import figure_counts, plates
from lifecycle_core.adapters.rendering.plain import one_line, visible
from lifecycle_core.adapters.rendering.rows import mark, table, title
from lifecycle_core.adapters.rendering.words import known_duration, size, step_counts

if TYPE_CHECKING:
    from rich.console import RenderableType

    from lifecycle_core.schema.pipeline_run import PipelineRun, StepRun

_SHOWN = 3


def values(record: PipelineRun) -> dict[str, Any]:
    """Add the graph, the summary, and of each step what there is to say of it."""
    boxes = [
        Box(
            name=step.name,
            state=step.status,
            seconds=_seconds(step),
            bytes=step.bytes if step.status in {"ran", "fresh"} else None,
            said=note(step),
        )
        for step in record.steps
    ]
    return {
        "drawn": picture(boxes, links(record.steps)),
        "plates": plates(record.steps),
        "summary": summary(record),
        "rows": [
            (step, known_duration(_seconds(step)), taken(step), note(step)) for step in record.steps
        ],
        "elsewhere": elsewhere(record),
    }


def text(record: PipelineRun) -> list[RenderableType]:
    """Return one line a step, then where and why those failed that did."""
    made = table("Step", "Result", "Seconds", "Size", "Why", numbers=["Seconds", "Size"])
    for before, step in zip(lanes(record.steps), record.steps, strict=True):
        ended = step.status in {"ran", "fresh"}
        made.add_row(
            Text(f"{before} {one_line(step.name)}"),
            mark(step.status),
            f"{step.seconds:.2f}" if step.status != "not_run" else "",
            size(step.bytes) if ended else "",
            Text(note(step)),
        )
    head = title(f"Pipeline {record.pipeline}:", mark(record.exit))
    parts: list[RenderableType] = [head, made]
    for step in record.steps:
        if step.status == "failed":
            parts.append(Text(f"Step {step.name} failed{place(step)}.", style="bold red"))
            parts.append(Text(visible(step.trace or step.error).rstrip()))
            if step.printed:
                parts.append(Text(f"It had printed:\n{visible(step.printed).rstrip()}"))
    if counts := figure_counts(record.steps):
        parts.append(Text(counts, style="dim"))
    parts += [Text(f"Note: {one_line(hook)}", style="yellow") for hook in record.hooks]
    if other := elsewhere(record):
        parts.append(Text(other, style="yellow"))
    parts.append(Text(summary(record)))
    if record.exit == "failed":
        parts.append(
            Text(f"Next: mend it, then: nbrelease pipeline run {record.pipeline}; it resumes there")
        )
    return parts


def _seconds(step: StepRun) -> float | None:
    return None if step.status == "not_run" else step.seconds


def summary(record: PipelineRun) -> str:
    """Return how many steps ended in which way, in one sentence."""
    return step_counts(step.status for step in record.steps)


def elsewhere(record: PipelineRun) -> str:
    """Return how the environment differs from the one of the proof; empty if it does not."""
    first = record.environment[:_SHOWN]
    if not first:
        return ""
    rest = len(record.environment) - len(first)
    more = f"; and {rest} more" if rest else ""
    return one_line(f"The environment is another than the pipeline's: {'; '.join(first)}{more}.")


def note(step: StepRun) -> str:
    """Return why a step ran, or what went wrong in it, in one line."""
    if step.status == "failed":
        where = place(step).removeprefix(" in ")
        return one_line(f"{where}: {step.error}" if where else step.error)
    if step.status == "not_run":
        return "it stands behind a step that failed"
    return one_line("; ".join(step.why))


def place(step: StepRun) -> str:
    """Return in which cell and line of the notebook a step failed, as far as that is known."""
    if step.cell is None:
        return ""
    return f" in cell {step.cell}" + (f", line {step.line}" if step.line else "")
