"""Which definitions do something when their module is loaded: they may be registered by it.

A decorator, a base class with `__init_subclass__` or a call may put what is defined where others
find it without its name. Those of libraries that are known to keep nothing are let pass.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from lifecycle_core.notebooks.dataflow.knowledge import BUILTINS

if TYPE_CHECKING:
    from collections.abc import Mapping

_KEEP_NOTHING = frozenset({
    "abc", "attr", "attrs", "collections", "contextlib", "dataclasses", "enum", "functools",
    "logging", "numba", "numpy", "os", "pandas", "pathlib", "pydantic", "re", "sklearn", "torch",
    "typing", "typing_extensions",
})  # fmt: skip


def origins(tree: ast.Module) -> dict[str, str]:
    r"""Return by name which top-level module it is imported from, for imports of installed modules.

    Example:
        >>> origins(ast.parse("import os.path\nfrom torch.nn import Module as M"))
        {'os': 'os', 'M': 'torch'}
    """
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.partition(".")[0]
                found[alias.asname or top] = top
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                found[alias.asname or alias.name] = node.module.partition(".")[0]
    return found


def may_register(statement: ast.stmt, known: Mapping[str, str]) -> bool:
    r"""Tell whether a definition at module level may do more than bind its name.

    Args:
        statement: A definition, or an assignment to names.
        known: As `origins` returned it.

    Example:
        >>> [one] = ast.parse("@register('a')\ndef f(): return 1").body
        >>> may_register(one, {}), may_register(one, {"register": "functools"})
        (True, False)
    """
    match statement:
        case ast.FunctionDef(decorator_list=parts) | ast.AsyncFunctionDef(decorator_list=parts):
            asked = parts
        case ast.ClassDef(decorator_list=parts, bases=bases, keywords=keywords):
            asked = [*parts, *bases, *(keyword.value for keyword in keywords)]
        case ast.Assign(value=ast.expr() as value) | ast.AnnAssign(value=ast.expr() as value):
            asked = [node.func for node in ast.walk(value) if isinstance(node, ast.Call)]
        case _:
            asked = []
    return not all(_keeps_nothing(part, known) for part in asked)


def _keeps_nothing(part: ast.expr, known: Mapping[str, str]) -> bool:
    while isinstance(part, ast.Call | ast.Subscript | ast.Attribute):
        part = part.func if isinstance(part, ast.Call) else part.value
    match part:
        case ast.Name(id=name):
            return known[name] in _KEEP_NOTHING if name in known else name in BUILTINS
        case _:
            return isinstance(part, ast.Constant)
