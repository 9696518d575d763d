"""Files that are opened: what the run reads and writes."""

from __future__ import annotations

import os
from sys import _getframe
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from .callers import Callers
    from .cells import Cells
    from .log import Log
    from .settings import Settings

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Files:
    """Observes `open` and what changes files without it."""

    def __init__(self, settings: Settings, log: Log, cells: Cells, callers: Callers) -> None:
        self._log = log
        self._cells = cells
        self._callers = callers
        self._project = settings.project + os.sep
        self._seen: set[tuple[object, ...]] = set()

    def events(self) -> dict[str, Callable[..., None]]:
        """Return the audit events to hear, and by what."""
        return {"open": self._open}

    def _open(self, path: object, _mode: object, flags: object) -> None:
        if not isinstance(path, (str, bytes, os.PathLike)):
            return
        writes = isinstance(flags, int) and bool(flags & _WRITING)
        cell = self._cells.index
        key = (path, writes, cell)
        if key in self._seen:
            return
        self._seen.add(key)
        full = os.path.realpath(os.fsdecode(path))
        if not full.startswith(self._project) or full.endswith(".pyc"):
            return
        caller = self._callers.caller(_getframe(1))
        if caller is None:
            return
        self._log.site(
            "writes" if writes else "reads",
            cell,
            line=caller.line,
            what="open",
            path=full,
            library=caller.library,
        )
