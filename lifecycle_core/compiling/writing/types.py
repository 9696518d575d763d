"""Types in signatures: from what a value was in the notebook's clean run to an annotation."""

from __future__ import annotations

import builtins
import keyword
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection

_ALIASES = {"pandas": "pd", "numpy": "np", "polars": "pl", "altair": "alt"}
_PUBLIC = {"pathlib.PosixPath": "pathlib.Path", "pathlib.WindowsPath": "pathlib.Path"}
_GENERIC = {"dict": "dict[Any, Any]", "list": "list[Any]", "tuple": "tuple[Any, ...]",
    "set": "set[Any]", "frozenset": "frozenset[Any]"}  # fmt: skip


class Annotation(NamedTuple):
    """A type as written, and the import it needs: a whole statement, or empty."""

    text: str
    needs: str = ""


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
    if not module:
        if hasattr(builtins, name):
            return Annotation(_GENERIC.get(name, name), _any(name in _GENERIC))
        return Annotation("Any", _any(wanted=True))
    if module == "__main__":
        return Annotation(name) if name in definitions else Annotation("Any", _any(wanted=True))
    parts = type_name.split(".")
    if not all(part.isidentifier() and not keyword.iskeyword(part) for part in parts):
        return Annotation("Any", _any(wanted=True))
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
        inner = {of_literal(one) for one in value}
        held = inner.pop() if len(inner) == 1 else "Any"
        kind = type(value).__name__
        return f"{kind}[{held}, ...]" if isinstance(value, tuple) else f"{kind}[{held}]"
    if isinstance(value, dict):
        keys = {of_literal(one) for one in value}
        held = {of_literal(one) for one in value.values()}
        both = [each.pop() if len(each) == 1 else "Any" for each in (keys, held)]
        return f"dict[{both[0]}, {both[1]}]"
    return type(value).__name__


def _any(wanted: bool) -> str:  # noqa: FBT001 - one flag, named where it is not plain
    return "from typing import Any" if wanted else ""
