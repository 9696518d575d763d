"""What steps print, kept apart by the thread that prints it."""

from __future__ import annotations

import io
import sys
import threading
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable

_MOST = 20_000
_CUT = "\n[cut]\n"


class Printed(io.TextIOBase):
    """Stands in for `sys.stdout` or `sys.stderr`; what no step prints goes where it went before."""

    def __init__(self, original: TextIO, kept: Callable[[], list[str] | None]) -> None:
        self._original = original
        self._kept = kept

    @property
    def encoding(self) -> str:  # type: ignore[override] # read-only here
        """That of the stream it stands in for."""
        return self._original.encoding

    def write(self, text: str) -> int:
        """Keep a text, or pass it on."""
        kept = self._kept()
        if kept is None:
            return self._original.write(text)
        if sum(map(len, kept)) < _MOST:
            kept.append(text[: _MOST + 1])
        return len(text)

    def flush(self) -> None:
        """Pass it on."""
        self._original.flush()

    def fileno(self) -> int:
        """Return the handle of the stream it stands in for."""
        return self._original.fileno()

    def isatty(self) -> bool:
        """Tell that nobody watches."""
        return False

    def writable(self) -> bool:
        """Tell that it can be written to."""
        return True


class Printing:
    """Keeps what steps print in this process, by the thread that they run in."""

    def __init__(self) -> None:
        self._by_thread: dict[int, list[str]] = {}
        sys.stdout = Printed(sys.stdout, self._of_thread)
        sys.stderr = Printed(sys.stderr, self._of_thread)

    def begin(self) -> None:
        """Keep what this thread prints from now on."""
        self._by_thread[threading.get_ident()] = []

    def end(self) -> str:
        """Return what it printed, cut to 20,000 characters."""
        text = "".join(self._by_thread.pop(threading.get_ident(), []))
        return text if len(text) <= _MOST else text[: _MOST - len(_CUT)] + _CUT

    def _of_thread(self) -> list[str] | None:
        own = self._by_thread.get(threading.get_ident())
        if own is None and len(self._by_thread) == 1:
            # A thread that the only running step started.
            return next(iter(self._by_thread.values()), None)
        return own
