"""What a clean copy of a project would hold, and which modules its Python can import: for lint.

In a git checkout that is what git tracks and what is new and not ignored; elsewhere what is there.
"""

from __future__ import annotations

import importlib.util
import os
from functools import cache
from pathlib import Path

from lifecycle_core.adapters.git import project_files


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
    files = project_files(top)
    if files is None:
        return None
    folders = {parent for file in files for parent in file.parents if parent.is_relative_to(top)}
    return frozenset(files) | folders


@cache
def installed(module: str) -> bool:
    """Tell whether a top-level module can be imported here; nothing is imported to find out."""
    try:
        return importlib.util.find_spec(module) is not None
    except (ImportError, ValueError, AttributeError):
        return False
