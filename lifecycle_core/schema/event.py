"""What happens while a pipeline runs, as it is told to sinks: one small record each."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from lifecycle_core.schema.base import Record


class _Event(Record):
    """What every event says.

    Attributes:
        run: Identifier of the run.
        pipeline: Name of the pipeline.
        at: When, in UTC, ISO 8601 with microseconds.
        step: Name of the step it is about; empty if it is about the run.
    """

    schema_: Literal["nbrelease/event/1"] = Field(default="nbrelease/event/1", alias="schema")
    run: str
    pipeline: str
    at: str
    step: str = ""


class RunStarted(_Event):
    """A run began; `steps` are the names of all steps, in order."""

    kind: Literal["run_started"] = "run_started"
    parameters: dict[str, Any] = Field(default_factory=dict)
    steps: tuple[str, ...] = ()


class RunFinished(_Event):
    """A run ended well; `ran` and `fresh` count its steps."""

    kind: Literal["run_finished"] = "run_finished"
    seconds: float
    ran: int
    fresh: int


class RunFailed(_Event):
    """A run ended because a step failed, or was interrupted."""

    kind: Literal["run_failed"] = "run_failed"
    seconds: float
    error: str


class StepStarted(_Event):
    """A step began; `why` it was not fresh."""

    kind: Literal["step_started"] = "step_started"
    why: tuple[str, ...] = ()


class StepFinished(_Event):
    """A step ended well; `bytes` is the size of its outputs."""

    kind: Literal["step_finished"] = "step_finished"
    seconds: float
    bytes: int = 0


class StepFailed(_Event):
    """A step raised; `cell` and `line` are the notebook's."""

    kind: Literal["step_failed"] = "step_failed"
    seconds: float
    error: str
    cell: int | None = None
    line: int | None = None


class StepSkipped(_Event):
    """A step's results were in the store (`fresh`), or it stands behind a failed one."""

    kind: Literal["step_skipped"] = "step_skipped"
    reason: Literal["fresh", "not_run"]


class Rows(_Event):
    """A table went into a step or came out of it."""

    kind: Literal["rows"] = "rows"
    direction: Literal["in", "out"]
    name: str
    rows: int
    columns: int


class ContractChecked(_Event):
    """A table at a step's border was checked against a data contract."""

    kind: Literal["contract_checked"] = "contract_checked"
    name: str
    contract: str
    passed: bool
    checks: int
    violations: tuple[str, ...] = ()


class Metric(_Event):
    """A number that a step gave: a variable that is an int or a float."""

    kind: Literal["metric"] = "metric"
    name: str
    value: float


class Drift(_Event):
    """How far a column of an input is from the reference; `statistic` names the measure.

    Attributes:
        limit: How far is still accepted.
        chance: Value that the sample stays below in 95 of 100 cases if its population is exactly
            `limit` away from the reference's. Only above it is the limit shown to be passed.
        drifted: The value is above `chance`, and so above `limit`.
    """

    kind: Literal["drift"] = "drift"
    name: str
    column: str
    statistic: str
    value: float
    limit: float | None = None
    chance: float | None = None
    drifted: bool = False


class Resources(_Event):
    """What a step used; seconds of processor time and bytes of memory, as far as known."""

    kind: Literal["resources"] = "resources"
    cpu_seconds: float
    peak_bytes: int | None = None


Event = Annotated[
    RunStarted | RunFinished | RunFailed | StepStarted | StepFinished | StepFailed | StepSkipped
    | Rows | ContractChecked | Metric | Drift | Resources,
    Field(discriminator="kind"),
]  # fmt: skip
