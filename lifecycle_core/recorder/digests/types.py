"""What a type is called and what an object holds, read without running code of the object's class.

A class may define `__getattribute__`, `__class__` or a property of any name, and a metaclass may
lie about the class; the descriptors bound here cannot be overridden.
"""

from __future__ import annotations

import functools
import sys
import sysconfig
import types
from typing import TYPE_CHECKING

from ..builtin_names import BUILTINS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .parts import Value

globals()["__builtins__"] = BUILTINS

_mro_of = type.__dict__["__mro__"].__get__
_module_of = type.__dict__["__module__"].__get__
_qualname_of = type.__dict__["__qualname__"].__get__
_members_of = type.__dict__["__dict__"].__get__
_base_of = type.__dict__["__base__"].__get__
_basicsize_of = type.__dict__["__basicsize__"].__get__
COMPILED = "pipelines."
"""How the modules begin that notebooks are compiled into."""
_POINTER = (sys.maxsize.bit_length() + 1) // 8


def mro(cls: type) -> tuple[type, ...]:
    """The classes in which attributes are looked up, the class itself first."""
    return _mro_of(cls) or (cls,)


def _is_module(value: object) -> bool:
    return issubclass(type(value), types.ModuleType)


def module_dict(module: Value) -> dict[str, Value]:
    """The names of a module, without its `__getattr__`."""
    space: dict[str, Value] = object.__getattribute__(module, "__dict__")
    return space


def members(cls: type) -> Value:
    """The class's own namespace."""
    return _members_of(cls)


def module_name(cls: type) -> str:
    """The name of the module that defines the class, `?` if the class hides it.

    What a notebook defined is of `__main__`, also once it is compiled into a package.
    """
    try:
        name = _module_of(cls)
    except AttributeError:
        return "?"
    if type(name) is not str:
        return "?"
    return "__main__" if name.startswith(COMPILED) else name


def qualified_name(cls: type) -> str:
    """Module and name as they were defined.

    >>> qualified_name(dict)
    'builtins.dict'
    """
    return f"{module_name(cls)}.{_written_name(cls)}"


def _written_name(cls: type) -> str:
    """The class's name with those of the classes around it.

    What a notebook defined at its top may stand within a function once it is compiled.
    """
    name = str(_qualname_of(cls))
    if module_name(cls) == "__main__" and _module_of(cls) != "__main__":
        return name.rpartition("<locals>.")[2]
    return name


def public_name(cls: type) -> str:
    """The shortest name under which a parent package of its module offers the class.

    >>> import fractions
    >>> public_name(fractions.Fraction), public_name(int)
    ('fractions.Fraction', 'int')
    """
    module, name = module_name(cls), _written_name(cls)
    if module == "builtins":
        return str(name)
    parts = module.split(".")
    for length in range(1, len(parts)):
        package = sys.modules.get(".".join(parts[:length]))
        if _is_module(package) and module_dict(package).get(name) is cls:
            return ".".join([*parts[:length], name])
    public = [part for part in parts if not part.startswith("_") or part == "__main__"]
    offered = sys.modules.get(".".join(public))
    if _is_module(offered) and module_dict(offered).get(name) is cls:
        return ".".join([*public, name])
    return f"{module}.{name}"


def instance_dict(value: object) -> dict[str, Value]:
    """The object's own attributes, empty if it has no `__dict__` or hides it."""
    for cls in mro(type(value)):
        found = members(cls).get("__dict__")
        if found is not None:
            if type(found) in {types.GetSetDescriptorType, types.MemberDescriptorType}:
                own = found.__get__(value)
                return own if isinstance(own, dict) else {}
            return {}
    return {}


def slots(value: object) -> Iterator[tuple[str, Value]]:
    """The names and values of the object's slots that are set, in the order of the classes."""
    for cls in reversed(mro(type(value))):
        space = members(cls)
        if "__slots__" not in space:
            continue
        for name in sorted(key for key in space if type(key) is str):
            descriptor = space[name]
            if type(descriptor) is types.MemberDescriptorType:
                try:
                    yield name, descriptor.__get__(value)
                except AttributeError:
                    continue


def attributes(value: object) -> dict[str, Value]:
    """Slots and `__dict__` by sorted name, without what `functools.cached_property` keeps."""
    found = dict(slots(value))
    found.update((name, held) for name, held in instance_dict(value).items() if type(name) is str)
    return {
        name: found[name]
        for name in sorted(found)
        if type(lookup(type(value), name)) is not functools.cached_property
    }


def lookup(cls: type, name: str) -> Value:
    """The attribute as the class has it, unbound; None if it has none."""
    for parent in mro(cls):
        space = members(parent)
        if name in space:
            return space[name]
    return None


def is_native(cls: type) -> bool:
    """Whether instances hold state that neither `__dict__` nor `__slots__` shows."""
    for parent in mro(cls):
        if parent is object:
            continue
        space = members(parent)
        shown = sum(
            type(held) is types.MemberDescriptorType or name in {"__dict__", "__weakref__"}
            for name, held in space.items()
        )
        base = _base_of(parent)
        grown = _basicsize_of(parent) - (_basicsize_of(base) if base else 0)
        if grown > shown * _POINTER or ("__slots__" not in space and grown and not shown):
            return True
    return False


def is_library(module: str) -> bool:
    """Whether a module is installed, not written beside the notebook or in it.

    >>> is_library("json"), is_library("__main__")
    (True, False)
    """
    if module in {"__main__", "?"}:
        return False
    if module.partition(".")[0] in getattr(sys, "stdlib_module_names", sys.builtin_module_names):
        return True
    loaded = sys.modules.get(module)
    if not _is_module(loaded):
        return False
    file = module_dict(loaded).get("__file__")
    if type(file) is not str:
        return True
    places = ("site-packages", "dist-packages", sysconfig.get_path("stdlib") or "site-packages")
    return any(place in file for place in places)
