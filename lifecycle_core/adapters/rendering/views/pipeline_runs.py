"""Several runs of one pipeline with different parameters, one line each."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from rich.text import Text

from lifecycle_core.adapters.rendering.plain import one_line
from lifecycle_core.adapters.rendering.rows import mark, table, title
from lifecycle_core.adapters.rendering.views.pipeline_run import note, summary
from lifecycle_core.adapters.rendering.words import MARKS

if TYPE_CHECKING:
    from rich.console import RenderableType

    from lifecycle_core.schema.pipeline_run import PipelineRun, PipelineRuns


def values(record: PipelineRuns) -> dict[str, Any]:
    """Add the summary, the parameters that differ, and a row for each run."""
    names = _differing(record)
    return {
        "summary": _summary(record),
        "names": names,
        "rows": [(run, _shown(run, names), _said(run)) for run in record.runs],
    }


def text(record: PipelineRuns) -> list[RenderableType]:
    """Return one line a run, and the summary."""
    names = _differing(record)
    made = table(*names, "Result", "Seconds", "Steps", numbers=["Seconds"])
    for run in record.runs:
        shown = [Text(one_line(value)) for value in _shown(run, names)]
        made.add_row(*shown, mark(run.exit), f"{run.seconds:.2f}", Text(_said(run)))
    return [title(f"Pipeline {record.pipeline}"), made, Text(_summary(record))]


def _differing(record: PipelineRuns) -> list[str]:
    known = list(dict.fromkeys(name for run in record.runs for name in run.parameters))
    return [n for n in known if len({repr(run.parameters.get(n)) for run in record.runs}) > 1]


def _shown(run: PipelineRun, names: list[str]) -> list[str]:
    return [str(run.parameters.get(name)) for name in names]


def _said(run: PipelineRun) -> str:
    failed = [step for step in run.steps if step.status == "failed"]
    return f"{failed[0].name}: {note(failed[0])}" if failed else summary(run)


def _summary(record: PipelineRuns) -> str:
    counted = Counter[str](run.exit for run in record.runs)
    parts = [f"{counted[key]} {MARKS[key][2]}" for key in MARKS if counted[key]]
    return f"{len(record.runs)} runs: {', '.join(parts) or 'none'}."
