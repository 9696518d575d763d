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
import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from lifecycle_core.adapters.serving.apart import Apart
from lifecycle_core.adapters.serving.bodies import encoded
from lifecycle_core.adapters.serving.failures import log_failure
from lifecycle_core.adapters.serving.jobs import Job
from lifecycle_core.adapters.serving.keeping import Keeping
from lifecycle_core.adapters.serving.lanes import Lane

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifecycle_core.adapters.serving.base import Desk, Inquiry, PredictionLog, Reply
    from lifecycle_core.adapters.serving.metrics import Metrics
    from lifecycle_core.schema.serving import Cause

_RESERVE = 0.010
"""Seconds before the deadline that are left for the fallback and the log, at most."""
_RESERVE_MANY = 1.0
"""The same for a request of many rows."""
_TOGETHER = 32
"""Requests that the loop answers at once, at most: the first of them waits for the last."""
_MOST_READ = 16
"""Large requests that may wait to be read."""
_PATIENCE = 0.5
"""The part of a request's time after which the loop finds it no reasons: others wait behind it."""
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


class Scoring:
    """Answers inquiries within their deadlines.

    Attributes:
        small: Reads small requests that the loop had better not read.
        large: Does for large requests what would keep others waiting.
    """

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
        self._keeping = Keeping(desk, log, spare=spare)
        self._quick: list[Job] = []  # the loop's alone
        self._few: Lane[Job] = Lane("score", self._answer, most=limits.waiting)
        self._many: Lane[Job] = Lane("bulk", self._answer, threads=1, most=8)
        self._reasons: Lane[Job] = Lane("reasons", self._explain, most=limits.waiting)
        self._shadow: Lane[Job] = Lane("shadow", self._follow, threads=1, most=64)
        self.small = Apart("small", most=limits.waiting)
        self.large = Apart("large", most=_MOST_READ)

    @property
    def waiting(self) -> int:
        """How many requests wait for a model."""
        return self._few.waiting + self._many.waiting + len(self._quick)

    async def reply(self, inquiry: Inquiry, arrived: float) -> Reply | str:
        """Return the reply to an inquiry, once it is kept; or why there is none.

        Args:
            inquiry: Not refused.
            arrived: When its request came, by `time.perf_counter`.
        """
        loop = asyncio.get_running_loop()
        many = inquiry.rows > self._limits.few
        allowed = self._limits.many_seconds if many else inquiry.serving.deadline_ms / 1000
        reserve = min(_RESERVE_MANY if many else _RESERVE, allowed / 10)
        due = arrived + allowed - reserve
        job = Job(inquiry, arrived, due, loop)
        fall_back = self._fall_back_apart if many else self._fall_back

        def near() -> None:
            # However late the loop comes here, the log has its time before the job is given up.
            job.timer = loop.call_later(reserve + _GRACE, job.finish, "log_late")
            fall_back(job, "deadline")

        job.timer = loop.call_later(due - time.perf_counter(), near)
        if inquiry.quick and len(self._quick) < self._limits.waiting:
            self._quick.append(job)
            if len(self._quick) == 1:
                loop.call_soon(self._answer_quick, loop)
        elif inquiry.quick or not (self._many if many else self._few).offer(job):
            fall_back(job, "shed")
        try:
            return await job.done
        finally:
            job.timer.cancel()

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
        self.small.close()
        self.large.close()

    def _answer_quick(self, loop: asyncio.AbstractEventLoop) -> None:
        """Answer together what came in one turn of the loop, so that it sleeps right afterwards.

        The log's writer, which that wakes, else waits for the interpreter.
        """
        jobs, self._quick = _one_turn(self._quick)
        try:
            self._answer(jobs, patience=_PATIENCE)
        finally:
            if self._quick:  # behind what the log has handed back meanwhile
                loop.call_soon(self._answer_quick, loop)

    def _answer(self, jobs: list[Job], *, patience: float = 1.0) -> None:
        """Score jobs and keep what is said; in a lane's thread, or if quick in the loop's.

        Args:
            jobs: Some may be claimed.
            patience: The part of a job's time after which it gets no more reasons.
        """
        jobs = [job for job in jobs if not job.claimed()]
        if not jobs:
            return
        replies: Sequence[Reply | None]
        try:
            replies = self._desk.answer(
                [job.inquiry for job in jobs],
                lambda: [job.elapsed() for job in jobs],
                lambda at: jobs[at].inquiry.slow_reasons or jobs[at].spent() > patience,
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
            said = self._substitute(job, "model_error") if reply is None else reply
            if said is not None:
                ready.append((job, said))
        self._keeping.keep(ready)

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
                self._keeping.keep([(job, reply)])

    def _fall_back(self, job: Job, cause: Cause) -> None:
        """Reply with what there is: the scores that still lack their reasons, or the fallback."""
        if not job.claim():
            return
        reply = self._substitute(job, cause)
        if reply is not None:
            self._keeping.keep([(job, reply)])

    def _substitute(self, job: Job, cause: Cause) -> Reply | None:
        """Return what there is; where that raises, the job is finished and there is none."""
        try:
            if job.scored is not None:
                return self._desk.explain(job.inquiry, job.scored, job.elapsed, lambda: True)
            return self._desk.fall_back(job.inquiry, cause, job.elapsed())
        except Exception as error:  # noqa: BLE001 - other requests must get their replies
            log_failure("A fallback could not be given", error)
            job.hand_over("service_error")
            return None

    def _fall_back_apart(self, job: Job, cause: Cause) -> None:
        self.large.submit(partial(self._fall_back, job, cause))

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


def _one_turn(jobs: list[Job]) -> tuple[list[Job], list[Job]]:
    """Return the jobs that the loop answers at once, and those that it comes back for.

    It comes back soon, if reasons take it long: the log's replies and other requests wait for it.
    """
    if len(jobs) == 1:
        return jobs, []
    taken, effort = 0, 0.0
    for job in jobs[:_TOGETHER]:
        if job.spent() <= _PATIENCE:
            effort += job.inquiry.effort
        if taken and effort > 1:
            break
        taken += 1
    return jobs[:taken], jobs[taken:]


def _unheard(_: Exception | None) -> None:
    """Nobody waits for what a shadow says."""
