"""The events of one small run, as the runner tells them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lifecycle_core.schema.event import (
    ContractChecked,
    Drift,
    Metric,
    Resources,
    Rows,
    RunFailed,
    RunFinished,
    RunStarted,
    StepFailed,
    StepFinished,
    StepSkipped,
    StepStarted,
)

if TYPE_CHECKING:
    from lifecycle_core.schema.event import Event


def said(second: float, step: str = "", *, run: str = "run-1") -> dict[str, Any]:
    """Return what every event says, at a second of one day."""
    return {
        "run": run,
        "pipeline": "churn",
        "at": f"2026-01-31T12:00:{second:09.6f}+00:00",
        "step": step,
    }


def metric(value: float = 0.5, *, run: str = "run-1") -> Metric:
    return Metric(**said(1, "train", run=run), name="auc", value=value)


def good_run(run: str = "run-1") -> list[Event]:
    return [
        RunStarted(**said(0, run=run), parameters={"seed": 7}, steps=("load", "train")),
        StepSkipped(**said(0, "load", run=run), reason="fresh"),
        StepStarted(**said(1, "train", run=run), why=("code changed: line 4",)),
        Rows(**said(1, "train", run=run), direction="in", name="X", rows=100, columns=3),
        ContractChecked(
            **said(1, "train", run=run), name="X", contract="churn", passed=False, checks=4,
            violations=("Column 'age' is not in the table.",),
        ),
        Drift(
            **said(1, "train", run=run), name="X", column="a:b", statistic="psi", value=0.3,
            limit=0.2,
        ),
        Metric(**said(3, "train", run=run), name="auc", value=0.8),
        Resources(**said(3, "train", run=run), cpu_seconds=1.5, peak_bytes=1_000),
        StepFinished(**said(3, "train", run=run), seconds=2.0, bytes=12),
        RunFinished(**said(4, run=run), seconds=4.0, ran=1, fresh=1),
    ]  # fmt: skip


def failed_run(run: str = "run-2") -> list[Event]:
    return [
        RunStarted(**said(0, run=run), parameters={"seed": 7}, steps=("train",)),
        StepStarted(**said(1, "train", run=run), why=("never run",)),
        StepFailed(
            **said(3, "train", run=run), seconds=2.0, error="KeyError: 'age'", cell=4, line=2
        ),
        RunFailed(**said(4, run=run), seconds=4.0, error="Step train failed."),
    ]
