"""The project of a notebook: what another engineer would get of it.

In a git checkout these are the tracked files, the new ones that git does not ignore and the data
that DVC tracks; elsewhere it is everything in the notebook's folder. A symbolic link that stays
inside the project stays a link; one that leaves it stands for what it points to, because a run that
wrote through it would change the user's files.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lifecycle_core.adapters.dvc import tracked_by
from lifecycle_core.adapters.git import project_files, top_of
from lifecycle_core.errors import NotebookInvalid

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MAX_BYTES = 5 * 1024**3
_MAX_FILES = 200_000
SCRATCH_PREFIX = "nbrelease-run-"
_LEFT_OUT = frozenset(
    {".git", ".hg", ".venv", ".nbrelease", "node_modules", "__pycache__", ".ipynb_checkpoints",
     ".mypy_cache", ".pytest_cache", ".ruff_cache", ".tox"}
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """The files of a project.

    Attributes:
        top: The project's folder; only ever read.
        notebook: The notebook's file, resolved.
        files: Where each file lies, and its size in bytes.
        links: Links within the project, and what each points to, relative to `top`.
    """

    top: Path
    notebook: Path
    files: dict[Path, int]
    links: dict[Path, Path]


def find_project(notebook: Path) -> Project:
    """Return the project that a notebook belongs to.

    Raises:
        NotebookInvalid: It is too large to copy: over 5 GiB or 200,000 files.
    """
    notebook = notebook.resolve()
    top = notebook.parent
    found = [top]
    work_tree = top_of(top)
    if work_tree and (listed := project_files(work_tree)) is not None:
        top = work_tree
        named = {*listed, *(tracked.path for tracked in tracked_by(listed))}
        found = [path for path in sorted(named) if not _left_out(path.relative_to(top).parts)]
    files: dict[Path, int] = {notebook: notebook.stat().st_size}
    links: dict[Path, Path] = {}
    size = 0
    for path, info in _walk(found, top):
        if inner := _inner_target(path, top):
            links[path] = inner
        else:
            files[path] = info.st_size
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
    return Project(top=top, notebook=notebook, files=files, links=links)


def _left_out(parts: tuple[str, ...]) -> bool:
    return parts[:2] == (".dvc", "cache") or any(
        part in _LEFT_OUT or part.endswith(".egg-info") or part.startswith(SCRATCH_PREFIX)
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
