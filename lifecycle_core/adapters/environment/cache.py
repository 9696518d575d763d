"""Our own cache folder: built environments, hashes of packages, what notebooks loaded before.

    CACHE/environments/KEY/TOKEN/     one environment; see `building`
    CACHE/hashes/NAME-VERSION.txt     the hashes that the package index stated
    CACHE/modules/DIGEST.json         what a notebook of that source digest loaded

Everything in it can be made again, so it may be deleted at any time.
"""

from __future__ import annotations

import fcntl
import os
import stat
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from lifecycle_core.adapters.files import write_atomically, writing
from lifecycle_core.errors import TargetUnwritable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifecycle_core.adapters.progress import Progress

_POLL = 0.1


def _default_root() -> Path:
    if own := os.environ.get("NBRELEASE_CACHE"):
        return Path(own).absolute()
    configured = os.environ.get("XDG_CACHE_HOME", "")
    base = Path(configured) if configured.startswith("/") else Path("~/.cache").expanduser()
    return base / "nbrelease"


@dataclass(frozen=True, slots=True)
class Cache:
    """The cache of one user.

    Attributes:
        root: Its folder: `$NBRELEASE_CACHE`, `$XDG_CACHE_HOME/nbrelease` or `~/.cache/nbrelease`.
    """

    root: Path = field(default_factory=_default_root)

    def folder(self, *parts: str) -> Path:
        """Return a folder of the cache, made if need be for this user alone.

        Raises:
            TargetUnwritable: It cannot be made, or others could write in it: code from there would
                run as this user.
        """
        path = self.root
        for part in ("", *parts):
            path = path / part
            with writing(path):
                path.mkdir(mode=0o700, parents=True, exist_ok=True)
                _require_private(path)
        return path

    def read(self, kind: str, name: str) -> str | None:
        """Return the text kept under a name; None if there is none, or others could have put it."""
        try:
            _require_private(self.root / kind)
            return (self.root / kind / name).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError, TargetUnwritable):
            return None

    def keep(self, kind: str, name: str, text: str) -> None:
        """Keep a text whole or not at all.

        Raises:
            TargetUnwritable: The folder cannot be written.
        """
        write_atomically(self.folder(kind) / name, text)


@contextmanager
def only_one(lock: Path, progress: Progress, activity: str) -> Iterator[None]:
    """Hold a lock file; the operating system lets go of it when this process ends.

    Args:
        lock: The file; it stays.
        progress: Is told if another process holds it.
        activity: What waiting for it is called.
    """
    handle = os.open(lock, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        if not _take(handle):
            progress.begin(activity)
            while not _take(handle):
                time.sleep(_POLL)
            progress.end(activity)
        yield
    finally:
        os.close(handle)


def held(lock: Path) -> bool:
    """Say whether some process holds a lock file."""
    try:
        handle = os.open(lock, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        return not _take(handle)
    finally:
        os.close(handle)


def _take(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _require_private(path: Path) -> None:
    info = path.stat()
    if info.st_uid == os.getuid() and not stat.S_IMODE(info.st_mode) & 0o022:
        return
    raise TargetUnwritable(
        f"{path} can be written by others, so nothing in it can be trusted.",
        path=str(path),
        hint=f"Remove it or `chmod 700` it, or set NBRELEASE_CACHE to a folder of your own. "
        f"It is safe to remove: {path.name} is a cache.",
    )
