"""What a run of a pipeline did, step by step, and how its steps stand before one."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from lifecycle_core.schema.base import Record
from lifecycle_core.schema.figure import Drawn
from lifecycle_core.schema.pipeline import StepInput, StepOutput

StepStatus = Literal["ran", "fresh", "failed", "not_run"]


class StepRun(Record):
    """One step of a run.

    Attributes:
        status: `ran`; `fresh`: its results were in the store; `failed`; `not_run`: it stands
            behind one that failed.
        why: Why it was not fresh, a sentence each, such as `code changed: line 4`.
        key: Of its code, inputs, parameters, lock and seed policy.
        seconds: Wall time of the step's own work; of a fresh one, when it last ran.
        bytes: Size of its outputs in the store.
        peak_bytes: Most memory its process held, as far as known.
        printed: What it printed, cut to 20,000 characters.
        drawn: What it drew, as far as there is room for pictures.
        error: Of a failed one: type and message.
        cell: Index of the notebook's cell in which it failed.
        line: Line in that cell, from 1.
        trace: Python's traceback, in which frames of the package name the notebook's cell and line.
        inputs: As the pipeline's step has them: from which steps they came.
        after: Steps that had to run before it for another reason, likewise.
    """

    name: str
    status: StepStatus
    why: tuple[str, ...] = ()
    key: str = ""
    seconds: float = Field(default=0.0, ge=0)
    bytes: int = Field(default=0, ge=0)
    peak_bytes: int | None = None
    outputs: tuple[StepOutput, ...] = ()
    printed: str = ""
    drawn: Drawn = Drawn()
    error: str = ""
    cell: int | None = None
    line: int | None = None
    trace: str = ""
    inputs: tuple[StepInput, ...] = ()
    after: tuple[str, ...] = ()


class PipelineRun(Record):
    """A run of a pipeline.

    Attributes:
        id: Unique, sorts by time.
        parameters: All of them, with the defaults that were not set.
        scheduler: `processes`, `threads`, or the address of a Dask scheduler.
        started: UTC, ISO 8601.
        steps: In the pipeline's order.
        hooks: What went wrong with hooks and sinks, and which files of the project others had
            changed, a sentence each; none of it fails a run.
        environment: What was installed otherwise than the pipeline was proven with, a sentence
            each.
    """

    schema_: Literal["nbrelease/pipeline-run/1"] = Field(
        default="nbrelease/pipeline-run/1", alias="schema"
    )
    id: str
    pipeline: str
    parameters: dict[str, Any] = Field(default_factory=dict)
    scheduler: str = "processes"
    started: str
    seconds: float = Field(ge=0)
    exit: Literal["ok", "failed", "interrupted"]
    steps: tuple[StepRun, ...]
    hooks: tuple[str, ...] = ()
    environment: tuple[str, ...] = ()


class PipelineRuns(Record):
    """Several runs of one pipeline with different parameters: `--for-each`."""

    schema_: Literal["nbrelease/pipeline-runs/1"] = Field(
        default="nbrelease/pipeline-runs/1", alias="schema"
    )
    pipeline: str
    runs: tuple[PipelineRun, ...]


class StepState(Record):
    """How a step stands, without running anything.

    Attributes:
        fresh: Its results are in the store and whole.
        why: Why not, a sentence each. A step behind a stale one may turn out to be fresh; its
            sentence then names that step.
        seconds: How long it took when it last ran; None if it never did.
        bytes: Size of its outputs in the store; None if it never ran.
        inputs: As the pipeline's step has them.
        after: Likewise.
        outputs: Of a fresh one, what is in the store.
        printed: Of a fresh one, what it printed, cut to 20,000 characters.
        drawn: Of a fresh one, what it drew, as far as there is room for pictures.
    """

    name: str
    fresh: bool
    why: tuple[str, ...] = ()
    seconds: float | None = None
    bytes: int | None = None
    inputs: tuple[StepInput, ...] = ()
    after: tuple[str, ...] = ()
    outputs: tuple[StepOutput, ...] = ()
    printed: str = ""
    drawn: Drawn = Drawn()


class PipelineState(Record):
    """How the steps of a pipeline stand: `nbrelease pipeline show`."""

    schema_: Literal["nbrelease/pipeline-state/1"] = Field(
        default="nbrelease/pipeline-state/1", alias="schema"
    )
    pipeline: str
    parameters: dict[str, Any] = Field(default_factory=dict)
    steps: tuple[StepState, ...]
