"""The segment that is written now, which a write or a sync that failed brings to its end."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from lifecycle_core.adapters.files import writing
from lifecycle_core.adapters.prediction_log.entries import HEADER_BYTES
from lifecycle_core.adapters.prediction_log.segments import Segment, create_segment, write_all

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_RELAXED_SECONDS = 1.0
_ROOM = 128 << 10
"""Bytes of zeros that a file is made longer by: a sync is slower where a file has grown."""


class ActiveSegment:
    """A segment that grows, in one thread.

    Args:
        folder: Folder of the log.
        place: Number of the file.
        session: 32 hexadecimal digits.
        number: Number of the segment in its session.
        sync: Waits until a file's bytes are on the disk.

    Raises:
        TargetUnwritable: The operating system refuses; nothing is left behind.
    """

    def __init__(
        self, folder: Path, place: int, session: str, number: int, *, sync: Callable[[int], None]
    ) -> None:
        with writing(folder):
            self._path, self._handle = create_segment(folder, place, session, number)
        self._session = session
        self._number = number
        self._sync = sync
        self._synced = time.monotonic()
        self._unsynced = False
        self._room = HEADER_BYTES
        self.rows = 0
        self.size = HEADER_BYTES

    def write(self, content: bytes, rows: int, *, synced: bool) -> None:
        """Add entries, and wait until they are on the disk if they are to be `synced`.

        Raises:
            TargetUnwritable: The operating system refuses. Some of the bytes may be written: the
                segment must be sealed, and never be synced again in the hope of another answer.
        """
        end = self.size + len(content)
        with writing(self._path):
            write_all(self._handle, content, at=self.size)
            if end > self._room:
                self._room = end + _ROOM
                with suppress(OSError):  # on a disk that is nearly full, for as many as there are
                    write_all(self._handle, bytes(_ROOM), at=end)
            if synced:
                self._sync(self._handle)
        self.size = end
        self.rows += rows
        self._unsynced = not synced

    def patience(self) -> float | None:
        """Return seconds until what is written must be synced; None if all is."""
        if not self._unsynced:
            return None
        return max(0.0, self._synced + _RELAXED_SECONDS - time.monotonic())

    def sync(self) -> None:
        """Wait until all is on the disk.

        Raises:
            TargetUnwritable: The operating system refuses; the segment must be sealed.
        """
        with writing(self._path):
            self._sync(self._handle)
        self._unsynced, self._synced = False, time.monotonic()

    def seal(self, since: float) -> Segment | None:
        """End it behind the last whole write; None if it has no rows, and then no file is left.

        Args:
            since: When its first row came, by the monotonic clock.
        """
        with suppress(OSError):  # at worst, rows whose callers were told that they failed are kept
            os.ftruncate(self._handle, self.size)
            self._sync(self._handle)
        with suppress(OSError):
            os.close(self._handle)
        if not self.rows:
            with suppress(OSError):  # whoever opens the log next removes it
                self._path.unlink()
            return None
        return Segment(self._path, self._session, self._number, self.rows, self.size, since)
