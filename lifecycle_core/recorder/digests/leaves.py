"""Plain values, and flat lists of them, as bytes: `marshal` version 2 writes them without order.

Version 2 of that format keeps no references and no flags of interning, so it depends on nothing
but the values; every Python since 3.0 writes it alike. It must only be given the exact types below:
of any other object with a buffer it would write the bytes and lose the type.
"""

from __future__ import annotations

import marshal
from itertools import islice
from operator import ne
from typing import TYPE_CHECKING

from ..builtin_names import BUILTINS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .parts import Value

globals()["__builtins__"] = BUILTINS

_PLAIN = (int, float, complex, str, bytes, bool, type(None), type(...), type(NotImplemented))
LEAF_TYPES = frozenset(map(id, _PLAIN))
"""Ids of the types; ids, because a metaclass may define `__hash__`."""
_FLOAT = frozenset({id(float), id(complex)})
_SINGLES = {id(type(None)): b"N", id(type(...)): b".", id(type(NotImplemented)): b"!"}
_NAN = float("nan")
CHUNK = 16384


def leaf(value: Value) -> bytes:
    """A plain value as bytes; NaN of any sign or payload is one value, -0.0 is not 0.0.

    >>> leaf(1) == leaf(True), leaf(float("nan")) == leaf(-float("nan"))
    (False, True)
    """
    kind = id(type(value))
    if kind in _SINGLES:
        return _SINGLES[kind]
    if kind in _FLOAT and value != value:  # noqa: PLR0124  # how a NaN is told
        value = _canonical(value)
    return marshal.dumps(value, 2)


def is_flat(values: Iterable[Value]) -> bool:
    """Whether all are plain values.

    >>> is_flat([1, "a"]), is_flat([1, []])
    (True, False)
    """
    return LEAF_TYPES.issuperset(map(id, map(type, values)))


def flat(values: Iterable[Value]) -> Iterator[memoryview]:
    """Plain values as raw content, a chunk at a time; their number must be said before."""
    rest = iter(values)
    while chunk := tuple(islice(rest, CHUNK)):
        if any(map(ne, chunk, chunk)):
            chunk = tuple(_canonical(each) if each != each else each for each in chunk)  # noqa: PLR0124  # how a NaN is told
        yield memoryview(marshal.dumps(chunk, 2))


def _canonical(value: Value) -> Value:
    if type(value) is float:
        return _NAN
    real, imag = value.real, value.imag
    return complex(_NAN if real != real else real, _NAN if imag != imag else imag)  # noqa: PLR0124  # how a NaN is told
