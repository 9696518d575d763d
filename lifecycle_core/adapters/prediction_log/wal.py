"""The write-ahead log: many threads append, one writes, and one sync serves all who wait.

    append -> queue -> writer: write, sync -> the futures of all that were queued are done
                       writer: seal a segment that is large or old -> whoever drains takes it

While one sync runs, the next rows gather; so the more there is to write, the fewer syncs a row
costs. A write or a sync that failed ends its segment: what was acknowledged before stays in it, the
rows of the failed group are cut off, and the next rows go to a new file. A sync is never tried
again on the same file, since the system may have dropped what it could not write and say yes.
"""

from __future__ import annotations

import errno
import os
import queue
import threading
import time
import uuid
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lifecycle_core.adapters.prediction_log.active import ActiveSegment
from lifecycle_core.adapters.prediction_log.entries import Entry, framed, framed_bytes
from lifecycle_core.adapters.prediction_log.segments import (
    left_segments,
    place_of,
    remove_segment,
)
from lifecycle_core.errors import LogFull, TargetUnwritable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from lifecycle_core.adapters.prediction_log.entries import Kind
    from lifecycle_core.adapters.prediction_log.segments import Segment
    from lifecycle_core.schema.prediction import LogPolicy

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@dataclass(frozen=True, slots=True)
class _Group:
    """The rows of one append, which stand and fall together."""

    content: bytes
    rows: int
    then: Callable[[Exception | None], None]


@dataclass(slots=True)
class _State:
    """What the threads share, under one lock."""

    queued: int = 0  # groups that the writer has not taken, with those on their way to the queue
    sealed: list[Segment] = field(default_factory=list)
    rows: int = 0
    size: int = 0
    sequence: int = 0
    since: float | None = None  # of the oldest row that is in no sealed segment
    seals_wanted: int = 0
    seals_done: int = 0
    closing: bool = False
    ended: bool = False  # the writer seals no more: nothing is left to be sealed


class WriteAheadLog:
    """Rows on the local disk, from when they are acknowledged until they are in the tables.

    Args:
        folder: Where the segments lie; locked by this process.
        policy: What an acknowledgement means, and how much may wait.
        segment_bytes: Size from which a segment is sealed.
        on_sealed: Called by the writer after it sealed a segment.
        sync: Waits until a file's bytes are on the disk.
        clock: Nanoseconds since 1970, for the sequence only; it may jump.

    Raises:
        TargetUnwritable: The folder cannot be read or written.
        InvalidCall: A segment that an earlier process left is damaged.
    """

    def __init__(
        self,
        folder: Path,
        policy: LogPolicy,
        *,
        segment_bytes: int,
        on_sealed: Callable[[], None] = lambda: None,
        sync: Callable[[int], None] = os.fdatasync,
        clock: Callable[[], int] = time.time_ns,
    ) -> None:
        self.folder = folder
        self._policy = policy
        self._segment_bytes = segment_bytes
        self._on_sealed = on_sealed
        self._sync = sync
        self._clock = clock
        self._session = uuid.uuid4().hex
        self._numbers = 0
        left, newest = left_segments(folder, now=time.monotonic())
        self._places = place_of(left[-1].path) if left else 0
        self._state = _State(
            sealed=left,
            rows=sum(segment.rows for segment in left),
            size=sum(segment.size for segment in left),
            sequence=newest,
        )
        self._active: ActiveSegment | None = None  # the writer's alone
        self._changed = threading.Condition(threading.Lock())
        # Wakes the writer for less than a condition does: each row waits for that.
        self._queue: queue.SimpleQueue[_Group | None] = queue.SimpleQueue()
        self._writer = threading.Thread(target=self._write_on, name="wal-writer", daemon=True)
        self._writer.start()

    def append(self, kind: Kind, rows: Sequence[bytes]) -> Future[None]:
        """Queue rows; the future is done when they are kept as the policy says.

        The future cannot be cancelled: the rows may be on the disk already. It fails with
        `LogFull` if the disk is full, and with `TargetUnwritable` if it fails otherwise.

        Raises:
            LogFull: The policy's `max_bytes` would be passed.
            RuntimeError: The log is closed.
        """
        done: Future[None] = Future()
        done.set_running_or_notify_cancel()

        def settle(error: Exception | None) -> None:
            if error is None:
                done.set_result(None)
            else:
                done.set_exception(error)

        self.keep(kind, rows, settle)
        return done

    def keep(
        self, kind: Kind, rows: Sequence[bytes], then: Callable[[Exception | None], None]
    ) -> None:
        """Queue rows, as `append` does, for one who needs no future.

        Args:
            kind: What they are.
            rows: Each the JSON of a record.
            then: Called once, in the writer's thread, for which the next rows wait: with None when
                these are kept, or with what `append`'s future would fail with. It raises nothing.

        Raises:
            LogFull: The policy's `max_bytes` would be passed.
            RuntimeError: The log is closed.
        """
        size = sum(framed_bytes(row) for row in rows)
        first = self._reserve(len(rows), size)
        try:  # without the lock, for which a single row would wait behind thousands
            entries = [Entry(kind, number, row) for number, row in enumerate(rows, start=first)]
            content = b"".join(map(framed, entries))
        except BaseException:
            self._give_back(len(rows), size)
            raise
        self._queue.put(_Group(content, len(rows), then))

    def _reserve(self, rows: int, size: int) -> int:
        """Return the first number of the sequence that some rows get, who are queued from now on.

        Raises:
            LogFull: The policy's `max_bytes` would be passed.
            RuntimeError: The log is closed.
        """
        with self._changed:
            state = self._state
            if state.closing:
                raise RuntimeError("a closed log was appended to")
            if state.size + size > self._policy.max_bytes:
                raise self._full(f"{state.size:,} of {self._policy.max_bytes:,} bytes are taken")
            first = max(state.sequence + 1, self._clock() // 1_000)
            state.sequence = first + rows - 1
            state.size += size
            state.rows += rows
            if state.since is None:
                state.since = time.monotonic()
            state.queued += 1
        return first

    def _give_back(self, rows: int, size: int) -> None:
        with self._changed:
            self._state.size -= size
            self._state.rows -= rows
            self._state.queued -= 1
        self._queue.put(None)  # a log that closes waits for them

    def sealed(self) -> list[Segment]:
        """Return the segments that are written no more, oldest first."""
        with self._changed:
            return list(self._state.sealed)

    def unsealed_seconds(self) -> float | None:
        """Return how long the oldest row waits that is in no sealed segment; None without one."""
        with self._changed:
            since = self._state.since
        return None if since is None else time.monotonic() - since

    def seal(self) -> None:
        """Wait until every row that was appended so far is in a sealed segment."""
        with self._changed:
            self._state.seals_wanted = wanted = self._state.seals_wanted + 1
            self._queue.put(None)
            self._changed.wait_for(lambda: self._state.ended or self._state.seals_done >= wanted)

    def remove(self, segment: Segment) -> None:
        """Remove the oldest sealed segment: its rows are in the tables.

        Raises:
            TargetUnwritable: The operating system refuses.
        """
        with self._changed:
            sequence = self._state.sequence
        remove_segment(segment, sequence)
        with self._changed:
            self._state.sealed.remove(segment)
            self._state.rows -= segment.rows
            self._state.size -= segment.size

    def waiting(self) -> tuple[int, int, float]:
        """Return rows and bytes that are not in the tables, and seconds that the oldest waits."""
        with self._changed:
            state = self._state
            since = [segment.since for segment in state.sealed[:1]]
            since += [state.since] if state.since is not None else []
            oldest = max(0.0, time.monotonic() - min(since)) if since else 0.0
            return state.rows, state.size, oldest

    def close(self) -> None:
        """Write what is queued and seal it; appending is over."""
        with self._changed:
            self._state.closing = True
            self._queue.put(None)
        self._writer.join()

    # The writer's thread, from here on.

    def _write_on(self) -> None:
        ends = False
        while not ends:
            first = self._first()
            with self._changed:
                state = self._state
                wanted = state.seals_wanted
                groups = [first] if first else []
                while not self._queue.empty():  # nobody else takes from it
                    if (group := self._queue.get()) is not None:
                        groups.append(group)
                state.queued -= len(groups)
                ends = state.closing and not state.queued
                seals = ends or wanted > state.seals_done
            if groups:
                self._write(groups)
            if self._active and self._patience() == 0:
                self._sync_relaxed(self._active)
            if seals:
                self._seal()
                with self._changed:
                    self._state.seals_done, self._state.ended = wanted, ends
                    self._changed.notify_all()

    def _first(self) -> _Group | None:
        """Wait for something to do; None if it is no row, or time to sync."""
        try:
            return self._queue.get(timeout=self._patience())
        except queue.Empty:
            return None

    def _patience(self) -> float | None:
        return None if self._active is None else self._active.patience()

    def _write(self, groups: list[_Group]) -> None:
        content = b"".join([group.content for group in groups])
        rows = sum(group.rows for group in groups)
        try:
            active = self._active or self._opened()
            active.write(content, rows, synced=self._policy.mode == "strict")
        except Exception as error:  # noqa: BLE001 - whatever it is, those who wait must hear of it
            self._refuse(groups, error)
            return
        for group in groups:
            group.then(None)
        if active.size >= self._segment_bytes:
            self._seal()

    def _opened(self) -> ActiveSegment:
        """Begin a new segment.

        Raises:
            TargetUnwritable: The operating system refuses.
        """
        self._places += 1
        self._numbers += 1
        active = ActiveSegment(
            self.folder, self._places, self._session, self._numbers, sync=self._sync
        )
        with self._changed:
            self._state.size += active.size
        self._active = active
        return active

    def _refuse(self, groups: list[_Group], error: Exception) -> None:
        """Tell those whose rows are not kept; the next rows go to a new segment."""
        self._seal()
        with self._changed:
            self._state.rows -= sum(group.rows for group in groups)
            self._state.size -= sum(len(group.content) for group in groups)
            if not self._state.queued:
                self._state.since = None
        cause = error.__cause__
        if isinstance(cause, OSError) and cause.errno in _FULL:
            error = self._full(str(error).rstrip("."))
        for group in groups:
            group.then(error)

    def _sync_relaxed(self, active: ActiveSegment) -> None:
        try:
            active.sync()
        except TargetUnwritable:
            self._seal()

    def _seal(self) -> None:
        active, self._active = self._active, None
        if active is None:
            return
        with self._changed:
            since = self._state.since
        segment = active.seal(time.monotonic() if since is None else since)
        with self._changed:
            state = self._state
            state.since = time.monotonic() if state.queued else None
            if segment is None:
                state.size -= active.size
            else:
                state.sealed.append(segment)
        if segment is not None:
            self._on_sealed()

    def _full(self, reason: str) -> LogFull:
        return LogFull(
            f"The prediction log in {self.folder} takes no more rows: {reason}.",
            path=str(self.folder),
            hint="Rows leave it when its tables can be written; make room there or here.",
        )
