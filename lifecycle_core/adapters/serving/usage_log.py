"""Writes what a service spent and was asked to the log: once a minute, in a thread of its own.

No reply waits for that. An hour in which nothing was asked is one row, not sixty.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from typing import TYPE_CHECKING

from lifecycle_core.adapters.metering import Meter
from lifecycle_core.adapters.prediction_log.rows import time_of
from lifecycle_core.adapters.serving.failures import log_failure
from lifecycle_core.adapters.serving.tally import Counts
from lifecycle_core.schema.usage import RefusedField, Usage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from lifecycle_core.adapters.metering import Spent
    from lifecycle_core.adapters.serving.base import PredictionLog
    from lifecycle_core.adapters.serving.tally import Tally
    from lifecycle_core.schema.release import Release

_LOGGER = logging.getLogger("nbrelease.serving")
SECONDS = 60.0
IDLE_SECONDS = 3600.0
_LOG_SECONDS = 10.0


class UsageLog:
    """A thread that keeps the usage of a service."""

    def __init__(
        self,
        tally: Tally,
        log: PredictionLog,
        answering: Callable[[], Release],
        *,
        identify: Callable[[], str],
        seconds: float = SECONDS,
        idle_seconds: float = IDLE_SECONDS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Prepare, and begin to measure.

        Args:
            tally: What is counted.
            log: Where it is kept.
            answering: The release that answers now.
            identify: Gives each row its id.
            seconds: Length of an interval.
            idle_seconds: Of one in which nothing was asked.
            clock: Seconds since 1970.
        """
        self._tally, self._log, self._answering, self._identify = tally, log, answering, identify
        self._seconds, self._idle, self._clock = seconds, idle_seconds, clock
        self._who = uuid.uuid4().hex
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="usage", daemon=True)
        self._meter, self._since = Meter(), clock()

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def close(self) -> None:
        """Write the last interval, and end."""
        self._over.set()
        self._thread.join(_LOG_SECONDS + 1.0)

    def _run(self) -> None:
        over, idle = False, 0.0
        while not over:
            over = self._over.wait(self._seconds)
            release = self._answering()
            counts = self._tally.take(release.version)
            idle += self._seconds
            if not counts and not over and idle < self._idle:
                continue
            idle = 0.0
            self._keep(release.name, counts or {release.version: Counts()})

    def _keep(self, name: str, counts: Mapping[int, Counts]) -> None:
        """Log an interval; what the log does not take goes into the next one."""
        now, spent = self._clock(), self._meter.read()
        try:
            kept = self._log.append_usage(list(self._rows(name, counts, spent, now)))
            kept.result(timeout=_LOG_SECONDS)
        except TimeoutError:  # the log has it, and is slow
            _LOGGER.warning("The prediction log is late with what the service spent.")
        except Exception as error:  # noqa: BLE001 - whatever is wrong with the log, counting goes on
            self._tally.give_back(counts)
            self._meter.give_back(spent)
            log_failure("What the service spent could not be logged", error)
            return
        self._since = now

    def _rows(
        self, name: str, counts: Mapping[int, Counts], spent: Spent, now: float
    ) -> Iterator[Usage]:
        whole = sum(each.asked for each in counts.values())
        for version, each in counts.items():
            part = each.asked / whole if whole else 1 / len(counts)
            yield Usage(
                id=self._identify(),
                time=time_of(now),
                since=time_of(self._since),
                release=name,
                version=version,
                source="service",
                who=self._who,
                answered=each.answered,
                refused=dict(each.refused),
                refused_fields=tuple(
                    RefusedField(field=field, rule=rule, fields=many)
                    for (field, rule), many in sorted(each.fields.items())
                ),
                errors=dict(each.errors),
                cpu_seconds=spent.cpu_seconds * part,
                peak_bytes=spent.peak_bytes,
                wall_seconds=spent.wall_seconds,
            )
