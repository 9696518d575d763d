"""numpy arrays, scalars, data types and generators: by element, whatever the memory layout.

A buffer is read in chunks in the order of the indexes, so that a transposed array, a strided view
and their copies have one digest, and none is copied whole.
"""

from __future__ import annotations

import hashlib
import sys
from typing import TYPE_CHECKING

from ...builtin_names import BUILTINS
from ..leaves import flat, is_flat, leaf
from ..parts import Read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..parts import Part, Value

globals()["__builtins__"] = BUILTINS

_DOUBLE, _X87 = 8, 63  # bytes; bits of the mantissa where 10 bytes of 16 are used
OBJECTS = 16384
CHUNK = 1 << 18  # bytes: a chunk stays in the processor's cache between its two readings


def _numpy() -> Value:
    return sys.modules["numpy"]


def array(value: Value) -> Iterator[Part]:
    """An array of any data type: its type, its shape, its elements in the order of indexes."""
    np = _numpy()
    plain = value.view(np.ndarray) if type(value) is not np.ndarray else value
    yield from described(plain.dtype)
    yield leaf(plain.shape)
    yield from elements(plain)


def described(dtype: Value) -> Iterator[Part]:
    """A data type in words: byte order, unit and fields included, padding not."""
    if dtype.names is not None:
        yield leaf(tuple(dtype.names))
        for name in dtype.names:
            yield from described(dtype.fields[name][0])
    elif dtype.subdtype is not None:
        base, shape = dtype.subdtype
        yield leaf(shape)
        yield from described(base)
    elif type(dtype).__name__ == "StringDType":
        yield b"StringDType"
    else:
        yield leaf(dtype.str)


def elements(value: Value) -> Iterator[Part]:
    """The elements of an array whose type and shape are known, in the order of indexes."""
    dtype = value.dtype
    if dtype.names is not None:
        for name in dtype.names:
            yield from elements(value[name])
    elif dtype.hasobject or dtype.kind == "T":
        yield from _objects(value.flat)
    elif value.size and dtype.itemsize:
        yield Read(value.nbytes)
        for chunk in chunks(value):
            yield memoryview(canonical(chunk)).cast("B")


def _objects(values: Value) -> Iterator[Part]:
    """Python objects; pieces of plain ones, such as texts, are written at once."""
    for start in range(0, len(values), OBJECTS):
        piece = values[start : start + OBJECTS].tolist()
        if is_flat(piece):
            yield b"flat"
            for chunk in flat(piece):
                yield Read(chunk.nbytes)
                yield chunk
        else:
            for child in piece:
                yield (child,)


def chunks(value: Value) -> Iterator[Value]:
    """One-dimensional contiguous pieces of an array, in the order of indexes."""
    np = _numpy()
    size = max(1, CHUNK // value.dtype.itemsize)
    if value.flags.c_contiguous:
        flat = value.reshape(-1)
        for start in range(0, flat.size, size):
            yield flat[start : start + size]
        return
    flags = ["external_loop", "buffered"]
    for chunk in np.nditer(value, flags=flags, order="C", buffersize=size):
        yield np.ascontiguousarray(chunk)


def canonical(chunk: Value) -> Value:
    """The bytes of a chunk, where NaN of any payload is one value and padding is left out."""
    np = _numpy()
    dtype = chunk.dtype
    if dtype.kind == "c":
        return canonical(chunk.view(chunk.real.dtype))
    if dtype.kind == "f":
        odd = chunk != chunk  # noqa: PLR0124  # how a NaN is told
        if odd.any():
            chunk = chunk.copy()
            chunk[odd] = np.nan
        if dtype.itemsize > _DOUBLE and np.finfo(dtype).nmant == _X87:  # x87: 10 of 16
            return np.ascontiguousarray(chunk.view(np.uint8).reshape(-1, dtype.itemsize)[:, :10])
    return chunk.view(np.uint8)


def row_digests(values: Value) -> Iterator[bytes]:
    """The digests of the rows of a matrix without objects, read once whatever its layout."""
    np = _numpy()
    width = values.dtype.itemsize
    name = repr((list(described(values.dtype)), values.shape[1])).encode()
    if values.strides[1] == width or values.shape[1] <= 1:  # any stride will do
        for row in values:
            hasher = hashlib.sha256(name)
            for chunk in chunks(row):
                hasher.update(canonical(chunk))
            yield hasher.digest()
        return
    hashers = [hashlib.sha256(name) for _ in range(len(values))]
    span = max(64, CHUNK // (width * max(1, len(values))))
    for start in range(0, values.shape[1], span):
        tile = np.ascontiguousarray(values[:, start : start + span])
        for hasher, row in zip(hashers, tile):  # noqa: B905  # `strict` is newer than Python 3.9
            hasher.update(canonical(row))
    for hasher in hashers:
        yield hasher.digest()


def scalar(value: Value) -> Iterator[Part]:
    """A numpy scalar: as the array of one element."""
    yield from array(_numpy().asarray(value))


def dtype(value: Value) -> Iterator[Part]:
    """A data type."""
    yield from described(value)


def masked(value: Value) -> Iterator[Part]:
    """A masked array: what lies under the mask does not count, the fill value does."""
    np = _numpy()
    data, mask = np.ma.getdata(value), np.ma.getmaskarray(value)
    yield from described(data.dtype)
    yield leaf(data.shape)
    yield from elements(mask.view(np.ndarray))
    yield from elements(data[~mask] if data.dtype.names is None else data)
    fill = value.fill_value
    # Of an array of objects it is a text of numpy's, and one of Python's once it was pickled.
    yield (fill.item() if type(fill) is np.str_ and data.dtype.hasobject else fill,)


def generator(value: Value) -> Iterator[Part]:
    """A numpy `Generator`: the state of its bit generator."""
    yield (value.bit_generator,)


def bit_generator(value: Value) -> Iterator[Part]:
    """A bit generator: its state."""
    yield (value.state,)


def random_state(value: Value) -> Iterator[Part]:
    """A legacy `RandomState`: its state."""
    yield (value.get_state(legacy=False),)
