"""Which cell runs, and which line of its source a frame belongs to."""

from __future__ import annotations

import mmap
import os
import re
from typing import TYPE_CHECKING, Any

from .settings import CELL

if TYPE_CHECKING:
    from .log import Log

_TIMED = frozenset({"<timed exec>", "<timed eval>", "<magic-timeit>"})
"""File names under which IPython compiles the code of `%time` and `%timeit`."""
_BODY = re.compile(r"\s*%%(?:time|timeit)\b[^\n]*\n")


class Cells:
    """The running cell: its index as the engine says it, its source as the kernel got it."""

    def __init__(self, path: str, log: Log) -> None:
        self._log = log
        handle = os.open(path, os.O_RDONLY)
        self._index = mmap.mmap(handle, CELL.size, prot=mmap.PROT_READ)
        os.close(handle)
        self._unpack = CELL.unpack_from
        self._raw = ""
        self._shifts: dict[str, int] = {}
        self._seen: set[str] = set()

    @property
    def index(self) -> int:
        """Index of the running cell in the source notebook; -1 before the first."""
        return int(self._unpack(self._index)[0])

    def begin(self, shell: Any, raw: str) -> None:  # noqa: ANN401 - IPython's shell
        """Note the source that is about to run."""
        self._raw = raw
        self._shifts.clear()
        if body := _BODY.match(raw):
            shift = raw.count("\n", 0, body.end()) + _blank(raw[body.end() :])
            for name in _TIMED:
                self._map(name, shift)
        self._follow(shell)

    def line(self, file: str, number: int) -> int | None:
        """Return the line in the running cell's source, or None if the file is not that cell."""
        shift = self._shifts.get(file)
        return None if shift is None else number + shift

    def is_cell(self, file: str) -> bool:
        """Tell whether a code object with this file name came from any cell so far."""
        return file in self._seen or file in _TIMED

    def _follow(self, shell: Any) -> None:  # noqa: ANN401 - as above
        """Hear from IPython's compiler under which name it compiles each piece of the cell."""
        compiler = shell.compile
        if getattr(compiler.cache, "cells", None) is self:
            return
        original = compiler.cache

        def cache(code: str, number: int = 0, raw_code: str | None = None) -> Any:  # noqa: ANN401 - IPython's
            name = original(code, number, raw_code)
            self._named(name, code if raw_code is None else raw_code)
            return name

        cache.cells = self  # type: ignore[attr-defined]
        compiler.cache = cache

    def _named(self, name: str, raw: str) -> None:
        # The body of a cell magic is compiled as a cell of its own.
        start = self._raw.find(raw.strip())
        if start >= 0:
            self._map(name, self._raw.count("\n", 0, start))
        self._seen.add(name)

    def _map(self, name: str, shift: int) -> None:
        self._shifts[name] = shift
        # For the stack of a cell that hangs, which the engine reads.
        self._log.tell("begin", cell=self.index, file=name, shift=shift)


def _blank(source: str) -> int:
    """Count the empty lines at the top, which IPython drops."""
    return source.count("\n", 0, len(source) - len(source.lstrip()))
