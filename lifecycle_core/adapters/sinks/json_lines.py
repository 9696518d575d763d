"""Events as lines of a file, one JSON object each: appended whole, by any number of writers.

A line is written under the file's lock. Whoever was killed in the middle of one leaves a tail
without an end; the next writer takes it away, for it was never acknowledged.
"""

from __future__ import annotations

import fcntl
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lifecycle_core.adapters.files import writing
from lifecycle_core.adapters.sinks.base import SinkOptions

if TYPE_CHECKING:
    from lifecycle_core.adapters.sinks.base import Sink, Surroundings
    from lifecycle_core.schema.event import Event

_ENDINGS = frozenset({"run_finished", "run_failed"})
_PIECE = 1 << 16


class JsonLinesOptions(SinkOptions):
    """Options of `kind = "jsonl"`.

    Attributes:
        path: The file, relative to the project; `events.jsonl` in nbrelease's home without it.
    """

    path: Path | None = None

    def sink(self, around: Surroundings) -> Sink:
        """Return the sink; the file is made with the first event."""
        return JsonLines(around.project / self.path if self.path else around.home / "events.jsonl")


@dataclass(frozen=True, slots=True)
class JsonLines:
    """Appends events to a file; it is opened for each, so that it may be rotated meanwhile.

    Attributes:
        path: The file; its folder is made if need be.
    """

    path: Path

    def take(self, event: Event) -> None:
        """Append one line.

        Raises:
            TargetUnwritable: The operating system refuses; no part of the line is left.
        """
        line = event.model_dump_json().encode() + b"\n"
        with writing(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX)
                _append(handle, line)
                if event.kind in _ENDINGS:
                    os.fsync(handle)
            finally:
                os.close(handle)

    def close(self) -> None:
        """Nothing is held back."""


def _append(handle: int, line: bytes) -> None:
    size = _mended(handle)
    try:
        written = 0
        while written < len(line):
            written += os.write(handle, line[written:])
    except OSError:
        os.ftruncate(handle, size)  # the disk is full: half a line helps nobody
        raise


def _mended(handle: int) -> int:
    """Return the file's size after its last line was ended, or taken away if it is half a line."""
    size = os.fstat(handle).st_size
    if not size or os.pread(handle, 1, size - 1) == b"\n":
        return size
    start, tail = size, b""
    while start and b"\n" not in tail:
        step = min(_PIECE, start)
        start -= step
        tail = os.pread(handle, step, start) + tail
    last = tail.rpartition(b"\n")[2]
    try:
        json.loads(last)
    except ValueError:
        os.ftruncate(handle, size - len(last))
        return size - len(last)
    os.write(handle, b"\n")  # a whole line that somebody's editor left without an end
    return size + 1
