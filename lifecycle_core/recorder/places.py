"""What kind of place a path lies in: a clean run stands for the machine of another engineer.

That machine has the environment and the system, but nothing else of the user's. The longest folder
that holds a path decides, so that an environment inside the project is an environment, and a
project inside `/usr` is the user's.
"""

from __future__ import annotations

import os
import site
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, TypeVar

    from .settings import Settings

    Remembered = TypeVar("Remembered", set[Any], dict[Any, Any])

PROJECT = "project"
"""The copy of the project."""
SCRATCH = "scratch"
"""The run's own HOME, TMPDIR and evidence, devices, and caches that hold no state."""
SYSTEM = "system"
"""The environment and the operating system: to be read, not written."""
SHARED = "shared"
"""Temporary folders of everybody: what was there before the run is the user's."""
OUTSIDE = "outside"

_REMEMBERED = 20_000
_SYSTEM = (
    "/usr", "/etc", "/lib", "/lib32", "/lib64", "/libx32", "/bin", "/sbin", "/proc", "/sys",
    "/opt", "/run", "/var/lib", "/var/cache/fontconfig", "/var/run", "/nix/store", "/gnu/store",
    "/snap", "/System", "/Library", "/Applications", "/private/etc", "/private/var/db",
    "/private/var/run",
)  # fmt: skip
_SHARED = ("/tmp", "/var/tmp", "/private/tmp", "/private/var/tmp", "/private/var/folders")  # noqa: S108 - names, not files


class Places:
    """Folders and what they are."""

    def __init__(self, settings: Settings) -> None:
        self._rules: dict[str, str] = {}
        self._kinds: dict[str, str] = {}
        self._add(SYSTEM, *_SYSTEM)
        self._add(SHARED, *_SHARED)
        self._add(SCRATCH, "/dev")
        self._add(SYSTEM, *_prefixes())
        self._add(OUTSIDE, settings.source)
        source = os.path.realpath(settings.source)
        installed = list(_environment(source))
        self._add(SYSTEM, *installed)
        self.installed = tuple(path + os.sep for path in installed if _within(path, source))
        """Folders of packages that lie in the project and are installed from there."""
        root = os.path.dirname(settings.project)
        self._add(SCRATCH, root, os.environ.get("TMPDIR", ""), settings.cache)
        self._add(PROJECT, settings.project)

    def kind(self, path: str) -> str:
        """Return the kind of place of an absolute path without links."""
        rule = self._rules.get(path)
        if rule is not None:
            return rule
        folder = path.rpartition(os.sep)[0]
        known = self._kinds.get(folder)
        if known is None:
            known = bounded(self._kinds)[folder] = self._of_folder(folder)
        return known

    def _of_folder(self, folder: str) -> str:
        while True:
            rule = self._rules.get(folder)
            if rule is not None:
                return rule
            above = os.path.dirname(folder)
            if above == folder:
                return OUTSIDE
            folder = above

    def _add(self, kind: str, *folders: str) -> None:
        for folder in folders:
            if folder and folder != os.sep:
                self._rules[os.path.abspath(folder)] = kind
                self._rules[os.path.realpath(folder)] = kind


def bounded(paths: Remembered) -> Remembered:
    """Return what is remembered of paths, emptied if it has grown large: a run may ask for any."""
    if len(paths) > _REMEMBERED:
        paths.clear()
    return paths


def _prefixes() -> Iterator[str]:
    """Yield where the interpreter and its libraries were installed."""
    yield from {sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix}
    yield os.path.dirname(os.path.realpath(os.__file__))
    yield os.environ.get("CONDA_PREFIX", "")
    for variable in ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"):
        yield os.environ.get(variable, "")
    if site.ENABLE_USER_SITE:
        yield site.getuserbase()


def _environment(source: str) -> Iterator[str]:
    """Yield what else can be imported, without the data that lie beside it in the project."""
    yield os.path.dirname(os.path.abspath(__file__))
    prefixes = [os.path.realpath(prefix) + os.sep for prefix in _prefixes() if prefix]
    for entry in filter(None, sys.path):
        folder = os.path.realpath(entry)
        if folder.startswith(tuple(prefixes)):
            yield folder
        elif _within(folder, source) or _within(source, folder):
            # An editable install of the project: its packages belong to the environment.
            yield from _importable(folder)
        else:
            yield folder
    for name, module in list(sys.modules.items()):
        if name.startswith("__editable__"):
            yield from map(str, dict(getattr(module, "MAPPING", {})).values())


def _importable(folder: str) -> Iterator[str]:
    try:
        names = os.listdir(folder)
    except OSError:
        return
    for name in names:
        path = os.path.join(folder, name)
        if (
            name.endswith((".py", ".dist-info", ".egg-info", ".pth"))
            or os.path.isfile(os.path.join(path, "__init__.py"))
        ):  # fmt: skip
            yield path


def _within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)
