"""A store at an address that fsspec knows, such as `s3://bucket/store`.

One request writes a file, and object stores show a file only once it is whole; nothing is ever
renamed, which they cannot do in one go. Where a file system shows parts, the digest that every
object and trace is named by tells.
"""

from __future__ import annotations

import logging
import os
import tempfile
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from lifecycle_core.adapters.store.locks import leased
from lifecycle_core.adapters.store.places import remove_old
from lifecycle_core.adapters.store.refusals import refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

_SCRATCH = "nbrelease-object-"
_BUCKETS = frozenset({"abfs", "gs", "s3"})
"""What fsspec calls the stores that know buckets and objects, and no folders."""
_LOGGERS = ("adlfs", "azure", "gcsfs", "s3fs")


class RemoteFolder:
    """An address of fsspec; what it needs to be told of it, it takes from fsspec's configuration.

    Args:
        address: Such as `s3://bucket/store`.

    Raises:
        StoreUnavailable: Its package is not installed, or it is no address; every method raises
            it when the store does not answer.
    """

    compared = 1 << 20  # more would be fetched over a network only to be looked at

    def __init__(self, address: str) -> None:
        from fsspec.core import url_to_fs

        for name in _LOGGERS:
            # Python prints warnings for which there is no handler, here with call stacks. We raise
            # what went wrong; whoever sets up logging still reads theirs.
            logger = logging.getLogger(name)
            if not logger.handlers:
                logger.addHandler(logging.NullHandler())
        self.address = address
        with self._asking():
            self._files, self._root = url_to_fs(address)
        protocol = self._files.protocol
        names = {protocol} if isinstance(protocol, str) else set(protocol)
        self._bucket = self._root.partition("/")[0] if names & _BUCKETS else ""

    def require(self, *, to_write: bool) -> None:
        """Look whether the store answers and, to write, whether it can be written.

        Raises:
            StoreUnavailable: It does not, or cannot.
        """
        found = self.names("last")
        if to_write:
            self.write("writable", b"")
        elif self._bucket and not found:
            self._require_bucket()

    def _require_bucket(self) -> None:
        """Look whether there is a bucket: where there is none, there are no names in it either."""
        try:
            self._files.ls(self._bucket, detail=False)
        except FileNotFoundError as error:
            raise refusal(self.address, error) from error
        except Exception:  # noqa: BLE001 - one may have a right to a part of a bucket, and that answered
            return

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

    def claim(self, path: str, content: bytes) -> bool:
        """Write a small file unless it is there; tell whether it was not.

        Where a store cannot be asked that, everybody is told so.
        """
        with self._asking():
            self._parent(path)
        try:
            self._files.pipe_file(self._at(path), content, mode="create")
        except FileExistsError:
            return False
        except Exception:  # noqa: BLE001 - whatever a file system raises that knows no such mode
            return True
        return True

    def scratch(self) -> Path:
        """Return the path of a new, empty local file that `take` may be given."""
        handle, name = tempfile.mkstemp(prefix=_SCRATCH)
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

    def alone(self, name: str) -> AbstractContextManager[None]:
        """Wait until nobody else holds a name, and hold it while the block runs."""
        return leased(self, f"leases/{name}")

    def tidy(self) -> None:
        """Remove what runs left in this machine's temporary folder, killed more than a day ago."""
        remove_old(Path(tempfile.gettempdir()).glob(f"{_SCRATCH}*"))

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
        if not self._bucket:  # there, asking for a folder would make a bucket of that name
            self._files.makedirs(self._at(path).rpartition("/")[0], exist_ok=True)

    @contextmanager
    def _asking(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            raise refusal(self.address, error) from error
