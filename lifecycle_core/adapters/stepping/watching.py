"""See which files a step reads and writes: Python's audit events, and the readers beside them.

What other processes of the step's do is not seen, nor whether a file was only asked for; the
compiler's record names files that the notebook's own run read, and those always count.
"""

from __future__ import annotations

import os
import sys
import sysconfig
import tempfile
import threading
from pathlib import Path
from sys import _getframe
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.stepping.file_states import ABSENT, named, names_in, state_of
from lifecycle_core.recorder.readers import Readers

if TYPE_CHECKING:
    from collections.abc import Callable

    from lifecycle_core.recorder.imports import Imports

_STARTING = (
    "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.system",
    "subprocess.Popen",
)  # fmt: skip
_OPENING = frozenset({"duckdb.connect", "duckdb.attach"})
"""Ways to open what is there of which only the end tells whether something was written."""
_IMPORTING = "<frozen importlib"
_LOOKING = frozenset({"linecache", "tokenize", "inspect", "traceback", "pkgutil", "zipimport"})
_SYSTEM = ("/proc", "/dev", "/sys", "/etc", "/usr", "/lib", "/lib64", "/bin", "/run", "/var")


class Watcher:
    """What one running step did to files.

    Attributes:
        read: By path as a trace names it, the digest before the step first wrote there.
        listed: By path of a folder, which ends in a slash, the names in it then.
        loading: Paths among `read` that a module read while it was loaded.
        written: Absolute paths; a database is among them although it may only have been read.
        programs: Whether it started some.

    Args:
        home: The notebook's folder, without links.
        root: The package's root, likewise.
        apart: Folders in which files are none of the step's.
        keep: Given a file that the step has read and is about to change.
    """

    def __init__(
        self,
        home: Path,
        root: Path,
        apart: tuple[str, ...],
        keep: Callable[[Path], None] | None = None,
    ) -> None:
        self._keep = keep
        self.read: dict[str, str] = {}
        self.listed: dict[str, frozenset[str]] = {}
        self.loading: set[str] = set()
        self.written: set[str] = set()
        self.programs = False
        self.home, self.root = home, root
        project = dict.fromkeys((_folder(home), _folder(root)), True)
        others = dict.fromkeys(map(_folder, (*_elsewhere(), *apart)), False)
        # An environment may lie in the project, and a project in a temporary folder: of the
        # folders around a file the innermost says what it is.
        self._places = sorted(
            (others | project).items(), key=lambda place: len(place[0]), reverse=True
        )
        self._person = _folder(Path.home())

    def look(self, path: object, *, reads: bool, writes: bool, folder: bool = False) -> None:
        """Note that a file is about to be opened, or a folder to be listed."""
        full = os.path.realpath(os.fsdecode(path))  # type: ignore[arg-type] # raises TypeError if it is none
        if not self.concerns(full):
            return
        name = named(full, self.home, self.root)
        if folder:
            self.listed.setdefault(f"{name}/", names_in(name, self.home))
            return
        if reads and full not in self.written and not Path(full).is_dir():
            if name not in self.read:
                self.read[name] = state_of(name, self.home)
            if name not in self.loading and _loads(_getframe(1)):
                self.loading.add(name)
        if writes:
            known = full not in self.written and self.read.get(name, ABSENT) != ABSENT
            self.written.add(full)
            if known and self._keep:
                self._keep(Path(full))

    def concerns(self, full: str) -> bool:
        """Tell whether a file is the user's, by its path: absolute, without links."""
        if full.endswith((".pyc", ".pyo")) or f"{os.sep}__pycache__" in full:
            return False
        beside = full + os.sep
        for folder, concerned in self._places:
            if beside.startswith(folder):
                return concerned
        # Settings and caches of programs in a person's home are no data.
        return not beside.startswith(self._person + ".")


class Observer:
    """Hears of files in this process and tells the steps that run in it.

    Audit hooks stay for the life of a process, so a process has one observer.

    Args:
        imports: Tells once a reader is loaded.
    """

    def __init__(self, imports: Imports) -> None:
        self._by_thread: dict[int, Watcher] = {}
        self._busy = threading.local()
        Readers(self, imports)
        self._events: dict[str, Callable[..., None]] = {
            "open": self._open,
            "os.listdir": self._list,
            "os.scandir": self._list,
            "sqlite3.connect": self._database,
            "os.rename": self._rename,
            "os.remove": self._write,
            "os.truncate": self._write,
            **dict.fromkeys(_STARTING, self._start),
        }
        sys.addaudithook(self._hear)

    def begin(self, watcher: Watcher) -> None:
        """Tell this watcher from now on what this thread does."""
        self._by_thread[threading.get_ident()] = watcher

    def end(self) -> None:
        """Tell it no more."""
        self._by_thread.pop(threading.get_ident(), None)

    def reading(self, path: object, what: str) -> None:
        """Note that a file is about to be read by code that raises no event."""
        self._tell(path, reads=True, writes=what in _OPENING)

    def writing(self, path: object, _what: str) -> None:
        """Note that a file is about to be written by code that raises no event."""
        self._tell(path, reads=False, writes=True)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event not in self._events or not self._by_thread or getattr(self._busy, "on", False):
            return
        if _imports(_getframe(1)):
            return
        try:
            self._events[event](*arguments)
        except Exception:  # noqa: BLE001 - what is odd about this call, Python itself will say
            return

    def _tell(self, path: object, *, reads: bool, writes: bool, folder: bool = False) -> None:
        if isinstance(path, int) or getattr(self._busy, "on", False):
            return
        self._busy.on = True  # a digest opens files, too
        try:
            for watcher in self._watchers():
                watcher.look(path, reads=reads, writes=writes, folder=folder)
        finally:
            self._busy.on = False

    def _watchers(self) -> list[Watcher]:
        # A thread that a step started is nobody's in particular: all that run are told.
        own = self._by_thread.get(threading.get_ident())
        return [own] if own else list(self._by_thread.values())

    def _open(self, path: object, mode: object, flags: object) -> None:
        if isinstance(mode, str) and not flags:
            writes = not set(mode).isdisjoint("wax+")
            reads = set(mode).isdisjoint("wx")
        else:
            bits = flags if isinstance(flags, int) else 0
            writes = bits & os.O_ACCMODE != os.O_RDONLY or bool(bits & os.O_TRUNC)
            # What is appended to, or changed in place, depends on what was there.
            reads = not bits & (os.O_TRUNC | os.O_EXCL)
        self._tell(path, reads=reads, writes=writes)

    def _list(self, path: object = None) -> None:
        self._tell(os.curdir if path is None else path, reads=True, writes=False, folder=True)

    def _database(self, path: object, *_rest: object) -> None:
        if isinstance(path, (str, bytes, os.PathLike)) and os.fsdecode(path) not in (
            "",
            ":memory:",
        ):
            self._tell(path, reads=True, writes=True)

    def _rename(self, old: object, new: object, *_folders: object) -> None:
        self._tell(old, reads=True, writes=True)
        self._tell(new, reads=False, writes=True)

    def _start(self, *_what: object) -> None:
        for watcher in self._watchers():
            watcher.programs = True

    def _write(self, path: object, *_rest: object) -> None:
        self._tell(path, reads=False, writes=True)


def _imports(frame: Any) -> bool:  # noqa: ANN401 - a frame
    """Tell whether Python itself asks: to load a module, find a package, show a line of code."""
    while frame is not None and frame.f_code.co_filename == __file__:
        frame = frame.f_back
    if frame is None:
        return False
    name = frame.f_globals.get("__name__", "")
    file = frame.f_code.co_filename
    return file.startswith(_IMPORTING) or name.startswith("importlib.") or name in _LOOKING


def _loads(frame: Any) -> bool:  # noqa: ANN401 - a frame
    """Tell whether a module is being loaded, whose code asks itself or by what it calls."""
    while frame is not None and not frame.f_code.co_filename.startswith(_IMPORTING):
        frame = frame.f_back
    return frame is not None


def _elsewhere() -> tuple[str, ...]:
    """Return the folders of the system and of the environment: what lies there is no data."""
    paths = sysconfig.get_paths()
    return (
        *_SYSTEM, tempfile.gettempdir(), sys.prefix, sys.base_prefix, paths["stdlib"],
        paths["platstdlib"], paths["purelib"], paths["platlib"],
    )  # fmt: skip


def _folder(path: object) -> str:
    return os.path.realpath(str(path)).rstrip(os.sep) + os.sep
