"""The log before the reply: what is said is kept first, or not said.

replies --log, synced--> handed over
   |      `--no room--> the fallback's reply, where that is declared; else none
   `--one has no JSON--> that one is withheld
"""

from __future__ import annotations

import logging
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from lifecycle_core.adapters.serving.bodies import encoded
from lifecycle_core.adapters.serving.failures import log_failure
from lifecycle_core.errors import LifecycleError, LogFull

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifecycle_core.adapters.serving.base import Desk, PredictionLog, Reply
    from lifecycle_core.adapters.serving.jobs import Job

    Ready = Sequence[tuple[Job, Reply]]

_LOGGER = logging.getLogger("nbrelease.serving")


class Keeping:
    """Keeps replies, and finishes their jobs when that is done."""

    def __init__(self, desk: Desk, log: PredictionLog, *, spare: bool) -> None:
        """Keep in a log.

        Args:
            desk: Gives the fallback.
            log: Keeps what is said before it is said.
            spare: What the log has no room for gets the fallback instead of a refusal.
        """
        self._desk, self._log, self._spare = desk, log, spare

    def keep(self, replies: Ready) -> None:
        """Log replies, and finish their jobs when that is done; in any thread."""
        ready: list[tuple[Job, Reply]] = []
        rows: list[bytes] = []
        for job, reply in replies:
            try:
                rows += [encoded(said) for said in reply.predictions]
            except Exception as error:  # noqa: BLE001 - the others are kept, whatever is wrong with this one
                log_failure("A prediction has no JSON", error)
                job.hand_over("log_failed")
            else:
                ready.append((job, reply))
        if not ready:
            return
        if not rows:
            _hand_back(ready, None)
            return
        try:
            self._log.keep(rows, partial(self._kept, ready))
        except LifecycleError as full:
            self._spill(ready, full)

    def _kept(self, ready: Ready, error: Exception | None) -> None:
        """Go on where the log is done, or could not; in its thread, where nothing is raised."""
        if isinstance(error, LogFull):
            try:
                self._spill(ready, error)
            except Exception as failed:  # noqa: BLE001 - as above
                log_failure("A fallback could not be given", failed)
            else:
                return
        _hand_back(ready, error)

    def _spill(self, ready: Ready, full: LifecycleError) -> None:
        """Answer jobs that the log has no room for, as its policy says."""
        _LOGGER.warning("The prediction log takes no more: %s", full)
        for job, _ in ready:
            reply: Reply | str = "log_full"
            if self._spare:
                reply = self._desk.fall_back(job.inquiry, "log_full", job.elapsed())
            job.hand_over(reply)


def _hand_back(ready: Ready, error: Exception | None) -> None:
    """Hand over replies, or that they could not be kept; in any thread."""
    failed = error is not None
    if failed:
        _LOGGER.error("The prediction log failed, so replies were withheld.")
    with suppress(RuntimeError):  # the loop has ended, and with it whoever waited
        ready[0][0].loop.call_soon_threadsafe(_hand_over, ready, failed)


def _hand_over(ready: Ready, failed: bool) -> None:  # noqa: FBT001 - by call_soon
    for job, reply in ready:
        job.finish("log_failed" if failed else reply)
