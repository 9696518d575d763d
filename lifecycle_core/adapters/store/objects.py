"""Objects: files named by the SHA-256 of their bytes, which is compared before they are used.

SHA-256 is about twice as fast as BLAKE2 where the processor has instructions for it, and what a
reproduction record calls a digest is SHA-256 too.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.files import replacing, writing
from lifecycle_core.adapters.store.values import copy_into, read_value, write_value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import IO

    from lifecycle_core.adapters.store.places import Place

_PREFIX = "sha256-"
_PIECE = 8 << 20


class ObjectBroken(Exception):  # noqa: N818 - the name is the fact
    """An object is missing, or its bytes are not what its name says; it has been removed.

    Attributes:
        name: Of the object.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class Objects:
    """The objects of a store."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def put_value(self, value: object) -> tuple[str, int]:
        """Keep a value; return the name of its object and its size in bytes.

        Raises:
            NotStorable: It holds something that cannot be written.
            TargetUnwritable: The disk is full, for one.
        """
        return self._put(lambda file: write_value(value, file))

    def put_file(self, path: Path) -> tuple[str, int]:
        """Keep the content of a file; return the name of its object and its size in bytes."""
        with path.open("rb") as source:
            return self._put(lambda file: copy_into(source, file))

    def put_bytes(self, content: bytes) -> str:
        """Keep bytes; return the name of their object."""
        return self._put(lambda file: file.write(content))[0]

    def value(self, name: str) -> Any:  # noqa: ANN401 - any value
        """Return a value of its own; the caller may change it in place.

        Raises:
            ObjectBroken: It is missing or not what it was.
        """
        with self._whole(name) as path:
            return read_value(path)

    def bytes(self, name: str) -> bytes:
        """Return an object's bytes.

        Raises:
            ObjectBroken: It is missing or not what it was.
        """
        with self._whole(name) as path:
            return path.read_bytes()

    def restore_file(self, name: str, target: Path) -> None:
        """Write an object's bytes as a file of the user's, whole or not at all.

        Raises:
            ObjectBroken: It is missing or not what it was.
        """
        with self._whole(name) as path, replacing(target) as temporary:
            shutil.copyfile(path, temporary)

    def has(self, name: str) -> bool:
        """Tell whether an object is there; its bytes are not looked at."""
        return self._place.size(_path(name)) is not None

    @staticmethod
    def path_of(name: str) -> str:
        """Return where in the store an object lies."""
        return _path(name)

    def is_whole(self, name: str, size: int) -> bool:
        """Tell whether an object is there; one that is not what it was is removed.

        A small one's bytes are read and compared. Of a larger one only the size is, as nothing to
        do must stay quick; it is compared whole when it is used. Where small ends, the place says.
        """
        if self._place.size(_path(name)) != size:
            self._place.remove(_path(name))
            return False
        if size > self._place.compared:
            return True
        try:
            with self._whole(name):
                return True
        except ObjectBroken:
            return False

    def _put(self, write: Callable[[_Hashed], object]) -> tuple[str, int]:
        temporary = self._place.scratch()
        try:
            with (
                writing(temporary),
                temporary.open("wb", buffering=0) as file,
                ThreadPoolExecutor(max_workers=1) as writer,
            ):
                hashed = _Hashed(file, writer)
                write(hashed)
            name = _PREFIX + hashed.hasher.hexdigest()
            if self._place.size(_path(name)) != hashed.size:
                self._place.take(temporary, _path(name))
        finally:
            temporary.unlink(missing_ok=True)
        return name, hashed.size

    @contextmanager
    def _whole(self, name: str) -> Iterator[Path]:
        """Yield a local path that holds what the name says."""
        with self._place.fetched(_path(name)) as path:
            if path is None or _digest(path) != name:
                self._place.remove(_path(name))
                raise ObjectBroken(name)
            yield path


class _Hashed:
    """Writes to a file and hashes what is written; of much data, both at the same time."""

    def __init__(self, file: IO[bytes], writer: ThreadPoolExecutor) -> None:
        self._file = file
        self._writer = writer
        self.hasher = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes | memoryview) -> None:
        self.size += len(data)
        view = memoryview(data)
        if len(view) <= _PIECE:
            self.hasher.update(view)
            self._write(view)
            return
        for start in range(0, len(view), _PIECE):
            piece = view[start : start + _PIECE]
            written = self._writer.submit(self._write, piece)
            self.hasher.update(piece)
            written.result()

    def _write(self, data: memoryview) -> None:
        while data:  # the system may write less than it is given
            data = data[os.write(self._file.fileno(), data) :]


def _path(name: str) -> str:
    return f"objects/{name.removeprefix(_PREFIX)[:2]}/{name}"


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return _PREFIX + hashlib.file_digest(file, "sha256").hexdigest()
