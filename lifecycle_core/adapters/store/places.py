"""Where a store lies: a local folder, or an address that fsspec knows; both write files whole."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from lifecycle_core.adapters.files import writing
from lifecycle_core.errors import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator


class Place(Protocol):
    """Files by POSIX path below a root; each appears whole or not at all."""

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

    def fetched(self, path: str) -> Any:  # noqa: ANN401 - a context manager of a path
        """Yield a local path that holds the file while the block runs; None if it is not there."""


class LocalFolder:
    """A folder of this machine: temporary name, fsync, rename.

    Folders are not synced. Where the power fails and a name is lost, or leads to less than was
    written, the digest tells, and a step is computed anew.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

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
                _sync(temporary)
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
            _sync(file)
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

    @contextmanager
    def fetched(self, path: str) -> Iterator[Path | None]:
        """Yield a local path that holds the file while the block runs; None if it is not there."""
        found = self.root / path
        yield found if found.is_file() else None


def _sync(file: Path) -> None:
    with file.open("rb") as content:
        os.fsync(content.fileno())


class RemoteFolder:
    """An address of fsspec, such as `s3://bucket/store`; one request writes a file.

    Object stores show a file only once it is whole. Where a file system shows parts, the digest
    that every object and trace is named by tells.
    """

    def __init__(self, address: str) -> None:
        from fsspec.core import url_to_fs

        self.address = address
        with self._asking():
            self._files, self._root = url_to_fs(address)

    def read(self, path: str) -> bytes | None:
        """Return a file's bytes; None if it is not there."""
        with self._asking():
            try:
                content: bytes = self._files.cat_file(self._at(path))
            except FileNotFoundError:
                return None
            return content

    def write(self, path: str, content: bytes, *, lasting: bool = True) -> None:  # noqa: ARG002 - it always is
        """Write a small file."""
        with self._asking():
            self._parent(path)
            self._files.pipe_file(self._at(path), content)

    def scratch(self) -> Path:
        """Return the path of a new, empty local file that `take` may be given."""
        handle, name = tempfile.mkstemp(prefix="nbrelease-")
        os.close(handle)
        return Path(name)

    def take(self, file: Path, path: str) -> None:
        """Make a local file this file; afterwards it is no longer where it was."""
        with self._asking():
            self._parent(path)
            self._files.put_file(str(file), self._at(path))
        file.unlink()

    def size(self, path: str) -> int | None:
        """Return a file's size in bytes; None if it is not there."""
        with self._asking():
            self._files.invalidate_cache()
            try:
                return int(self._files.info(self._at(path))["size"])
            except FileNotFoundError:
                return None

    def names(self, folder: str) -> list[str]:
        """Return the names of the files in a folder, sorted; none if it is not there."""
        with self._asking():
            self._files.invalidate_cache()
            try:
                found = self._files.ls(self._at(folder), detail=False)
            except FileNotFoundError:
                return []
            return sorted(name.rstrip("/").rpartition("/")[2] for name in found)

    def remove(self, path: str) -> None:
        """Remove a file, if it is there."""
        with self._asking(), suppress(FileNotFoundError):
            self._files.rm_file(self._at(path))

    def total(self) -> int:
        """Return the size of all files in bytes."""
        with self._asking():
            self._files.invalidate_cache()
            try:
                return int(self._files.du(self._root))
            except FileNotFoundError:
                return 0

    @contextmanager
    def fetched(self, path: str) -> Iterator[Path | None]:
        """Yield a local path that holds the file while the block runs; None if it is not there."""
        temporary = self.scratch()
        try:
            with self._asking():
                try:
                    self._files.get_file(self._at(path), str(temporary))
                    found: Path | None = temporary
                except FileNotFoundError:
                    found = None
            yield found
        finally:
            temporary.unlink(missing_ok=True)

    def _at(self, path: str) -> str:
        return f"{self._root.rstrip('/')}/{path}"

    def _parent(self, path: str) -> None:
        self._files.makedirs(self._at(path).rpartition("/")[0], exist_ok=True)

    @contextmanager
    def _asking(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            raise StoreUnavailable(
                f"The store {self.address} does not answer: {type(error).__name__}: {error}",
                address=self.address,
                hint="Check the address and your credentials; some need a package, such as s3fs.",
            ) from error
