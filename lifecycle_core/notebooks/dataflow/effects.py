"""What the calls and stores of a cell may change: objects in place, and state outside the names."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from lifecycle_core.notebooks.dataflow import knowledge
from lifecycle_core.notebooks.dataflow.flow import FILES, RANDOM, SETTINGS

if TYPE_CHECKING:
    from collections.abc import Callable

_DYNAMIC = frozenset({"globals", "locals", "vars"})
_HISTORY = frozenset({"_", "__", "___", "In", "Out", "_ih", "_oh", "_i", "_ii", "_iii"})


class Effects:
    """Collects changes; `modules` says which variables stand for what was imported."""

    def __init__(self, modules: dict[str, str]) -> None:
        self.modules = modules
        self.mutates: set[str] = set()
        self.may_mutate: set[str] = set()
        self.mentions: set[str] = set()
        self.opaque = ""
        self._harmless: set[int] = set()

    def rebound(self, name: str) -> None:
        """Take note that a variable no longer stands for an import."""
        self.modules.pop(name, None)

    def mutated(self, name: str, *, deferred: bool) -> None:
        """Take note of a store through an attribute or item, or of `+=`."""
        if name in self.modules:  # such as plt.rcParams[...] = ..., np.random.seed = ...
            self.may_mutate |= {name, SETTINGS}
        elif deferred:
            self.may_mutate.add(name)
        else:
            self.mutates.add(name)

    def call(self, node: ast.Call, *, is_local: Callable[[str], bool], deferred: bool) -> None:
        """Take note of what a call may change."""
        name = root(node.func)
        dotted = dotted_name(node.func)
        if name and not is_local(name):
            if name in self.modules:
                rest = dotted.partition(".")[2] if dotted else ""
                path = ".".join(filter(None, (self.modules[name], rest)))
                self._module_call(path, node, is_local)
            elif isinstance(node.func, ast.Name):
                self._plain_call(node, name, is_local)
            elif isinstance(node.func, ast.Attribute):
                self._method_call(node, name, node.func.attr, deferred=deferred)
        elif isinstance(node.func, ast.Attribute):
            self._world(node.func.attr)

    def _module_call(self, path: str, node: ast.Call, is_local: Callable[[str], bool]) -> None:
        last = path.rpartition(".")[2]
        if path.startswith(knowledge.RANDOM_ROOTS) or "random" in path:
            self._reads_and_writes(RANDOM)
        if last in knowledge.SETTING_CALLS or path.startswith(("os.environ", "sys.path")):
            self.may_mutate.add(SETTINGS)
        if last in {"shuffle", "heapify", "heappush", "heappop", "copyto", "fill_diagonal", "put"}:
            self._arguments(node, is_local)
        self._world(last)

    def _plain_call(self, node: ast.Call, name: str, is_local: Callable[[str], bool]) -> None:
        if name in {"exec", "execfile"}:
            self.opaque = self.opaque or name
        elif name in _DYNAMIC and not node.args and id(node) not in self._harmless:
            self.opaque = self.opaque or f"{name}()"
        elif name not in knowledge.PURE_BUILTINS:
            self._arguments(node, is_local)
            self.may_mutate.add(name)  # an object that is called may change
        self._world(name)

    def _method_call(self, node: ast.Call, name: str, method: str, *, deferred: bool) -> None:
        in_place = any(
            word.arg == "inplace" and isinstance(word.value, ast.Constant) and word.value.value
            for word in node.keywords
        )
        if name == "get_ipython":
            return
        if not deferred and (in_place or method in knowledge.MUTATING_METHODS):
            self.mutates.add(name)
        elif in_place or method not in knowledge.PURE_METHODS:
            self.may_mutate.add(name)
        if method in {"fit", "fit_transform", "fit_predict", "sample", "partial_fit", "split"}:
            self._reads_and_writes(RANDOM)
        self._world(method)

    def _arguments(self, node: ast.Call, is_local: Callable[[str], bool]) -> None:
        for argument in (*node.args, *(word.value for word in node.keywords)):
            name = root(argument)
            if name and name not in self.modules and not is_local(name):
                self.may_mutate.add(name)

    def _reads_and_writes(self, state: str) -> None:
        self.may_mutate.add(state)
        self.mentions.add(state)

    def _world(self, called: str) -> None:
        if called.startswith(knowledge.WRITERS):
            self.may_mutate.add(FILES)
        if called.startswith(knowledge.READERS):
            self.mentions.add(FILES)

    def asked_only(self, tree: ast.AST) -> None:
        """Find the `globals()` that are only asked, as in `"x" in globals()`; they bind nothing."""
        for node in ast.walk(tree):
            match node:
                case ast.Compare(comparators=[ast.Call() as call]):
                    self._harmless.add(id(call))
                case ast.Subscript(value=ast.Call() as call, ctx=ast.Load()):
                    self._harmless.add(id(call))
                case ast.Attribute(value=ast.Call() as call, attr="get" | "keys" | "copy"):
                    self._harmless.add(id(call))
                case ast.Call(func=ast.Name(id=name), args=[ast.Call() as call, *_]) if (
                    name in knowledge.PURE_BUILTINS
                ):
                    self._harmless.add(id(call))
                case _:
                    continue

    def shared_by(self, value: ast.expr) -> frozenset[str]:
        """Return the names whose object the value may be, hold, or be a part of."""
        match value:
            case ast.Name(id=name):
                found = [name]
            case ast.Attribute() | ast.Subscript() | ast.Starred() | ast.Await():
                found = [root(value)]
            case (
                ast.Tuple(elts=parts)
                | ast.List(elts=parts)
                | ast.Set(elts=parts)
                | ast.Dict(values=parts)
                | ast.BoolOp(values=parts)
            ):
                return self._shared_by_any(parts)
            case ast.IfExp(body=one, orelse=other):
                return self._shared_by_any([one, other])
            case ast.NamedExpr(value=inner):
                found = sorted(self.shared_by(inner))
            case ast.Call(func=function, args=arguments):
                found = [root(function)]
                if not (found[0] in self.modules or found[0] in knowledge.PURE_BUILTINS):
                    found += [root(argument) for argument in arguments]
            case ast.ListComp() | ast.DictComp() | ast.GeneratorExp():
                found = [root(each.iter) for each in value.generators]
            case _:
                return frozenset()
        return frozenset(
            name
            for name in found
            if name and name not in self.modules and name not in knowledge.BUILTINS
        )

    def _shared_by_any(self, parts: list[ast.expr]) -> frozenset[str]:
        return frozenset[str]().union(*map(self.shared_by, parts))


def root(node: ast.AST) -> str:
    """Return the variable an expression starts from: `a` of `a.b[0].c(d)`; empty if it has none.

    Example:
        >>> root(ast.parse("a.b[0].c(d)", mode="eval").body)
        'a'
    """
    while True:
        match node:
            case ast.Name(id=name):
                return name
            case ast.Attribute(value=inner) | ast.Subscript(value=inner) | ast.Starred(value=inner):
                node = inner
            case ast.Await(value=inner) | ast.Call(func=inner):
                node = inner
            case _:
                return ""


def dotted_name(node: ast.AST) -> str:
    """Return `a.b.c` for such an expression, else an empty text.

    Example:
        >>> dotted_name(ast.parse("a.b.c", mode="eval").body)
        'a.b.c'
    """
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join([node.id, *reversed(parts)])


def is_history(name: str) -> bool:
    """Tell whether a name is IPython's for earlier inputs and outputs: `_`, `Out`, `_12`, `_i3`."""
    return name in _HISTORY or (name.startswith("_") and name.strip("_i").isdigit())
