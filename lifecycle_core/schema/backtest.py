"""A backtest: one pipeline run over several windows of time, each as if it were the present."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from lifecycle_core.schema.base import Record
from lifecycle_core.schema.finalization import DecisionRule


class WindowChoice(Record):
    """What finalization chose in one window, and what that costs.

    Attributes:
        chosen: The user's name for the model.
        cost_per_run: On the window's holdout, else out of fold; money per scoring run.
        on_holdout: Whether `cost_per_run` is of the holdout.
        actions_per_run: Rows acted on in one scoring run; None for regression.
    """

    chosen: str
    rule: DecisionRule
    cost_per_run: float
    on_holdout: bool
    actions_per_run: float | None = None
    currency: str
    rows_per_run: int = Field(gt=0)


class Window(Record):
    """One window of a backtest.

    Attributes:
        parameters: Those that make the window.
        run: Id of its run.
        exit: How the run ended.
        metrics: The variables of the run that are an int or a float.
        choice: Of its finalization; None if the pipeline has none, or it could not be done.
        note: What went wrong, in one line; empty if nothing did.
    """

    parameters: dict[str, Any]
    run: str
    exit: Literal["ok", "failed", "interrupted"]
    metrics: dict[str, float] = Field(default_factory=dict)
    choice: WindowChoice | None = None
    note: str = ""


class Backtest(Record):
    """All windows, in the order that was asked for.

    Attributes:
        names: Parameters that make the windows.
        steps: Steps of all windows together.
        ran: How many of them ran; the others were fresh, or shared with another window.
    """

    schema_: Literal["nbrelease/backtest/1"] = Field(default="nbrelease/backtest/1", alias="schema")
    pipeline: str
    names: tuple[str, ...]
    windows: tuple[Window, ...]
    steps: int = Field(ge=0)
    ran: int = Field(ge=0)
