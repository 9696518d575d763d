"""Functions, classes, modules and exceptions: by what they do, not by where they were written.

What an installed package defines goes by its name. What the notebook or a module beside it defines
goes by its code: instructions, constants, names, defaults, closure; no line numbers, no addresses.
"""

from __future__ import annotations

import bisect
import types
from typing import TYPE_CHECKING

from ...builtin_names import BUILTINS, private
from ..leaves import leaf
from ..types import (
    attributes,
    instance_dict,
    is_library,
    lookup,
    members,
    module_dict,
    module_name,
    mro,
    public_name,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..parts import Part, Value

globals()["__builtins__"] = BUILTINS

_MADE_BY_PYTHON = frozenset((
    "__dict__", "__weakref__", "__module__", "__qualname__", "__firstlineno__", "__doc__",
    "__static_attributes__", "__annotate__", "__annotate_func__", "__annotations_cache__",
    "__dataclass_fields__", "__dataclass_params__", "__parameters__", "_abc_impl",
    "__abstractmethods__", "__slotnames__",
))  # fmt: skip

dis = private("dis")
_ROUTINE = frozenset((
    "CACHE", "COPY_FREE_VARS", "EXTENDED_ARG", "MAKE_CELL", "NOP", "PRECALL", "PUSH_NULL", "RESUME",
))  # fmt: skip
_ALIKE = {
    "LOAD_METHOD": "LOAD_ATTR", "CALL_METHOD": "CALL", "CALL_FUNCTION": "CALL",
    "LOAD_NAME": "LOAD_GLOBAL", "LOAD_DEREF": "LOAD_GLOBAL", "LOAD_CLASSDEREF": "LOAD_GLOBAL",
    "LOAD_FROM_DICT_OR_DEREF": "LOAD_GLOBAL", "LOAD_FROM_DICT_OR_GLOBALS": "LOAD_GLOBAL",
    "STORE_DEREF": "STORE_GLOBAL", "STORE_NAME": "STORE_GLOBAL",
}  # fmt: skip
_JUMPS = frozenset((*dis.hasjrel, *dis.hasjabs))
_WHERE_IT_STANDS = 0x10 | 0x1000000
"""Flags that say that code is nested, and that its module does not evaluate annotations."""


def _text(value: object) -> bytes:
    return value.encode("utf-8", "surrogatepass") if type(value) is str else b"?"


def function(value: Value) -> Iterator[Part]:
    """A function."""
    module = value.__module__
    if type(module) is str and is_library(module):
        yield _text(module)
        yield _text(value.__qualname__)
        if value.__closure__ is None:
            return
        yield (value.__closure__,)
    yield (value.__code__,)
    yield (value.__defaults__,)
    yield (value.__kwdefaults__,)
    yield (value.__closure__,)
    own = instance_dict(value)
    for name in sorted(name for name in own if type(name) is str and name != "__wrapped__"):
        yield _text(name)
        yield (own[name],)


def code(value: Value) -> Iterator[Part]:
    """A code object: what it does, whether it was compiled within a cell, a module or a function."""
    yield _instructions(value)
    yield leaf((value.co_argcount, value.co_posonlyargcount, value.co_kwonlyargcount))
    yield leaf((value.co_flags & ~_WHERE_IT_STANDS, value.co_name))
    yield leaf(value.co_varnames)
    yield (value.co_consts,)


def _instructions(value: Value) -> bytes:
    """The instructions by name, free of what the compiler chose by what stands around the code.

    It calls a method of a module in another way where the same cell imports the module, and reaches
    a variable in another way from within a function; both change the places that jumps go to.
    """
    read = dis.Bytecode(value)
    kept = [one for one in read if one.opname not in _ROUTINE]
    offsets = [one.offset for one in kept]
    found = []
    for one in kept:
        name = _ALIKE.get(one.opname, one.opname)
        argument = one.arg
        if one.opcode in _JUMPS:
            argument = bisect.bisect_left(offsets, one.argval)
        elif type(one.argval) is str and one.opcode not in dis.hasconst:
            argument = one.argval
        found.append((name, argument))
    handlers = [
        (*(bisect.bisect_left(offsets, at) for at in (one.start, one.end, one.target)), one.depth)
        for one in getattr(read, "exception_entries", ())
    ]
    return repr((found, handlers)).encode("utf-8", "surrogatepass")


def cell(value: Value) -> Iterator[Part]:
    """A variable of a closure."""
    try:
        content = value.cell_contents
    except ValueError:
        yield b"empty"
        return
    yield (content,)


def method(value: Value) -> Iterator[Part]:
    """A bound method: its function and its object."""
    yield (value.__func__,)
    yield (value.__self__,)


def named(value: Value) -> Iterator[Part]:
    """A function written in C: its name, and the object it is bound to."""
    owner = getattr(value, "__self__", None)
    yield _text(getattr(value, "__module__", None))
    yield _text(getattr(value, "__qualname__", None) or value.__name__)
    defined_in = getattr(value, "__objclass__", None)
    if isinstance(defined_in, type):
        yield _text(public_name(defined_in))
    if owner is not None and type(owner) is not types.ModuleType:
        yield (owner,)


def ufunc(value: Value) -> Iterator[Part]:
    """A numpy ufunc: its name."""
    yield _text(value.__name__)


def partial(value: Value) -> Iterator[Part]:
    """A `functools.partial`."""
    yield (value.func,)
    yield (value.args,)
    yield (value.keywords,)


def accessor(value: Value) -> Iterator[Part]:
    """A property: its functions."""
    yield (value.fget,)
    yield (value.fset,)
    yield (value.fdel,)


def wrapper(value: Value) -> Iterator[Part]:
    """A class method or static method."""
    yield (value.__func__,)


def klass(value: Value) -> Iterator[Part]:
    """A class: of a library by name, of the notebook by its bases and members."""
    yield _text(public_name(value))
    if is_library(module_name(value)):
        return
    for base in mro(value)[1:]:
        yield _text(public_name(base))
    space = members(value)
    for name in sorted(key for key in space if type(key) is str):
        child = space[name]
        if name in _MADE_BY_PYTHON or type(child) is types.MemberDescriptorType:
            continue
        yield _text(name)
        yield (child,)


def module(value: Value) -> Iterator[Part]:
    """A module: its name and version."""
    space = module_dict(value)
    yield _text(space.get("__name__"))
    yield _text(space.get("__version__"))


def exception(value: Value) -> Iterator[Part]:
    """An exception: its arguments and attributes; where it was raised does not count."""
    yield (lookup(BaseException, "args").__get__(value),)
    for name, child in attributes(value).items():
        yield _text(name)
        yield (child,)
