"""A service with a real log in which one thing goes wrong again and again; see `faults.py`.

python benchmarks/faulty_service.py FOLDER FAULT
"""

from __future__ import annotations

import errno
import itertools
import os
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))  # the releases are those of the tests, which are not installed

from lifecycle_core.adapters.prediction_log import open_prediction_log  # noqa: E402
from tests.fakes.serving import FakeLedger, FakeScorer, running, served  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from numpy.typing import NDArray

CONSTANT = {"use": "constant", "decision": False}
DEADLINE_MS = 50
FAULTS = (
    "nothing", "disk stalls", "disk slow", "disk full", "store away", "model sleeps",
    "model raises", "clock back",
)  # fmt: skip
_OFTEN, _SELDOM = 10, 50


@dataclass
class FaultyScorer(FakeScorer):
    """Raises or sleeps at every tenth call."""

    fault: str = ""
    count: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def scores(self, columns: Mapping[str, Any]) -> NDArray[Any]:
        """Return scores, or do what the fault is."""
        if next(self.count) % _OFTEN == 0:
            if self.fault == "model sleeps":
                time.sleep(1.0)
            if self.fault == "model raises":
                raise RuntimeError("patient 17")
        return super().scores(columns)


def syncing(fault: str) -> Callable[[int], None]:
    """Return what waits for the disk: it stalls now and then, is slow, or full for a while."""
    count = itertools.count(1)

    def sync(handle: int) -> None:
        number = next(count)
        if fault == "disk stalls" and number % _SELDOM == 0:
            time.sleep(0.3)
        if fault == "disk slow":
            time.sleep(0.02)
        if fault == "disk full" and number % (4 * _SELDOM) > 3 * _SELDOM:
            raise OSError(errno.ENOSPC, "No space left on device")
        os.fdatasync(handle)

    return sync


def turn_back() -> None:
    """Let the clock of this process jump back an hour every half second."""
    now, jumps = time.time_ns, itertools.count(1)
    back = [0]

    def jump() -> None:
        while True:
            time.sleep(0.5)
            back[0] = next(jumps) * 3_600_000_000_000

    threading.Thread(target=jump, daemon=True).start()
    time.time_ns = lambda: now() - back[0]
    time.time = lambda: (now() - back[0]) / 1e9


def main(folder: Path, fault: str) -> None:
    """Serve until killed, and say the address."""
    if fault == "clock back":
        turn_back()
    if fault == "store away":
        (folder / "log").write_bytes(b"")  # a file where the tables' folder is to be
    log = open_prediction_log(
        folder / "log", wal=folder / "wal", drain_seconds=1.0, sync=syncing(fault)
    )
    scorer = FaultyScorer(fault=fault, kind="scikit-learn" if "model" in fault else "onnx")
    ledger = FakeLedger(lambda _: served(scorer, fallback=[CONSTANT], deadline_ms=DEADLINE_MS))
    with running(ledger.following(), log) as address:
        sys.stdout.write(f"{address}\n")
        sys.stdout.flush()
        threading.Event().wait()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
