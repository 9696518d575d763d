"""What this process spends: processor time, memory, and time by the clock on the wall."""

from __future__ import annotations

import resource
import time
from typing import NamedTuple

from lifecycle_core.adapters.peak_memory import forget_peak, peak_bytes


class Spent(NamedTuple):
    """What was spent in an interval.

    Attributes:
        cpu_seconds: Processor time of the process, and of its children that have ended.
        peak_bytes: Most resident memory of the process; None if the system does not tell.
        wall_seconds: How long the interval was.
    """

    cpu_seconds: float
    peak_bytes: int | None
    wall_seconds: float


class Meter:
    """Measures one interval after another; the first one begins with the meter.

    Example:
        >>> meter = Meter()
        >>> first, second = meter.read(), meter.read()
        >>> first.cpu_seconds >= 0, second.wall_seconds >= 0
        (True, True)
    """

    def __init__(self) -> None:
        """Begin."""
        self._peak = 0
        self._begin()

    def read(self) -> Spent:
        """Return what was spent since the last reading, and begin anew."""
        spent = Spent(
            cpu_seconds=max(0.0, _cpu_seconds() - self._cpu),
            peak_bytes=max(self._peak, peak_bytes() or 0) or None,
            wall_seconds=time.monotonic() - self._began,
        )
        self._peak = 0
        self._begin()
        return spent

    def give_back(self, spent: Spent) -> None:
        """Count what was read and could not be kept to the interval that runs."""
        self._cpu -= spent.cpu_seconds
        self._began -= spent.wall_seconds
        self._peak = max(self._peak, spent.peak_bytes or 0)

    def _begin(self) -> None:
        forget_peak()
        self._cpu = _cpu_seconds()
        self._began = time.monotonic()


def _cpu_seconds() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime
