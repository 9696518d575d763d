"""Modules of the user's folders as they are now: no bytecode of theirs is read, and none written.

Python takes bytecode for that of a source with the same size and the same second. After an edit
within that second, as a script makes it, a step would run the code from before, and its value would
be kept as that of the new code.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from importlib.machinery import (
    EXTENSION_SUFFIXES,
    SOURCE_SUFFIXES,
    ExtensionFileLoader,
    FileFinder,
    SourceFileLoader,
)
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterable

_INSTALLED = ("stdlib", "platstdlib", "purelib", "platlib")
_LOADERS = (ExtensionFileLoader, EXTENSION_SUFFIXES)


class _Anew(SourceFileLoader):
    """Compiles a source each time that it is loaded."""

    def path_stats(self, path: str) -> NoReturn:
        """Tell nothing that bytecode could be recognised by."""
        raise OSError(f"{path} is to be compiled anew")


def import_from(*folders: str) -> None:
    """Put folders at the head of `sys.path`, those that are not there, and read them as they are.

    Installed packages that lie below one of them, as in an environment of the project, keep their
    bytecode.

    Args:
        folders: Absolute paths.
    """
    new = [one for one in dict.fromkeys(folders) if one not in sys.path[: len(folders)]]
    if not new:
        return
    installed = tuple(map(sysconfig.get_path, _INSTALLED))

    def finder(path: str) -> FileFinder:
        full = str(Path(path).absolute())  # a notebook may have put `src` there
        if not _within(full, new) or _within(full, installed) or "site-packages" in full:
            raise ImportError(path)
        return FileFinder(path, _LOADERS, (_Anew, SOURCE_SUFFIXES))

    sys.path_hooks.insert(0, finder)
    for path in [one for one in sys.path_importer_cache if _within(str(Path(one).absolute()), new)]:
        del sys.path_importer_cache[path]
    sys.path[:0] = new


def _within(path: str, folders: Iterable[str]) -> bool:
    return any(path == folder or path.startswith(folder + os.sep) for folder in folders)
