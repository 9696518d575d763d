"""Imports of a notebook: which names they give, where nothing else ever binds those."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lifecycle_core.compiling.pieces import Piece


def imported_names(
    pieces: Sequence[Piece], binders: Mapping[str, Sequence[Piece]]
) -> dict[str, tuple[Piece, ...]]:
    """Return, by name, the imports that give it, where nothing else binds or deletes it."""
    usable = {piece.number for piece in pieces if _is_import(piece.node)}
    deleted = {name for piece in pieces for name in piece.flow.deletes}
    while True:
        broken = {
            piece.number
            for name, by in binders.items()
            if name in deleted or not (all(one.number in usable for one in by) and _agree(name, by))
            for piece in by
        }
        if usable.isdisjoint(broken):
            break
        usable -= broken
    return {name: tuple(by) for name, by in binders.items() if by[0].number in usable}


def _agree(name: str, by: Sequence[Piece]) -> bool:
    """Tell whether imports mean the same by a name, as `import a.b` and `import a.c` do by `a`."""
    if len({ast.dump(piece.node) for piece in by}) == 1 or all(map(is_star, by)):
        return True
    given = {
        (one.module if one.name or one.alias != one.module.partition(".")[0] else name, one.name)
        for piece in by
        for one in piece.flow.imports
        if one.alias == name
    }
    return len(given) == 1 and all(isinstance(p.node, ast.Import | ast.ImportFrom) for p in by)


def is_star(piece: Piece) -> bool:
    """Tell whether a piece is `from module import *`."""
    return any(one.name == "*" for one in piece.flow.imports)


def _is_import(node: ast.stmt) -> bool:
    """Tell whether a statement only imports, perhaps with a substitute for what is not there."""
    match node:
        case ast.Import():
            return True
        case ast.ImportFrom(module=module):
            return module != "__future__"
        case ast.Try(body=body, handlers=handlers, orelse=[], finalbody=[]):
            return all(isinstance(one, ast.Import | ast.ImportFrom) for one in body) and all(
                isinstance(one, ast.Import | ast.ImportFrom | ast.Pass) or _is_plain(one)
                for handler in handlers
                for one in handler.body
            )
        case _:
            return False


def _is_plain(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
    )


def modules_of(piece: Piece, outside: Mapping[str, Sequence[Piece]]) -> set[str]:
    """Return the modules that a statement names, by their full names."""
    return {
        one.module
        for use in piece.flow.uses
        for by in outside.get(use.name, ())
        for one in by.flow.imports
        if one.alias == use.name
    }
