r"""A path that exists on one machine only.

## What it does
Reports literal paths that begin at the root of a file system, at a drive, or at a home folder,
where they are handed to something that opens or names files. Paths that every system has, such as
`/dev/null` or `/tmp`, are only noted, unless a temporary file is read that the notebook has not
written. Prose, addresses, routes and regular expressions are left alone.

## Why is this bad?
On another machine, and in a clean copy of the project, nothing is there.

## Examples
`pd.read_csv("/home/ann/churn/data/customers.csv")`: put the file into the project and write
`pd.read_csv("data/customers.csv")`. Inside the notebook's own folder `--fix` does that.

## References
- Pimentel et al., EMSE 2021: absent data stops 15.4 % of public notebooks.
"""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from lifecycle_core.notebooks.dataflow.effects import dotted_name
from lifecycle_core.notebooks.rules.base import Edit, Rule, Spot
from lifecycle_core.notebooks.rules.bringing import brought, made

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifecycle_core.notebooks.paths import PathUse
    from lifecycle_core.notebooks.rules.view import View

_ABSOLUTE = re.compile(r"/(?![/*])|~(?:\w+)?(?:[/\\]|$)|[A-Za-z]:[\\/]|\\\\\w|file:/")
_SYSTEM = re.compile(
    r"/(?:dev|proc|sys|etc|usr|bin|sbin|lib|tmp|var(?:/(?:tmp|log|run))?)(?:/|$)|/$|[A-Za-z]:[\\/]Windows",
    re.IGNORECASE,
)
_TEMPORARY = re.compile(r"/(?:var/)?tmp/")
_PERSONAL = re.compile(
    r"(?:/home/|/Users/|/root/|/mnt/|/media/|/content/|/kaggle/|/Volumes/|/dbfs/|/scratch/"
    r"|[A-Za-z]:[\\/]+(?:Users|data|work|projects?|Documents)\b|file:///)[^\s]",
    re.IGNORECASE,
)
_NO_PATHS = frozenset({
    "print", "display", "route", "get", "post", "put", "compile", "match", "search", "sub",
    "findall",
    "replace", "startswith", "endswith", "split", "strip", "format", "info", "debug", "warning",
    "error", "Markdown", "HTML", "ValueError", "RuntimeError", "FileNotFoundError", "Exception",
    "KeyError", "fullmatch", "Link", "title", "set_title", "text", "run", "system", "add_route",
    "run_line_magic", "getoutput",
})  # fmt: skip
_GUARDS = frozenset({
    "FileNotFoundError", "OSError", "IOError", "EnvironmentError", "Exception", "BaseException",
})  # fmt: skip
"""What a handler catches that is prepared for a file that is not there."""
_FOLDERS = "Put the files into the project and use paths relative to the notebook."
_HINT = "Put the file into the project and use a path relative to the notebook, such as {!r}."


def find(view: View) -> Iterator[Spot]:
    """Yield a spot for each literal."""
    seen: set[int] = set()
    for use in view.paths:
        if id(use.node) in seen or not _ABSOLUTE.match(use.text):
            continue
        seen.add(id(use.node))
        needed = use.reads and use.whole
        system = bool(_SYSTEM.match(use.text)) and not (needed and _left(view, use))
        spot = _spot(view, use.cell, use.node, use.text, needed=needed, system=system)
        if spot.severity == "error" and _prepared(use.call.stack):
            spot = replace(spot, severity="info", message=f"{spot.message}; the notebook goes on")
        yield replace(spot, edits=_relative(view, use.cell, use.node, use.text))
    for cell, node in _personal(view):
        if id(node) not in seen:
            system = bool(_SYSTEM.match(str(node.value)))
            yield _spot(view, cell, node, str(node.value), needed=False, system=system)
    yield from _home(view)
    yield from _magics(view)


def _magics(view: View) -> Iterator[Spot]:
    for index, parsed in view.dataflow.parsed.items():
        for magic in parsed.magics:
            if magic.name in {"cd", "run", "pushd"} and _ABSOLUTE.match(magic.text.strip("'\"")):
                yield Spot(
                    cell=index,
                    line=magic.line,
                    kind="absolute_path",
                    severity="warning",
                    names=(magic.text,),
                    message=f"`%{magic.name}` goes to {_short(magic.text)!r}, an absolute path",
                    hint="A clean run starts in the notebook's folder; use a path relative to it.",
                )


def _prepared(stack: tuple[ast.AST, ...]) -> bool:
    """Tell whether a `try` around a call catches that a file is not there."""
    return any(
        isinstance(outer, ast.Try) and inner in outer.body and any(map(_catches, outer.handlers))
        for outer, inner in pairwise(stack)
    )


def _catches(handler: ast.ExceptHandler) -> bool:
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(one is None or dotted_name(one).rpartition(".")[2] in _GUARDS for one in caught)


def _left(view: View, use: PathUse) -> bool:
    """Tell whether it is a temporary file that somebody left, who is not the notebook."""
    cell = use.call.cell
    temporary = _TEMPORARY.match(use.text)
    return bool(temporary) and not (made(view, use.text, use.call) or brought(view, cell))


def _spot(
    view: View, cell: int, node: ast.Constant, text: str, *, needed: bool, system: bool
) -> Spot:
    absent = needed and not system and not view.exists(text)
    return Spot(
        cell=cell,
        line=node.lineno,
        column=node.col_offset + 1,
        kind="absolute_path",
        severity="info" if system else "error" if absent else "warning",
        names=(text[:200],),
        message=f"absolute path {_short(text)!r}"
        + (", which is not there" if absent else " exists on one machine only" * (not system)),
        hint=_hint(text, system=system),
    )


def _hint(text: str, *, system: bool) -> str:
    if system and _TEMPORARY.match(text):
        return "The system empties that folder: write into the project, or use `tempfile`."
    if system:
        return "Other systems may lack it; make sure that the result does not depend on it."
    name = re.split(r"[\\/]", text.rstrip("\\/"))[-1]
    if not name or name.startswith("~") or name.endswith(":"):
        return _FOLDERS  # a home folder or a drive: no name that the project could use
    return _HINT.format(f"data/{name}" if "." in name else name)


def _relative(view: View, cell: int, node: ast.Constant, text: str) -> tuple[Edit, ...]:
    """Return the edit that makes a path below the notebook's folder relative to it.

    None where the working directory is moved, after which it would lead elsewhere.
    """
    folder = view.folder.rstrip("/") + "/"
    if (
        view.moves is not None
        or folder == "/"
        or not text.startswith(folder)
        or node.end_col_offset is None
    ):
        return ()
    if node.lineno != node.end_lineno or "\\" in text or '"' in text:
        return ()
    written = node.end_col_offset - node.col_offset
    return (Edit(cell, node.lineno, node.col_offset, f'"{text[len(folder) :] or "./"}"', written),)


def _personal(view: View) -> Iterator[tuple[int, ast.Constant]]:
    """Yield literals that nobody takes for anything but somebody's path, wherever they are used."""
    for cell, tree in view.trees.items():
        if tree is None or not _PERSONAL.search(view.cell[cell].source):
            continue
        waiting: list[ast.AST] = list(tree.body)
        while waiting:
            node = waiting.pop()
            match node:
                case ast.Constant(value=str() as text) if _PERSONAL.match(text) and (
                    len(text.split()) == 1 or ("\n" not in text and text.count(" ") <= 2)  # noqa: PLR2004
                ):
                    yield cell, node
                case ast.Expr(value=ast.Constant()) | ast.Raise() | ast.JoinedStr():
                    continue
                case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if (
                    name in _NO_PATHS
                ):
                    continue
                case _:
                    waiting += ast.iter_child_nodes(node)


def _home(view: View) -> Iterator[Spot]:
    for call in view.calls:
        if call.name in {"pathlib.Path.home", "os.path.expanduser"}:
            if call.node.args and view.text(call.node.args[0]) not in {"~", None}:
                continue  # reported as the literal it is
            yield Spot(
                cell=call.cell,
                line=call.line,
                kind="absolute_path",
                severity="info"
                if call.node.args and view.text(call.node.args[0]) is None
                else "warning",
                names=(call.written,),
                message=f"`{call.written}` leads to a home folder, which differs by person",
                hint=_FOLDERS,
            )


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:79] + "…"  # noqa: PLR2004


RULE = Rule("NB201", "absolute-path", find)
