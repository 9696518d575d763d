"""Looks at the ledger again and again, in a thread, cheaply while nothing was written to it."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from lifecycle_core.adapters.serving.failures import log_failure

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_SURELY = 15.0
"""Seconds after which a ledger is asked though its file looks untouched."""


class Poll:
    """A thread that takes a step whenever there may be something new."""

    def __init__(
        self, step: Callable[[datetime], None], *, seconds: float, file: Path | None = None
    ) -> None:
        """Prepare, and take no step yet.

        Args:
            step: Looks once.
            seconds: Between two looks.
            file: What the ledger is kept in; without one each look asks it.
        """
        self._step, self._seconds, self._file = step, seconds, file
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="follow", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self, seconds: float = 10.0) -> None:
        """End, after the step that is under way; wait so long for it."""
        self._over.set()
        self._thread.join(seconds)

    def _run(self) -> None:
        seen, asked = None, 0.0
        while not self._over.wait(self._seconds):
            now = time.monotonic()
            stamp = self._stamp()
            if stamp is not None and stamp == seen and now - asked < _SURELY:
                continue
            try:
                self._step(datetime.now(UTC))
            except Exception as error:  # noqa: BLE001 - what answers now must go on being followed
                log_failure("The ledger could not be followed", error)
            seen, asked = stamp, now

    def _stamp(self) -> tuple[int, ...] | None:
        """Return what changes with each write to the ledger's file; None if that is not known."""
        if self._file is None:
            return None
        stamp: tuple[int, ...] = ()
        # SQLite may write what is new to a file beside its own first.
        for path in (self._file, self._file.with_name(f"{self._file.name}-wal")):
            with suppress(OSError):
                found = path.stat()
                stamp += (found.st_mtime_ns, found.st_size, found.st_ino)
        return stamp or None
