"""pandas: frames, series, indexes and extension arrays, column by column.

How pandas keeps columns together in blocks does not count; order, names, types, values, index and
`attrs` do.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from ...builtin_names import BUILTINS
from ..leaves import leaf
from ..parts import Part, Read, Value
from . import arrays, objects

if TYPE_CHECKING:
    from collections.abc import Iterator

globals()["__builtins__"] = BUILTINS


def frame(value: Value) -> Iterator[Part]:
    """A DataFrame."""
    yield leaf(value.shape)
    yield (value.index,)
    yield (value.columns,)
    yield (value.attrs,)
    np = sys.modules["numpy"]
    known: dict[int, bytes] = {}
    for block in getattr(getattr(value, "_mgr", None), "blocks", ()):
        if type(block.values) is np.ndarray and not block.values.dtype.hasobject:
            yield Read(block.values.nbytes)
            places = block.mgr_locs.as_array.tolist()
            known.update(zip(places, arrays.row_digests(block.values)))  # Python 3.9  # noqa: B905  # `strict` is newer than Python 3.9
    for position in range(value.shape[1]):
        if position in known:
            yield known[position]
        else:
            yield from _column(value.iloc[:, position].array)


def _column(values: Value) -> Iterator[Part]:
    """A column that is not in a block of numbers, or whose block cannot be seen."""
    plain: Value = getattr(values, "_ndarray", None)
    if type(values).__name__ == "NumpyExtensionArray" and not plain.dtype.hasobject:
        yield Read(plain.nbytes)
        yield from arrays.row_digests(plain[None, :])
    else:
        yield (values,)


def series(value: Value) -> Iterator[Part]:
    """A Series."""
    yield (value.name,)
    yield (value.index,)
    yield (value.attrs,)
    yield (value.array,)


def index(value: Value) -> Iterator[Part]:
    """An Index of any kind but those below; its frequency does not count."""
    yield (tuple(value.names),)
    yield (value.array,)


def range_index(value: Value) -> Iterator[Part]:
    """A RangeIndex."""
    yield (tuple(value.names),)
    yield leaf(len(value))
    if len(value):
        yield leaf((int(value[0]), int(value.step) if len(value) > 1 else 1))


def multi_index(value: Value) -> Iterator[Part]:
    """A MultiIndex, level by level of values: unused levels and their order do not count."""
    yield (tuple(value.names),)
    for level in range(value.nlevels):
        yield (value.get_level_values(level).array,)


def dtype(value: Value) -> Iterator[Part]:
    """An extension type, by its text, and its categories if it has some."""
    yield leaf(str(value))
    yield (getattr(value, "categories", None),)
    yield (getattr(value, "ordered", None),)


def moment(value: Value) -> Iterator[Part]:
    """A Timestamp or Timedelta: its number, its unit and its zone."""
    yield leaf(value.unit)
    yield leaf(int(value.asm8.view("i8")))
    yield (getattr(value, "tzinfo", None),)


def extension(value: Value) -> Iterator[Part]:
    """An extension array, by what it is stored in."""
    yield leaf(str(value.dtype))
    yield leaf(len(value))
    name = type(value).__name__
    if name == "Categorical":
        yield leaf(bool(value.ordered))
        yield (value.categories,)
        yield from arrays.array(value.codes)
    elif name == "SparseArray":
        yield (value.fill_value,)
        yield from arrays.array(value.sp_index.indices)
        yield from arrays.array(value.sp_values)
    elif name == "IntervalArray":
        yield (value.left,)
        yield (value.right,)
    elif hasattr(value, "_pa_array"):
        yield (value._pa_array,)  # noqa: SLF001  # no public way without a copy
    elif hasattr(value, "_mask") and hasattr(value, "_data"):
        yield from _nullable(value._data, value._mask)  # as above  # noqa: SLF001  # no public way without a copy
    elif hasattr(value, "_ndarray"):
        yield from arrays.array(value._ndarray)  # as above  # noqa: SLF001  # no public way without a copy
    else:
        yield from objects.reduced(value)


def _nullable(data: Value, mask: Value) -> Iterator[Part]:
    """Values and a mask; what lies under the mask does not count."""
    np = sys.modules["numpy"]
    yield from arrays.array(mask)
    yield from arrays.described(data.dtype)
    if not mask.any():
        yield from arrays.elements(data)
        return
    for start in range(0, len(data), arrays.CHUNK):
        piece = data[start : start + arrays.CHUNK]
        hidden = mask[start : start + arrays.CHUNK]
        shown = np.where(hidden, np.zeros(1, data.dtype), piece)
        yield from arrays.elements(shown)
