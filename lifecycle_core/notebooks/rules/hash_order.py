"""The order of a set, or the hash of a text, reaching the results.

## What it does
Reports lists, loops, prints and joins over a set, `set.pop()`, and `hash()` of what may be text.
Sorting, counting, testing and set operations do not depend on the order and are left alone; so
are sets of literal numbers.

## Why is this bad?
Python hashes text with a new seed in each process, so a set of texts has another order each time.

## Examples
`columns = list(set(df.columns) - {"y"})`: write `sorted(set(df.columns) - {"y"})`.

## References
- lnccbrown/ssm-simulators#358: a seeded generator whose draws a set put in order.
- https://docs.python.org/3/using/cmdline.html#envvar-PYTHONHASHSEED
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from lifecycle_core.notebooks.rules.base import Rule, Spot
from lifecycle_core.notebooks.rules.ordering import consumed_without_order, is_number, sorted_later

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifecycle_core.notebooks.calls import Call
    from lifecycle_core.notebooks.rules.view import View

_ORDERED = frozenset({"list", "tuple", "enumerate", "iter", "zip", "map", "print", "str", "repr",
    "numpy.array", "pandas.Series", "pandas.Index", "numpy.fromiter", "dict.fromkeys",
    "itertools.chain", "itertools.product", "itertools.permutations", "itertools.combinations",
    "next", "filter", "random.choice", "random.sample"})  # fmt: skip
_SHOWS = frozenset({"print", "append", "extend", "write", "writerow", "display", "insert", "plot"})


def find(view: View) -> Iterator[Spot]:
    """Yield a spot for each place where the order shows."""
    for call in view.calls:
        if view.runs_in(call) is None:
            continue
        if call.name == "hash" and _may_be_text(call, view) and not _in_dunder(call):
            yield _spot(call.cell, call.node, "hash()", "`hash` of texts differs from run to run",
                "Use `hashlib.sha256(text.encode()).hexdigest()`.")  # fmt: skip
        elif call.method == "pop" and call.made_by == "set" and not call.node.args:
            yield _spot(call.cell, call.node, call.written, "`pop()` of a set takes any item",
                "Take `min(...)`, or pop from a sorted list.")  # fmt: skip
        elif (argument := _set_in_order(call, view)) is not None:
            if consumed_without_order(call.stack) or sorted_later(call, view):
                continue
            yield _spot(
                call.cell,
                call.node,
                call.written,
                f"`{call.written}` takes the items of a set in another order in each run",
                f"Sort them: `sorted({_text(argument)})`.",
            )
    yield from _loops(view)


def _set_in_order(call: Call, view: View) -> ast.expr | None:
    joins = call.method == "join" and not call.name
    if call.name not in _ORDERED and not joins:
        return None
    return next((one for one in call.node.args if _is_set(one, view)), None)


def _loops(view: View) -> Iterator[Spot]:
    for cell, tree in view.trees.items():
        if tree is None or (
            "set" not in view.cell[cell].source and "{" not in view.cell[cell].source
        ):
            continue
        for node, parents in _with_parents(tree):
            if isinstance(node, ast.For) and _is_set(node.iter, view) and _shows(node):
                iterated: ast.expr = node.iter
            elif isinstance(node, ast.ListComp | ast.GeneratorExp | ast.DictComp) and _is_set(
                node.generators[0].iter, view
            ):
                if consumed_without_order(parents):
                    continue
                iterated = node.generators[0].iter
            else:
                continue
            yield _spot(
                cell,
                iterated,
                _text(iterated),
                "a loop over a set takes its items in an order that differs from run to run",
                f"Loop over `sorted({_text(iterated)})`.",
            )


def _shows(loop: ast.For) -> bool:
    """Tell whether the body leaves a trace of the order."""
    for node in ast.walk(loop):
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in _SHOWS:
                return True
            case ast.Call(func=ast.Attribute(attr="add"), args=[_, _, *_]):  # not that of a set
                return True
            case ast.Yield() | ast.Break() | ast.Return():
                return True
            case ast.Assign(value=ast.Call(func=ast.Name(id="len"))):  # numbered as they come
                return True
            case _:
                continue
    return False


def _is_set(node: ast.expr, view: View) -> bool:
    if view.maker(node) != "set":
        return False
    found = view.value(node)
    if isinstance(found, ast.Set):
        return not all(
            isinstance(one, ast.Constant) and not isinstance(one.value, str | bytes)
            for one in found.elts
        )
    if isinstance(found, ast.Call) and found.args:
        inner = found.args[0]
        if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name):
            return inner.func.id != "range"
        if isinstance(inner, ast.List | ast.Tuple):
            return not all(
                isinstance(one, ast.Constant) and not isinstance(one.value, str | bytes)
                for one in inner.elts
            )
    return True


def _may_be_text(call: Call, view: View) -> bool:
    argument = call.argument(0)
    return argument is not None and not is_number(argument, view)


def _in_dunder(call: Call) -> bool:
    return any(isinstance(node, ast.FunctionDef) and node.name == "__hash__" for node in call.stack)


def _with_parents(tree: ast.Module) -> Iterator[tuple[ast.AST, tuple[ast.AST, ...]]]:
    waiting: list[tuple[ast.AST, tuple[ast.AST, ...]]] = [
        (node, ()) for node in reversed(tree.body)
    ]
    while waiting:
        node, parents = waiting.pop()
        yield node, parents
        inner = (*parents[-3:], node)
        waiting += [(child, inner) for child in reversed(list(ast.iter_child_nodes(node)))]


def _text(node: ast.expr) -> str:
    try:
        text = ast.unparse(node)
    except RecursionError:
        return "..."
    return text if len(text) <= 60 else text[:59] + "…"  # noqa: PLR2004


def _spot(cell: int, node: ast.expr, name: str, message: str, hint: str) -> Spot:
    return Spot(
        cell=cell,
        line=node.lineno,
        column=node.col_offset + 1,
        kind="hash_order",
        severity="warning",
        names=(name,),
        message=message,
        hint=hint,
    )


RULE = Rule("NB304", "hash-order", find)
