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

from lifecycle_core.errors import InvalidCall, TargetUnwritable

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


def write_new(path: Path, content: str) -> None:
    """Write a text file that must not exist yet.

    Raises:
        InvalidCall: It exists.
        TargetUnwritable: The operating system refuses; nothing is left behind.
    """
    require_new(path)
    write_atomically(path, content)


def require_new(path: Path) -> None:
    """Refuse a file that exists, before the work that it is to hold is done.

    Raises:
        InvalidCall: It exists.
        TargetUnwritable: There is no such folder.
    """
    if path.exists():
        raise InvalidCall(
            f"{path} exists, and what somebody wrote is not overwritten.",
            hint="Name another file, or move this one away.",
        )
    require_place(path.parent)


def read_text(path: Path) -> str:
    """Read a text file of the user's.

    Raises:
        InvalidCall: It cannot be read, or is no UTF-8 text.
    """
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise InvalidCall(
            f"{path} cannot be read: {error.strerror}.", hint="Check the name."
        ) from error
    except UnicodeDecodeError as error:
        raise InvalidCall(
            f"{path} is no text: byte {error.start} is not UTF-8.", hint="Name another file."
        ) from error


def require_place(folder: Path) -> None:
    """Look whether a folder can be written or made; nothing is made.

    Raises:
        TargetUnwritable: It cannot.
    """
    existing = next(place for place in (folder, *folder.parents) if place.exists())
    if not existing.is_dir():
        reason = "is a file, not a folder"
    elif not os.access(existing, os.W_OK | os.X_OK):
        reason = "is read-only"
    else:
        return
    raise TargetUnwritable(
        f"{folder} cannot be written: {existing} {reason}.",
        path=str(folder),
        hint="Name another place with NBRELEASE_HOME, or give yourself the right to write there.",
    )


@contextmanager
def replacing(path: Path, *, mark: str = "") -> Iterator[Path]:
    """Yield a temporary path beside `path`; when the block ends well, it becomes `path`.

    Args:
        path: The file that is to appear.
        mark: Letters and digits by which `remove_left` finds what a killed process has left.

    Raises:
        TargetUnwritable: The operating system refuses; nothing is left behind.
    """
    temporary: Path | None = None
    try:
        with writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(prefix=f".{path.name}.{mark}", dir=path.parent)
            os.close(handle)
            temporary = Path(name)
            yield temporary
            temporary.chmod(0o644)
            sync(temporary)
            temporary.replace(path)
            sync(path.parent)
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def remove_left(path: Path, *, mark: str) -> None:
    """Remove temporary files that `replacing` could not, since its process was killed.

    Args:
        path: The file that was to appear.
        mark: Of whoever wrote it, and does not at this moment; not empty.

    Raises:
        TargetUnwritable: The operating system refuses.
    """
    start = f".{path.name}.{mark}"
    if not path.parent.is_dir():
        return
    with writing(path):
        for each in path.parent.iterdir():
            if each.name.startswith(start):
                each.unlink(missing_ok=True)


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
                sync(file)
            temporary.rename(path)
            sync(path.parent)
    finally:
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)


def place_first(source: Path, target: Path) -> None:
    """Put a whole file where there is none yet; of several who try at once, the first one's stays.

    Args:
        source: On the same file system. It may still be there afterwards; whoever made it removes
            it.
        target: Where it is to be.
    """
    try:
        os.link(source, target)
    except FileExistsError:
        return
    except OSError:  # a file system without links: the gap between the two calls is tiny
        if not target.exists():
            source.replace(target)


def sync(path: Path) -> None:
    """Wait until the bytes of a file, or the names in a folder, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
