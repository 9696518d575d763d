"""The names of a cell and the scopes they belong to; assignments and branches stand on it."""

from __future__ import annotations

import ast
from contextlib import contextmanager
from typing import TYPE_CHECKING

from lifecycle_core.notebooks.dataflow.effects import Effects
from lifecycle_core.notebooks.dataflow.flow import Import, Use
from lifecycle_core.notebooks.dataflow.scopes import bound_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lifecycle_core.notebooks.dataflow.scopes import Function


class Names(ast.NodeVisitor):
    """Collects names. `modules` are the variables that stand for imports when the cell begins."""

    def __init__(self, modules: dict[str, str]) -> None:
        self.defines: dict[str, int] = {}
        self.maybe: dict[str, int] = {}
        self.deletes: dict[str, int] = {}
        self.uses: list[Use] = []
        self.imports: list[Import] = []
        self.shares: set[tuple[str, str]] = set()
        self.made_from: dict[str, frozenset[str]] = {}
        self.effects = Effects(modules)
        self._locals: list[set[str]] = []  # innermost last
        self._class_level: list[bool] = []
        self._functions = 0
        self._branches = 0
        self._guards = 0
        self._known_absent: set[str] = set()
        self._within = ""
        self._outer: list[frozenset[str]] = []
        self._called_at_once: set[int] = set()
        self._sure: list[dict[str, int]] = []  # bound so far in each open branch

    # Names

    def visit_Name(self, node: ast.Name) -> None:
        """Note a name that is read, bound or removed."""
        if isinstance(node.ctx, ast.Load):
            self._use(node.id, node)
        elif isinstance(node.ctx, ast.Store):
            self._define(node.id, node.lineno)
        else:
            self._use(node.id, node)
            self._delete(node.id, node.lineno)

    def _is_local(self, name: str) -> bool:
        for depth, names in enumerate(reversed(self._locals)):
            inside_function = depth > 0 and self._class_level[-1 - depth]
            if name in names and not inside_function:
                return True
        return False

    def _use(self, name: str, node: ast.expr) -> None:
        if self._is_local(name):
            return
        if not self._functions and (name in self.defines or any(name in one for one in self._sure)):
            return
        self.uses.append(
            Use(
                name=name,
                line=node.lineno,
                column=node.col_offset + 1,
                deferred=self._functions > 0,
                within=self._within if self._functions else "",
                certain=not self._branches,
                guarded=self._guards > 0 or name in self._known_absent or name in self.maybe,
            )
        )

    def _define(self, name: str, line: int) -> None:
        if self._locals and name not in self._outermost():
            self._locals[-1].add(name)
        elif self._functions or self._branches:
            self.maybe.setdefault(name, line)
            if self._sure and not self._functions:
                self._sure[-1].setdefault(name, line)
        else:
            self.defines.setdefault(name, line)
            self.deletes.pop(name, None)
        if not self._locals:
            self.effects.rebound(name)

    def _outermost(self) -> frozenset[str]:
        return self._outer[-1] if self._outer else frozenset()

    def _delete(self, name: str, line: int) -> None:
        if self._locals:
            return
        if not self._branches:
            self.defines.pop(name, None)
            self.maybe.pop(name, None)
            self.deletes[name] = line

    @contextmanager
    def _branch(self) -> Iterator[dict[str, int]]:
        """Enter a branch; yields what it surely binds, complete when the branch ends."""
        self._branches += 1
        self._sure.append({})
        yield self._sure[-1]
        self._sure.pop()
        self._branches -= 1

    # Scopes

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        """Visit what runs now (decorators, defaults), then the body, which runs when called."""
        self._each(node.decorator_list)
        self._signature(node.args)
        if node.returns:
            self.visit(node.returns)
        self._define(node.name, node.lineno)
        self._body(node, node.body, node.name)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Lambda(self, node: ast.Lambda) -> None:
        """Visit a lambda as a function; one that is handed to `apply` or `sorted` runs now."""
        self._signature(node.args)
        if id(node) in self._called_at_once and not self._functions:
            with self._branch(), self._scope(set(bound_in(node)[0])):  # not over an empty table
                self.visit(node.body)
        else:
            self._body(node, [node.body], "")

    def _signature(self, arguments: ast.arguments) -> None:
        self._each([*arguments.defaults, *(one for one in arguments.kw_defaults if one)])
        listed = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        self._each(one.annotation for one in listed if one.annotation)

    def _body(self, node: Function, body: Iterable[ast.AST], name: str) -> None:
        names, outer = bound_in(node)
        kept, branches, guards = self._within, self._branches, self._guards
        self._within = kept or name
        self._branches = self._guards = 0
        self._functions += 1
        self._outer.append(outer)
        with self._scope(set(names)):
            self._each(body)
        self._outer.pop()
        self._functions -= 1
        self._within, self._branches, self._guards = kept, branches, guards

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """Visit a class: its body runs now, its methods when called."""
        self._each([*node.decorator_list, *node.bases, *(word.value for word in node.keywords)])
        kept, self._within = self._within, self._within or node.name
        self._outer.append(frozenset())
        with self._scope(set(), is_class=True):
            self._each(node.body)
        self._outer.pop()
        self._within = kept
        self._define(node.name, node.lineno)

    def _comprehension(self, node: ast.AST, parts: Iterable[ast.expr]) -> None:
        generators: list[ast.comprehension] = node.generators  # type: ignore[attr-defined]
        self.visit(generators[0].iter)
        with self._scope(set()):
            self._outer.append(frozenset(_walrus_targets(node)))
            for position, generator in enumerate(generators):
                if position:
                    self.visit(generator.iter)
                self.visit(generator.target)
                self._each(generator.ifs)
            self._each(parts)
            self._outer.pop()

    def visit_ListComp(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> None:
        """Visit a comprehension: its variables are its own."""
        self._comprehension(node, [node.elt])

    visit_SetComp = visit_GeneratorExp = visit_ListComp

    def visit_DictComp(self, node: ast.DictComp) -> None:
        """Visit a comprehension: its variables are its own."""
        self._comprehension(node, [node.key, node.value])

    @contextmanager
    def _scope(self, names: set[str], *, is_class: bool = False) -> Iterator[None]:
        self._locals.append(names)
        self._class_level.append(is_class)
        yield
        self._locals.pop()
        self._class_level.pop()

    def _each(self, nodes: Iterable[ast.AST]) -> None:
        for node in nodes:
            self.visit(node)


def _walrus_targets(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.NamedExpr) and isinstance(inner.target, ast.Name):
            yield inner.target.id
