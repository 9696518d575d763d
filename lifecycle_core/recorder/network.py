"""The network: connections and name look-ups, which can also be refused.

What C libraries do by themselves, such as DuckDB's downloads or libcurl, raises no event.
"""

from __future__ import annotations

import errno
import os
import socket
from sys import _getframe
from typing import TYPE_CHECKING

from .callers import KERNEL, RECORDER, STANDARD

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from .callers import Callers
    from .cells import Cells
    from .log import Log

_LOOK_UPS = ("getaddrinfo", "gethostbyname", "gethostbyaddr", "getnameinfo")
_OWN_SOCKETS = frozenset({"socketpair", "_make_self_pipe", "Client", "SocketClient"})
"""Functions of the standard library that connect a process to itself or to its children."""


class Network:
    """Observes sockets that leave the process; those of the kernel and of pools do not count."""

    def __init__(self, *, allowed: bool, log: Log, cells: Cells, callers: Callers) -> None:
        self._allowed = allowed
        self._log = log
        self._cells = cells
        self._callers = callers

    def events(self) -> dict[str, Callable[..., OSError | None]]:
        """Return the audit events to hear, and by what."""
        found: dict[str, Callable[..., OSError | None]] = {
            "socket.connect": self._connect,
            "socket.sendto": self._connect,
            "socket.sendmsg": self._connect,
            "urllib.Request": self._request,
        }
        for name in _LOOK_UPS:
            found[f"socket.{name}"] = self._look_up
        return found

    def _connect(self, endpoint: object, address: object = None, *_rest: object) -> OSError | None:
        family = getattr(endpoint, "family", None)
        if not isinstance(address, tuple) or family not in (socket.AF_INET, socket.AF_INET6):
            return None
        where = f"{address[0]}:{address[1]}"
        if not self._asked(f"connect {where}") or self._allowed:
            return None
        reason = f"{os.strerror(errno.ECONNREFUSED)}: this clean run has no network"
        return ConnectionRefusedError(errno.ECONNREFUSED, reason)

    def _look_up(self, host: object, *_rest: object) -> OSError | None:
        if isinstance(host, tuple) and host:
            host = host[0]
        if isinstance(host, bytes):
            host = host.decode(errors="replace")
        if not host or not self._asked(f"look up {host}") or self._allowed:
            return None
        return socket.gaierror(socket.EAI_AGAIN, "this clean run has no network")

    def _request(self, url: object, *_rest: object) -> OSError | None:
        if not str(url).startswith(("file:", "data:")):
            self._asked(f"request {url}")
        return None

    def _asked(self, what: str) -> bool:
        frame: FrameType | None = _getframe(2)
        while frame is not None:
            file = frame.f_code.co_filename
            origin = self._callers.origin(file)
            if origin == KERNEL or (origin == STANDARD and frame.f_code.co_name in _OWN_SOCKETS):
                return False
            if origin not in (STANDARD, RECORDER):
                break
            frame = frame.f_back
        caller = self._callers.caller(frame)
        if caller is None:
            return False
        self._log.site(
            "network", self._cells.index, line=caller.line, what=what, library=caller.library
        )
        return True
