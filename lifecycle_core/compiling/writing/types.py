"""Types in signatures: from what a value was in the notebook's clean run to an annotation."""

from __future__ import annotations

import builtins
import keyword
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

_ALIASES = {"pandas": "pd", "numpy": "np", "polars": "pl", "altair": "alt"}
_PUBLIC = {"pathlib.PosixPath": "pathlib.Path", "pathlib.WindowsPath": "pathlib.Path"}
_GENERIC = {"dict": "dict[Any, Any]", "list": "list[Any]", "tuple": "tuple[Any, ...]",
    "set": "set[Any]", "frozenset": "frozenset[Any]"}  # fmt: skip


class Annotation(NamedTuple):
    """A type as written, and the import it needs: a whole statement, or empty."""

    text: str
    needs: str = ""


_ANY = Annotation("Any", "from typing import Any")


def annotation(type_name: str, definitions: Collection[str]) -> Annotation:
    """Return how to annotate a variable.

    Args:
        type_name: Qualified, such as `pandas.DataFrame`; of a class of the notebook's
            `__main__.Name`.
        definitions: Classes of the notebook that stand at the top of a module.

    Example:
        >>> annotation("pandas.DataFrame", ())
        Annotation(text='pd.DataFrame', needs='import pandas as pd')
        >>> annotation("list", ()).text, annotation("x.<locals>.Y", ()).text
        ('list[Any]', 'Any')
    """
    type_name = _PUBLIC.get(type_name, type_name)
    module, _, name = type_name.rpartition(".")
    if type_name == "NoneType":
        return Annotation("None")
    if not module and hasattr(builtins, name):
        return Annotation(_GENERIC.get(name, name), _ANY.needs if name in _GENERIC else "")
    if module == "__main__":
        return Annotation(name) if name in definitions else _ANY
    parts = type_name.split(".")
    if not module or not all(part.isidentifier() and not keyword.iskeyword(part) for part in parts):
        return _ANY
    if module in _ALIASES:
        return Annotation(f"{_ALIASES[module]}.{name}", f"import {module} as {_ALIASES[module]}")
    return Annotation(name, f"from {module} import {name}")


def of_literal(value: object) -> str:
    """Return the annotation of a parameter by its default.

    Example:
        >>> [of_literal(value) for value in (1, "a", [1.5], None, {"a": 1})]
        ['int', 'str', 'list[float]', 'Any', 'dict[str, int]']
    """
    if value is None:
        return "Any"
    if isinstance(value, list | set | tuple):
        held = _common(value)
        kind = type(value).__name__
        return f"{kind}[{held}, ...]" if isinstance(value, tuple) else f"{kind}[{held}]"
    if isinstance(value, dict):
        return f"dict[{_common(value)}, {_common(value.values())}]"
    return type(value).__name__


def _common(values: Iterable[object]) -> str:
    kinds = {of_literal(one) for one in values}
    return kinds.pop() if len(kinds) == 1 else "Any"
