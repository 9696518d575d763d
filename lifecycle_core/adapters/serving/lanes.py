"""Threads that do the slow part of requests, with a queue that has an end.

    offer(job) --full? no--> queue --a thread takes all that waits--> work(jobs)

What waits is taken together: a model answers many rows in nearly the time of one, so under load
the queue gets shorter instead of longer.
"""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING, Generic, TypeVar

from lifecycle_core.adapters.serving.failures import log_failure

if TYPE_CHECKING:
    from collections.abc import Callable

Job = TypeVar("Job")
_TOGETHER = 32


class Lane(Generic[Job]):
    """Some threads behind one queue.

    More than one thread, so that a model that hangs on one request does not keep the next waiting.
    """

    def __init__(
        self, name: str, work: Callable[[list[Job]], None], *, threads: int = 2, most: int = 256
    ) -> None:
        """Start the threads.

        Args:
            name: Of the threads.
            work: Called in a thread with at least one job. What it raises is logged.
            threads: How many.
            most: Jobs that may wait.
        """
        self._work, self._most = work, most
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._threads = [
            threading.Thread(target=self._run, name=f"{name}-{at}", daemon=True)
            for at in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def waiting(self) -> int:
        """How many jobs wait."""
        return self._jobs.qsize()

    def offer(self, job: Job) -> bool:
        """Queue a job, unless too many wait already; say whether it was taken."""
        if self._jobs.qsize() >= self._most:
            return False
        self._jobs.put(job)
        return True

    def close(self, seconds: float = 1.0) -> None:
        """End the threads; one that hangs is left to the end of the process."""
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            thread.join(seconds)

    def _run(self) -> None:
        from threadpoolctl import threadpool_limits

        threadpool_limits(1, "openmp")  # of this thread: a few rows are not worth waking others
        while (first := self._jobs.get()) is not None:
            jobs = [first]
            while len(jobs) < _TOGETHER:
                try:
                    following = self._jobs.get_nowait()
                except queue.Empty:
                    break
                if following is None:
                    self._jobs.put(None)
                    break
                jobs.append(following)
            try:
                self._work(jobs)
            except Exception as error:  # noqa: BLE001 - a thread that ended would take no other job
                log_failure("Requests were left without a reply", error)
