"""Plain values, and flat lists of them, as bytes: `marshal` version 2 writes them without order.

Version 2 of that format keeps no references and no flags of interning, so it depends on nothing
but the values; every Python since 3.0 writes it alike. It must only be given the exact types below:
of any other object with a buffer it would write the bytes and lose the type.
"""

from __future__ import annotations

import marshal
from functools import partial
from itertools import filterfalse, islice
from operator import is_, ne
from typing import TYPE_CHECKING

from ..builtin_names import BUILTINS, identity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .parts import Value

globals()["__builtins__"] = BUILTINS

_PLAIN = (int, float, complex, str, bytes, bool, type(None), type(...))
LEAF_TYPES = frozenset(map(identity, _PLAIN))
"""Identities of the types, because a metaclass may define `__hash__`."""
_FLOAT = frozenset({identity(float), identity(complex)})
_SINGLES = {identity(type(None)): b"N", identity(type(...)): b"."}
_NAN = float("nan")
_SMALL = {identity(list): b"L", identity(tuple): b"T", identity(dict): b"D"}
SHORT, CHUNK = 32, 16384
_CHANGES = 100


def leaf(value: Value) -> bytes:
    """A plain value as bytes; NaN of any sign or payload is one value, -0.0 is not 0.0.

    >>> leaf(1) == leaf(True), leaf(float("nan")) == leaf(-float("nan"))
    (False, True)
    """
    kind = identity(type(value))
    if kind in _SINGLES:
        return _SINGLES[kind]
    if kind in _FLOAT and value != value:  # noqa: PLR0124  # how a NaN is told
        value = _canonical(value)
    return marshal.dumps(value, 2)


def small(value: Value) -> bytes | None:
    """A short list, tuple or dictionary of plain values as bytes, None if it is anything else.

    Most containers are such, and writing them at once is several times faster than a walk.

    >>> small([1, 2]) == small((1, 2)), small([[1]]) is None
    (False, True)
    """
    mark = _SMALL.get(identity(type(value)))
    if mark is None or len(value) > SHORT:
        return None
    held = (*value, *value.values()) if mark == b"D" else tuple(value)
    if not LEAF_TYPES.issuperset(map(identity, map(type, held))):
        return None
    if any(map(ne, held, held)):
        held = tuple(_canonical(each) if each != each else each for each in held)  # noqa: PLR0124
    return mark + marshal.dumps(held, 2)


def is_flat(values: Iterable[Value]) -> bool:
    """Whether all are plain values.

    Values of one type in a row, as most have, are passed over at once.

    >>> is_flat([1, "a"]), is_flat([1, []])
    (True, False)
    """
    types = map(type, values)
    kind = next(types, None)
    changes = 0
    while kind is not None and identity(kind) in LEAF_TYPES:
        changes += 1
        if changes > _CHANGES:
            return LEAF_TYPES.issuperset(map(identity, types))
        kind = next(filterfalse(partial(is_, kind), types), None)
    return kind is None


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
