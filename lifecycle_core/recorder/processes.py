"""Programs that are started."""

from __future__ import annotations

import os
from sys import _getframe
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from .callers import Callers
    from .cells import Cells
    from .log import Log

_MOST = 200


class Processes:
    """Observes processes; it prevents nothing."""

    def __init__(self, log: Log, cells: Cells, callers: Callers) -> None:
        self._log = log
        self._cells = cells
        self._callers = callers

    def events(self) -> dict[str, Callable[..., None]]:
        """Return the audit events to hear, and by what."""
        return {
            "subprocess.Popen": lambda program, words, *_rest: self._started(_line(program, words)),
            "os.system": lambda command: self._started(_line(None, command)),
            "os.exec": lambda path, words, _environment: self._started(_line(path, words)),
            "os.posix_spawn": lambda path, words, _environment: self._started(_line(path, words)),
            "os.spawn": lambda _mode, path, words, *_rest: self._started(_line(path, words)),
            "os.fork": lambda: self._started("os.fork"),
            "os.forkpty": lambda: self._started("os.forkpty"),
        }

    def _started(self, what: str) -> None:
        caller = self._callers.caller(_getframe(1))
        if caller is not None:
            self._log.site(
                "processes", self._cells.index, line=caller.line, what=what, library=caller.library
            )


def _line(program: Any, words: Any) -> str:  # noqa: ANN401 - whatever the notebook passed
    """Return a command as a line of text."""
    if isinstance(words, (str, bytes)):
        return os.fsdecode(words)[:_MOST]
    if isinstance(words, (list, tuple)) and words:
        return " ".join(map(str, words[:50]))[:_MOST]
    return str(program)[:_MOST]
