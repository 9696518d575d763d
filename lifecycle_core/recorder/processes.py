"""Programs that are started, and threads that the notebook's own code starts."""

from __future__ import annotations

import os
from sys import _getframe
from typing import TYPE_CHECKING, Any

from .callers import OWN, RECORDER, STANDARD

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from .callers import Callers
    from .cells import Cells
    from .log import Log

_MOST = 200


class Processes:
    """Observes processes and threads; it prevents nothing."""

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
            "_thread.start_new_thread": self._thread,
            "_thread.start_joinable_thread": self._thread,
        }

    def _started(self, what: str) -> None:
        caller = self._callers.caller(_getframe(1))
        if caller is not None:
            self._log.site(
                "processes", self._cells.index, line=caller.line, what=what, library=caller.library
            )

    def _thread(self, *_words: object) -> None:
        frame: FrameType | None = _getframe(2)
        what = "_thread.start_new_thread"
        while frame is not None:
            file = frame.f_code.co_filename
            origin = self._callers.origin(file)
            if origin == STANDARD and not file.startswith("<"):
                owner = frame.f_locals.get("self")
                what = f"{type(owner).__module__}.{type(owner).__name__}" if owner else what
            elif origin == OWN:
                break
            elif origin not in (STANDARD, RECORDER):
                return
            frame = frame.f_back
        caller = self._callers.caller(frame)
        if caller is not None:
            self._log.site("threads", self._cells.index, line=caller.line, what=what)


def _line(program: Any, words: Any) -> str:  # noqa: ANN401 - whatever the notebook passed
    """Return a command as a line of text."""
    if isinstance(words, (str, bytes)):
        return os.fsdecode(words)[:_MOST]
    if isinstance(words, (list, tuple)) and words:
        return " ".join(map(str, words[:50]))[:_MOST]
    return str(program)[:_MOST]
