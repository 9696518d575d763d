"""Files by digest, and how a step's trace names them."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

ABSENT = "absent"


def state_of(path: str, home: Path) -> str:
    """Return the digest of what a trace names: `sha256-`..., or `absent`.

    Args:
        path: Relative to the notebook's folder, or absolute.
        home: The notebook's folder.

    Example:
        >>> from pathlib import Path
        >>> state_of("no/such/file.csv", Path("/"))
        'absent'
    """
    full = home / path
    try:
        with full.open("rb") as file:
            return "sha256-" + hashlib.file_digest(file, "sha256").hexdigest()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return ABSENT


def names_in(path: str, home: Path) -> frozenset[str]:
    """Return the names in a folder that count as data: no hidden ones, and none of Python's own.

    Args:
        path: Relative to the notebook's folder, or absolute.
        home: The notebook's folder.
    """
    try:
        found = os.listdir(home / path)  # noqa: PTH208 - thousands of names
    except OSError:
        return frozenset()
    return frozenset(n for n in found if not n.startswith(".") and n != "__pycache__")


def state_of_names(
    path: str, names: Iterable[str], *, made: Iterable[str], earlier: Iterable[str]
) -> str:
    """Return the digest of a folder as a step sees it, whatever ran in which order before.

    Args:
        path: Of the folder, as a trace names it; it ends in a slash.
        names: That are in it.
        made: Paths that any step of the pipeline writes, which may be there from another run.
        earlier: Paths that steps before this one left.

    Example:
        >>> seen = state_of_names("out/", ["a", "b"], made=["out/b"], earlier=[])
        >>> seen == state_of_names("out/", ["a"], made=[], earlier=[])
        True
    """
    own = {name for each in made if (name := _in(path, each))}
    before = {name for each in earlier if (name := _in(path, each))}
    seen = sorted(set(names) - own | before)
    return "sha256-" + hashlib.sha256("\0".join(seen).encode()).hexdigest()


def _in(folder: str, path: str) -> str:
    """Return the name in a folder that leads to a path, or nothing."""
    inside = path if folder == "./" else path.removeprefix(folder)
    if inside is path and folder != "./":
        return ""
    first = inside.split("/")[0]
    return "" if first == ".." else first


def named(full: str, home: Path, root: Path) -> str:
    """Return how a trace names a file: relative to the notebook's folder if it is the project's.

    Args:
        full: Absolute, without links.
        home: The notebook's folder, without links.
        root: The package's root, likewise.
    """
    if any(full == str(top) or full.startswith(f"{top}{os.sep}") for top in (home, root)):
        return os.path.relpath(full, home).replace(os.sep, "/")
    return full.replace(os.sep, "/")
