"""Warnings that are shown: category and text, and the line that led to them."""

from __future__ import annotations

import warnings
from sys import _getframe
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .callers import Callers
    from .cells import Cells
    from .log import Log


class Warned:
    """Listens where `warnings` prints; a filter or `catch_warnings` acts before, as ever."""

    def __init__(self, log: Log, cells: Cells, callers: Callers) -> None:
        self._log = log
        self._cells = cells
        self._callers = callers

    def start(self) -> None:
        """Put the observer in place; where Python has no such function nothing is observed."""
        show = getattr(warnings, "_showwarnmsg_impl", None)
        if show is None:
            return

        def shown(message: Any) -> None:  # noqa: ANN401 - warnings' own
            self._note(message)
            show(message)

        warnings._showwarnmsg_impl = shown  # type: ignore[attr-defined]  # noqa: SLF001 - `showwarning` would be noticed

    def _note(self, message: Any) -> None:  # noqa: ANN401 - as above
        caller = self._callers.caller(_getframe(2))
        if caller is not None:
            what = f"{message.category.__name__}: {message.message}"
            self._log.site(
                "warnings", self._cells.index, line=caller.line, what=what, library=caller.library
            )
