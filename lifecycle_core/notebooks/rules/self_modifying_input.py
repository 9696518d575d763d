"""A notebook that overwrites what it read.

## What it does
Reports a literal path that is read and later written by the same notebook, and a file that it
appends to and reads, without a start from an empty one.

## Why is this bad?
The second run starts from other data than the first.

## Examples
`df = pd.read_csv("c.csv")` ... `df.to_csv("c.csv")`: write to another file, such as
`c.clean.csv`. `if path.exists(): load(path)` `else: save(path)`: a cache, which is to stay out of
the project.

## References
- nbrelease, cause kind `self_modifying_input`.
"""

from __future__ import annotations

import ast
from itertools import pairwise
from typing import TYPE_CHECKING

from lifecycle_core.notebooks.rules.base import Rule, Spot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifecycle_core.notebooks.calls import Call
    from lifecycle_core.notebooks.rules.view import View


def find(view: View) -> Iterator[Spot]:
    """Yield a spot for each file that is read first and written then."""
    first: dict[str, tuple[str, Call]] = {}
    told: set[str] = set()
    appended: dict[str, Call] = {}
    for use in view.paths:
        runs = view.runs_in(use.call)
        if not use.whole or runs is None or not (use.reads or use.writes):
            continue
        path = use.text.replace("\\", "/").removeprefix("./")
        if path in view.written_by_magic:
            continue
        if path not in first:
            first[path] = ("read" if use.reads else "write", use.call)
            if _appends(use.call):
                appended[path] = use.call
        elif use.writes and first[path][0] == "read" and path not in told:
            told.add(path)
            yield _overwritten(path, use.call, first[path][1])
        elif use.reads and path in appended and path not in told:
            told.add(path)
            yield _spot(
                appended[path],
                path,
                f"appends to {path[:80]!r}, which cell {use.call.cell} reads: it grows in each run",
                "Open it with mode 'w' first, so that each run starts from an empty file.",
            )


def _overwritten(path: str, call: Call, read: Call) -> Spot:
    if _in_other_branches(call, read):
        return _spot(
            call,
            path,
            f"writes {path[:80]!r} where it is absent, and cell {read.cell} reads it where it is "
            "there: what a run gives may come from an older one",
            "Keep this cache out of the project (let git ignore it), and delete it when the code "
            "that fills it changes.",
        )
    stem, dot, suffix = path.rpartition(".")
    other = f"{stem}.new.{suffix}" if dot else f"{path}.new"
    return _spot(
        call,
        path,
        f"overwrites {path[:80]!r}, which cell {read.cell} reads",
        f"Write to another file, such as {other!r}.",
    )


def _in_other_branches(one: Call, other: Call) -> bool:
    """Tell whether of two calls only one runs, as in `if there: load()` `else: save()`."""
    chosen = {id(node): branch for node, branch in _branches(one)}
    return any(chosen.get(id(node), branch) != branch for node, branch in _branches(other))


def _branches(call: Call) -> Iterator[tuple[ast.AST, str]]:
    """Yield the `if` and `try` around a call, with the branch that holds it."""
    for outer, inner in pairwise((*call.stack, call.node)):
        if isinstance(outer, ast.If | ast.Try):
            for branch in ("body", "orelse", "handlers"):
                if any(inner is one for one in getattr(outer, branch, ())):
                    yield outer, branch


def _appends(call: Call) -> bool:
    mode = call.argument(1, "mode")
    return (
        call.name in {"open", "io.open"}
        and isinstance(mode, ast.Constant)
        and isinstance(mode.value, str)
        and "a" in mode.value
    )


def _spot(call: Call, path: str, message: str, hint: str) -> Spot:
    return Spot(
        cell=call.cell,
        line=call.line,
        kind="self_modifying_input",
        severity="warning",
        names=(path,),
        message=message,
        hint=hint,
    )


RULE = Rule("NB204", "self-modifying-input", find)
