"""Print how fast rows are acknowledged by a strict log, beside a bare write and fdatasync.

Each round measures all of them in turn, so that a disk that is slow for a while is slow for all.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lifecycle_core.adapters.prediction_log import open_prediction_log
from lifecycle_core.schema.prediction import Prediction, Reason

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 5
SECONDS = 2.0
THREADS = 8


@dataclass(frozen=True, slots=True)
class Rate:
    """Rows a second, and milliseconds until one was acknowledged."""

    rows: float
    p50: float
    p99: float


def row(number: int) -> bytes:
    """Return a row as a service sends it: 19 features, three reasons, about a kilobyte."""
    reasons = tuple(
        Reason(feature=f"feature_{n}", value=1.0, effect=0.1, text="It is a reason.")
        for n in range(3)
    )
    made = Prediction(
        id=f"{number:036d}",
        key=f"customer-{number}",
        time="2026-11-28T07:30:00.000000Z",
        release="churn",
        version=3,
        bundle_digest="sha256:" + "0" * 64,
        arm="champion",
        features={f"feature_{n}": "month-to-month" if n % 2 else n * 1.5 for n in range(19)},
        score=0.62,
        decision=True,
        reasons=reasons,
        latency_ms=0.8,
        explainer="exact/1",
    )
    return made.model_dump_json().encode()


def measured(append: Callable[[bytes], object], threads: int, seconds: float) -> Rate:
    """Append rows from several threads for some seconds; each waits for its row."""
    content = row(1)
    times: list[list[float]] = [[] for _ in range(threads)]
    until = time.perf_counter() + seconds

    def append_on(mine: list[float]) -> None:
        while (started := time.perf_counter()) < until:
            append(content)
            mine.append(time.perf_counter() - started)

    workers = [threading.Thread(target=append_on, args=(each,)) for each in times]
    started = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    taken = time.perf_counter() - started
    found = sorted(each for mine in times for each in mine)
    cuts = statistics.quantiles(found, n=100)
    return Rate(len(found) / taken, cuts[49] * 1e3, cuts[98] * 1e3)


def main(rounds: int = ROUNDS, seconds: float = SECONDS) -> None:
    """Measure and print."""
    found: dict[str, list[Rate]] = {}
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        folder = Path(name)
        handle = os.open(folder / "bare", os.O_WRONLY | os.O_CREAT | os.O_APPEND)

        def bare(content: bytes) -> None:
            os.write(handle, content)
            os.fdatasync(handle)

        with open_prediction_log(folder / "log", wal=folder / "wal") as log:

            def strict(content: bytes) -> None:
                log.append([content]).result()

            cases = {
                "bare write and fdatasync": (bare, 1),
                "strict log, 1 appender": (strict, 1),
                f"strict log, {THREADS} appenders": (strict, THREADS),
            }
            for each in range(rounds + 1):  # the first does not count
                for case, (append, threads) in cases.items():
                    rate = measured(append, threads, seconds if each else seconds / 10)
                    found.setdefault(case, []).extend([rate] * bool(each))
        os.close(handle)
    base = statistics.median(rate.rows for rate in found["bare write and fdatasync"])
    for case, rates in found.items():
        rows, p50, p99 = (
            statistics.median(getattr(rate, figure) for rate in rates)
            for figure in ("rows", "p50", "p99")
        )
        print(
            f"{case:<28} {rows:8,.0f} rows/s  p50 {p50:6.2f} ms  p99 {p99:6.2f} ms  "
            f"{rows / base:5.2f} x bare"
        )


if __name__ == "__main__":
    main(*(kind(word) for kind, word in zip((int, float), sys.argv[1:], strict=False)))
