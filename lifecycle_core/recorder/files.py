"""Files: what the run reads, writes and is refused.

What lies outside the copy, the environment and the system, and was there before the run, is
answered as if it did not exist: `FileNotFoundError`, for writing too, because on the machine of
another engineer the folder would be missing. The environment and the user's own files behind a
link in the copy can be read; to write them is answered with `PermissionError`.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import time
from sys import _getframe
from typing import TYPE_CHECKING, Any

from .callers import OWN, RECORDER
from .places import OUTSIDE, PROJECT, SCRATCH, SHARED, SYSTEM, Places, bounded

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from .callers import Caller, Callers
    from .cells import Cells
    from .log import Log
    from .settings import Settings

    Refusal = OSError | None

_REMOVING = frozenset({"os.remove", "os.rename", "os.rmdir", "shutil.rmtree"})
"""They change folders, and not what a link in them leads to."""
_DATABASES = frozenset({"duckdb.attach", "duckdb.connect", "sqlite3.attach", "sqlite3.connect"})
_COARSE = 50_000_000
"""Nanoseconds by which the times that a file system keeps may lag behind the clock."""
_IMPORTERS = frozenset({"_frozen_importlib_external", "importlib._bootstrap_external"})
_WILD = re.compile(r"[*?\[]")
_CREATING = os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Files:
    """Observes `open` and what changes files without it, and refuses what is not there."""

    def __init__(self, settings: Settings, log: Log, cells: Cells, callers: Callers) -> None:
        self._log = log
        self._cells = cells
        self._callers = callers
        self._places = Places(settings)
        self._linked = {os.path.realpath(path): path for path in settings.linked}
        self._linked.update({path: path for path in settings.linked})
        self._started = time.time_ns() - _COARSE
        self._folders: dict[str, str] = {}
        self._quiet: set[tuple[object, bool]] = set()
        self._told: set[tuple[object, ...]] = set()
        self._written: set[str] = set()
        self._databases: dict[str, tuple[int, int]] = {}

    def end(self) -> None:
        """Tell which databases changed while the cell ran: they are opened once for both."""
        for path, before in self._databases.items():
            now = _state(path)
            if now != before:
                self._databases[path] = now
                self._log.site("writes", self._cells.index, line=None, what="changed", path=path)

    def events(self) -> dict[str, Callable[..., Refusal]]:
        """Return the audit events to hear, and by what."""
        found: dict[str, Callable[..., Refusal]] = {
            "open": self._open,
            "os.rename": self._rename,
            "os.link": self._link,
            "os.symlink": self._symlink,
            "shutil.rmtree": self._change("shutil.rmtree"),
            "glob.glob/2": self._search,
        }
        for name in ("glob", "rglob"):
            found[f"pathlib.Path.{name}"] = self._search_in
        for name in ("remove", "rmdir", "mkdir", "truncate", "chmod", "chown", "utime"):
            found[f"os.{name}"] = self._change(f"os.{name}")
        for name in ("listdir", "scandir", "chdir"):
            found[f"os.{name}"] = self._visit(f"os.{name}")
        return found

    def reading(self, path: object, what: str) -> Refusal:
        """Note that a file is about to be read; return why it must not be."""
        return self._look(path, what, reads=True, writes=False)

    def writing(self, path: object, what: str) -> Refusal:
        """Note that a file is about to be written; return why it must not be."""
        return self._look(path, what, reads=False, writes=True)

    def _open(self, path: object, mode: object, flags: object) -> Refusal:
        if isinstance(path, int):
            return None
        if isinstance(mode, str) and not flags:
            writes = not set(mode).isdisjoint("wax+")
            reads = "r" in mode
        else:
            bits = flags if isinstance(flags, int) else 0
            writes = bits & os.O_ACCMODE != os.O_RDONLY or bool(bits & os.O_TRUNC)
            reads = bits & os.O_ACCMODE != os.O_WRONLY and not bits & _CREATING
        return self._look(path, "open", reads=reads, writes=writes)

    def _rename(self, old: object, new: object, *folders: Any) -> Refusal:  # noqa: ANN401 - handles of folders
        self._folders.clear()
        if any(folder != -1 for folder in folders):
            return None
        return self.writing(old, "os.rename") or self.writing(new, "os.rename")

    def _link(self, old: object, new: object, *folders: Any) -> Refusal:  # noqa: ANN401 - as above
        if any(folder != -1 for folder in folders):
            return None
        return self.reading(old, "os.link") or self.writing(new, "os.link")

    def _symlink(self, _old: object, new: object, folder: object = -1) -> Refusal:
        self._folders.clear()
        return self.writing(new, "os.symlink") if folder == -1 else None

    def _change(self, what: str) -> Callable[..., Refusal]:
        follows = what not in _REMOVING
        relative = what not in {"os.truncate", "shutil.rmtree"}

        def changed(path: object, *rest: Any) -> Refusal:  # noqa: ANN401 - modes, times, a folder's handle
            if isinstance(path, int) or (relative and rest and rest[-1] != -1):
                return None
            if not follows and os.path.islink(path):  # type: ignore[arg-type]  # a path, see above
                return None  # only the link goes
            return self.writing(path, what)

        return changed

    def _visit(self, what: str) -> Callable[..., Refusal]:
        def visited(path: object = None, *_rest: object) -> Refusal:
            if what == "os.chdir":
                self._folders.clear()
                self._quiet.clear()
                self._told.clear()
            if path is None or isinstance(path, int):
                return None
            full = self._real(path)
            if full == os.sep or self._places.kind(full) != OUTSIDE or not os.path.isdir(full):
                return None
            if _getframe(2).f_globals.get("__name__") in _IMPORTERS:
                # A folder of `sys.path` that changed since it was last listed: the importer would
                # find nothing in it any more. What it then opens is judged by itself.
                return None
            caller = self._callers.caller(_getframe(1))
            if caller is None or caller.library != OWN:
                return None
            refusal = self._refuse(full, path, what, caller)
            if _getframe(2).f_globals.get("__name__", "").startswith("pathlib"):
                # `Path.glob` passes over such a folder only if it may not be read.
                return PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
            return refusal

        return visited

    def _search(
        self, pattern: object, _deep: object = None, root: object = None, handle: object = None
    ) -> None:
        """Note a search in a folder that is not there: it finds nothing and says nothing."""
        if isinstance(pattern, (str, bytes, os.PathLike)) and handle is None:
            text = os.fsdecode(pattern)
            if isinstance(root, (str, bytes, os.PathLike)):
                text = os.path.join(os.fsdecode(root), text)
            literal = _WILD.split(text, maxsplit=1)[0]
            full = self._real(os.path.dirname(literal) or os.curdir)
            if self._places.kind(full) != PROJECT or os.path.isdir(full):
                return
            caller = self._callers.caller(_getframe(1))
            if caller is not None and caller.library == OWN:
                self._site("absent", caller, what="search", path=full)

    def _search_in(self, folder: object, pattern: object, *_rest: object) -> None:
        if isinstance(folder, (str, os.PathLike)) and isinstance(pattern, str):
            self._search(os.path.join(os.fsdecode(folder), pattern))

    def _look(self, path: object, what: str, *, reads: bool, writes: bool) -> Refusal:
        if (path, writes) in self._quiet:
            return None
        cell = self._cells.index
        key = (path, what, reads, writes, cell)
        if key in self._told:
            return None
        full = self._real(path)
        kind = PROJECT if full in self._linked else self._places.kind(full)
        if kind == SCRATCH or (kind == SYSTEM and not writes):
            if os.path.isabs(os.fsdecode(path)):  # type: ignore[arg-type]  # a path, or `_real` raised
                bounded(self._quiet).add((path, writes))
            return None
        caller = self._callers.caller(_getframe(1))
        if caller is None or full.endswith(".pyc"):
            return None
        if refusal := self._refusal(full, kind, path, what, caller, writes=writes):
            return refusal
        if kind != SYSTEM:
            self._tell(full, kind, what, caller, reads=reads, writes=writes)
        bounded(self._told).add(key)
        return None

    def _refusal(
        self, full: str, kind: str, path: object, what: str, caller: Caller, *, writes: bool
    ) -> Refusal:
        """Return the answer to somebody who must not have this file, or None."""
        if writes and full in self._linked and what not in _REMOVING:
            self._site("writes", caller, what="refused", path=self._linked[full])
            return PermissionError(
                errno.EACCES,
                "Permission denied: in a clean run this large file is shared with the original",
                path,
            )
        if writes and kind == SYSTEM:
            if f"{os.sep}__pycache__{os.sep}" in full:
                return None
            self._site("writes", caller, what="refused", path=full)
            return PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
        if kind == SHARED:
            known = writes or full in self._written or self._is_new(full)
            return None if known else self._refuse(full, path, what, caller)
        if kind == OUTSIDE and (writes or (os.path.exists(full) and not self._for_package())):
            return self._refuse(full, path, what, caller)
        return None

    def _tell(
        self, full: str, kind: str, what: str, caller: Caller, *, reads: bool, writes: bool
    ) -> None:
        told = self._linked.get(full, full)
        if writes:
            bounded(self._written).add(full)
            self._site("writes", caller, what=what, path=told)
        if reads and kind == PROJECT and stat.S_ISREG(os.stat(full).st_mode):
            self._site("reads", caller, what=what, path=told)
            if what in _DATABASES:
                self._databases.setdefault(full, _state(full))

    def _refuse(self, full: str, path: object, what: str, caller: Caller) -> OSError:
        self._site("refused", caller, what=what, path=full)
        return FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)

    def _site(self, kind: str, caller: Caller, *, what: str, path: str) -> None:
        self._log.site(
            kind,
            self._cells.index,
            line=caller.line,
            what=what,
            path=path,
            library=caller.library,
        )

    def _for_package(self) -> bool:
        """Tell whether a package asks that is installed from the project, say for its templates."""
        frame: FrameType | None = _getframe(1)
        while frame is not None and self._places.installed:
            file = frame.f_code.co_filename
            if file.startswith(self._places.installed) and self._callers.origin(file) != RECORDER:
                return True
            frame = frame.f_back
        return False

    def _is_new(self, full: str) -> bool:
        """Tell whether a file was made or changed since the run began, or is not there."""
        try:
            return os.stat(full).st_ctime_ns >= self._started
        except OSError:
            return True

    def _real(self, path: object) -> str:
        """Return the absolute path without links; folders are remembered, as asking is slow."""
        text = os.fsdecode(path)  # type: ignore[arg-type]  # raises TypeError if it is no path
        above, separator, name = text.rpartition(os.sep)
        if name in ("", "..", "."):
            return os.path.realpath(text)
        folder = above + separator
        known = self._folders.get(folder)
        if known is None:
            known = os.path.realpath(folder).rstrip(os.sep) + os.sep
            bounded(self._folders)[folder] = known
        full = known + name
        return os.path.realpath(full) if os.path.islink(full) else full


def _state(path: str) -> tuple[int, int]:
    try:
        info = os.stat(path)
    except OSError:
        return (-1, -1)
    return info.st_size, info.st_mtime_ns
