"""One walk through a cell's tree, in the order in which Python evaluates it, noting every name.

A walk of our own, and not pyflakes: it knows one module, while a notebook is many pieces that run
one after the other, may redefine, and must be told apart as to who needs whom.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from lifecycle_core.notebooks.dataflow.assignments import Assignments
from lifecycle_core.notebooks.dataflow.scopes import bound_by

if TYPE_CHECKING:
    from collections.abc import Sequence

_ABSENCE = frozenset({"NameError", "Exception", "BaseException", "ImportError",
    "ModuleNotFoundError"})  # fmt: skip
_NAMESPACES = frozenset({"globals", "locals", "vars", "dir"})


class Walk(Assignments):
    """Adds branches: what they bind may be bound, what they need may be needed."""

    def visit_If(self, node: ast.If) -> None:
        """Visit the test, then the branches; what both bind is bound for sure."""
        self.visit(node.test)
        self._known_absent |= (absent := _tested_for_absence(node.test) - self._known_absent)
        self._branching(node.body, node.orelse)
        self._known_absent -= absent

    def _branching(self, *branches: Sequence[ast.AST]) -> None:
        ends: list[dict[str, int]] = []
        for branch in branches:
            with self._branch() as bound:
                self._each(branch)
            if not _leaves(branch):
                ends.append(bound)
        if ends and not self._locals:
            for name in set(ends[0]).intersection(*ends[1:]):
                self._define(name, ends[0][name])

    def visit_IfExp(self, node: ast.IfExp) -> None:
        """Visit `a if test else b`."""
        self.visit(node.test)
        for branch in (node.body, node.orelse):
            with self._branch():
                self.visit(branch)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        """Visit `a and b`: only the first is surely evaluated."""
        self.visit(node.values[0])
        self._known_absent |= (absent := _tested_for_absence(node.values[0]) - self._known_absent)
        with self._branch():
            self._each(node.values[1:])
        self._known_absent -= absent

    def visit_While(self, node: ast.While) -> None:
        """Visit a loop that may not run at all."""
        self.visit(node.test)
        endless = isinstance(node.test, ast.Constant) and bool(node.test.value)
        if endless:
            self._each([*node.body, *node.orelse])
        else:
            with self._branch():
                self._each([*node.body, *node.orelse])

    def visit_For(self, node: ast.For | ast.AsyncFor) -> None:
        """Visit a loop. One that runs no time at all is rare, so what it binds counts as bound."""
        self.visit(node.iter)
        self._assign([node.target], node.iter)
        self._each([*node.body, *node.orelse])

    visit_AsyncFor = visit_For

    def visit_With(self, node: ast.With | ast.AsyncWith) -> None:
        """Visit what is entered, then the body; `suppress` guards it."""
        guarded = False
        for item in node.items:
            self.visit(item.context_expr)
            if item.optional_vars:
                self._assign([item.optional_vars], item.context_expr)
            guarded |= any(
                isinstance(inner, ast.Name | ast.Attribute)
                and (inner.id if isinstance(inner, ast.Name) else inner.attr)
                in {"suppress", "raises", "assertRaises"}
                for inner in ast.walk(item.context_expr)
            )
        self._guards += guarded
        self._each(node.body)
        self._guards -= guarded

    visit_AsyncWith = visit_With

    def visit_Try(self, node: ast.Try | ast.TryStar) -> None:
        """Visit a try: its body is guarded if a handler is prepared for an absent name."""
        guarded = any(_catches_absence(handler) for handler in node.handlers)
        self._guards += guarded
        if node.handlers:
            handlers: list[list[ast.AST]] = [[each] for each in node.handlers]
            self._branching([*node.body, *node.orelse], *handlers)
        else:
            self._each([*node.body, *node.orelse])
        self._guards -= guarded
        self._each(node.finalbody)

    def visit_TryStar(self, node: ast.TryStar) -> None:
        """Visit `except*` as `except`."""
        self.visit_Try(node)

    def visit_Match(self, node: ast.Match) -> None:
        """Visit the subject, then every case as a branch."""
        self.visit(node.subject)
        for case in node.cases:
            with self._branch():
                for inner in ast.walk(case.pattern):
                    for name in bound_by(inner):
                        self._define(name, inner.lineno)  # type: ignore[attr-defined]
                    if isinstance(inner, ast.expr):
                        self.visit(inner)
                self._each([*([case.guard] if case.guard else []), *case.body])

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        """Visit a handler: it binds the exception for its body, which nothing guards."""
        if node.type:
            self.visit(node.type)
        if node.name:
            self._define(node.name, node.lineno)
        kept, self._guards = self._guards, 0
        self._each(node.body)
        self._guards = kept


def _leaves(branch: Sequence[ast.AST]) -> bool:
    """Tell whether a branch ends by raising, so that what follows it never runs."""
    if branch and isinstance(branch[-1], ast.ExceptHandler):
        branch = branch[-1].body
    return bool(branch) and isinstance(branch[-1], ast.Raise | ast.Return)


def _tested_for_absence(test: ast.expr) -> set[str]:
    """Return the names of which the test asks whether they exist, as in `"x" in globals()`."""
    found: set[str] = set()
    for inner in ast.walk(test):
        match inner:
            case ast.Compare(
                left=ast.Constant(value=str() as name),
                ops=[ast.In() | ast.NotIn()],
                comparators=[ast.Call(func=ast.Name(id=called))],
            ) if called in _NAMESPACES:
                found.add(name)
            case _:
                continue
    return found


def _catches_absence(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(isinstance(one, ast.Name) and one.id in _ABSENCE for one in caught)
