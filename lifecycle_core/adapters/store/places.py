"""Where a store lies: what is asked of a place, and the local folder that gives it."""

from __future__ import annotations

import os
import tempfile
import time
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from lifecycle_core.adapters.files import sync, writing
from lifecycle_core.adapters.store.locks import locked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_OLD_SECONDS = 24 * 3600


class Place(Protocol):
    """Files by POSIX path below a root; each appears whole or not at all.

    Attributes:
        compared: Up to this size in bytes, reading a file whole to see whether it is still what
            it was costs little.
    """

    compared: int

    def require(self, *, to_write: bool) -> None:
        """Look whether the place answers and, to write, whether it can be written."""

    def read(self, path: str) -> bytes | None:
        """Return a file's bytes; None if it is not there."""

    def write(self, path: str, content: bytes, *, lasting: bool = True) -> None:
        """Write a small file; one that need not be `lasting` may be lost when the power fails."""

    def scratch(self) -> Path:
        """Return the path of a new, empty local file that `take` may be given."""

    def take(self, file: Path, path: str) -> None:
        """Make a local file this file; afterwards it is no longer where it was."""

    def size(self, path: str) -> int | None:
        """Return a file's size in bytes; None if it is not there."""

    def names(self, folder: str) -> list[str]:
        """Return the names of the files in a folder, sorted; none if it is not there."""

    def remove(self, path: str) -> None:
        """Remove a file, if it is there."""

    def total(self) -> int:
        """Return the size of all files in bytes."""

    def alone(self, name: str) -> AbstractContextManager[None]:
        """Wait until nobody else holds a name, and hold it while the block runs."""

    def tidy(self) -> None:
        """Remove what runs left half-written that were killed more than a day ago."""

    def fetched(self, path: str) -> Any:  # noqa: ANN401 - a context manager of a path
        """Yield a local path that holds the file while the block runs; None if it is not there."""


class LocalFolder:
    """A folder of this machine: temporary name, fsync, rename.

    Folders are not synced. Where the power fails and a name is lost, or leads to less than was
    written, the digest tells, and a step is computed anew.
    """

    compared = 64 << 20

    def __init__(self, root: Path) -> None:
        self.root = root

    def require(self, *, to_write: bool) -> None:
        """Look whether the folder can be listed and, to write, whether it can be written."""
        self.names("last")
        if to_write:
            self.scratch().unlink()

    def read(self, path: str) -> bytes | None:
        """Return a file's bytes; None if it is not there."""
        try:
            return (self.root / path).read_bytes()
        except FileNotFoundError:
            return None

    def write(self, path: str, content: bytes, *, lasting: bool = True) -> None:
        """Write a small file."""
        temporary = self.scratch()
        with writing(self.root / path):
            temporary.write_bytes(content)
            if lasting:
                sync(temporary)
            self._move(temporary, path)

    def scratch(self) -> Path:
        """Return the path of a new, empty local file that `take` may be given."""
        folder = self.root / "scratch"
        with writing(folder):
            try:
                handle, name = tempfile.mkstemp(dir=folder)
            except FileNotFoundError:
                folder.mkdir(parents=True, exist_ok=True)
                handle, name = tempfile.mkstemp(dir=folder)
        os.close(handle)
        return Path(name)

    def take(self, file: Path, path: str) -> None:
        """Make a local file this file; afterwards it is no longer where it was."""
        target = self.root / path
        with writing(target):
            sync(file)
            file.chmod(0o444)  # nobody changes an object by mistake
            self._move(file, path)

    def _move(self, file: Path, path: str) -> None:
        target = self.root / path
        try:
            file.replace(target)
        except FileNotFoundError:
            target.parent.mkdir(parents=True, exist_ok=True)
            file.replace(target)

    def size(self, path: str) -> int | None:
        """Return a file's size in bytes; None if it is not there."""
        try:
            return (self.root / path).stat().st_size
        except FileNotFoundError:
            return None

    def names(self, folder: str) -> list[str]:
        """Return the names of the files in a folder, sorted; none if it is not there."""
        try:
            # What is being written begins with a dot.
            return sorted(n for n in os.listdir(self.root / folder) if not n.startswith("."))  # noqa: PTH208 - thousands of names
        except FileNotFoundError:
            return []

    def remove(self, path: str) -> None:
        """Remove a file, if it is there."""
        with writing(self.root / path):
            (self.root / path).unlink(missing_ok=True)

    def total(self) -> int:
        """Return the size of all files in bytes."""
        return sum(path.stat().st_size for path in self.root.rglob("*") if path.is_file())

    def alone(self, name: str) -> AbstractContextManager[None]:
        """Wait until nobody else holds a name, and hold it while the block runs."""
        return locked(self.root / "locks" / f"{name}.lock")

    def tidy(self) -> None:
        """Remove what runs left half-written that were killed more than a day ago."""
        remove_old((self.root / "scratch").glob("*"))

    @contextmanager
    def fetched(self, path: str) -> Iterator[Path | None]:
        """Yield a local path that holds the file while the block runs; None if it is not there."""
        found = self.root / path
        yield found if found.is_file() else None


def remove_old(files: Iterable[Path]) -> None:
    """Remove those of some files that nobody has written to for a day."""
    limit = time.time() - _OLD_SECONDS
    for path in files:
        with suppress(OSError):
            if path.stat().st_mtime < limit:
                path.unlink()
