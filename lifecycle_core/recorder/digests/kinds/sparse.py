"""scipy's sparse matrices and arrays: sorted indexes, duplicates summed, in blocks of rows."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from ...builtin_names import BUILTINS
from ..leaves import leaf
from . import arrays

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..parts import Part, Value

globals()["__builtins__"] = BUILTINS

ENTRIES = 1 << 20  # entries canonicalised at a time


def matrix(value: Value) -> Iterator[Part]:
    """A sparse matrix of any format; the user's object keeps its order and its flags."""
    yield leaf(value.format)
    yield leaf(tuple(map(int, value.shape)))
    yield from arrays.described(value.dtype)
    if len(value.shape) != 2:  # noqa: PLR2004  # sparse arrays of one dimension
        value = value.reshape(1, -1) if len(value.shape) == 1 else value.tocoo()
    compressed = value if value.format in {"csr", "csc"} else value.tocsr(copy=True)
    starts = compressed.indptr
    row, last = 0, len(starts) - 1
    np = sys.modules["numpy"]
    make = sys.modules["scipy.sparse"].csr_matrix
    width = compressed.shape[1 if compressed.format == "csr" else 0]
    while row < last:
        # At least one row, and as many as hold no more than a block of entries.
        end = int(np.searchsorted(starts, starts[row] + ENTRIES, side="right")) - 1
        end = min(max(end, row + 1), last)
        inside = slice(int(starts[row]), int(starts[end]))
        parts = (
            compressed.data[inside],
            compressed.indices[inside],
            starts[row : end + 1] - starts[row],
        )
        block = make(parts, shape=(end - row, width), copy=True)
        block.sum_duplicates()
        yield from _stream(block.indptr[1:].astype("<i8") - block.indptr[:-1])
        yield from _stream(block.indices.astype("<i8"))
        yield from _stream(block.data)
        row = end


def _stream(values: Value) -> Iterator[Part]:
    yield leaf(values.size)
    yield from arrays.elements(values)
