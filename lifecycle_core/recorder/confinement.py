"""Confinement: whatever a clean run starts writes only where the run may, by Linux' Landlock.

The observers see what goes through Python. C++ libraries and child processes do not, so the kernel
gives up, before the first cell and for good, the right to make, change or remove files elsewhere.
Reading is not touched. Where the system has no Landlock (before Linux 5.19, in some containers, on
other systems) nothing happens, and only the observers refuse.
"""

from __future__ import annotations

import os
import struct
import sys
import sysconfig
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .settings import Settings

ctypes: Any
try:
    ctypes = import_module("ctypes")
except ImportError:  # an interpreter that was built without it
    ctypes = None

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_ASK_VERSION = 1
_PATH_BENEATH = 1
_NO_NEW_PRIVILEGES = 38
_WRITE_FILE = 1 << 1
_REMOVE_AND_MAKE = sum(1 << bit for bit in range(4, 13))
_REFER = 1 << 13
"""Rename and link from folder to folder: since version 2, and before that never possible."""
_TRUNCATE = 1 << 14
_VERSION_OF_REFER, _VERSION_OF_TRUNCATE = 2, 3
_SHARED = ("/tmp", "/var/tmp")  # noqa: S108 - names, not files
_FREE = ("/dev", "/proc", *_SHARED)


def confine(settings: Settings, sockets: str) -> bool:
    """Give up, for this thread and all that it starts, to write outside the run's folders.

    Args:
        settings: Name the run's folders, and the user's project.
        sockets: The folder of the kernel's sockets.

    Returns:
        Whether the system knows how to.
    """
    if ctypes is None or not sys.platform.startswith("linux"):
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    version = libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _ASK_VERSION)
    if version < _VERSION_OF_REFER:
        return False
    file_rights = _WRITE_FILE | (_TRUNCATE if version >= _VERSION_OF_TRUNCATE else 0)
    rights = file_rights | _REMOVE_AND_MAKE | _REFER
    attributes = struct.pack("=Q", rights)
    rules = libc.syscall(_CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), 0)
    if rules < 0:
        return False
    try:
        for path in _writable(settings, sockets):
            _allow(libc, rules, path, rights if os.path.isdir(path) else file_rights)
        failed = libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) or libc.syscall(
            _RESTRICT_SELF, rules, 0
        )
        return not failed
    finally:
        os.close(rules)


def _allow(libc: Any, rules: int, path: str, rights: int) -> None:  # noqa: ANN401 - ctypes' own
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # gone meanwhile, or never there
    try:
        libc.syscall(_ADD_RULE, rules, _PATH_BENEATH, struct.pack("=Qi", rights, handle), 0)
    finally:
        os.close(handle)


def _writable(settings: Settings, sockets: str) -> Iterator[str]:
    """Yield what the run may write: folders with all below them, and single files."""
    yield os.path.dirname(settings.project)
    yield sockets
    if settings.shared:
        yield from _SHARED
    # Not the packages' folders, not even for bytecode: an installer would change them for the user.
    packages = map(sysconfig.get_path, ("purelib", "platlib"))
    kept = tuple({os.path.realpath(path) for path in (settings.source, *packages)})
    others = (os.environ.get("TMPDIR", ""), settings.cache, *_FREE)
    yield from _without(kept, filter(None, others))


def _without(kept: tuple[str, ...], folders: Iterable[str]) -> Iterator[str]:
    """Yield folders; of one that holds some of `kept`, what lies in it beside the ways there.

    What is allowed for a folder cannot be taken back for one below it.
    """
    for folder in folders:
        real = os.path.realpath(folder)
        if any(real == one or real.startswith(one + os.sep) for one in kept):
            continue
        if not any(one.startswith(real.rstrip(os.sep) + os.sep) for one in kept):
            yield real
            continue
        try:
            with os.scandir(real) as entries:
                beside = [entry.path for entry in entries if not entry.is_symlink()]
        except OSError:
            continue
        yield from _without(kept, beside)
