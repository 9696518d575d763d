"""Which names a function binds for itself: Python's rule, read off the syntax tree.

`symtable` knows the same, but only for text that compiles, and cells hold `await` and `return`
at their top level.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_CLOSED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def bound_in(node: Function) -> tuple[frozenset[str], frozenset[str]]:
    r"""Return the names a function binds for itself, and those it declares `global`.

    Example:
        >>> tree = ast.parse("def f(a):\n    global c\n    b = c = a")
        >>> [sorted(names) for names in bound_in(tree.body[0])]
        [['a', 'b'], ['c']]
    """
    names = set(argument_names(node.args))
    outer: set[str] = set()
    body: Iterable[ast.AST] = [node.body] if isinstance(node, ast.Lambda) else node.body
    for inner in _own_nodes(body):
        if isinstance(inner, ast.Global):
            outer.update(inner.names)
        elif isinstance(inner, ast.Nonlocal):
            names.difference_update(inner.names)
        else:
            names.update(bound_by(inner))
    return frozenset(names - outer), frozenset(outer)


def bound_by(node: ast.AST) -> Iterator[str]:
    """Yield the names that one node, without those inside it, binds in its scope."""
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            yield name
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Import(names=names):
            yield from (alias.asname or alias.name.partition(".")[0] for alias in names)
        case ast.ImportFrom(names=names):
            yield from (alias.asname or alias.name for alias in names if alias.name != "*")
        case ast.ExceptHandler(name=str() as name):
            yield name
        case ast.MatchAs(name=str() as name) | ast.MatchStar(name=str() as name):
            yield name
        case ast.MatchMapping(rest=str() as name):
            yield name
        case _:
            return


def argument_names(arguments: ast.arguments) -> list[str]:
    """Return the names of a function's parameters."""
    listed = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    rest = [one for one in (arguments.vararg, arguments.kwarg) if one]
    return [one.arg for one in (*listed, *rest)]


def _own_nodes(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Yield the nodes of a scope, without those inside functions, classes and comprehensions.

    What a walrus inside a comprehension binds belongs to the scope and is among them.
    """
    waiting = list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, _COMPREHENSIONS):
            waiting += [
                inner.target for inner in ast.walk(node) if isinstance(inner, ast.NamedExpr)
            ]
            continue
        yield node
        if not isinstance(node, _CLOSED):
            waiting += ast.iter_child_nodes(node)
