"""A pipeline as a person looks at it: its graph, how each step stands, and what is inside it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from lifecycle_core.schema.base import Record
from lifecycle_core.schema.figure import Drawn
from lifecycle_core.schema.pipeline import StepInput, StepOutput


class SourceCell(Record):
    """A cell of the notebook: its index among all cells, and its code."""

    index: int
    source: str


class StepOverview(Record):
    """All that is known of a step.

    Attributes:
        title: What people call it.
        status: `fresh` or `stale` before a run; then `waiting`, `running`, and how it ended.
        why: Why it is stale, or was, a sentence each.
        seconds: How long it took, or takes as a rule; None if that is not known.
        bytes: Size of its outputs in the store; None if that is not known.
        inputs: Variables and the steps that they come from.
        after: Steps that must run before it for another reason.
        outputs: As in the store, or as proven when nothing is there.
        code: The function in the package.
        cells: Those of the notebook that it was compiled from; empty if the notebook changed.
        printed: What it printed, cut to 20,000 characters.
        drawn: What it drew, as far as there is room for pictures.
        error: Of a failed one: type and message.
        cell: Index of the notebook's cell in which it failed.
        line: Line in that cell, from 1.
        trace: Python's traceback.
    """

    name: str
    title: str = ""
    status: Literal["fresh", "stale", "waiting", "running", "ran", "failed", "not_run"]
    why: tuple[str, ...] = ()
    seconds: float | None = None
    bytes: int | None = None
    parameters: tuple[str, ...] = ()
    inputs: tuple[StepInput, ...] = ()
    after: tuple[str, ...] = ()
    outputs: tuple[StepOutput, ...] = ()
    code: str = ""
    cells: tuple[SourceCell, ...] = ()
    printed: str = ""
    drawn: Drawn = Drawn()
    error: str = ""
    cell: int | None = None
    line: int | None = None
    trace: str = ""


class PipelineOverview(Record):
    """A pipeline with all that is known of its steps.

    Attributes:
        notebook: Name of the file that it was compiled from.
        compiled_from: Whether the notebook is the `same` since, has `changed`, or is `gone`.
        parameters: All of them, with the values in force.
        steps: In the pipeline's order.
    """

    schema_: Literal["nbrelease/pipeline-overview/1"] = Field(
        default="nbrelease/pipeline-overview/1", alias="schema"
    )
    pipeline: str
    notebook: str
    compiled_from: Literal["same", "changed", "gone"] = "same"
    parameters: dict[str, Any] = Field(default_factory=dict)
    steps: tuple[StepOverview, ...]
