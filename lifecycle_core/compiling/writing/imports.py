"""Import statements: of what a module's code names, and no more."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from lifecycle_core.compiling.pieces import Piece


def import_lines(pieces: Iterable[Piece], names: Collection[str]) -> tuple[str, ...]:
    """Return the imports that give these names.

    Args:
        pieces: Import statements, or a `try` around some.
        names: What is needed of them.
    """
    found: dict[str, None] = {}
    for piece in pieces:
        match piece.node:
            case ast.Import() | ast.ImportFrom():
                found.update(dict.fromkeys(_needed(piece.node, names)))
            case _:
                found.setdefault(piece.text)
    return tuple(found)


def _needed(node: ast.Import | ast.ImportFrom, names: Collection[str]) -> Iterator[str]:
    for alias in node.names:
        bound = alias.asname or alias.name
        renamed = f" as {alias.asname}" if alias.asname else ""
        if isinstance(node, ast.Import):
            if bound.partition(".")[0] in names:
                yield f"import {alias.name}{renamed}"
        elif bound == "*":
            yield f"from {node.module} import *"
        elif bound in names:
            yield f"from {'.' * node.level}{node.module or ''} import {alias.name}{renamed}"
