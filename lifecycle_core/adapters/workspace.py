"""Scratch copies of a notebook's project, so that a clean run changes none of the user's files.

    project --list once--> Scratch --copy for each run--> Workspace

All runs of one check see the same files, even if the user changes theirs meanwhile. Small files are
copied for each run. A large file is copied once, read-only, and linked into each: it is never a
link to the user's own file, which code outside Python could write through.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import stat
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from lifecycle_core.adapters.files import writing
from lifecycle_core.adapters.project import SCRATCH_PREFIX, Project, find_project
from lifecycle_core.errors import NotebookInvalid
from lifecycle_core.notebooks.plan import numberless
from lifecycle_core.notebooks.read import Notebook, parse_notebook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_LOCK = "lock"
_SETTLED = 60.0
"""Seconds after which a scratch folder must have been locked by its process."""
_LARGE = 16 * 1024**2
"""Bytes from which a file is shared by all runs of a check instead of copied for each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """The places of one clean run; all of them vanish when the check is over.

    Attributes:
        root: Holds all the others.
        source: The user's project; only ever read.
        project: The copy of the project.
        notebook: The notebook within the copy.
        evidence: Where `%finalize` leaves what it found.
        home: The kernel's HOME, empty at first.
        linked: Large files of the copy that runs share; they must not be written.
    """

    root: Path
    source: Path
    project: Path
    notebook: Path
    evidence: Path
    home: Path
    linked: tuple[Path, ...] = ()


class Scratch:
    """Where the runs of one check take place. Made by `open_scratch`, which also removes it."""

    def __init__(self, root: Path, project: Project) -> None:
        self._root, self._project = root, project
        self._shared: dict[Path, Path] = {}
        self._brought: list[Path] = []
        self._count = 0
        self._lock = threading.Lock()

    def workspace(
        self,
        recorded: Mapping[Path, bytes] | None = None,
        without: frozenset[str] = frozenset(),
    ) -> Workspace:
        """Make a fresh copy of the project for one run.

        Args:
            recorded: Other content for some files, by their path below the project's folder.
            without: Files that are left out, as `numberless` names them.

        Raises:
            TargetUnwritable: The copy cannot be written.
        """
        project = self._project
        with self._lock, writing(self._root):
            self._count += 1
            root = self._root / f"r{self._count}"
            root.mkdir()
            self._share(root.parent / "large")
        workspace = Workspace(
            root=root,
            source=project.top,
            project=root / "project",
            notebook=root / "project" / project.notebook.relative_to(project.top),
            evidence=root / "evidence",
            home=root / "home",
            linked=tuple(root / "project" / file.relative_to(project.top) for file in self._shared),
        )
        with writing(root):
            for folder in (workspace.project, workspace.evidence, workspace.home):
                folder.mkdir()
            for folder in self._brought:
                shutil.copytree(folder, workspace.evidence / folder.name)
        for file in project.files:
            inside = file.relative_to(project.top)
            if not without or numberless(inside.as_posix()) not in without:
                self._place(file, workspace.project / inside)
        for link, inner in project.links.items():
            target = workspace.project / link.relative_to(project.top)
            with writing(target):
                target.parent.mkdir(parents=True, exist_ok=True)
                target.symlink_to(os.path.relpath(inner, link.parent.relative_to(project.top)))
        for name, content in (recorded or {}).items():
            target = workspace.project / name
            with writing(target):
                target.unlink(missing_ok=True)
                target.write_bytes(content)
        return workspace

    def bring(self, folder: Path) -> None:
        """Let every run from here on find a copy of a folder among its evidence."""
        self._brought.append(folder)

    def folder(self, name: str) -> Path:
        """Make a folder beside the copies, for something else that vanishes with them.

        Raises:
            TargetUnwritable: It cannot be made.
        """
        made = self._root / name
        with writing(made):
            made.mkdir()
        return made

    def _share(self, folder: Path) -> None:
        """Copy the large files, once."""
        for number, (file, size) in enumerate(self._project.files.items()):
            if size < _LARGE or file in self._shared:
                continue
            folder.mkdir(exist_ok=True)
            with suppress(FileNotFoundError):  # gone since the files were listed
                copy = folder / str(number)
                shutil.copy2(file, copy)
                copy.chmod(stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH)
                self._shared[file] = copy

    def _place(self, file: Path, target: Path) -> None:
        with writing(target), suppress(FileNotFoundError):  # gone since the files were listed
            target.parent.mkdir(parents=True, exist_ok=True)
            if shared := self._shared.get(file):
                target.hardlink_to(shared)
                return
            shutil.copy2(file, target)
            target.chmod(target.stat().st_mode | stat.S_IWUSR)


def read_notebook(path: Path) -> Notebook:
    """Read a notebook file.

    Raises:
        NotebookInvalid: It does not exist, cannot be read, or is no usable Python notebook.
    """
    try:
        text = path.read_bytes()
    except FileNotFoundError as error:
        raise NotebookInvalid(
            f"{path} does not exist.",
            path=str(path),
            hint=f"Check the name; you are in {Path.cwd()}.",
        ) from error
    except OSError as error:
        raise NotebookInvalid(
            f"{path} cannot be read: {error.strerror}.", path=str(path), hint="Name an .ipynb file."
        ) from error
    return parse_notebook(text, path)


@contextmanager
def open_scratch(notebook: Path, *, scratch: Path | None = None) -> Iterator[Scratch]:
    """List the notebook's project and yield what makes copies of it; remove all afterwards.

    While it is open, SIGTERM ends the program as Ctrl-C does: with its clean-up.

    Args:
        notebook: An existing notebook file.
        scratch: Folder to work in; by default the system's temporary folder.

    Raises:
        NotebookInvalid: The project is too large to copy: over 5 GiB or 200,000 files.
        TargetUnwritable: The scratch folder cannot be written.
    """
    project = find_project(notebook)
    parent = scratch or Path(tempfile.gettempdir())
    with _terminating_cleanly():
        _sweep(parent)
        with writing(parent):
            root = Path(tempfile.mkdtemp(prefix=SCRATCH_PREFIX, dir=parent)).resolve()
        handle = _hold(root / _LOCK)
        try:
            yield Scratch(root, project)
        finally:
            _remove(root)
            os.close(handle)


@contextmanager
def open_workspace(notebook: Path, *, scratch: Path | None = None) -> Iterator[Workspace]:
    """Yield one copy of the notebook's project; as `open_scratch`, for a single run."""
    with open_scratch(notebook, scratch=scratch) as copies:
        yield copies.workspace()


@contextmanager
def _terminating_cleanly() -> Iterator[None]:
    """Turn SIGTERM into an exit that runs the clean-up, where nobody else handles it."""
    if (
        threading.current_thread() is not threading.main_thread()
        or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL
    ):
        yield
        return
    signal.signal(signal.SIGTERM, _leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _leave(signum: int, _frame: object) -> NoReturn:
    raise SystemExit(128 + signum)


def _hold(lock: Path) -> int:
    """Lock the scratch folder for as long as this process lives, however it ends."""
    handle = os.open(lock, os.O_CREAT | os.O_RDWR, 0o600)
    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return handle


def _sweep(parent: Path) -> None:
    """Remove our scratch folders whose process was killed before it could."""
    for root in parent.glob(f"{SCRATCH_PREFIX}*"):
        try:
            info = root.lstat()
            ours = stat.S_ISDIR(info.st_mode) and info.st_uid == os.getuid()
            if not ours or time.time() - info.st_mtime < _SETTLED:
                continue
            handle = os.open(root / _LOCK, os.O_RDWR)
        except OSError:
            continue  # removed this moment
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _remove(root)
        except OSError:
            continue  # in use
        finally:
            os.close(handle)


def _remove(root: Path) -> None:
    def unlock(function: Callable[..., object], path: str, _error: object) -> None:
        if Path(path) == root:
            return  # never touch the rights of the folder that holds us
        with suppress(OSError):  # what cannot be removed now is swept by a later run
            Path(path).parent.chmod(0o700)
            if not Path(path).is_symlink():
                Path(path).chmod(0o700)
            function(path)

    shutil.rmtree(root, onerror=unlock)
    if root.exists():  # a folder without rights was unlocked above, but not its content
        shutil.rmtree(root, ignore_errors=True)
