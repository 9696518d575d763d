"""What a clean copy of a project would hold, and which modules its Python can import: for lint.

In a git checkout that is what git tracks and what is new and not ignored; elsewhere what is there.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from lifecycle_core.errors import InvalidCall

if TYPE_CHECKING:
    from collections.abc import Iterator

_LEFT_OUT = frozenset({".git", ".hg", ".venv", "venv", ".nbrelease", "node_modules", "__pycache__",
    ".ipynb_checkpoints", ".tox", "site-packages"})  # fmt: skip


class ProjectFiles:
    """Answers for the notebooks of one call; git is asked once for each checkout."""

    def __init__(self) -> None:
        self._tracked: dict[Path, frozenset[Path] | None] = {}
        self._tops: dict[Path, Path | None] = {}

    def holds(self, folder: Path, path: str) -> bool:
        """Tell whether a clean copy holds a path as a notebook in `folder` writes it.

        An absolute path is asked of the machine, as it leads out of every copy.
        """
        try:
            place = Path(os.path.abspath(folder / Path(path).expanduser()))  # noqa: PTH100 - links stay
            if not place.exists():
                return False
        except (OSError, ValueError, RuntimeError):
            return False
        tracked = self._files(folder)
        if tracked is None or Path(path).is_absolute() or path.startswith("~"):
            return True
        return place in tracked

    def _files(self, folder: Path) -> frozenset[Path] | None:
        """Return the files and folders of the checkout that holds a folder; None if none does."""
        if folder not in self._tops:
            places = (folder, *folder.parents)
            self._tops[folder] = next((one for one in places if (one / ".git").exists()), None)
        top = self._tops[folder]
        if top is None:
            return None
        if top not in self._tracked:
            self._tracked[top] = _listed(top)
        return self._tracked[top]


def _listed(top: Path) -> frozenset[Path] | None:
    variables = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    try:
        names = subprocess.run(
            ["git", "-C", str(top), "ls-files", "-co", "--exclude-standard", "-z"],  # noqa: S607
            capture_output=True,
            check=True,
            env=variables,
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    files = [top / os.fsdecode(name) for name in names.split(b"\0") if name]
    folders = {parent for file in files for parent in file.parents if parent.is_relative_to(top)}
    return frozenset(files) | folders


@cache
def installed(module: str) -> bool:
    """Tell whether a top-level module can be imported here; nothing is imported to find out."""
    try:
        return importlib.util.find_spec(module) is not None
    except (ImportError, ValueError, AttributeError):
        return False


def notebooks_in(paths: tuple[Path, ...]) -> Iterator[Path]:
    """Yield the notebooks that are named, and those in and below the folders that are named.

    Folders that hold what tools made, such as `.venv` and `.ipynb_checkpoints`, are left out.

    Raises:
        InvalidCall: A name leads to nothing, or a folder holds no notebook.
    """
    for path in paths:
        if path.is_dir():
            found = list(_below(path))
            if not found:
                raise InvalidCall(
                    f"{path} holds no notebook.", hint="Name a folder with .ipynb files, or a file."
                )
            yield from found
        elif path.exists():
            yield path
        else:
            raise InvalidCall(
                f"{path} does not exist.", hint=f"Check the name; you are in {Path.cwd()}."
            )


def _below(top: Path) -> Iterator[Path]:
    for folder, folders, files in os.walk(top):
        folders[:] = sorted(name for name in folders if name not in _LEFT_OUT)
        yield from (Path(folder) / name for name in sorted(files) if name.endswith(".ipynb"))
