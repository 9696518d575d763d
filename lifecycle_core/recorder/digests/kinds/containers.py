"""Lists, tuples, dictionaries, sets and queues, read by the methods of the built-in types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...builtin_names import BUILTINS
from ..leaves import flat, is_flat, leaf
from ..parts import Aside, Part, Read, Value

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

globals()["__builtins__"] = BUILTINS

_list_len, _tuple_len, _dict_len = list.__len__, tuple.__len__, dict.__len__
_list_iter, _tuple_iter = list.__iter__, tuple.__iter__
_keys, _values, _items = dict.keys, dict.values, dict.items


def sequence(value: Value) -> Iterator[Part]:
    """A list or tuple, in its order."""
    is_list = issubclass(type(value), list)
    length = _list_len(value) if is_list else _tuple_len(value)
    walk = _list_iter if is_list else _tuple_iter
    yield leaf(length)
    if is_flat(walk(value)):
        yield b"flat"
        for chunk in flat(walk(value)):
            yield Read(chunk.nbytes)
            yield chunk
        return
    for child in walk(value):
        yield (child,)


def mapping(value: Value) -> Iterator[Part]:
    """A dictionary in the order of insertion, which a program can observe."""
    yield leaf(_dict_len(value))
    if is_flat(_keys(value)) and is_flat(_values(value)):
        yield b"flat"
        for side in (_keys(value), _values(value)):
            for chunk in flat(side):
                yield Read(chunk.nbytes)
                yield chunk
        return
    for key, child in _items(value):
        yield (key,)
        yield (child,)


def default_mapping(value: Value) -> Iterator[Part]:
    """A defaultdict: its factory and its items."""
    yield (value.default_factory,)
    yield from mapping(value)


def view(value: Value) -> Iterator[Part]:
    """A read-only view of a mapping, by its items."""
    yield from mapping(value | {})


def unordered(value: Value) -> Generator[Part, bytes, None]:
    """A set or frozenset: its elements' digests, sorted, since their order depends on hashing."""
    cls = set if issubclass(type(value), set) else frozenset
    elements: list[bytes] = []
    for child in cls.__iter__(value):
        elements.append((yield Aside(child)))  # noqa: PERF401  # a comprehension cannot yield
    yield leaf(len(elements))
    yield from sorted(elements)


def queue(value: Value) -> Iterator[Part]:
    """A deque: its bound and its elements."""
    yield (value.maxlen,)
    yield leaf(len(value))
    for child in iter(value):
        yield (child,)
