"""A pipeline as its graph, with how each step stands beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from lifecycle_core.adapters.rendering.graph import Box, lanes, links, picture, taken
from lifecycle_core.adapters.rendering.plain import one_line, visible
from lifecycle_core.adapters.rendering.rows import mark, table, title
from lifecycle_core.adapters.rendering.words import known_duration, size, step_counts

if TYPE_CHECKING:
    from rich.console import RenderableType

    from lifecycle_core.schema.pipeline_overview import PipelineOverview, StepOverview

_NOTICES = {
    "changed": "was changed after these steps were compiled. Save it, then `%pipeline compile`.",
    "gone": "is no longer where these steps were compiled from.",
}
_OPEN = frozenset({"waiting", "running", "not_run"})
"""States in which what a step took the last time would be taken for what it takes now."""


def values(record: PipelineOverview) -> dict[str, Any]:
    """Add the graph, the summary, what to be told first, and what to do next."""
    boxes = [
        Box(
            name=step.name,
            state=step.status,
            seconds=_seconds(step),
            bytes=_bytes(step),
            said=_note(step),
        )
        for step in record.steps
    ]
    return {
        "drawn": picture(boxes, links(record.steps)),
        "summary": _summary(record),
        "notice": _notice(record),
        "rows": [
            (step, known_duration(_seconds(step)), _size(step), taken(step), _note(step))
            for step in record.steps
        ],
        "failed": [step for step in record.steps if step.trace],
        "next": _next(record),
    }


def text(record: PipelineOverview) -> list[RenderableType]:
    """Return one line a step, then why those failed that did, and what to do next."""
    made = table("Step", "State", "Time", "Size", "Why", numbers=["Time", "Size"])
    for before, step in zip(lanes(record.steps), record.steps, strict=True):
        made.add_row(
            Text(f"{before} {one_line(step.name)}"),
            mark(step.status),
            known_duration(_seconds(step)),
            _size(step),
            Text(_note(step)),
        )
    notice = _notice(record)
    parts: list[RenderableType] = [title(f"Pipeline {record.pipeline}: {_summary(record)}")]
    parts += [Text(f"! {one_line(notice)}", style="yellow")] if notice else []
    parts.append(made)
    parts += [Text(visible(step.trace).rstrip()) for step in record.steps if step.trace]
    parts += [Text(f"Next: {_next(record)}")] if _next(record) else []
    return parts


def _seconds(step: StepOverview) -> float | None:
    return None if step.status in _OPEN else step.seconds


def _bytes(step: StepOverview) -> int | None:
    return None if step.status in _OPEN else step.bytes


def _size(step: StepOverview) -> str:
    known = _bytes(step)
    return "" if known is None else size(known)


def _note(step: StepOverview) -> str:
    """Return in one line why a step is stale, or what went wrong in it."""
    if step.status == "failed":
        where = "" if step.cell is None else f"cell {step.cell}"
        where += f", line {step.line}" if where and step.line else ""
        return one_line(f"{where}: {step.error}" if where else step.error)
    return one_line("; ".join(step.why))


def _summary(record: PipelineOverview) -> str:
    return step_counts(step.status for step in record.steps)


def _notice(record: PipelineOverview) -> str:
    said = _NOTICES.get(record.compiled_from, "")
    return f"{record.notebook} {said}" if said else ""


def _next(record: PipelineOverview) -> str:
    states = {step.status for step in record.steps}
    if "failed" in states:
        return "mend it and save, then `%pipeline compile` and `%pipeline run`; it resumes there"
    return "`%pipeline run`" if states & {"stale", "not_run"} else ""
