"""Predictions and outcomes, and processes that log them until they are killed."""

from __future__ import annotations

import os
import threading
import time
from itertools import count
from typing import TYPE_CHECKING

from lifecycle_core.adapters.prediction_log import compact, forget, open_prediction_log
from lifecycle_core.errors import LogUnavailable
from lifecycle_core.schema.explaining import ReasonsCheck
from lifecycle_core.schema.prediction import (
    LogUpkeep,
    Outcome,
    OutcomesTold,
    Prediction,
    Reason,
    TableUpkeep,
)
from lifecycle_core.schema.usage import Usage

if TYPE_CHECKING:
    from concurrent.futures import Future
    from pathlib import Path

DAY = "2026-11-28"


def prediction(number: int, *, key: str | None = None, day: str = DAY) -> Prediction:
    """Return a prediction whose id tells its number."""
    return Prediction(
        id=f"p-{number:06d}",
        key=key or f"customer-{number:06d}",
        time=f"{day}T07:30:00.{number % 1_000_000:06d}Z",
        release="churn",
        version=3,
        bundle_digest="sha256:" + "0" * 64,
        arm="champion",
        features={"tenure": number % 72, "plan": "month-to-month", "charges": 29.85},
        score=0.62,
        decision=True,
        reasons=(Reason(feature="tenure", value=1.0, effect=0.3, text="New customers leave."),),
        latency_ms=0.8,
        explainer="exact/1",
    )


def outcome(number: int, of: int, **fields: object) -> Outcome:
    """Return an outcome of a prediction, accepted by an agent unless said otherwise."""
    said = {"who": "agent", "action": "accepted", "release": "churn", **fields}
    made = {"id": f"o-{number:06d}", "prediction": f"p-{of:06d}", "time": f"{DAY}T09:00:00Z"}
    return Outcome.model_validate(made | said)


def usage(number: int, **fields: object) -> Usage:
    """Return a minute of a service."""
    made: dict[str, object] = {
        "id": f"u-{number:06d}", "time": f"{DAY}T09:00:00Z", "since": f"{DAY}T08:59:00Z",
        "release": "churn", "version": 3, "source": "service", "who": "a1", "answered": 100,
        "cpu_seconds": 0.5, "peak_bytes": 1 << 28, "wall_seconds": 60.0,
    }  # fmt: skip
    return Usage.model_validate(made | fields)


def reasons_check(*, different: int = 0) -> ReasonsCheck:
    """Return what finding logged reasons again said."""
    return ReasonsCheck(
        release="churn",
        versions=(2, 3),
        rows=7043,
        skipped=12,
        different=different,
        examples=tuple(f"p-{number:06d}" for number in range(min(different, 5))),
    )


def told() -> OutcomesTold:
    """Return what came of a table of outcomes."""
    return OutcomesTold(
        release="churn", rows=7100, added=7043, empty=57, by="key", log=".nbrelease/log"
    )


def upkeep() -> LogUpkeep:
    """Return what forgetting a key did."""
    predictions = TableUpkeep(
        table="predictions",
        rows_before=7043,
        rows_after=7040,
        files_before=12,
        files_after=12,
        files_removed=3,
    )
    outcomes = predictions.model_copy(update={"table": "outcomes", "rows_before": 7041})
    return LogUpkeep(
        address="/srv/churn/log",
        action="forget",
        write_ahead_logs=2,
        tables=(predictions, outcomes),
    )


def log_on(address: Path, wal: Path, acknowledged: Path, first: int) -> None:
    """Log from four threads without an end; note each id once it is acknowledged."""
    log = open_prediction_log(address, wal=wal, segment_bytes=30_000, drain_seconds=0.05)
    handle = os.open(acknowledged, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    numbers = count(first)

    def append_on() -> None:
        while True:
            mine = [prediction(next(numbers)) for _ in range(3)]
            log.append(mine).result(timeout=60)
            os.write(handle, "".join(f"{each.id}\n" for each in mine).encode())

    for _ in range(3):
        threading.Thread(target=append_on).start()
    append_on()


def keep_up(address: Path) -> None:
    """Compact and forget without an end."""
    while True:
        try:
            compact(str(address), keep_hours=0)
            forget(str(address), key="nobody")
        except LogUnavailable:
            time.sleep(0.01)


class Slow:
    """A disk that syncs when it is told to, or fails."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.open.set()
        self.waiting = threading.Event()
        self.calls = 0
        self.fails = False

    def __call__(self, handle: int) -> None:
        """Sync a file."""
        self.waiting.set()
        self.open.wait(timeout=60)
        self.calls += 1
        if self.fails:
            raise OSError(5, "Input/output error")
        os.fdatasync(handle)


def failure(done: Future[None]) -> BaseException:
    """Return why an append failed."""
    error = done.exception(timeout=60)
    assert error is not None
    return error
