"""The pipeline panel: the graph while it runs, and behind each box what the step does and gave.

The panel holds no logic: it shows an overview of the core's, and one button stops a run.
"""
# mypy: allow-subclassing-any
# anywidget publishes no types that mypy --strict accepts.

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import traitlets

from nbext.widgets.panel import Panel, script, style

if TYPE_CHECKING:
    from lifecycle_core.schema.pipeline_overview import PipelineOverview, StepOverview
    from nbext.pipeline_work import PipelineWork

_LIVE = ("status", "why", "error", "cell", "line")


class PipelinePanel(Panel):
    """A pipeline as a graph that can be looked into.

    Attributes:
        html: The overview, escaped by the core, which runs nothing. What changes in it while a run
            goes on stands in elements with `data-live`.
        steps: By name, what is behind a box: `code`, `cells`, `inputs`, `outputs`, `printed`,
            `drawn` and `trace`, as in a `StepOverview`.
        state: `phase` of the run or `shown` without one, `done` of `total` steps, `seconds` since
            its start, `fact` and `hint` of an error, and `steps`: by name, its `status`, `why`,
            `error`, `cell` and `line`.
    """

    _esm = script("pipeline.js")
    _css = style("pipeline.css")
    html = traitlets.Unicode().tag(sync=True)
    steps = traitlets.Dict().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)

    def __init__(self, overview: PipelineOverview, work: PipelineWork | None = None) -> None:
        super().__init__(work)
        self._begun = time.monotonic()
        self._name = overview.pipeline
        self._draw(overview, work)

    def __repr__(self) -> str:
        """Say which pipeline the panel is about."""
        return f"PipelinePanel({self._name!r})"

    def show(self, work: PipelineWork) -> None:
        """Show where the run stands now."""
        self._draw(work.overview, work)
        self._answer_anywhere()

    def _draw(self, overview: PipelineOverview, work: PipelineWork | None) -> None:
        from lifecycle_core import verbs

        error = work.standing.error if work else None
        with self.hold_sync():
            self.html = verbs.to_html(overview)
            self.steps = {step.name: _inside(step) for step in overview.steps}
            self.state = {
                "phase": work.standing.phase if work else "shown",
                "done": sum(step.status not in {"waiting", "running"} for step in overview.steps),
                "total": len(overview.steps),
                "seconds": round(time.monotonic() - self._begun, 1),
                "fact": str(error or ""),
                "hint": error.hint if error else "",
                "steps": {step.name: _live(step) for step in overview.steps},
            }


def _inside(step: StepOverview) -> dict[str, Any]:
    content = step.model_dump(mode="json", exclude={*_LIVE, "seconds", "bytes"})
    for output in content["outputs"]:
        digest = output["digest"] or ""
        output["short"] = digest.removeprefix("sha256:")[:12]
    return content


def _live(step: StepOverview) -> dict[str, Any]:
    return step.model_dump(mode="json", include=set(_LIVE))
