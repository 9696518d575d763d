"""The time of the run reaching the results.

## What it does
Reports what reads the date or the time. Where only differences of readings are taken, which is
how one measures how long something takes, it is only noted.

## Why is this bad?
Ages, windows and file names that are counted from "now" differ from run to run.

## Examples
`age = datetime.now() - df["signup"]`: take the date from a `parameters` cell,
`as_of = "2026-01-31"`.

## References
- nbrelease, cause kind `clock`: shown by a run with a clock that stands.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from lifecycle_core.notebooks.rules.base import Rule, Spot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifecycle_core.notebooks.calls import Call
    from lifecycle_core.notebooks.rules.view import View

_READS = frozenset({
    "time.time", "time.time_ns", "datetime.datetime.now", "datetime.datetime.utcnow",
    "datetime.datetime.today", "datetime.date.today", "pandas.Timestamp.now",
    "pandas.Timestamp.today", "pandas.Timestamp.utcnow", "arrow.now", "arrow.utcnow",
    "pendulum.now", "pendulum.today", "django.utils.timezone.now",
})  # fmt: skip
_WITHOUT_ARGUMENT = {"time.strftime": 1, "time.localtime": 0, "time.gmtime": 0, "time.ctime": 0,
    "time.asctime": 0}  # fmt: skip
_NOW = frozenset({"pandas.Timestamp", "pandas.to_datetime", "numpy.datetime64"})


def find(view: View) -> Iterator[Spot]:
    """Yield a spot for each reading."""
    for call in view.calls:
        if not _reads(call, view) or view.runs_in(call) is None:
            continue
        seed = any(isinstance(node, ast.keyword) and node.arg == "seed" for node in call.stack)
        timing = _only_differences(call, view)
        yield Spot(
            cell=call.cell,
            line=call.line,
            column=call.node.col_offset + 1,
            kind="clock",
            severity="info" if timing or seed else "warning",
            names=(call.written,),
            message=f"`{call.written}` measures how long something takes"
            if timing
            else f"`{call.written}` gives another time in each run",
            hint="Timings differ from run to run; keep them out of results."
            if timing
            else 'Set the date in a cell tagged `parameters`, such as `as_of = "2026-01-31"`.',
        )


def _reads(call: Call, view: View) -> bool:
    if call.name in _READS:
        return True
    if call.name in _WITHOUT_ARGUMENT:
        return len(call.node.args) <= _WITHOUT_ARGUMENT[call.name] and not call.node.keywords
    return call.name in _NOW and view.text(call.argument(0)) in {"now", "today"}


def _only_differences(call: Call, view: View) -> bool:
    """Tell whether the reading is only subtracted from, or by, another reading."""
    parent = call.stack[-1] if call.stack else None
    if isinstance(parent, ast.BinOp):
        return _difference(parent, view)
    if not (isinstance(parent, ast.Assign) and isinstance(parent.targets[0], ast.Name)):
        return False
    uses = list(_uses(parent.targets[0].id, view))
    return bool(uses) and all(_difference(each, view) for each in uses)


def _difference(node: ast.AST, view: View) -> bool:
    """Tell whether a node subtracts one reading of the clock from another."""
    return (
        isinstance(node, ast.BinOp)
        and isinstance(node.op, ast.Sub)
        and all(_is_reading(side, view) for side in (node.left, node.right))
    )


def _is_reading(node: ast.expr, view: View) -> bool:
    if isinstance(node, ast.Name):
        given = view.values(node.id)
        return bool(given) and all(_is_reading(value, view) for _, value in given)
    return isinstance(node, ast.Call) and view.resolve(node.func) in _READS


def _uses(name: str, view: View) -> Iterator[ast.AST]:
    """Yield what stands directly around each use of a variable."""
    for cell, tree in view.trees.items():
        if tree is None or name not in view.cell[cell].source:
            continue
        for node in ast.walk(tree):
            for child in ast.iter_child_nodes(node):
                if (
                    isinstance(child, ast.Name)
                    and child.id == name
                    and isinstance(child.ctx, ast.Load)
                ):
                    yield node


RULE = Rule("NB401", "clock", find)
