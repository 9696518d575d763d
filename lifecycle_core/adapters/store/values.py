"""Values as bytes: pickle with its buffers beside it, written and read without a second copy.

A file of a value is a head that says how long the parts are, the pickle, and then each buffer on
a border of 64 bytes. It is read through a private map of memory: what a step changes in place
stays its own.
"""

from __future__ import annotations

import mmap
import pickle
import struct
from typing import IO, TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MAGIC = b"NBRVAL1\0"
_ALIGNED = 64
_LENGTH = struct.Struct("<Q")


class NotStorable(Exception):  # noqa: N818 - the name is the fact
    """A value that neither pickle nor cloudpickle can write; the message says why."""


class Sink(Protocol):
    """Takes bytes in order."""

    def write(self, data: bytes | memoryview, /) -> Any:  # noqa: ANN401 - nobody looks
        """Take the next bytes."""


def write_value(value: object, file: Sink) -> None:
    """Write a value; large buffers go to the file as they lie in memory.

    Raises:
        NotStorable: It holds something that cannot be written, such as a connection.

    Example:
        >>> import io
        >>> file = io.BytesIO()
        >>> write_value({"a": 1}, file)
        >>> file.getvalue()[:7]
        b'NBRVAL1'
    """
    stream, buffers = _pickled(value)
    raw = [buffer.raw() for buffer in buffers]
    lengths = [len(stream), *(len(part) for part in raw)]
    head = _MAGIC + _LENGTH.pack(len(lengths)) + b"".join(map(_LENGTH.pack, lengths))
    at = 0
    parts: list[bytes | memoryview] = [head, stream, *raw]
    for part in parts:
        file.write(part)
        at += len(part)
        padding = -at % _ALIGNED
        file.write(bytes(padding))
        at += padding


def read_value(path: Path) -> Any:  # noqa: ANN401 - any value
    """Read a value that `write_value` wrote; only from a place that is trusted as code is.

    Raises:
        ValueError: The file is none.
    """
    with path.open("rb") as file:
        whole = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY))
    stream, *buffers = _parts(whole)
    return pickle.loads(stream, buffers=buffers)  # noqa: S301 - the store is trusted as code is, and the digest was compared


def _parts(whole: memoryview) -> Iterator[memoryview]:
    head = len(_MAGIC) + _LENGTH.size
    if whole[: len(_MAGIC)] != _MAGIC:
        raise ValueError("no value of a store")
    (count,) = _LENGTH.unpack(whole[len(_MAGIC) : head])
    lengths = [size for (size,) in _LENGTH.iter_unpack(whole[head : head + count * _LENGTH.size])]
    at = _aligned(head + count * _LENGTH.size)
    for length in lengths:
        yield whole[at : at + length]
        at = _aligned(at + length)


def _aligned(at: int) -> int:
    return at + -at % _ALIGNED


def _pickled(value: object) -> tuple[bytes, list[pickle.PickleBuffer]]:
    buffers: list[pickle.PickleBuffer] = []
    try:
        return pickle.dumps(value, protocol=5, buffer_callback=buffers.append), buffers
    except Exception:  # noqa: BLE001 - whatever a class raises while it is taken apart
        buffers.clear()
    import cloudpickle

    try:
        return cloudpickle.dumps(value, protocol=5, buffer_callback=buffers.append), buffers
    except Exception as error:
        raise NotStorable(f"{type(error).__name__}: {error}") from error


def copy_into(source: IO[bytes], file: Sink) -> None:
    """Copy a file in pieces of 1 MiB."""
    while piece := source.read(1 << 20):
        file.write(piece)
