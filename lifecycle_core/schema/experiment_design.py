"""The design of an experiment: what it can see, after how long, and the plan that follows."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from lifecycle_core.schema.base import Record
from lifecycle_core.schema.experiment import ExperimentPlan


class DesignRow(Record):
    """What an experiment of so many periods can see.

    Attributes:
        periods: Its length.
        units: Of one comparison, control and treatment together.
        smallest: The smallest effect that is seen often enough, as a share of the control's value,
            with what is known from before taken out; None where nothing can be seen.
        unadjusted: The same without what is known from before.
        once: The same as `smallest`, if it were read only once, at the end.
        gain: Share of the units that adjustment saves.
        guardrails: By name, how often a guardrail that holds is shown to hold.
    """

    periods: int = Field(ge=1)
    units: int = Field(ge=0)
    smallest: float | None = None
    unadjusted: float | None = None
    once: float | None = None
    gain: float = 0.0
    guardrails: dict[str, float] = {}


class ExperimentDesign(Record):
    """A design and its plan.

    Attributes:
        plan: To be edited and started.
        file: Where the plan was written to; empty if nowhere.
        control: The primary metric's value of a unit, over the planned periods.
        spread: Its standard deviation.
        rows: One for each length, rising.
        extended: The first length that history does not reach; what stands there goes on as
            history went; None if all is history.
        chosen: The length that was chosen: the first one that sees the effect.
        sees: It sees the effect; otherwise it is the longest one that was looked at.
        of_history: Days of history that were read; 0 if numbers were given instead.
        notes: What to keep in mind.
    """

    schema_: Literal["nbrelease/experiment-design/1"] = Field(
        default="nbrelease/experiment-design/1", alias="schema"
    )
    plan: ExperimentPlan
    file: str = ""
    control: float
    spread: float = Field(ge=0)
    rows: tuple[DesignRow, ...]
    extended: int | None = None
    chosen: int = Field(ge=1)
    sees: bool
    of_history: int = Field(default=0, ge=0)
    notes: tuple[str, ...] = ()
