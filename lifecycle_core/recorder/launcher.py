"""The main program of a kernel in a clean run: watch, then become an ordinary ipykernel.

A script, run by the notebook's interpreter; it imports nothing but the standard library before
ipykernel itself. Called as `launcher.py OBSERVED CELL PROJECT -f CONNECTION_FILE ...`:

    OBSERVED   a file to which it appends one JSON object a line, as things happen, so that a
               kernel that is killed has still told what it did:
               {"module": name}            a top-level module is imported
               {"file": path, "cell": i}   a file of the project is opened for reading
    CELL       a file of eight bytes in which the engine writes the index of the running cell
    PROJECT    the copy of the project; files elsewhere are not told

It cannot see what C libraries read behind Python's back: not told means not observed.
"""

from __future__ import annotations

import atexit
import json
import mmap
import os
import signal
import stat
import struct
import sys
import threading
import time
from typing import Any

CELL = struct.Struct("<q")
_POLL = 0.5


class Observer:
    """An audit hook. It must never raise, and must stay cheap: Python calls it very often."""

    def __init__(self, observed: str, cell: str, project: str) -> None:
        self._log = os.open(observed, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        handle = os.open(cell, os.O_RDONLY)
        self._cell = mmap.mmap(handle, CELL.size, prot=mmap.PROT_READ)
        os.close(handle)
        self._project = project + os.sep
        self._known: set[object] = set()
        self.modules()

    def __call__(self, event: str, arguments: tuple[object, ...]) -> None:
        """Note an import or the opening of a file; ignore all other events."""
        try:
            if event == "import":
                self._module(arguments[0])
            elif event == "open":
                self._file(*arguments)
        except (OSError, TypeError, ValueError):
            return  # whatever is odd about this call, the notebook will hear it from Python

    def modules(self) -> None:
        """Note what is loaded now: `importlib.import_module` raises no event."""
        for name in list(sys.modules):
            self._module(name)

    def _module(self, name: object) -> None:
        if isinstance(name, str) and (top := name.partition(".")[0]) not in self._known:
            self._known.add(top)
            self._tell({"module": top})

    def _file(self, path: object, mode: object, flags: object) -> None:
        reads = (
            "r" in mode
            if isinstance(mode, str)
            else isinstance(flags, int) and flags & os.O_ACCMODE == os.O_RDONLY
        )
        if not reads or not isinstance(path, str | bytes | os.PathLike):
            return
        full = os.path.realpath(os.fsdecode(path))
        if not full.startswith(self._project) or full.endswith(".pyc"):
            return
        (cell,) = CELL.unpack(self._cell)
        if (full, cell) not in self._known and stat.S_ISREG(os.stat(full).st_mode):  # noqa: PTH116 - pathlib would cost more than the notebook's own call
            self._known.add((full, cell))
            self._tell({"file": full, "cell": cell})

    def _tell(self, fact: dict[str, object]) -> None:
        os.write(self._log, json.dumps(fact).encode() + b"\n")


def _end_with(parent: int) -> None:
    """Kill the kernel and all it started once the program that started it is gone."""
    while os.getppid() == parent:
        time.sleep(_POLL)
    os.killpg(os.getpgrp(), signal.SIGKILL)


def main() -> None:
    """Start to watch, then run the kernel until it is told to stop."""
    observed, cell, project = sys.argv[1:4]
    del sys.argv[1:4]
    del sys.path[0]  # this script's folder; a notebook must not import our modules by accident
    parent = int(os.environ.pop("JPY_PARENT_PID", "0")) or os.getppid()
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    observer = Observer(observed, cell, project)
    atexit.register(observer.modules)
    sys.addaudithook(observer)
    from ipykernel.kernelapp import IPKernelApp

    class QuietApp(IPKernelApp):  # type: ignore[misc]  # ipykernel is not followed by mypy
        def init_iopub(self, context: Any) -> None:  # noqa: ANN401 - pyzmq's context
            """Never drop an output: by default the thousandth that waits is the last."""
            context.sndhwm = 0
            super().init_iopub(context)

        def log_connection_info(self) -> None:
            """Invite nobody: what the process writes past Jupyter is kept for its last words."""

    QuietApp.launch_instance()


if __name__ == "__main__":
    main()
