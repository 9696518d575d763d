"""Functions, classes, modules and exceptions: by what they do, not by where they were written.

What an installed package defines goes by its name. What the notebook or a module beside it defines
goes by its code: instructions, constants, names, defaults, closure; no line numbers, no addresses.
"""

from __future__ import annotations

import types
from typing import TYPE_CHECKING

from ...builtin_names import BUILTINS
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
    """A code object; `co_code` is free of what the interpreter wrote into it while it ran."""
    yield value.co_code
    yield leaf((value.co_argcount, value.co_posonlyargcount, value.co_kwonlyargcount))
    yield leaf((value.co_flags, value.co_name))
    yield leaf((value.co_names, value.co_varnames, value.co_freevars, value.co_cellvars))
    yield (value.co_consts,)
    yield getattr(value, "co_exceptiontable", b"")


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
