"""What a notebook only shows: prints and plots, which a pipeline may do without."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from lifecycle_core.compiling.pieces import renumbered
from lifecycle_core.notebooks.dataflow.effects import root

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifecycle_core.compiling.pieces import Piece, ReadCell

_PLOTTING = frozenset({"altair", "bokeh", "holoviews", "matplotlib", "plotly", "seaborn"})


def without_shown(cells: Sequence[ReadCell]) -> tuple[ReadCell, ...]:
    """Leave out prints, plots, and the variables that only plots use.

    Args:
        cells: Cleaned.
    """
    pieces = [piece for cell in cells for piece in cell.pieces]
    plotting = {
        one.alias
        for piece in pieces
        for one in piece.flow.imports
        if one.module.partition(".")[0] in _PLOTTING
    }
    left = set(_left(pieces, plotting))
    return renumbered(
        replace(cell, pieces=tuple(piece for piece in cell.pieces if piece.number in left))
        for cell in cells
    )


def _left(pieces: Sequence[Piece], plotting: set[str]) -> set[int]:
    """Return the numbers of the pieces that stay.

    A plot's variable goes only if nothing that stays uses it; so whatever must stay makes others
    stay, until nothing changes.
    """
    variables = set(plotting)
    candidates: dict[int, Piece] = {}
    for piece in pieces:
        if _prints(piece) or _plots(piece, variables):
            candidates[piece.number] = piece
            variables.update(piece.binds)
    while True:
        needed = {
            use.name
            for piece in pieces
            if piece.number not in candidates
            for use in piece.flow.uses
        }
        back = [number for number, piece in candidates.items() if needed & set(piece.binds)]
        if not back:
            return {piece.number for piece in pieces} - candidates.keys()
        for number in back:
            del candidates[number]


def _prints(piece: Piece) -> bool:
    match piece.node:
        case ast.Expr(value=ast.Call(func=ast.Name(id="print" | "display"))):
            return not piece.binds
        case _:
            return False


def _plots(piece: Piece, variables: set[str]) -> bool:
    match piece.node:
        case ast.Expr(value=ast.Call() as call):
            return root(call.func) in variables or _draws(call)
        case ast.Assign(value=ast.Call() as call):
            return root(call.func) in variables or _draws(call)
        case _:
            return False


def _draws(call: ast.Call) -> bool:
    """Tell whether it is such as `df.plot(...)`, `df["x"].hist()` or `df.plot.bar()`."""
    inner: ast.expr = call.func
    while isinstance(inner, ast.Attribute):
        if inner.attr in {"plot", "hist", "boxplot"}:
            return True
        inner = inner.value
    return False
