"""The file of facts: one JSON object a line, appended at once, so that a killed kernel has told.

{"kind": "reads", "cell": 1, "line": 2, "what": "open", "path": "/...", "library": "pandas"}
{"kind": "begin", "cell": 1, "file": "/tmp/.../123.py", "shift": 0}     a cell starts
{"kind": "cell", "cell": 1, "variables": {...}, ...}                    a cell ended
{"kind": "module", "what": "numpy"}                                     a module was loaded
"""

from __future__ import annotations

import json
import os

_MOST = {"reads": 5_000, "writes": 5_000}
_MOST_OTHERS = 300
MORE = "and more"
"""The text of `what` where a cell did more of a kind than is told."""


class Log:
    """An append-only file that survives a notebook which closes or deletes what it did not open.

    It takes no lock: one `os.write` to a file opened for appending is whole, and a lock that a
    fork catches would hang the child.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._dumps = json.JSONEncoder(ensure_ascii=True, default=repr).encode
        self._write, self._fstat, self._open_file = os.write, os.fstat, os.open
        self._known: set[tuple[object, ...]] = set()
        self._counts: dict[tuple[str, int], int] = {}
        self._open()

    def tell(self, kind: str, **fact: object) -> None:
        """Append a fact; it never raises, because the notebook's own call is under way."""
        try:
            line = self._dumps({"kind": kind, **fact}).encode() + b"\n"
            self._ours()
            self._write(self._handle, line)
        except (OSError, ValueError, TypeError, RecursionError):
            return

    def site(
        self,
        kind: str,
        cell: int,
        *,
        line: int | None,
        what: str,
        path: str = "",
        library: str = "",
    ) -> None:
        """Append something that happened at a line of a cell, once, and not without bound."""
        key = (kind, cell, line, what, path, library)
        if key in self._known:
            return
        most = _MOST.get(kind, _MOST_OTHERS)
        count = self._counts.get((kind, cell), 0)
        self._counts[kind, cell] = count + 1
        if count > most:
            return
        self._known.add(key)
        if count == most:
            line, what, path, library = None, MORE, "", ""
        self.tell(kind, cell=cell, line=line, what=what[:1_000], path=path, library=library)

    def _open(self) -> None:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        self._handle = self._open_file(self._path, flags, 0o600)
        self._identity = self._fstat(self._handle)[1:3]

    def _ours(self) -> None:
        """Open the file again if its handle was closed, or now belongs to somebody else."""
        try:
            if self._fstat(self._handle)[1:3] == self._identity:
                return
        except OSError:
            pass
        self._open()
