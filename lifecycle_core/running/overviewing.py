"""A pipeline to look at, before a run, while one goes on, and after it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Literal

from lifecycle_core.adapters.workspace import read_notebook
from lifecycle_core.errors import NotebookInvalid
from lifecycle_core.notebooks.read import source_digest
from lifecycle_core.notebooks.session import is_own
from lifecycle_core.schema.event import (
    RunStarted,
    StepFailed,
    StepFinished,
    StepSkipped,
    StepStarted,
)
from lifecycle_core.schema.figure import Drawn
from lifecycle_core.schema.pipeline_overview import PipelineOverview, SourceCell, StepOverview

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lifecycle_core.adapters.pipeline_packages import Package
    from lifecycle_core.notebooks.read import Notebook
    from lifecycle_core.schema.event import Event
    from lifecycle_core.schema.pipeline import Step
    from lifecycle_core.schema.pipeline_run import PipelineRun, PipelineState, StepRun, StepState

_UNFINISHED = frozenset({"waiting", "running"})


def overview(package: Package, state: PipelineState) -> PipelineOverview:
    """Return a pipeline with its code and the notebook's cells.

    Args:
        package: As found on disk.
        state: How its steps stand.
    """
    notebook = package.place.home / package.place.notebook
    cells: dict[int, str] = {}
    same: Literal["same", "changed", "gone"]
    try:
        found = read_notebook(notebook)
    except NotebookInvalid:
        same = "changed" if notebook.exists() else "gone"
    else:
        same = "same" if _is(found, package.pipeline.source_digest) else "changed"
        if same == "same":
            cells = {n: cell["source"] for n, cell in enumerate(found.content["cells"])}
    steps = zip(package.pipeline.steps, state.steps, strict=True)
    return PipelineOverview(
        pipeline=package.pipeline.name,
        notebook=package.place.notebook,
        compiled_from=same,
        parameters=state.parameters,
        steps=tuple(_step(package, step, stands, cells) for step, stands in steps),
    )


def followed(seen: PipelineOverview, event: Event) -> PipelineOverview:
    """Return how a pipeline looks after something happened in a run of it."""
    match event:
        case RunStarted():
            begun = {
                "status": "waiting", "why": (), "printed": "", "drawn": Drawn(), "error": "",
                "trace": "", "cell": None, "line": None,
            }  # fmt: skip
            steps = tuple(step.model_copy(update=begun) for step in seen.steps)
            return seen.model_copy(update={"steps": steps, "parameters": event.parameters})
        case StepStarted():
            return _changed(seen, event.step, status="running", why=event.why)
        case StepFinished():
            ended = {"seconds": event.seconds, "bytes": event.bytes}
            return _changed(seen, event.step, status="ran", **ended)
        case StepFailed():
            where = {"cell": event.cell, "line": event.line, "seconds": event.seconds}
            return _changed(seen, event.step, status="failed", error=event.error, **where)
        case StepSkipped():
            return _changed(seen, event.step, status=event.reason)
    return seen


def ended(seen: PipelineOverview, made: PipelineRun) -> PipelineOverview:
    """Return how a pipeline looks after a run of it, with all that the run's record says."""
    runs = {step.name: step for step in made.steps}
    steps = tuple(_after(step, runs[step.name]) for step in seen.steps)
    return seen.model_copy(update={"steps": steps, "parameters": made.parameters})


def interrupted(seen: PipelineOverview) -> PipelineOverview:
    """Return how a pipeline looks once its run was ended before it was over."""
    left = {"status": "not_run"}
    steps = (
        step.model_copy(update=left) if step.status in _UNFINISHED else step for step in seen.steps
    )
    return seen.model_copy(update={"steps": tuple(steps)})


def _step(
    package: Package, step: Step, stands: StepState, cells: Mapping[int, str]
) -> StepOverview:
    return StepOverview(
        name=step.name,
        title=step.title,
        status="fresh" if stands.fresh else "stale",
        why=stands.why,
        seconds=stands.seconds,
        bytes=stands.bytes,
        parameters=step.parameters,
        inputs=step.inputs,
        after=step.after,
        outputs=stands.outputs or step.outputs,
        code=_function(package.source(f"{package.place.name}.{step.name}") or "", step.name),
        cells=tuple(SourceCell(index=n, source=cells[n]) for n in step.cells if n in cells),
        printed=stands.printed,
        drawn=stands.drawn,
    )


def _is(notebook: Notebook, digest: str) -> bool:
    """Tell whether a notebook has a digest, or had it before our own magics were put at its end."""
    cells = list(notebook.content["cells"])
    while source_digest({**notebook.content, "cells": cells}) != digest:
        if not cells or not is_own(cells.pop()["source"]):
            return False
    return True


def _function(source: str, name: str) -> str:
    r"""Return the function of that name; all of a module that holds none, or is no Python.

    Example:
        >>> print(_function("import os\n\n\ndef train():\n    return 1\n", "train"))
        def train():
            return 1
    """
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return source
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name:
            return ast.get_source_segment(source, node) or source
    return source


def _after(step: StepOverview, made: StepRun) -> StepOverview:
    good = made.status in {"ran", "fresh"}
    changes: dict[str, Any] = {
        "status": made.status, "why": made.why, "printed": made.printed, "drawn": made.drawn,
        "error": made.error, "cell": made.cell, "line": made.line, "trace": made.trace,
        "seconds": step.seconds if made.status == "not_run" else made.seconds,
        "bytes": made.bytes if good else step.bytes,
        "outputs": made.outputs if good else step.outputs,
    }  # fmt: skip
    return step.model_copy(update=changes)


def _changed(seen: PipelineOverview, name: str, **changes: Any) -> PipelineOverview:  # noqa: ANN401 - fields
    steps = tuple(
        step.model_copy(update=changes) if step.name == name else step for step in seen.steps
    )
    return seen.model_copy(update={"steps": steps})
