"""Results in the order in which threads or processes finish.

## What it does
Reports `as_completed` and `imap_unordered` whose results are collected or printed as they come,
and functions that threads run and that append to a list outside of them.

## Why is this bad?
Who finishes first differs from run to run.

## Examples
`for f in as_completed(futures): rows.append(f.result())`: write
`rows = [f.result() for f in futures]`, which keeps the order in which they were started.

## References
- https://docs.python.org/3/library/concurrent.futures.html#concurrent.futures.as_completed
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from lifecycle_core.notebooks.rules.base import Rule, Spot
from lifecycle_core.notebooks.rules.ordering import consumed_without_order, sorted_later

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lifecycle_core.notebooks.calls import Call
    from lifecycle_core.notebooks.rules.view import View

_SHOWS = frozenset({"append", "extend", "print", "write", "display", "put", "concat"})

_FUTURES = "Take the results in the order of the list of futures, or sort them."
_IN_ORDER = {
    "imap_unordered": "Use `imap`, which keeps the order of what it is given, or sort them.",
    "asyncio.as_completed": "Use `asyncio.gather`, which keeps the order, or sort them.",
}

_COLLECTS = frozenset({"append", "extend", "put"})


def find(view: View) -> Iterator[Spot]:
    """Yield a spot for each place where the order of completion shows."""
    functions = _appending(view)
    for call in view.calls:
        if view.runs_in(call) is None:
            continue
        unordered = call.name.endswith(".as_completed") or call.method == "imap_unordered"
        if unordered and _shows(call) and not sorted_later(call, view):
            yield _spot(call, "takes results in the order in which they are finished",
                _IN_ORDER.get(call.name or call.method, _FUTURES))  # fmt: skip
        elif (name := _run_by_threads(call)) in functions:
            yield _spot(call, f"runs `{name}` in threads, which append in the order they finish",
                "Return the value and use `executor.map`, which keeps the order.")  # fmt: skip


def _shows(call: Call) -> bool:
    if consumed_without_order(call.stack):
        return False
    for node in reversed(call.stack):
        if isinstance(node, ast.For):
            return any(
                isinstance(inner, ast.Call)
                and (
                    (isinstance(inner.func, ast.Name) and inner.func.id in _SHOWS)
                    or (isinstance(inner.func, ast.Attribute) and inner.func.attr in _SHOWS)
                )
                for inner in ast.walk(node)
            )
        if isinstance(node, ast.DictComp):
            return False
        if isinstance(node, ast.stmt):
            break
    return True


def _run_by_threads(call: Call) -> str:
    target: ast.expr | None = None
    if call.name == "threading.Thread":
        target = call.keyword("target")
    elif call.method in {"submit", "map", "imap", "apply_async", "map_async"} and (
        "ThreadPool" in call.made_by
    ):
        target = call.argument(0, "fn", "func")
    return target.id if isinstance(target, ast.Name) else ""


def _appending(view: View) -> Mapping[str, ast.FunctionDef]:
    """Return the functions that append to a list they did not make."""
    found: dict[str, ast.FunctionDef] = {}
    for tree in view.trees.values():
        for node in tree.body if tree else ():
            if isinstance(node, ast.FunctionDef):
                own = {
                    inner.id
                    for inner in ast.walk(node)
                    if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store)
                }
                for inner in ast.walk(node):
                    match inner:
                        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method)) if (
                            method in _COLLECTS and name not in own
                        ):
                            found[node.name] = node
                        case _:
                            continue
    return found


def _spot(call: Call, what: str, hint: str) -> Spot:
    return Spot(
        cell=call.cell,
        line=call.line,
        kind="thread_order",
        severity="warning",
        names=(call.written,),
        message=f"`{call.written}` {what}",
        hint=hint,
    )


RULE = Rule("NB306", "thread-order", find)
