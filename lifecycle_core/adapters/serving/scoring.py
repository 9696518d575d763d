"""From an inquiry to a reply that is kept: lanes, the deadline, and the log before the reply.

    inquiry --lane--> scores --lane, if slow: reasons--> reply --log, synced--> done
         |              `--deadline near--> the reply without reasons --log--> done
         |--deadline near, lane full, or model raised--> the fallback's reply --log--> done
         `--deadline passed and the log not done--> no reply is acknowledged

A request is claimed once: by the thread that has its reply, or by the timer of its deadline. What
takes long for a large request, such as to read it, is done apart from the loop, where single
requests do not wait for it.
"""

from __future__ import annotations

import asyncio
import logging
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from lifecycle_core.adapters.serving.bodies import encoded
from lifecycle_core.adapters.serving.jobs import Job
from lifecycle_core.adapters.serving.lanes import Lane
from lifecycle_core.errors import LifecycleError, LogFull

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lifecycle_core.adapters.serving.base import Desk, Inquiry, PredictionLog, Reply
    from lifecycle_core.adapters.serving.metrics import Metrics
    from lifecycle_core.schema.serving import Cause

Found = TypeVar("Found")
_LOGGER = logging.getLogger("nbrelease.serving")
_RESERVE = 0.010
"""Seconds before the deadline that are left for the fallback and the log, at most."""
_RESERVE_MANY = 1.0
"""The same for a request of many rows."""
_TOGETHER = 32
"""Requests that the loop answers at once, at most: the first of them waits for the last."""
_GRACE = 0.002
"""Seconds after the deadline at which a request is given up whose log is not done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a request may be.

    Attributes:
        body_bytes: Size of a JSON body.
        table_bytes: Size of an Arrow body.
        rows: Rows of a request.
        few: Requests of more rows have a lane of their own, and `many_seconds` for a deadline.
        waiting: Requests that may wait for a model before others are shed.
    """

    body_bytes: int = 1 << 20
    table_bytes: int = 16 << 20
    rows: int = 10_000
    few: int = 64
    many_seconds: float = 30.0
    waiting: int = 256


class Busy(Exception):  # noqa: N818 - the name is the fact
    """Too many large requests wait."""


class Scoring:
    """Answers inquiries within their deadlines."""

    def __init__(
        self, desk: Desk, log: PredictionLog, metrics: Metrics, limits: Limits, *, spare: bool
    ) -> None:
        """Start the lanes.

        Args:
            desk: Answers.
            log: Keeps what is said before it is said.
            metrics: Counts.
            limits: Of requests.
            spare: What the log has no room for gets the fallback instead of a refusal.
        """
        self._desk, self._log, self._metrics, self._limits = desk, log, metrics, limits
        self._spare = spare
        self._quick: list[Job] = []  # the loop's alone
        self._few: Lane[Job] = Lane("score", self._answer, most=limits.waiting)
        self._many: Lane[Job] = Lane("bulk", self._answer, threads=1, most=8)
        self._reasons: Lane[Job] = Lane("reasons", self._explain, most=limits.waiting)
        self._shadow: Lane[Job] = Lane("shadow", self._follow, threads=1, most=64)
        self._apart = ThreadPoolExecutor(1, "apart")
        self._in_apart = 0  # the loop's alone

    @property
    def waiting(self) -> int:
        """How many requests wait for a model."""
        return self._few.waiting + self._many.waiting

    async def reply(self, inquiry: Inquiry, arrived: float) -> Reply | str:
        """Return the reply to an inquiry, once it is kept; or why there is none.

        Args:
            inquiry: Not refused.
            arrived: When its request came, by `time.perf_counter`.
        """
        loop = asyncio.get_running_loop()
        many = inquiry.rows > self._limits.few
        allowed = self._limits.many_seconds if many else inquiry.serving.deadline_ms / 1000
        due = arrived + allowed - min(_RESERVE_MANY if many else _RESERVE, allowed / 10)
        job = Job(inquiry, arrived, due, loop)
        now = time.perf_counter()
        fall_back = self._fall_back_apart if many else self._fall_back
        near = loop.call_later(due - now, fall_back, job, "deadline")
        over = loop.call_later(arrived + allowed - now + _GRACE, job.finish, "log_late")
        if inquiry.quick:
            self._quick.append(job)
            if len(self._quick) == 1:
                loop.call_soon(self._answer_quick, loop)
        elif not (self._many if many else self._few).offer(job):
            fall_back(job, "shed")
        try:
            return await job.done
        finally:
            near.cancel()
            over.cancel()

    async def apart(self, work: Callable[[], Found], *, most: int | None = None) -> Found:
        """Return what a function gives; it runs in a thread, where single requests do not wait.

        Args:
            work: The function.
            most: Calls of others that may wait for that thread; any number if None.

        Raises:
            Busy: More wait.
        """
        if most is not None and self._in_apart >= most:
            raise Busy
        self._in_apart += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._apart, work)
        finally:
            self._in_apart -= 1

    def replied(self, inquiry: Inquiry, arrived: float) -> None:
        """Have the shadow score what was answered, if there is one and it has time."""
        if inquiry.shadowed:
            job = Job(inquiry, arrived, arrived, asyncio.get_running_loop())
            if not self._shadow.offer(job):
                self._metrics.shadow_skipped()

    def close(self) -> None:
        """End the lanes."""
        for lane in (self._few, self._many, self._reasons, self._shadow):
            lane.close()
        self._apart.shutdown()

    def _answer_quick(self, loop: asyncio.AbstractEventLoop) -> None:
        """Answer together what came in one turn of the loop, so that it sleeps right afterwards.

        The log's writer, which that wakes, else waits for the interpreter.
        """
        jobs, self._quick = self._quick[:_TOGETHER], self._quick[_TOGETHER:]
        if self._quick:
            loop.call_soon(self._answer_quick, loop)
        self._answer(jobs)

    def _answer(self, jobs: list[Job]) -> None:
        """Score jobs and keep what is said; in a lane's thread, or if quick in the loop's."""
        jobs = [job for job in jobs if not job.claimed()]
        if not jobs:
            return
        replies: Sequence[Reply | None]
        try:
            replies = self._desk.answer(
                [job.inquiry for job in jobs],
                lambda: [job.elapsed() for job in jobs],
                lambda at: jobs[at].inquiry.slow_reasons or time.perf_counter() > jobs[at].due,
            )
        except Exception as error:  # noqa: BLE001 - a request must get its fallback, whatever is wrong here
            log_failure("A request could not be answered", error)
            replies = [None] * len(jobs)
        ready = []
        for job, reply in zip(jobs, replies, strict=True):
            if reply is not None and job.inquiry.slow_reasons:
                job.scored = reply
                if self._reasons.offer(job):
                    continue
            if not job.claim():
                continue
            if reply is None:
                reply = self._desk.fall_back(job.inquiry, "model_error", job.elapsed())  # noqa: PLW2901 - in its place
            ready.append((job, reply))
        self._keep(ready)

    def _explain(self, jobs: list[Job]) -> None:
        """Find the slow reasons of jobs that are scored; in a lane's thread.

        The newest first: where there are too many, some get theirs and not all run out of time.
        """
        for job in reversed(jobs):
            if job.scored is None or job.claimed():
                continue
            reply = job.scored
            try:
                reply = self._desk.explain(job.inquiry, reply, job.elapsed, job.claimed)
            except Exception as error:  # noqa: BLE001 - a score is not withheld for want of its reasons
                log_failure("Reasons could not be found", error)
            if job.claim():
                self._keep([(job, reply)])

    def _fall_back(self, job: Job, cause: Cause) -> None:
        """Reply with what there is: the scores that still lack their reasons, or the fallback."""
        if not job.claim():
            return
        if job.scored is not None:
            reply = self._desk.explain(job.inquiry, job.scored, job.elapsed, lambda: True)
        else:
            reply = self._desk.fall_back(job.inquiry, cause, job.elapsed())
        self._keep([(job, reply)])

    def _fall_back_apart(self, job: Job, cause: Cause) -> None:
        self._apart.submit(self._fall_back, job, cause)

    def _keep(self, ready: list[tuple[Job, Reply]]) -> None:
        """Log replies, and finish their jobs when that is done; in any thread."""
        if not ready:
            return
        rows = [encoded(said) for _, reply in ready for said in reply.predictions]
        if not rows:
            _hand_back(ready, None)
            return
        try:
            self._log.keep(rows, partial(self._kept, ready))
        except LifecycleError as full:
            self._spill(ready, full)

    def _kept(self, ready: list[tuple[Job, Reply]], error: Exception | None) -> None:
        """Go on where the log is done, or could not; in its thread, where nothing is raised."""
        if isinstance(error, LogFull):
            try:
                self._spill(ready, error)
            except Exception as failed:  # noqa: BLE001 - as above
                log_failure("A fallback could not be given", failed)
            else:
                return
        _hand_back(ready, error)

    def _spill(self, ready: list[tuple[Job, Reply]], full: LifecycleError) -> None:
        """Answer jobs that the log has no room for, as its policy says."""
        _LOGGER.warning("The prediction log takes no more: %s", full)
        for job, _ in ready:
            reply: Reply | str = "log_full"
            if self._spare:
                reply = self._desk.fall_back(job.inquiry, "log_full", job.elapsed())
            with suppress(RuntimeError):  # as in `_hand_back`
                job.loop.call_soon_threadsafe(job.finish, reply)

    def _follow(self, jobs: list[Job]) -> None:
        """Score jobs with the shadow, for the log alone; in its own thread."""
        for job in jobs:
            try:
                said, raised = self._desk.shadow(job.inquiry, job.elapsed())
                if said:
                    self._log.keep([encoded(each) for each in said], _unheard)
            except Exception as error:  # noqa: BLE001 - a shadow must not end its thread
                raised = type(error).__name__
                log_failure("The shadow could not score", error)
            if raised:
                self._metrics.raised(raised)


def log_failure(fact: str, error: BaseException) -> None:
    """Log where an error came from; its message is left out, for it may hold a row's values."""
    places = "".join(traceback.format_tb(error.__traceback__)).rstrip()
    _LOGGER.error("%s: %s\n%s", fact, type(error).__name__, places)


def _unheard(_: Exception | None) -> None:
    """Nobody waits for what a shadow says."""


def _hand_back(ready: list[tuple[Job, Reply]], error: Exception | None) -> None:
    """Hand over replies, or that they could not be kept; in any thread."""
    failed = error is not None
    if failed:
        _LOGGER.error("The prediction log failed, so replies were withheld.")
    with suppress(RuntimeError):  # the loop has ended, and with it whoever waited
        ready[0][0].loop.call_soon_threadsafe(_hand_over, ready, failed)


def _hand_over(ready: list[tuple[Job, Reply]], failed: bool) -> None:  # noqa: FBT001 - by call_soon
    for job, reply in ready:
        job.finish("log_failed" if failed else reply)
