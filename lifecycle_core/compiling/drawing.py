"""Cells that draw: a notebook shows their figures and closes them, so a package closes them, too.

Without that, what a later cell draws would go into the same figure, and with it into the file that
the cell saves.
"""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lifecycle_core.compiling.pieces import instead_of, renumbered

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from lifecycle_core.compiling.pieces import Piece, ReadCell
    from lifecycle_core.notebooks.dataflow.flow import Import
    from lifecycle_core.notebooks.execution import ExecutedCell

_FIGURE = "<Figure "
_PYPLOT = frozenset({("matplotlib.pyplot", None), ("matplotlib", "pyplot")})
_USUAL = "plt"
_IMPORT = f"import matplotlib.pyplot as {_USUAL}"


def drawing_cells(cells: Mapping[int, ExecutedCell]) -> frozenset[int]:
    """Return the indexes of the cells at whose end matplotlib's figures were shown.

    Args:
        cells: Of a clean run.
    """
    return frozenset(index for index, cell in cells.items() if any(map(_is_figure, cell.outputs)))


def with_closing(cells: Sequence[ReadCell], drawing: Collection[int]) -> tuple[ReadCell, ...]:
    """Close figures where the notebook does: in place of `plt.show()`, and at the end of a cell.

    Args:
        cells: Of the notebook, as read.
        drawing: Those that draw.
    """
    pieces = [piece for cell in cells for piece in cell.pieces]
    alias = _alias(pieces)
    concerned = [cell.index for cell in cells if cell.index in drawing and cell.pieces]
    if alias is None or not concerned:
        return tuple(cells)
    made = []
    for cell in cells:
        if cell.index not in concerned:
            made.append(cell)
            continue
        closed = [each for piece in cell.pieces for each in _closed(piece, alias)]
        if ast.unparse(closed[-1].node) != closing(alias):
            closed += instead_of(cell.pieces[-1], closing(alias))
        if cell.index == concerned[0] and not _imports(pieces):
            closed = [*instead_of(cell.pieces[0], _IMPORT), *closed]
        made.append(replace(cell, pieces=tuple(closed)))
    return renumbered(made)


def closing(alias: str) -> str:
    """Return the statement that closes all figures, given pyplot's name.

    Example:
        >>> closing("plt")
        "plt.close('all')"
    """
    return f"{alias}.close('all')"


def _is_figure(output: Mapping[str, Any]) -> bool:
    data = output.get("data", {})
    said = "".join(data.get("text/plain", ""))
    return output.get("output_type") == "display_data" and said.startswith(_FIGURE)


def _alias(pieces: Iterable[Piece]) -> str | None:
    """Return the name of pyplot in a notebook, the usual one if it has none; None if that is bound.

    A name that is bound to something else, too, is not used.
    """
    pieces = list(pieces)
    named = dict.fromkeys(_imports(pieces)) or {_USUAL: None}
    other = {
        name
        for piece in pieces
        for name in (*piece.binds, *piece.flow.deletes)
        if name not in {one.alias for one in piece.flow.imports if _is_pyplot(one)}
    }
    return next((name for name in named if name not in other), None)


def _imports(pieces: Iterable[Piece]) -> list[str]:
    return [one.alias for piece in pieces for one in piece.flow.imports if _is_pyplot(one)]


def _is_pyplot(one: Import) -> bool:
    known = (one.module, one.name) in _PYPLOT and one.certain and not one.deferred
    # `import matplotlib.pyplot` binds another name.
    return known and one.alias != "matplotlib"


def _closed(piece: Piece, alias: str) -> tuple[Piece, ...]:
    match piece.node:
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="show"))) if (
            name == alias
        ):
            return instead_of(piece, closing(alias))
        case _:
            return (piece,)
