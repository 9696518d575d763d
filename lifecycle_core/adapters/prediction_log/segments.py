"""Segments of the write-ahead log: files of one folder, which one process at a time may write.

A segment is known by its session, which is new whenever a log is opened, and its number in it.
Tables remember how far they have got in each session, so that neither a folder that was restored
from a copy nor one that was emptied makes them skip rows or take them twice.
"""

from __future__ import annotations

import fcntl
import logging
import os
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zlib import crc32

from lifecycle_core.adapters.files import read_text, sync, write_atomically, writing
from lifecycle_core.adapters.prediction_log.entries import (
    HEADER_BYTES,
    header,
    is_torn,
    read_entries,
    read_header,
)
from lifecycle_core.errors import InvalidCall, LifecycleError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lifecycle_core.adapters.prediction_log.entries import Entry

_LOGGER = logging.getLogger("nbrelease.log")
_SUFFIX = ".wal"
_DAMAGED = ".damaged"


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment that is written no more.

    Attributes:
        session: 32 hexadecimal digits.
        number: Its place in the session, from 1.
        rows: How many whole entries it holds.
        size: Bytes up to the end of the last whole entry; what follows does not count.
        since: When its first row came, by the process's monotonic clock, in seconds.
    """

    path: Path
    session: str
    number: int
    rows: int
    size: int
    since: float

    def entries(self) -> Iterator[Entry]:
        """Yield its rows, in order.

        Raises:
            InvalidCall: Fewer can be read than were acknowledged.
        """
        with self.path.open("rb") as file:
            content = file.read(self.size)
        rows = 0
        for entry, _ in read_entries(content):
            rows += 1
            yield entry
        if rows < self.rows:
            raise InvalidCall(
                f"{self.path} is damaged: {rows} of its {self.rows} rows can be read.",
                hint="The disk changed it. Start the process again: it keeps a copy of the file, "
                "and goes on with these rows.",
            )


def locked_folder(folder: Path) -> int | None:
    """Make the folder of a log and lock it; None if another process has it.

    The lock ends with the process, however that ends, or when the returned handle is closed.

    Raises:
        TargetUnwritable: The operating system refuses.
    """
    with writing(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # rows may be of persons
        handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return None
        except OSError:
            os.close(handle)
            raise
    return handle


def create_segment(folder: Path, place: int, session: str, number: int) -> tuple[Path, int]:
    """Make a segment and return its path and a handle to write behind its head.

    Args:
        folder: Folder of the log.
        place: Number of the file, which the order of files comes from.
        session: 32 hexadecimal digits.
        number: Number of the segment in its session.

    Raises:
        OSError: The operating system refuses; nothing is left behind.
    """
    path = folder / f"{place:012d}{_SUFFIX}"
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        write_all(handle, header(bytes.fromhex(session), number), at=0)
        os.fsync(handle)
        sync(folder)
    except OSError:
        os.close(handle)
        path.unlink(missing_ok=True)
        raise
    return path, handle


def write_all(handle: int, content: bytes, *, at: int) -> None:
    """Write all bytes from an offset on; the operating system may take them in parts.

    Raises:
        OSError: It takes no more; some may be written.
    """
    rest = memoryview(content)
    while rest:
        written = os.pwrite(handle, rest, at)
        rest, at = rest[written:], at + written


def place_of(path: Path) -> int:
    """Return the number of a segment's file."""
    return int(path.stem)


def left_segments(folder: Path, *, now: float) -> tuple[list[Segment], int]:
    """Return the segments that an earlier process left, in order, and the newest sequence.

    A torn tail is cut off; a segment without a whole row is removed. Where the disk has changed
    what it is cut off from, a copy stays beside it, and a warning says so.

    Raises:
        InvalidCall: A file cannot be read.
        TargetUnwritable: The operating system refuses.
    """
    found: list[Segment] = []
    newest = _noted_sequence(folder)
    for path in sorted(folder.glob(f"*{_SUFFIX}")):
        with writing(path):
            content = path.read_bytes()
            rows, size = 0, HEADER_BYTES
            for entry, end in read_entries(content):
                rows, size, newest = rows + 1, end, max(newest, entry.sequence)
            if rows == 0:
                _keep_damaged(path, content, size, rows)
                path.unlink()
                continue
            if (known := read_header(content)) is None:
                raise InvalidCall(
                    f"The head of {path} is damaged; {rows} rows stand behind it.",
                    hint="The disk changed it. Move the file away to go on without these rows.",
                )
            if size < len(content):
                _keep_damaged(path, content, size, rows)
                os.truncate(path, size)
                sync(path)
        session, number = known
        found.append(Segment(path, session.hex(), number, rows, size, now))
    return found, newest


def _keep_damaged(path: Path, content: bytes, size: int, rows: int) -> None:
    if is_torn(content[size:]):
        return
    place = f"{path.stem}-{crc32(content):08x}{_DAMAGED}"  # the segment's is taken again
    copy = path.with_name(place)
    write_atomically(copy, content)
    copy.chmod(0o600)
    _LOGGER.warning(
        "%s is damaged behind its row %d: the rows up to there go to the tables, and %s keeps all "
        "of it. Rows that were acknowledged may be missing in the log.", path, rows, copy,
    )  # fmt: skip


def remove_damaged(wals: Path) -> int:
    """Remove what was kept of damaged segments, and return how many files that were.

    Whose rows stand behind the damage, or in it, cannot be told for sure: all of them go.

    Args:
        wals: A folder with one folder for each process.

    Raises:
        TargetUnwritable: The operating system refuses.
    """
    found = sorted(wals.glob(f"*/*{_DAMAGED}"))
    for path in found:
        with writing(path):
            path.unlink(missing_ok=True)
    return len(found)


def remove_segment(segment: Segment, sequence: int) -> None:
    """Remove a segment whose rows are in the tables, and note how far the sequence had got.

    Raises:
        TargetUnwritable: The operating system refuses.
    """
    folder = segment.path.parent
    with suppress(LifecycleError):  # on a full disk, room comes first
        write_atomically(folder / "sequence", f"{sequence}\n")
    with writing(segment.path):
        segment.path.unlink(missing_ok=True)


def _noted_sequence(folder: Path) -> int:
    try:
        return int(read_text(folder / "sequence"))
    except (InvalidCall, ValueError):
        return 0
