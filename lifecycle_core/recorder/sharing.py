"""Which variables hold the same objects or the same memory."""

from __future__ import annotations

import sys
import types
from contextlib import suppress
from typing import TYPE_CHECKING

from .builtin_names import BUILTINS, identity
from .digests.leaves import LEAF_TYPES
from .digests.types import mro, public_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .digests.parts import Value

globals()["__builtins__"] = BUILTINS

MOST = 4096
"""Objects remembered of one variable; one with more counts as sharing with every other."""

_FIXED = frozenset((
    "int", "float", "complex", "str", "bytes", "bool", "NoneType", "ellipsis", "tuple", "frozenset",
    "range", "slice", "function", "type", "module", "code", "builtin_function_or_method", "method",
    "property", "numpy.generic", "numpy.dtype", "numpy.ufunc", "enum.Enum", "datetime.date",
    "datetime.time", "datetime.timedelta", "datetime.tzinfo", "decimal.Decimal",
    "fractions.Fraction", "pathlib.PurePath", "re.Pattern", "uuid.UUID", "pandas.Index",
    "pandas.api.extensions.ExtensionDtype", "NotImplementedType", "pyarrow.Array",
    "pyarrow.ChunkedArray", "pyarrow.Table", "pyarrow.RecordBatch", "pyarrow.DataType",
    "pyarrow.Schema", "numpy._ArrayFunctionDispatcher", "typing._Final",
))  # fmt: skip
_PLAIN = frozenset(map(identity, (list, dict, set)))
_SKIPPED = frozenset(
    map(identity, (tuple, frozenset, types.FunctionType, types.CodeType, type, types.ModuleType))
)


class Parts:
    """Collects the identities of the mutable objects inside a value, and of its memory."""

    def __init__(self) -> None:
        self.found: set[int] = set()

    def visit(self, value: Value) -> None:
        """Take note of one object."""
        if identity(type(value)) in _SKIPPED or len(self.found) > MOST:
            return
        self.found.add(identity(value))
        if identity(type(value)) not in _PLAIN:
            self.found.update(owners(value))

    @property
    def identities(self) -> frozenset[int] | None:
        """None if they are too many."""
        return None if len(self.found) > MOST else frozenset(self.found)


def is_fixed(value: Value) -> bool:
    """Whether its type's objects cannot change, so that a second name for one means nothing.

    >>> is_fixed("a"), is_fixed([])
    (True, False)
    """
    return any(public_name(cls) in _FIXED for cls in mro(type(value)))


def owners(value: Value) -> Iterator[int]:
    """Where the memory of arrays, tensors and frames begins."""
    np, torch = sys.modules.get("numpy"), sys.modules.get("torch")
    if np is not None and issubclass(type(value), np.ndarray):
        while issubclass(type(value.base), np.ndarray):
            value = value.base
        yield value.__array_interface__["data"][0]
    elif torch is not None and issubclass(type(value), torch.Tensor):
        with suppress(RuntimeError):  # sparse ones have no memory of their own, as it says then
            yield value.untyped_storage().data_ptr()
    elif public_name(type(value)) in {"pandas.DataFrame", "pandas.Series"}:
        for block in getattr(getattr(value, "_mgr", None), "blocks", ()):
            held = block.values
            yield from owners(getattr(held, "_ndarray", held))


def aliases(namespace: Mapping[str, Value]) -> tuple[tuple[str, ...], ...]:
    """Groups of names that are one mutable object, or arrays over one memory."""
    groups: dict[int, list[str]] = {}
    arrays = {
        identity(getattr(sys.modules.get(module), name, None))
        for module, name in (("numpy", "ndarray"), ("torch", "Tensor"))
    }
    for name, value in namespace.items():
        kind = identity(type(value))
        if kind in LEAF_TYPES:
            continue  # there may be thousands, and none of them changes
        groups.setdefault(identity(value), []).append(name)
        if kind in arrays:
            for place in owners(value):
                groups.setdefault(place, []).append(name)
    found = {
        tuple(sorted(set(names)))
        for names in groups.values()
        if len(set(names)) > 1 and not is_fixed(namespace[names[0]])
    }
    return tuple(sorted(found))
