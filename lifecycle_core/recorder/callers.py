"""Who asked: the line of the running cell, and the library that stands between it and the call."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from types import FrameType

    from .cells import Cells

OWN = ""
"""Origin of code that the user wrote: a cell, or a module of the project."""
STANDARD = "<standard library>"
KERNEL = "<kernel>"
RECORDER = "<recorder>"
_KERNEL_PACKAGES = frozenset(
    {"IPython", "comm", "debugpy", "ipykernel", "jupyter_client", "jupyter_core",
     "matplotlib_inline", "pexpect", "ptyprocess", "tornado", "traitlets", "zmq"}
)  # fmt: skip
_DEPTH = 2_000
_IMPORT = "<frozen importlib._bootstrap>"


class Caller(NamedTuple):
    """Where a call came from.

    Attributes:
        line: Of the running cell's source, from 1; None if none of it is on the stack.
        library: The top-level package that made the call; empty for the user's own code.
        importing: The package did so while it was imported.
    """

    line: int | None
    library: str
    importing: bool = False


class Callers:
    """Reads the stack; remembers what each file name is."""

    def __init__(self, project: str, cells: Cells) -> None:
        self._project = project + os.sep
        self._cells = cells
        self._standard = (
            os.path.dirname(os.__file__) + os.sep,
            os.path.dirname(os.path.realpath(os.__file__)) + os.sep,
        )
        self._recorder = os.path.dirname(os.path.abspath(__file__)) + os.sep
        self._origins: dict[str, str] = {}

    def origin(self, file: str) -> str:
        """Return `OWN`, `STANDARD`, `KERNEL`, `RECORDER` or the name of a top-level package."""
        known = self._origins.get(file)
        if known is None:
            known = self._origins[file] = self._find(file)
        return known

    def caller(self, frame: FrameType | None) -> Caller | None:
        """Return who called, reading outward from `frame`; None if it was Jupyter itself."""
        library = None
        importing = False
        for _ in range(_DEPTH):
            if frame is None:
                break
            file = frame.f_code.co_filename
            line = self._cells.line(file, frame.f_lineno or 0)
            if line is not None:
                return Caller(line, library or OWN, importing)
            if library is None:
                origin = self.origin(file)
                if origin not in (STANDARD, KERNEL, RECORDER):
                    library = origin
            elif library != OWN and file == _IMPORT:
                importing = True
            frame = frame.f_back
        return None if library is None else Caller(None, library, importing)

    def _find(self, file: str) -> str:
        if self._cells.is_cell(file) or file.startswith(self._project):
            return OWN
        if file.startswith(self._recorder):
            return RECORDER
        if file.startswith("<"):
            return STANDARD
        return self._library(file)

    def _library(self, file: str) -> str:
        for mark in ("site-packages", "dist-packages"):
            _, found, rest = file.rpartition(f"{os.sep}{mark}{os.sep}")
            if found:
                return _package(rest)
        folders = [folder for folder in sys.path if folder and file.startswith(folder + os.sep)]
        if file.startswith(self._standard) or not folders:
            return STANDARD
        return _package(file[len(max(folders, key=len)) + 1 :])


def _package(rest: str) -> str:
    """Return the top-level package of a file, given its path within an import folder."""
    top = rest.partition(os.sep)[0].partition(".")[0]
    return KERNEL if top in _KERNEL_PACKAGES else top
