"""Takes sealed segments to the tables in the background, and tries again when these are away."""

from __future__ import annotations

import random
import threading
import time
from typing import TYPE_CHECKING

from lifecycle_core.adapters.prediction_log.dividing import divided

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lifecycle_core.adapters.prediction_log.entries import Kind
    from lifecycle_core.adapters.prediction_log.segments import Segment
    from lifecycle_core.adapters.prediction_log.tables import LogTable
    from lifecycle_core.adapters.prediction_log.wal import WriteAheadLog

_POLL_SECONDS = 0.25
_LONGEST_PAUSE = 60.0
REQUEST = "flush-*"


class Drainer:
    """A thread that seals what waits for too long, and drains what is sealed.

    Args:
        tables: The table of each kind of row.
        seconds: How long a row waits before its segment is sealed.
    """

    def __init__(self, tables: Mapping[Kind, LogTable], *, seconds: float) -> None:
        self.error = ""
        self._tables = tables
        self._seconds = seconds
        self._wake = threading.Event()
        self._closing = False
        self._not_before = 0.0
        self._failures = 0
        self._thread: threading.Thread | None = None

    def start(self, wal: WriteAheadLog) -> None:
        """Begin."""
        self._thread = threading.Thread(
            target=self._drain_on, args=(wal,), name="log-drain", daemon=True
        )
        self._thread.start()

    def wake(self) -> None:
        """Look now: a segment was sealed."""
        self._wake.set()

    def close(self, wal: WriteAheadLog) -> None:
        """End the thread, and drain once more what is sealed."""
        self._closing = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
        self._not_before, self._failures = 0.0, 0
        self._drain(wal)

    def _drain_on(self, wal: WriteAheadLog) -> None:
        while not self._closing:
            self._wake.wait(_POLL_SECONDS)
            self._wake.clear()
            try:
                self._look(wal)
            except Exception as error:  # noqa: BLE001 - a thread that ends would let rows wait for ever
                self.error = _said(error)

    def _look(self, wal: WriteAheadLog) -> None:
        """Seal and drain what is to be.

        Raises:
            OSError: The folder cannot be read, as where no more files can be open, or written.
        """
        requests = sorted(wal.folder.glob(REQUEST))
        waits = wal.unsealed_seconds()
        away = time.monotonic() < self._not_before  # one large segment is better then
        if waits is not None and (requests or (waits >= self._seconds and not away)):
            wal.seal()
        if self._drain(wal):
            for request in requests:
                request.unlink(missing_ok=True)
            self.error = ""

    def _drain(self, wal: WriteAheadLog) -> bool:
        """Return whether every segment that was sealed when this began is in the tables."""
        for segment in wal.sealed():
            if time.monotonic() < self._not_before:
                return False
            try:
                self._take(segment)
                wal.remove(segment)
            except Exception as error:  # noqa: BLE001 - the rows stay, and the lag tells why
                self._fail(error)
                return False
            self._failures, self.error = 0, ""
        return True

    def _take(self, segment: Segment) -> None:
        for kind, parts in divided(segment.entries()).items():
            self._tables[kind].take(segment.session, segment.number, parts)

    def _fail(self, error: Exception) -> None:
        self.error = _said(error)
        pause = min(_LONGEST_PAUSE, 0.5 * 2**self._failures)
        self._failures = min(self._failures + 1, 10)
        self._not_before = time.monotonic() + pause * random.uniform(0.5, 1)  # noqa: S311 - no secret


def _said(error: Exception) -> str:
    return str(error) or type(error).__name__
