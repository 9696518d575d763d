"""The prediction log: rows that are acknowledged when they are durable, and go to Delta tables.

    append --> write-ahead log (local, synced) --> future done
                      |
                      +--> drain, in the background --> Delta tables `predictions`, `outcomes`,
                                                        `usage`

Whoever reads the tables needs none of this.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from lifecycle_core.adapters.prediction_log.draining import Drainer
from lifecycle_core.adapters.prediction_log.entries import Kind
from lifecycle_core.adapters.prediction_log.rows import LogRecord, checked
from lifecycle_core.adapters.prediction_log.segments import locked_folder
from lifecycle_core.adapters.prediction_log.tables import LogTable
from lifecycle_core.adapters.prediction_log.wal import WriteAheadLog
from lifecycle_core.errors import InvalidCall
from lifecycle_core.schema.prediction import Lag, LogPolicy

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future
    from typing import Self

    from lifecycle_core.schema.prediction import Outcome, Prediction
    from lifecycle_core.schema.usage import Usage

SEGMENT_BYTES = 16 << 20
DRAIN_SECONDS = 10.0


class PredictionLog:
    """Takes predictions, outcomes and usage from any thread; see `open_prediction_log`."""

    def __init__(self, wal: WriteAheadLog, drainer: Drainer, lock: int) -> None:
        self._wal = wal
        self._drainer = drainer
        self._lock = lock

    def append(self, predictions: Sequence[Prediction | bytes]) -> Future[None]:
        """Keep predictions, all or none; bytes are the JSON of one.

        The future is done when they are on the disk (`strict`) or with the operating system
        (`relaxed`). It cannot be cancelled. It fails with `LogFull` if the disk is full, or with
        `TargetUnwritable` if it refuses otherwise; then none of these rows is kept.

        Raises:
            LogFull: The policy's `max_bytes` are taken.
            InvalidCall: One of them is no prediction; nothing is kept.
        """
        return self._append(Kind.PREDICTION, predictions)

    def keep(self, predictions: Sequence[bytes], then: Callable[[Exception | None], None]) -> None:
        """Keep predictions that the caller made field by field; a reply waits for each step.

        As `append`, but nobody reads the JSON again to see whether it is a prediction's, and there
        is no future.

        Args:
            predictions: Each the JSON of a `Prediction`.
            then: Called once, in the writer's thread, for which the next rows wait: with None when
                they are kept, or with what `append`'s future would fail with. It raises nothing.

        Raises:
            LogFull: The policy's `max_bytes` are taken.
        """
        self._wal.keep(Kind.PREDICTION, predictions, then)

    def append_outcomes(self, outcomes: Sequence[Outcome | bytes]) -> Future[None]:
        """Keep outcomes, as `append` keeps predictions.

        Raises:
            LogFull: The policy's `max_bytes` are taken.
            InvalidCall: One of them is no outcome; nothing is kept.
        """
        return self._append(Kind.OUTCOME, outcomes)

    def append_usage(self, usage: Sequence[Usage | bytes]) -> Future[None]:
        """Keep what intervals took, as `append` keeps predictions.

        Raises:
            LogFull: The policy's `max_bytes` are taken.
            InvalidCall: One of them is no usage; nothing is kept.
        """
        return self._append(Kind.USAGE, usage)

    def lag(self) -> Lag:
        """Return what is not in the tables yet, and why if they could not be written."""
        rows, size, seconds = self._wal.waiting()
        return Lag(rows=rows, bytes=size, oldest_seconds=seconds, error=self._drainer.error)

    def close(self) -> Lag:
        """Keep what was appended, drain what can be drained, and return what could not.

        What is left goes to the tables when the same folder is opened again.
        """
        self._wal.close()
        self._drainer.close(self._wal)
        left = self.lag()
        os.close(self._lock)
        return left

    def __enter__(self) -> Self:
        """Return the log, to be closed with the block."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close it."""
        self.close()

    def _append(self, kind: Kind, records: Sequence[LogRecord | bytes]) -> Future[None]:
        return self._wal.append(kind, [checked(kind, record) for record in records])


def open_prediction_log(
    address: Path | str,
    *,
    wal: Path | str,
    policy: LogPolicy | None = None,
    segment_bytes: int = SEGMENT_BYTES,
    drain_seconds: float = DRAIN_SECONDS,
    sync: Callable[[int], None] = os.fdatasync,
) -> PredictionLog:
    """Open a log, and drain what an earlier process left in its folder.

    Args:
        address: Where the tables are: a folder, or a URL of an object store such as
            `s3://bucket/log`, whose credentials come from the environment.
        wal: Folder on a local disk for rows that are not in the tables yet; one for each process.
        policy: What it promises; strict by default.
        segment_bytes: Size from which a segment is drained.
        drain_seconds: How long a row waits, at most, before its segment is drained.
        sync: Waits until a file's bytes are on the disk.

    Raises:
        InvalidCall: Another process writes to the same folder, or a segment in it is damaged.
        TargetUnwritable: The folder cannot be written.
        MissingExtra: deltalake is not installed.

    Example:
        >>> import tempfile
        >>> from pathlib import Path
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     log = open_prediction_log(Path(folder) / "log", wal=Path(folder) / "wal")
        ...     log.append([]).result(timeout=60)
        ...     left = log.close()
        >>> left.rows
        0
    """
    lock = locked_folder(Path(wal))
    if lock is None:
        raise InvalidCall(
            f"Another process writes its predictions to {wal}.",
            hint="Give each process a folder of its own.",
        )
    return open_locked(
        address,
        wal=wal,
        lock=lock,
        policy=policy,
        segment_bytes=segment_bytes,
        drain_seconds=drain_seconds,
        sync=sync,
    )


def open_locked(
    address: Path | str,
    *,
    wal: Path | str,
    lock: int,
    policy: LogPolicy | None = None,
    segment_bytes: int = SEGMENT_BYTES,
    drain_seconds: float = DRAIN_SECONDS,
    sync: Callable[[int], None] = os.fdatasync,
) -> PredictionLog:
    """Open a log whose folder is locked by `lock`, which the log then closes.

    Raises:
        InvalidCall: A segment is damaged.
        TargetUnwritable: The folder cannot be written.
        MissingExtra: deltalake is not installed.
    """
    try:
        drainer = Drainer(
            {kind: LogTable(str(address), kind) for kind in Kind}, seconds=drain_seconds
        )
        written = WriteAheadLog(
            Path(wal),
            policy or LogPolicy(),
            segment_bytes=segment_bytes,
            on_sealed=drainer.wake,
            sync=sync,
        )
    except BaseException:
        os.close(lock)
        raise
    drainer.start(written)
    return PredictionLog(written, drainer, lock)
