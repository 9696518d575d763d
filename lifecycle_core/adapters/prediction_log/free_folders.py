"""The folder of a write-ahead log that no other process has, and rows left there to be drained."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from lifecycle_core.adapters.prediction_log.entries import Kind
from lifecycle_core.adapters.prediction_log.log import SEGMENT_BYTES
from lifecycle_core.adapters.prediction_log.rows import checked
from lifecycle_core.adapters.prediction_log.segments import locked_folder
from lifecycle_core.adapters.prediction_log.wal import WriteAheadLog
from lifecycle_core.errors import InvalidCall
from lifecycle_core.schema.prediction import LogPolicy

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from lifecycle_core.schema.usage import Usage

_MOST = 64


def free_folder(wals: Path, name: str) -> tuple[Path, int]:
    """Return the first folder `NAME-1`, `NAME-2`, ... that no process has, and its lock.

    Args:
        wals: Where the folders of all processes are.
        name: Of the release.

    Raises:
        InvalidCall: Very many processes have one.
        TargetUnwritable: The operating system refuses.
    """
    for number in range(1, _MOST + 1):
        folder = wals / f"{name}-{number}"
        if (lock := locked_folder(folder)) is not None:
            return folder, lock
    raise InvalidCall(
        f"{_MOST} processes write predictions of {name} to {wals} already.",
        hint="End some of them.",
    )


def leave_usage(wals: Path, usage: Sequence[Usage]) -> None:
    """Keep usage on the local disk, for whoever drains next, such as a review.

    The tables are not touched, so that a short run need not wait for them, nor load deltalake.

    Args:
        wals: Where the write-ahead logs of all processes are.
        usage: Of one release, at least one row.

    Raises:
        InvalidCall: Very many processes write rows of that release.
        LogFull: The disk is full.
        TargetUnwritable: The operating system refuses.
    """
    folder, lock = free_folder(wals, usage[0].release)
    try:
        log = WriteAheadLog(folder, LogPolicy(), segment_bytes=SEGMENT_BYTES)
        try:
            log.append(Kind.USAGE, [checked(Kind.USAGE, each) for each in usage]).result()
        finally:
            log.close()
    finally:
        os.close(lock)
