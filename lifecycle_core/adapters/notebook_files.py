"""The notebooks that a person means by naming files and folders."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from lifecycle_core.errors import InvalidCall

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_LEFT_OUT = frozenset({"node_modules", "__pycache__", "site-packages"})
_VIRTUAL_ENVIRONMENT = ("pyvenv.cfg", "conda-meta")


def find_notebooks(named: Iterable[Path]) -> tuple[Path, ...]:
    """Return the notebook files that are meant, each once, in the order in which they are named.

    A file is meant whatever it is called. In a folder every `.ipynb` file is meant, sorted by
    path, but not in hidden folders, `node_modules`, `site-packages` or virtual environments; a
    symbolic link to a folder is not followed.

    Raises:
        InvalidCall: A folder holds no notebook.
    """
    found: dict[Path, Path] = {}
    for path in named:
        files = list(_below(path)) if path.is_dir() else [path]
        if not files:
            raise InvalidCall(
                f"{path} holds no notebook.",
                hint="Name an .ipynb file, or a folder with one; hidden folders, node_modules and "
                "virtual environments are not searched.",
            )
        for file in files:
            found.setdefault(file.resolve(), file)
    return tuple(found.values())


def _below(folder: Path) -> Iterator[Path]:
    """Yield the notebooks of a folder and of those in it, sorted by path."""
    files: list[Path] = []
    for here, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not _left_out(Path(here) / name)]
        files += [Path(here) / name for name in names if _is_notebook(name)]
    yield from sorted(files)


def _is_notebook(name: str) -> bool:
    return name.endswith(".ipynb") and not name.startswith(".")


def _left_out(folder: Path) -> bool:
    return (
        folder.name.startswith(".")
        or folder.name in _LEFT_OUT
        or any((folder / mark).exists() for mark in _VIRTUAL_ENVIRONMENT)
    )
