"""Which names a cell's source mentions and binds, and which the functions it calls can reach.

Mentions are words, taken from strings and comments too: `df.query("x > @limit")`, `eval` and a
magic's `{name}` reach variables through text. A word too many costs a digest; one too few would
miss a change.
"""

from __future__ import annotations

import ast
import functools
import io
import re
import tokenize
import types
from typing import TYPE_CHECKING

from .builtin_names import BUILTINS, identity
from .digests.leaves import LEAF_TYPES
from .digests.types import instance_dict, members, module_name, mro

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from .digests.parts import Value

globals()["__builtins__"] = BUILTINS

_WORD = re.compile(r"[^\W\d]\w*")
_SHALLOW, _MOST = 1000, 20_000  # in one container, and of one cell


def mentioned(source: str) -> set[str]:
    """All words of a source.

    >>> sorted(mentioned("total = rows['price'].sum()  # all"))
    ['all', 'price', 'rows', 'sum', 'total']
    """
    return set(_WORD.findall(source))


def bound(source: str) -> set[str]:
    r"""Names the source binds at its top level; empty if it is no plain Python, as with magics.

    >>> sorted(bound("import os.path as p\nfor i in x: y[i] = 1\ndef f(a): b = a"))
    ['f', 'i', 'p']
    """
    try:
        # Texts are blanked, because parsing `"\d"` would print a warning of its own.
        tree = ast.parse(_without_texts(source))
    except Exception:  # noqa: BLE001  # magics, half a line, or a notebook that broke `ast`
        return set()
    found: set[str] = set()
    todo: list[ast.AST] = [tree]
    while todo:
        node = todo.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            found.update((each.asname or each.name).partition(".")[0] for each in node.names)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif not isinstance(
            node, (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
        ):
            todo.extend(ast.iter_child_nodes(node))
    return found


def _without_texts(source: str) -> str:
    """The source with `''` for each string."""
    lines = source.splitlines(keepends=True)
    opened: list[tuple[int, int]] = []
    spans: list[tuple[tuple[int, int], tuple[int, int]]] = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        name = tokenize.tok_name[token.type]
        if name in {"FSTRING_START", "TSTRING_START"}:
            opened.append(token.start)
        elif name in {"FSTRING_END", "TSTRING_END"}:
            start = opened.pop()
            if not opened:
                spans.append((start, token.end))
        elif name == "STRING" and not opened:
            spans.append((token.start, token.end))
    for (first, left), (last, right) in reversed(spans):
        lines[first - 1 : last] = [lines[first - 1][:left] + "''" + lines[last - 1][right:]]
    return "".join(lines)


def reachable(names: Iterable[str], namespace: Mapping[str, Value]) -> set[str]:
    """Those names, and the variables that functions and classes under them can read or change.

    Followed are the names in a function's code, its closure, the methods of classes from the
    notebook and of their objects, and functions in lists and dictionaries.
    """
    found: set[str] = set()
    seen: set[int] = set()
    todo = [name for name in names if name in namespace]
    while todo:
        name = todo.pop()
        if name in found:
            continue
        found.add(name)
        for code in _codes(namespace[name], seen):
            todo.extend(each for each in code.co_names if each in namespace)
    return found


def _codes(value: Value, seen: set[int]) -> Iterator[types.CodeType]:
    """The code objects that using a value may run."""
    todo = [value]
    while todo and len(seen) < _MOST:
        each = todo.pop()
        if identity(each) in seen or identity(type(each)) in LEAF_TYPES:
            continue
        seen.add(identity(each))
        if type(each) is types.CodeType:
            yield each
        todo.extend(_inside(each))


def _inside(value: Value) -> Iterable[Value]:
    """What using a value may use in turn."""
    cls = type(value)
    read = _BUILT_IN.get(identity(cls))
    if read is not None:
        return read(value)
    found: list[Value] = []
    for parent in mro(value if cls is type else cls):
        if module_name(parent) == "__main__":
            found.extend(members(parent).values())
    if module_name(cls) == "__main__":
        found.extend(instance_dict(value).values())
    return found


def _contents(cells: Iterable[Value]) -> Iterator[Value]:
    for cell in cells:
        try:
            yield cell.cell_contents
        except ValueError:
            continue


def _few(values: Collection[Value]) -> Iterable[Value]:
    return tuple(values) if len(values) <= _SHALLOW else ()


_BUILT_IN: dict[int, Callable[[Value], Iterable[Value]]] = {
    identity(types.CodeType): lambda code: code.co_consts,
    identity(types.FunctionType): lambda function: (
        function.__code__, *_contents(function.__closure__ or ()), *instance_dict(function).values()
    ),
    identity(types.MethodType): lambda method: (method.__func__, method.__self__),
    identity(functools.partial): lambda call: (call.func, *call.args, *call.keywords.values()),
    identity(classmethod): lambda method: (method.__func__,),
    identity(staticmethod): lambda method: (method.__func__,),
    identity(property): lambda made: (made.fget, made.fset, made.fdel),
    identity(list): _few, identity(tuple): _few, identity(dict): lambda held: _few(held.values()),
}  # fmt: skip
"""By identity of the type, because a metaclass may define `__hash__`."""
