"""Entries of the write-ahead log as bytes: length, checksum, kind, sequence, then the row itself.

    segment = header, entry, entry, ...      header = magic, session, number, checksum

A reader stops at the first entry that is not whole: after a crash, what follows the last sync may
be missing, cut off, or zeros. The checksum covers all of an entry but itself.
"""

from __future__ import annotations

import re
import struct
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAGIC = b"NBWAL\x00\x00\x01"
_HEADER = struct.Struct("<8s16sQ")
_CHECKSUM = struct.Struct("<I")
_ENTRY = struct.Struct("<IIBQ")  # checksum, length of the row, kind, sequence
_COVERED = struct.Struct("<IBQ")
HEADER_BYTES = _HEADER.size + _CHECKSUM.size


class Kind(IntEnum):
    """What a row is; the numbers are written down."""

    PREDICTION = 1
    OUTCOME = 2
    USAGE = 3


_KINDS = {int(kind): kind for kind in Kind}
_KIND_AT = 8  # bytes from the start of an entry
_KIND = re.compile(b"[%s]" % bytes(Kind))


class Entry(NamedTuple):
    """One row of a segment.

    Attributes:
        sequence: Grows from row to row, whatever the clock does.
        row: The record as JSON.
    """

    kind: Kind
    sequence: int
    row: bytes


def header(session: bytes, number: int) -> bytes:
    """Return the head of a segment: the 16 bytes of its session and its number there."""
    head = _HEADER.pack(_MAGIC, session, number)
    return head + _CHECKSUM.pack(crc32(head))


def read_header(content: bytes) -> tuple[bytes, int] | None:
    """Return the session and the number of a segment; None if its head is not whole."""
    head = content[: _HEADER.size]
    if len(content) < HEADER_BYTES or not head.startswith(_MAGIC):
        return None
    if _CHECKSUM.unpack_from(content, _HEADER.size)[0] != crc32(head):
        return None
    _, session, number = _HEADER.unpack(head)
    return session, number


def framed(entry: Entry) -> bytes:
    r"""Return an entry as it is written.

    Example:
        >>> written = framed(Entry(Kind.OUTCOME, 7, b"{}"))
        >>> [entry.row for entry, _ in read_entries(b"." * HEADER_BYTES + written + b"\0\0")]
        [b'{}']
    """
    covered = _COVERED.pack(len(entry.row), entry.kind, entry.sequence)
    return _CHECKSUM.pack(crc32(entry.row, crc32(covered))) + covered + entry.row


def framed_bytes(row: bytes) -> int:
    """Return how many bytes an entry has with a row in it.

    Example:
        >>> framed_bytes(b"{}") == len(framed(Entry(Kind.OUTCOME, 7, b"{}")))
        True
    """
    return _ENTRY.size + len(row)


def read_entries(content: bytes, at: int = HEADER_BYTES) -> Iterator[tuple[Entry, int]]:
    """Yield the whole entries of a segment from an offset on, each with the offset behind it."""
    whole = memoryview(content)
    while at + _ENTRY.size <= len(content):
        checksum, length, number, sequence = _ENTRY.unpack_from(content, at)
        start, end = at + _ENTRY.size, at + _ENTRY.size + length
        kind = _KINDS.get(number)
        if end > len(content) or kind is None:
            return
        if crc32(whole[at + _CHECKSUM.size : end]) != checksum:
            return
        yield Entry(kind, sequence, content[start:end]), end
        at = end


def is_torn(rest: bytes) -> bool:
    r"""Whether bytes behind the last whole entry are what a process that was killed leaves there.

    That is the beginning of one entry, or nothing, and zeros. Else the disk has changed an entry,
    and others may stand behind it.

    Example:
        >>> written = framed(Entry(Kind.OUTCOME, 7, b"{}"))
        >>> is_torn(written[:-1] + b"\0\0"), is_torn(written.replace(b"{", b"["))
        (True, False)
    """
    written = rest.rstrip(b"\0")
    if len(written) >= _ENTRY.size:
        _, length, _, _ = _ENTRY.unpack_from(written)
        if len(written) >= _ENTRY.size + length:  # all of it is there
            return False
    # Its length may be what was changed. A kind is no byte of JSON: there are few such places.
    starts = (found.start() - _KIND_AT for found in _KIND.finditer(written))
    return not any(at > 0 and any(read_entries(written, at)) for at in starts)
