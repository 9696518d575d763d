"""A data file that is read and is not there.

## What it does
Reports literal relative paths that the notebook reads, that do not exist in a clean copy of the
project (files that git ignores are not in it), and that the notebook does not write before; and
`%store -r` of what no cell before it stores, as that lies in somebody's home folder.

## Why is this bad?
A clean run stops with `FileNotFoundError`.

## Examples
`pd.read_csv("data/raw.csv")` with `data/` in `.gitignore`: track the file, or make it in a cell.

## References
- Pimentel et al., EMSE 2021: absent data stops 15.4 % of public notebooks; biomedical 12.0 %.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from lifecycle_core.notebooks.rules.base import Rule, Spot
from lifecycle_core.notebooks.rules.bringing import brought, made

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifecycle_core.notebooks.rules.view import View

_NOT_RELATIVE = re.compile(r"[/~\\]|[A-Za-z]:[\\/]|\w+:|\.\./\.\.")
_BRANCHES = (ast.If, ast.Try, ast.ExceptHandler, ast.While, ast.IfExp, ast.With)


def find(view: View) -> Iterator[Spot]:
    """Yield a spot for each file that is not there."""
    seen: set[str] = set()
    moved = view.moves
    for use in view.paths:
        path = use.text.replace("\\", "/")
        if not (use.reads and use.whole) or _NOT_RELATIVE.match(path) or not path.strip():
            continue
        runs = view.runs_in(use.call)
        if path in seen or runs is None or (moved is not None and moved <= runs):
            continue
        if any(sign in path for sign in "*?[<") or view.exists(path) or made(view, path, use.call):
            continue
        seen.add(path)
        sure = not use.call.within and not any(isinstance(n, _BRANCHES) for n in use.call.stack)
        yield Spot(
            cell=use.call.cell,
            line=use.call.line,
            kind="missing_data",
            severity="info" if brought(view, runs) else "error" if sure else "warning",
            names=(path,),
            message=f"{path[:80]!r} is read and is not in the project",
            hint="Add the file to the project (is it ignored by git?), or make it in a cell above.",
        )
    yield from _stored(view)


def _stored(view: View) -> Iterator[Spot]:
    """Yield a spot for each `%store -r` of what no cell before it has stored."""
    kept: set[str] = set()
    for index, parsed in view.dataflow.parsed.items():
        for magic in parsed.magics:
            words = magic.text.split()
            if magic.name != "store" or not words:
                continue
            names = {word for word in words if not word.startswith("-")}
            if "-r" not in words:
                kept |= names
            elif not names or names - kept:
                yield Spot(
                    cell=index,
                    line=magic.line,
                    kind="missing_data",
                    severity="warning",
                    names=tuple(sorted(names)),
                    message=f"`%store {magic.text[:60]}` brings what another session has stored",
                    hint="Make it in a cell, or read it from a file of the project.",
                )


RULE = Rule("NB203", "missing-data", find)
