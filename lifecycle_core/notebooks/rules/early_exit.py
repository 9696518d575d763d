"""A call that ends the notebook before its last cell.

## What it does
Reports `sys.exit()`, `exit()`, `quit()`, `os._exit()`, `os.abort()`, and restarts of the kernel.

## Why is this bad?
The cells below do not run, or the kernel dies, and some tools still call such a run a success.

## Examples
`if df.empty: sys.exit(1)`: write `assert not df.empty` or raise an error that says what is wrong.

## References
- nteract/papermill: a run that ended by `sys.exit(0)` counts as completed.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from lifecycle_core.notebooks.rules.base import Rule, Spot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifecycle_core.notebooks.rules.view import View

_ENDS = frozenset({"sys.exit", "exit", "quit", "os._exit", "os.abort"})
_BRANCHES = (ast.If, ast.Try, ast.While, ast.ExceptHandler, ast.match_case, ast.IfExp, ast.BoolOp)


def find(view: View) -> Iterator[Spot]:
    """Yield a spot for each call that ends the notebook."""
    last = view.cells[-1].index if view.cells else 0
    yield from _words(view, last)
    for call in view.calls:
        restarts = call.method in {"do_shutdown", "shutdown_kernel", "restart_kernel"}
        kills = call.name == "os.kill" and any(_own_process(one) for one in call.node.args)
        if call.name in _ENDS or restarts or kills:
            branch = any(isinstance(node, _BRANCHES) for node in call.stack)
            if call.within and view.runs_in(call) is None:
                continue
            sure = not branch and not call.within and call.cell != last
            yield Spot(
                cell=call.cell,
                line=call.line,
                kind="kernel_died" if kills or call.name == "os.abort" else "early_exit",
                severity="error" if sure else "warning",
                names=(call.written,),
                message=f"`{call.written}` ends the notebook"
                + ("" if sure else " if it is reached"),
                hint="Remove it; to stop on bad data, raise an error that says what is wrong.",
            )


def _words(view: View, last: int) -> Iterator[Spot]:
    """Yield `raise SystemExit`, and `exit` and `quit` as words, which IPython calls."""
    for cell, tree in view.trees.items():
        for node in tree.body if tree else ():
            word: str
            match node:
                case ast.Expr(value=ast.Name(id=name)) if name in {
                    "exit",
                    "quit",
                } and not view.dataflow.binders.get(name):
                    word = name
                case ast.Raise(
                    exc=ast.Name(id="SystemExit") | ast.Call(func=ast.Name(id="SystemExit"))
                ):
                    word = "raise SystemExit"
                case _:
                    continue
            yield Spot(
                cell=cell,
                line=node.lineno,
                kind="early_exit",
                severity="warning" if cell == last else "error",
                names=(word,),
                message=f"`{word}` ends the notebook",
                hint="Remove it; to stop on bad data, raise an error that says what is wrong.",
            )


def _own_process(node: ast.expr) -> bool:
    return any(
        isinstance(inner, ast.Attribute) and inner.attr == "getpid" for inner in ast.walk(node)
    )


RULE = Rule("NB503", "early-exit", find)
