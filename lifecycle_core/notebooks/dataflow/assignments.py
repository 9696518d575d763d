"""Assignments, imports and calls: what they bind, change, and let share."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from lifecycle_core.notebooks.dataflow.effects import root
from lifecycle_core.notebooks.dataflow.flow import Import
from lifecycle_core.notebooks.dataflow.names import Names

if TYPE_CHECKING:
    from collections.abc import Iterator

_CALLS_AT_ONCE = frozenset({
    "agg", "aggregate", "apply", "apply_along_axis", "applymap", "assign", "dropwhile",
    "filter", "filterfalse", "fromfunction", "groupby", "map", "max", "min", "pipe", "reduce",
    "sort", "sorted", "starmap", "sub", "takewhile", "transform",
})  # fmt: skip
"""Functions and methods that call a function they are handed before they return."""


class Assignments(Names):
    """Adds what statements do to the names they reach."""

    def visit_Assign(self, node: ast.Assign) -> None:
        """Visit the value before the targets; a function inside it goes by the first target."""
        kept = self._within
        self._within = kept or next(_target_roots(node.targets[0]), "")
        self.visit(node.value)
        self._within = kept
        self._assign(node.targets, node.value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        """Visit an annotated assignment; without a value it binds nothing."""
        if not self._functions:
            self.visit(node.annotation)
        if node.value:
            self.visit(node.value)
            self._assign([node.target], node.value)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        """Visit a walrus."""
        self.visit(node.value)
        self._assign([node.target], node.value)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        """Visit `x += ...`: it needs, changes and binds x."""
        self.visit(node.value)
        name = root(node.target)
        if isinstance(node.target, ast.Name):
            self._use(node.target.id, node.target)
            self._define(node.target.id, node.lineno)
        else:
            self.visit(node.target)
        if name and not self._is_local(name):
            self.effects.mutated(name, deferred=self._functions > 0)

    def _assign(self, targets: list[ast.expr], value: ast.expr) -> None:
        sources = frozenset(
            inner.id
            for inner in ast.walk(value)
            if isinstance(inner, ast.Name) and not self._is_local(inner.id)
        )
        kept_alive = self.effects.shared_by(value)
        for target in targets:
            self.visit(target)
            for name in _target_roots(target):
                if not self._is_local(name):
                    self.made_from[name] = self.made_from.get(name, frozenset()) | sources
                    self.shares |= {(name, one) for one in kept_alive if one != name}

    def visit_Attribute(self, node: ast.Attribute) -> None:
        """Note an object that is changed through an attribute."""
        self._through(node)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        """Note an object that is changed through an item."""
        self._through(node)

    def _through(self, node: ast.Attribute | ast.Subscript) -> None:
        if not isinstance(node.ctx, ast.Load):
            name = root(node)
            if name and not self._is_local(name):
                self.effects.mutated(name, deferred=self._functions > 0)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        """Note what a call may change."""
        self.effects.call(node, is_local=self._is_local, deferred=self._functions > 0)
        called = node.func.attr if isinstance(node.func, ast.Attribute) else root(node.func)
        if called in _CALLS_AT_ONCE:
            handed = (*node.args, *(word.value for word in node.keywords))
            self._called_at_once |= {id(one) for one in handed if isinstance(one, ast.Lambda)}
        self.generic_visit(node)

    def visit_Import(self, node: ast.Import) -> None:
        """Note each module and the variable it is bound to."""
        for alias in node.names:
            bound = alias.asname or alias.name.partition(".")[0]
            self._import(alias.name, None, bound, node.lineno)
            if not self._locals:
                self.effects.modules[bound] = alias.name if alias.asname else bound

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        """Note each name that is taken from a module."""
        module = "." * node.level + (node.module or "")
        for alias in node.names:
            bound = "" if alias.name == "*" else alias.asname or alias.name
            self._import(module, alias.name, bound, node.lineno)
            if bound and not self._locals:
                self.effects.modules[bound] = f"{module}.{alias.name}"

    def _import(self, module: str, name: str | None, bound: str, line: int) -> None:
        self.imports.append(
            Import(
                module=module,
                name=name,
                alias=bound,
                line=line,
                guarded=self._guards > 0,
                deferred=self._functions > 0,
                certain=not self._branches,
            )
        )
        if bound:
            self._define(bound, line)


def _target_roots(target: ast.expr) -> Iterator[str]:
    if isinstance(target, ast.Tuple | ast.List):
        for element in target.elts:
            yield from _target_roots(element)
    elif name := root(target):
        yield name
