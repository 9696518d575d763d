"""Files by digest, and how a step's trace names them."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

ABSENT = "absent"


def state_of(path: str, home: Path) -> str:
    """Return the digest of what a trace names: `sha256-`..., or `absent`.

    Args:
        path: Relative to the notebook's folder, or absolute; a folder's ends in a slash, and its
            digest is that of the names in it.
        home: The notebook's folder.

    Example:
        >>> from pathlib import Path
        >>> state_of("no/such/file.csv", Path("/"))
        'absent'
    """
    full = home / path
    try:
        if path.endswith("/"):
            names = sorted(os.listdir(full))  # noqa: PTH208 - thousands of names
            return "sha256-" + hashlib.sha256("\0".join(names).encode()).hexdigest()
        with full.open("rb") as file:
            return "sha256-" + hashlib.file_digest(file, "sha256").hexdigest()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return ABSENT


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
