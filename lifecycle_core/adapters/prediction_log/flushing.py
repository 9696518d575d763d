"""Brings the rows that wait in write-ahead logs to the tables, whoever writes these logs."""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING

from lifecycle_core.adapters.files import writing
from lifecycle_core.adapters.prediction_log.draining import REQUEST
from lifecycle_core.adapters.prediction_log.log import open_locked
from lifecycle_core.adapters.prediction_log.segments import locked_folder
from lifecycle_core.errors import LogUnavailable

if TYPE_CHECKING:
    from pathlib import Path

_PAUSE = 0.1


def flush(address: str, wals: Path, *, seconds: float = 60.0) -> int:
    """Wait until the rows that are in write-ahead logs now are in the tables.

    A log that a process has open is drained by that process; the others are drained here.

    Args:
        address: Where the tables are.
        wals: A folder with one folder for each process.
        seconds: How long to wait for the other processes.

    Returns:
        How many write-ahead logs there are.

    Raises:
        LogUnavailable: The tables cannot be written, or a process does not answer.
    """
    folders = sorted(path.parent for path in wals.glob("*/lock"))
    for folder in folders:
        _flush_one(address, folder, time.monotonic() + seconds)
    return len(folders)


def _flush_one(address: str, folder: Path, until: float) -> None:
    request = folder / REQUEST.replace("*", uuid.uuid4().hex)
    with writing(request):
        request.touch()
    try:
        while request.exists():
            if (lock := locked_folder(folder)) is not None:
                left = open_locked(address, wal=folder, lock=lock).close()
                if left.rows:
                    raise LogUnavailable(left.error, address=address)
                return
            if time.monotonic() > until:
                raise LogUnavailable(
                    f"The process that writes to {folder} has not drained its rows.",
                    address=address,
                    hint="Look at its lag: it may not reach the tables.",
                )
            time.sleep(_PAUSE)
    finally:
        request.unlink(missing_ok=True)
