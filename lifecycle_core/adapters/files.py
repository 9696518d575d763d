"""Files that appear whole or not at all, and their digests."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from lifecycle_core.errors import TargetUnwritable

if TYPE_CHECKING:
    from collections.abc import Iterator

_CHUNK = 1 << 20
_REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EFBIG: "the file-size limit is reached",
    errno.EROFS: "it lies on a read-only file system",
    errno.EACCES: "permission is denied",
    errno.EPERM: "permission is denied",
    errno.ENOTDIR: "a part of the path is a file, not a folder",
    errno.EEXIST: "something else is there already",
    errno.EISDIR: "it is a folder",
    errno.ENOENT: "its folder does not exist",
}


def digest_bytes(content: bytes) -> str:
    """Return `sha256:` and the SHA-256 of `content` in hexadecimal.

    Example:
        >>> digest_bytes(b"")[:19]
        'sha256:e3b0c44298fc'
    """
    return "sha256:" + hashlib.sha256(content).hexdigest()


def digest_file(path: Path) -> str:
    """Return the digest of a file's bytes, read in pieces of 1 MiB."""
    hasher = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            hasher.update(chunk)
    return "sha256:" + hasher.hexdigest()


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn an operating-system refusal to write `path` into `TargetUnwritable`.

    Raises:
        TargetUnwritable: Whatever the operating system refused, with its reason in words.
    """
    try:
        yield
    except OSError as error:
        reason = _REASONS.get(error.errno or 0, error.strerror or str(error))
        raise TargetUnwritable(
            f"{path} cannot be written: {reason}.",
            path=str(path),
            hint="Free some space or name another place, then run the same command again.",
        ) from error


def write_atomically(path: Path, content: bytes | str) -> None:
    """Write a file so that it appears whole or not at all; its folder is made if need be.

    Raises:
        TargetUnwritable: The operating system refuses; nothing is left behind.
    """
    data = content.encode() if isinstance(content, str) else content
    with replacing(path) as temporary, temporary.open("wb") as file:
        file.write(data)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`; when the block ends well, it becomes `path`.

    Raises:
        TargetUnwritable: The operating system refuses; nothing is left behind.
    """
    temporary: Path | None = None
    try:
        with writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
            os.close(handle)
            temporary = Path(name)
            yield temporary
            temporary.chmod(0o644)
            _sync(temporary)
            temporary.replace(path)
            _sync(path.parent)
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


@contextmanager
def replacing_folder(path: Path) -> Iterator[Path]:
    """Yield an empty folder beside `path`; when the block ends well, it becomes `path`.

    A folder that stands at `path` already must not exist; a bundle is never overwritten.

    Raises:
        TargetUnwritable: The operating system refuses; nothing is left behind.
    """
    temporary: Path | None = None
    try:
        with writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
            yield temporary
            temporary.chmod(0o755)
            for file in temporary.rglob("*"):
                _sync(file)
            temporary.rename(path)
            _sync(path.parent)
    finally:
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
