"""One at a time: who computes a step holds a lock, or a lease where there are no locks.

Nothing but work depends on either: objects and traces are what they are, whoever writes them, so
that two who compute the same only do it twice.
"""

from __future__ import annotations

import fcntl
import os
import socket
import threading
import time
import uuid
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Protocol

from lifecycle_core.errors import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PAUSE = 0.05
_ASKED_SECONDS = 1.0
_RENEWED_SECONDS = 4.0
_DEAD_SECONDS = 20.0


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock of a file while the block runs; wait for whoever holds it now.

    The lock belongs to the open file, so that it ends with its process however that ends. Where
    the file system knows no locks, nobody waits.
    """
    handle = _acquired(path)
    try:
        yield
    finally:
        if handle is not None:
            path.unlink(missing_ok=True)
            os.close(handle)


def _acquired(path: Path) -> int | None:
    path.parent.mkdir(parents=True, exist_ok=True)
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            time.sleep(_PAUSE)
            continue
        except OSError:
            os.close(handle)
            return None
        with suppress(FileNotFoundError):
            if os.fstat(handle).st_ino == path.stat().st_ino:
                return handle
        os.close(handle)  # its holder took the file away as it left; another file counts now


class Leasing(Protocol):
    """A place that can be asked to write a file only if it is not there."""

    def claim(self, path: str, content: bytes) -> bool:
        """Write a file unless it is there; tell whether it was not."""

    def read(self, path: str) -> bytes | None:
        """Return a file's bytes; None if it is not there."""

    def write(self, path: str, content: bytes) -> None:
        """Write a file, whether it is there or not."""

    def remove(self, path: str) -> None:
        """Remove a file, if it is there."""


@contextmanager
def leased(place: Leasing, path: str) -> Iterator[None]:
    """Hold a lease while the block runs; wait for whoever holds it now.

    A lease is a file that its holder writes anew every few seconds. One that stands still for 20
    seconds, or whose holder was a process of this machine that has ended, counts no longer. The
    clocks of two machines are never compared.
    """
    holder = f"{socket.gethostname()} {os.getpid()} {uuid.uuid4().hex}"
    _claim(place, path, holder)
    ended = threading.Event()
    renewing = threading.Thread(target=_renew, args=(place, path, holder, ended), daemon=True)
    renewing.start()
    try:
        yield
    finally:
        ended.set()
        renewing.join()
        with suppress(StoreUnavailable):  # who waits will find that it stands still
            place.remove(path)


def _claim(place: Leasing, path: str, holder: str) -> None:
    seen, since = None, time.monotonic()
    while not place.claim(path, holder.encode()):
        found = place.read(path)
        if found != seen:
            seen, since = found, time.monotonic()
        if found is not None and (_has_ended(found) or time.monotonic() - since > _DEAD_SECONDS):
            place.remove(path)
        else:
            time.sleep(_ASKED_SECONDS)


def _renew(place: Leasing, path: str, holder: str, ended: threading.Event) -> None:
    count = 0
    while not ended.wait(_RENEWED_SECONDS):
        count += 1
        with suppress(StoreUnavailable):  # the next time may do
            place.write(path, f"{holder} {count}".encode())


def _has_ended(found: bytes) -> bool:
    """Tell whether the holder of a lease is known to have ended."""
    machine, process, *_ = [*found.decode(errors="replace").split(), "", ""]
    if machine != socket.gethostname() or not process.isdecimal():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        return False
    return False
