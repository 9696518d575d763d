"""Objects of any other class: by their attributes, or as their class takes them apart.

No method of a class from the notebook is called: its objects are read by `__dict__` and
`__slots__`. A library's class that says how it is copied (`__getstate__`, `__reduce__`) is asked;
so is one written in C, whose state shows in no other way.
"""

from __future__ import annotations

import copyreg
from typing import TYPE_CHECKING

from ...builtin_names import BUILTINS
from ..parts import Kind, Note, Part, Refused, Value
from ..types import attributes, is_library, is_native, lookup, members, module_name, mro

if TYPE_CHECKING:
    from collections.abc import Iterator

globals()["__builtins__"] = BUILTINS

_ASKED = ("__reduce_ex__", "__reduce__", "__getstate__")
_REDUCED = 6


def kind_for(cls: type) -> Kind:
    """How objects of a class in no table are read.

    Raises:
        Refused: They are iterators, which reading would consume.
    """
    if cls is object:
        return bare
    native = is_native(cls)
    if native and lookup(cls, "__next__") is not None:
        raise Refused("an iterator is consumed by reading")
    if native or (is_library(module_name(cls)) and _says_how(cls)):
        return reduced
    return held


def _says_how(cls: type) -> bool:
    """Whether a class below `object` defines how it is taken apart."""
    return any(name in members(parent) for parent in mro(cls)[:-1] for name in _ASKED)


def bare(_: Value) -> Iterator[Part]:
    """An `object()`, which is nothing but itself."""
    yield b""


def held(value: Value) -> Iterator[Part]:
    """Attributes by name."""
    for name, child in attributes(value).items():
        yield name.encode("utf-8", "surrogatepass")
        yield (child,)


def warning(value: Value) -> Iterator[Part]:
    """A warning that was caught, without the file and the line of the code that gave it."""
    yield Note("where its code stands")
    held = attributes(value)
    for name in ("message", "category", "source"):
        yield (held.get(name),)


def reduced(value: Value) -> Iterator[Part]:
    """What the class says it is made of."""
    cls = type(value)
    if not is_library(module_name(cls)):
        # Only C code is asked: of the user's own class nothing is called.
        base = next((parent for parent in mro(cls) if is_library(module_name(parent))), object)
        if lookup(base, "__reduce_ex__") is not lookup(object, "__reduce_ex__"):
            raise Refused("a class that extends one written in C")
        state = lookup(base, "__reduce__")
        made = None if state is lookup(object, "__reduce__") else state(value)
        if made is None:
            raise Refused("a class that extends one written in C")
    else:
        made = _reduce(value, cls)
    if type(made) is str:
        yield made.encode("utf-8", "surrogatepass")
        return
    if type(made) is not tuple or not 1 < len(made) <= _REDUCED:
        raise Refused("its __reduce__ gives nonsense")
    yield b"reduced"
    function, arguments, *rest = made
    yield (function,)
    yield (arguments,)
    state, items, pairs = (*rest, None, None, None)[:3]
    if type(state) is dict and all(type(name) is str for name in state):
        for name in sorted(state):
            yield name.encode("utf-8", "surrogatepass")
            yield (state[name],)
    else:
        yield (state,)
    for children in (items, pairs):
        yield b"items"
        for child in children or ():
            yield (child,)


def _reduce(value: object, cls: type) -> Value:
    try:
        registered = copyreg.dispatch_table.get(cls)
        if registered is not None:
            return registered(value)
        return lookup(cls, "__reduce_ex__")(value, 4)
    except RecursionError:
        raise
    except Exception as error:  # noqa: BLE001  # hostile values raise what they like
        raise Refused(f"its __reduce__ raised {type(error).__name__}") from None
