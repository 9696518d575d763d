"""pyarrow: tables, batches and arrays by content; chunks, offsets and what nulls hide do not count.

A column is read in pieces of a fixed number of rows from its start, whatever its chunks: first
which rows are null, then the values of the others, by their buffers where they are one.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Literal

from ...builtin_names import BUILTINS
from ..leaves import leaf
from ..parts import Read
from . import arrays

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..parts import Part, Value

globals()["__builtins__"] = BUILTINS

ROWS = 65536


def table(value: Value) -> Iterator[Part]:
    """A Table or RecordBatch: names, types and columns in their order; no metadata."""
    yield leaf(value.num_rows)
    for field, column in zip(value.schema, value.columns):  # Python 3.9  # noqa: B905  # `strict` is newer than Python 3.9
        yield leaf(field.name)
        yield (column,)


def described(value: Value) -> Iterator[Part]:
    """A type or schema, by its text."""
    yield leaf(str(value))


def scalar(value: Value) -> Iterator[Part]:
    """A scalar: its type and value."""
    yield leaf(str(value.type))
    yield (value.as_py(),)


def array(value: Value) -> Iterator[Part]:
    """An Array or ChunkedArray."""
    yield leaf(str(value.type))
    yield leaf(len(value))
    yield leaf(value.null_count)
    yield Read(value.nbytes)
    # Nulls, lengths and values of a piece follow each other, so pieces must be cut alike.
    for start in range(0, len(value), ROWS):
        yield from _piece(_joined(value.slice(start, ROWS)))


def _joined(piece: Value) -> Value:
    """A piece as one Array; only one that spans chunks is copied."""
    if not hasattr(piece, "chunks"):
        return piece
    if piece.num_chunks == 1:
        return piece.chunk(0)
    return piece.combine_chunks() if piece.num_chunks else piece


def _piece(piece: Value) -> Iterator[Part]:
    """A short Array."""
    pa = sys.modules["pyarrow"]
    if hasattr(piece, "chunks"):  # newer versions join chunks to a ChunkedArray of one
        piece = pa.concat_arrays(piece.chunks)
    if isinstance(piece, pa.ExtensionArray):
        piece = piece.storage
    if isinstance(piece, pa.DictionaryArray):
        piece = piece.dictionary_decode()
    types = pa.types
    if piece.null_count:
        yield from _bits(piece.is_valid())
        piece = piece.drop_null()
    kind = piece.type
    if types.is_null(kind):
        return
    if types.is_boolean(kind):
        yield from _bits(piece)
    elif types.is_primitive(kind) or types.is_decimal(kind) or types.is_fixed_size_binary(kind):
        yield from _fixed(piece, kind.bit_width // 8)
    elif types.is_string(kind) or types.is_binary(kind):
        yield from _strings(piece, "i", 4)
    elif types.is_large_string(kind) or types.is_large_binary(kind):
        yield from _strings(piece, "q", 8)
    else:
        yield (piece.to_pylist(),)


def _bits(piece: Value) -> Iterator[Part]:
    """Booleans, a byte each."""
    pa = sys.modules["pyarrow"]
    yield from _fixed(piece.cast(pa.uint8()), 1)


def _fixed(piece: Value, width: int) -> Iterator[Part]:
    """Values of one width."""
    raw = memoryview(piece.buffers()[1]).cast("B")
    raw = raw[piece.offset * width : (piece.offset + len(piece)) * width]
    np = sys.modules.get("numpy")
    if np is not None and sys.modules["pyarrow"].types.is_floating(piece.type):
        floats = np.frombuffer(raw, f"f{width}")
        raw = memoryview(arrays.canonical(floats)).cast("B")
    yield raw


def _strings(piece: Value, code: Literal["i", "q"], width: int) -> Iterator[Part]:
    """Texts: their lengths, then their bytes in one go."""
    if not len(piece):
        return
    _, offsets, data = piece.buffers()
    raw = memoryview(offsets).cast("B")
    raw = raw[piece.offset * width : (piece.offset + len(piece) + 1) * width]
    ends = raw.cast(code)
    first, last = ends[0], ends[-1]
    np = sys.modules.get("numpy")
    if np is not None:
        yield memoryview(np.diff(np.frombuffer(raw, f"i{width}")).astype("<i8")).cast("B")
    else:
        lengths = (ends[place + 1] - ends[place] for place in range(len(piece)))
        yield memoryview(b"".join(each.to_bytes(8, "little") for each in lengths))
    if last > first:
        yield memoryview(data).cast("B")[first:last]
