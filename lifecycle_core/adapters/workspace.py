"""A scratch copy of the notebook's project, so that a clean run changes none of the user's files.

The copy holds what another engineer would get: in a git checkout the tracked files and the new
ones that git does not ignore, elsewhere everything in the notebook's folder. A symbolic link that
stays inside the project is copied as a link; one that leaves it is replaced by what it points to,
because a run that wrote through it would change the user's files.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import stat
import subprocess
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from lifecycle_core.adapters.files import writing
from lifecycle_core.errors import NotebookInvalid
from lifecycle_core.notebooks.read import Notebook, parse_notebook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_MAX_BYTES = 5 * 1024**3
_MAX_FILES = 200_000
_PREFIX = "nbrelease-run-"
_LOCK = "lock"
_SETTLED = 60.0
"""Seconds after which a workspace must have been locked by its process."""
_LEFT_OUT = frozenset(
    {".git", ".hg", ".venv", ".nbrelease", "node_modules", "__pycache__", ".ipynb_checkpoints",
     ".mypy_cache", ".pytest_cache", ".ruff_cache", ".tox"}
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """The places of one clean run; all of them vanish when it is over.

    Attributes:
        root: Holds all the others.
        source: The user's project; only ever read.
        project: The copy of the project.
        notebook: The notebook within the copy.
        evidence: Where `%finalize` leaves what it found.
        home: The kernel's HOME, empty at first.
    """

    root: Path
    source: Path
    project: Path
    notebook: Path
    evidence: Path
    home: Path


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
def open_workspace(notebook: Path, *, scratch: Path | None = None) -> Iterator[Workspace]:
    """Copy the notebook's project and yield where; remove everything afterwards.

    While it is open, SIGTERM ends the program as Ctrl-C does: with its clean-up.

    Args:
        notebook: An existing notebook file.
        scratch: Folder to work in; by default the system's temporary folder.

    Raises:
        NotebookInvalid: The project is too large to copy: over 5 GiB or 200,000 files.
        TargetUnwritable: The copy cannot be written.
    """
    source = notebook.resolve()
    top, files = _project(source)
    parent = scratch or Path(tempfile.gettempdir())
    with _terminating_cleanly():
        _sweep(parent)
        with writing(parent):
            root = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent)).resolve()
        handle = _hold(root / _LOCK)
        try:
            workspace = Workspace(
                root=root,
                source=top,
                project=root / "project",
                notebook=root / "project" / source.relative_to(top),
                evidence=root / "evidence",
                home=root / "home",
            )
            for folder in (workspace.project, workspace.evidence, workspace.home):
                folder.mkdir()
            for file, target in files.items():
                _copy(file, workspace.project / target, top)
            yield workspace
        finally:
            _remove(root)
            os.close(handle)


def _project(notebook: Path) -> tuple[Path, dict[Path, Path]]:
    """Return the project's top folder and its files: where each lies and where it goes."""
    top = notebook.parent
    listed = _git_files(top)
    if listed:
        top, found = listed
        found = [path for path in found if not _left_out(path.relative_to(top).parts)]
    else:
        found = [top]
    files: dict[Path, Path] = {notebook: notebook.relative_to(top)}
    size = 0
    for file, info in _walk(found, top):
        files[file] = file.relative_to(top)
        size += info.st_size
        if size > _MAX_BYTES or len(files) > _MAX_FILES:
            raise NotebookInvalid(
                f"The project of {notebook.name} in {top} is too large to copy for a clean run: "
                f"it holds more than {_MAX_FILES:,} files or {_MAX_BYTES / 1024**3:.0f} GiB.",
                path=str(notebook),
                hint="Move the notebook and its data into a folder of their own, or make that "
                "folder a git repository whose .gitignore leaves out what the notebook does "
                "not need.",
            )
    return top, files


def _git_files(folder: Path) -> tuple[Path, list[Path]] | None:
    """Ask git for the project; None where the folder is in no work tree or git is absent."""
    # Neither a hook of the repository nor the caller's GIT_DIR may steer this.
    git = ["git", "-c", "core.fsmonitor=false", "-C", str(folder)]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    try:
        top = subprocess.run(
            [*git, "rev-parse", "--show-toplevel"], capture_output=True, check=True, env=environment
        ).stdout
        project = Path(os.fsdecode(top.removesuffix(b"\n"))).resolve()
        git[-1] = str(project)
        names = subprocess.run(
            [*git, "ls-files", "-co", "--exclude-standard", "-z"],
            capture_output=True,
            check=True,
            env=environment,
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    return project, sorted({project / os.fsdecode(name) for name in names.split(b"\0") if name})


def _left_out(parts: tuple[str, ...]) -> bool:
    return any(
        part in _LEFT_OUT or part.endswith(".egg-info") or part.startswith(_PREFIX)
        for part in parts
    )


def _walk(paths: list[Path], top: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """Yield links within the project, and the regular files at and below `paths`.

    A folder is entered once, so that links cannot lead in circles. A file that cannot be read is
    left out: the notebook could not read it either.
    """
    seen: set[tuple[int, int]] = set()
    waiting = list(reversed(paths))
    while waiting:
        path = waiting.pop()
        try:
            info = path.stat()
        except OSError:
            continue  # tracked by git but deleted, or a link to nowhere
        if _inner_target(path, top):
            yield path, path.lstat()
        elif stat.S_ISREG(info.st_mode):
            if os.access(path, os.R_OK):
                yield path, info
        elif stat.S_ISDIR(info.st_mode) and (info.st_dev, info.st_ino) not in seen:
            seen.add((info.st_dev, info.st_ino))
            with suppress(PermissionError):
                waiting += [
                    child
                    for child in sorted(path.iterdir(), reverse=True)
                    if not _left_out((child.name,)) and not (child / "pyvenv.cfg").exists()
                ]


def _inner_target(path: Path, top: Path) -> Path | None:
    """Return what a link points to, relative to `top`, if that lies in the copied project."""
    if not path.is_symlink():
        return None
    real = path.resolve()
    if not real.is_relative_to(top) or _left_out(real.relative_to(top).parts):
        return None
    return real.relative_to(top)


def _copy(source: Path, target: Path, top: Path) -> None:
    with writing(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        if inner := _inner_target(source, top):
            target.symlink_to(os.path.relpath(inner, source.parent.relative_to(top)))
            return
        shutil.copy2(source, target)
        target.chmod(target.stat().st_mode | stat.S_IWUSR)


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
    """Lock the workspace for as long as this process lives, however it ends."""
    handle = os.open(lock, os.O_CREAT | os.O_RDWR, 0o600)
    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return handle


def _sweep(parent: Path) -> None:
    """Remove our workspaces whose process was killed before it could."""
    for root in parent.glob(f"{_PREFIX}*"):
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
