"""Every call of a notebook with the full name of what is called, aliases resolved.

`from numpy import random as r` and `r.rand()` is a call of `numpy.random.rand`. A variable that
was bound to something else since, or a parameter of the same name, is no module.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lifecycle_core.notebooks.dataflow.effects import dotted_name
from lifecycle_core.notebooks.dataflow.scopes import bound_by, bound_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lifecycle_core.notebooks.dataflow.scopes import Function

_OPEN = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_PARTS = {
    "datetime.datetime": "datetime.datetime",
    "IPython.core.display": "IPython.display",
    "pandas.core.frame": "pandas",
}
_TURNS = {"to_pandas": "pandas.DataFrame", "to_polars": "polars.DataFrame", "pipe": ""}
"""By method of a table: what it makes of it, another library's table or anything."""
_PARTED = ("pandas", "numpy", "polars")
"""Libraries of whose values a part is the library's again."""


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """One call.

    Attributes:
        cell: Index of the cell.
        node: The call's tree.
        name: Full name, such as `numpy.random.rand` or `open`; empty if it is a method of a value.
        method: The last part of what is called.
        made_by: For a method of a value: the full name of the call that made the value, `set` for
            a set, or empty if that is not known.
        within: The outermost function or class that holds the call; empty if the cell runs it.
        stack: The nodes around the call, outermost first.
    """

    cell: int
    node: ast.Call
    name: str
    method: str
    made_by: str
    within: str
    stack: tuple[ast.AST, ...]

    @property
    def line(self) -> int:
        """Line in the cell, from 1."""
        return self.node.lineno

    @property
    def written(self) -> str:
        """What is called, as it is written; shortened."""
        return (dotted_name(self.node.func) or self.method)[:60]

    def keyword(self, *names: str) -> ast.expr | None:
        """Return the value of the first of these keyword arguments that is there."""
        return next((one.value for one in self.node.keywords if one.arg in names), None)

    def argument(self, position: int, *names: str) -> ast.expr | None:
        """Return an argument by position, or by name."""
        if position < len(self.node.args):
            return self.node.args[position]
        return self.keyword(*names)

    @property
    def spread(self) -> bool:
        """Whether arguments come from `*args` or `**kwargs`, so that what is absent is unknown."""
        starred = any(isinstance(one, ast.Starred) for one in self.node.args)
        return starred or any(one.arg is None for one in self.node.keywords)


class Calls:
    """The calls of a notebook, cell by cell in order, and what variables were last given.

    Attributes:
        found: The calls, in the order of the text.
        values: For each variable of the notebook, the cells and expressions that gave it a value.
        makers: For each variable, what its value was made by, as `Call.made_by`; the last counts.
        rebound: Variables that a loop, a `with`, an unpacking or the like gives a value too.
    """

    def __init__(self, trees: Mapping[int, ast.Module | None]) -> None:
        self.found: list[Call] = []
        self.values: dict[str, list[tuple[int, ast.expr]]] = {}
        self.makers: dict[str, str] = {}
        self.modules: dict[str, str] = {}
        self.rebound: set[str] = set()
        self._own: set[str] = set()  # what the notebook defines is no builtin
        for cell, tree in trees.items():
            if tree is not None:
                try:
                    self._visit(tree, cell, self.modules, "", ())
                except RecursionError:  # too deeply nested to read; what was found so far stays
                    continue

    def resolve(self, node: ast.AST, modules: Mapping[str, str] | None = None) -> str:
        """Return the full name of an expression such as `np.random`, or an empty text."""
        modules = self.modules if modules is None else modules
        dotted = dotted_name(node)
        head, dot, rest = dotted.partition(".")
        if head in modules:
            return modules[head] + dot + rest
        return "" if dot or head in self.values or head in self._own else dotted

    def _visit(
        self,
        node: ast.AST,
        cell: int,
        modules: dict[str, str],
        within: str,
        stack: tuple[ast.AST, ...],
    ) -> None:
        if isinstance(node, ast.Import | ast.ImportFrom):
            _learn(node, modules)
            return
        if isinstance(node, ast.Call):
            self.found.append(self._call(node, cell, modules, within, stack))
        elif isinstance(node, _OPEN):
            if not within:
                self._bind(node, modules)
            modules = _inside(node, modules)
            within = within or getattr(node, "name", "") or _holder(stack)
        elif isinstance(node, ast.ClassDef):
            if not within:
                self._bind(node, modules)
            within = within or node.name
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value and not within:
            self._assign(node, cell, modules)
        elif not within:
            self._bind(node, modules, stack)
        stack = (*stack, node)
        for child in _ordered(node):
            self._visit(child, cell, modules, within, stack)

    def _bind(
        self, node: ast.AST, modules: dict[str, str], stack: tuple[ast.AST, ...] = ()
    ) -> None:
        for name in bound_by(node):
            modules.pop(name, None)
            self._own.add(name)
            if not (stack and isinstance(stack[-1], ast.Assign | ast.AnnAssign)):
                self.rebound.add(name)

    def _assign(self, node: ast.Assign | ast.AnnAssign, cell: int, modules: dict[str, str]) -> None:
        value = node.value
        assert value is not None  # noqa: S101 - the caller looked
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            if isinstance(target, ast.Name):
                self.values.setdefault(target.id, []).append((cell, value))
                maker = self.maker(value, modules)
                if maker:
                    self.makers[target.id] = maker
                else:
                    self.makers.pop(target.id, None)

    def maker(self, value: ast.AST, modules: Mapping[str, str] | None = None) -> str:
        """Return what made a value: a full name, `set`, or an empty text."""
        match value:
            case ast.Set() | ast.SetComp():
                return "set"
            case ast.Name(id=name):
                return self.makers.get(name, "")
            case ast.Call(func=function):
                name = self.resolve(function, modules)
                if not name and isinstance(function, ast.Attribute):
                    name = _TURNS.get(function.attr, self.maker(function.value, modules))
                return "set" if name in {"set", "frozenset"} else name
            case ast.Subscript(value=inner) | ast.Attribute(value=inner):
                maker = self.maker(inner, modules)
                return maker if maker.startswith(_PARTED) else ""
            case ast.BinOp(left=left, op=ast.BitOr() | ast.BitAnd() | ast.Sub() | ast.BitXor()) if (
                self.maker(left, modules) == "set"
            ):
                return "set"
            case _:
                return ""

    def _call(
        self,
        node: ast.Call,
        cell: int,
        modules: dict[str, str],
        within: str,
        stack: tuple[ast.AST, ...],
    ) -> Call:
        name, made_by, method = self.resolve(node.func, modules), "", ""
        if isinstance(node.func, ast.Attribute):
            method = node.func.attr
            if not name:
                made_by = self.maker(node.func.value, modules)
        elif isinstance(node.func, ast.Name):
            method = name.rpartition(".")[2] or node.func.id
        return Call(cell, node, name, method, made_by, within, stack)


def _ordered(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the parts of a node; of an assignment the value first, as Python evaluates it."""
    if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign) and node.value:
        yield node.value
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        yield from targets
    else:
        yield from ast.iter_child_nodes(node)


def _learn(node: ast.Import | ast.ImportFrom, modules: dict[str, str]) -> None:
    for alias in node.names:
        if isinstance(node, ast.Import):
            top = alias.name.partition(".")[0]
            modules[alias.asname or top] = alias.name if alias.asname else top
        elif alias.name != "*":
            origin = f"{'.' * node.level}{node.module or ''}.{alias.name}"
            modules[alias.asname or alias.name] = _PARTS.get(origin, origin)


def _inside(node: Function, modules: dict[str, str]) -> dict[str, str]:
    names, _ = bound_in(node)
    return {name: origin for name, origin in modules.items() if name not in names}


def _holder(stack: tuple[ast.AST, ...]) -> str:
    """Name a lambda by the variable it is assigned to; `lambda` if it has none."""
    for node in reversed(stack):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            return node.targets[0].id
        if isinstance(node, ast.stmt):
            break
    return "lambda"
