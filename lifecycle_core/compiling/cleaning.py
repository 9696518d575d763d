"""A notebook's pieces without what only a notebook can do, or the reasons why that cannot be."""

from __future__ import annotations

import ast
import shlex
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lifecycle_core.compiling.harmless import Seen, only_shows, seen_of
from lifecycle_core.compiling.magics import translated
from lifecycle_core.compiling.modules import as_main, with_builtins_back, with_print
from lifecycle_core.compiling.pieces import instead_of, renumbered
from lifecycle_core.compiling.program import is_definition
from lifecycle_core.compiling.settings import is_setting
from lifecycle_core.compiling.text_names import with_names_given
from lifecycle_core.notebooks.dataflow.effects import is_history
from lifecycle_core.schema.pipeline import Finalize, Refusal

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from lifecycle_core.compiling.pieces import Piece, ReadCell
    from lifecycle_core.notebooks.dataflow.flow import Flow
    from lifecycle_core.notebooks.facts import Facts

_SILENT = frozenset({
    "HTML", "SVG", "contract", "css", "html", "javascript", "js", "latex", "markdown", "release",
    "svg", "timeit", "prun",
})  # fmt: skip
"""Cell magics that give the notebook no variable: their cells become no code."""
_PYTHON = frozenset({"time", "capture", "finalize", "step"})
_PLAIN = frozenset({"bool", "bytes", "complex", "float", "int", "str", "tuple"})
"""Types of values that a star brings along, beside the functions that something uses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """What is left of a notebook's cells.

    Attributes:
        cells: With the pieces that a program can hold.
        refusals: What no program can hold.
        finalize: The notebook's `%finalize` line, if it has one.
    """

    cells: tuple[ReadCell, ...]
    refusals: tuple[Refusal, ...] = ()
    finalize: Finalize | None = None


def clean(cells: Sequence[ReadCell], facts: Facts, *, drawing: Collection[int] = ()) -> Cleaned:
    """Leave out magics and what is only shown; refuse what cannot be a program.

    Args:
        cells: As read.
        facts: Of a clean run; a statement that changed something then is never left out.
        drawing: Indexes of cells whose figures are kept.
    """
    refusals: list[Refusal] = []
    finalize: Finalize | None = None
    found: list[ReadCell] = []
    used = frozenset(use.name for cell in cells for p in cell.pieces for use in p.flow.uses)
    bound = frozenset(name for cell in cells for piece in cell.pieces for name in piece.binds)
    outside = _perhaps_outside(cells)
    for cell in (_without_stars(one, used, facts) for one in cells):
        whole = next((m for m in cell.magics if m.whole_cell and m.name not in _PYTHON), None)
        if cell.error:
            refusals.append(
                Refusal(
                    cells=(cell.index,),
                    line=cell.error_line,
                    reason=f"the cell is no Python: {cell.error}",
                    hint="Mend it, or tag the cell `skip-execution`.",
                )
            )
        elif captured := _captured(cell, used):
            refusals.append(
                Refusal(
                    cells=(cell.index,),
                    line=1,
                    names=(captured,),
                    reason=f"`%%capture {captured}` gives a variable of IPython's own, which other "
                    "cells use",
                    hint="Collect the text with contextlib.redirect_stdout instead.",
                )
            )
        elif whole is not None and whole.name in _SILENT:
            found.append(replace(cell, pieces=()))
        elif whole is not None:
            refusals.append(
                Refusal(
                    cells=(cell.index,),
                    line=whole.line,
                    reason=f"`%%{whole.name}` runs something that is no Python",
                    hint="Say it in Python, or tag the cell `skip-execution`.",
                )
            )
        else:
            pieces: list[Piece] = []
            seen = seen_of(cell, cells, facts, draws=cell.index in drawing)
            for piece in cell.pieces:
                line = _finalize_line(piece)
                if line is not None:
                    finalize = read_finalize(line)
                elif refused := _refused(piece, bound):
                    refusals.append(refused)
                else:
                    kept = _kept(piece, seen, bound)
                    pieces.extend(one for each in kept for one in _given(each, bound, outside))
            found.append(replace(cell, pieces=tuple(pieces)))
    return Cleaned(cells=renumbered(found), refusals=tuple(refusals), finalize=finalize)


def _perhaps_outside(cells: Sequence[ReadCell]) -> frozenset[str]:
    """Return the names that may come to stand outside of steps: imports, definitions, constants."""
    return frozenset(
        name
        for cell in cells
        for piece in cell.pieces
        for name in piece.binds
        if name.isupper() or piece.flow.imports or is_definition(piece.node)
    )


def _given(piece: Piece, bound: frozenset[str], outside: frozenset[str]) -> tuple[Piece, ...]:
    text = with_names_given(piece.node, bound, outside)
    return (piece,) if text is None else instead_of(piece, text)


def _without_stars(cell: ReadCell, used: frozenset[str], facts: Facts) -> ReadCell:
    """Write out `from module import *`: the names that appeared then, and that something uses."""
    stars = [p for p in cell.pieces if any(one.name == "*" for one in p.flow.imports)]
    seen = facts.cells.get(cell.index)
    if not stars or seen is None:
        return cell
    bound = {name for piece in cell.pieces for name in piece.binds}
    names = sorted(
        name
        for name, variable in seen.variables.items()
        if name not in bound and (name in used or variable.type in _PLAIN)
    )
    if len(stars) > 1 or not isinstance(stars[0].node, ast.ImportFrom):
        # Which gave what cannot be known, so the stars stay, and stay in order.
        flow = {star.number: _binding(star.flow, names) for star in stars}
        return replace(
            cell,
            pieces=tuple(
                replace(piece, flow=flow.get(piece.number, piece.flow)) for piece in cell.pieces
            ),
        )
    module = "." * stars[0].node.level + (stars[0].node.module or "")
    text = f"from {module} import {', '.join(names)}" if names else ""
    pieces = (
        made
        for piece in cell.pieces
        for made in (instead_of(piece, text) if piece is stars[0] else (piece,))
    )
    return replace(cell, pieces=tuple(pieces))


def _captured(cell: ReadCell, used: frozenset[str]) -> str:
    """Return the variable that `%%capture` binds in a cell, if another statement uses it."""
    for magic in cell.magics:
        if magic.whole_cell and magic.name == "capture":
            names = [word for word in magic.text.split() if not word.startswith("-")]
            return next((name for name in names if name in used), "")
    return ""


def _binding(flow: Flow, names: Sequence[str]) -> Flow:
    return replace(flow, opaque="", needs_all=False, defines=dict.fromkeys(names, 1))


def read_finalize(line: str) -> Finalize | None:
    """Read the words of a `%finalize` line; None if they are not as that magic wants them.

    Example:
        >>> read_finalize("models X y --holdout X2 y2 --seed 3").holdout
        ('X2', 'y2')
    """
    words = shlex.split(line)
    plain: list[str] = []
    holdout: tuple[str, str] | None = None
    numbers = {"--folds": 5, "--seed": 0}
    while words:
        word = words.pop(0)
        if word == "--holdout" and len(words) > 1:
            holdout = (words.pop(0), words.pop(0))
        elif word in numbers and words and words[0].isdigit():
            numbers[word] = int(words.pop(0))
        elif word == "--model" and words:
            words.pop(0)
        else:
            plain.append(word)
    if len(plain) != 3:  # noqa: PLR2004 - candidates, X and y
        return None
    return Finalize(
        candidates=plain[0], X=plain[1], y=plain[2], holdout=holdout,
        folds=numbers["--folds"], seed=numbers["--seed"],
    )  # fmt: skip


def _finalize_line(piece: Piece) -> str | None:
    match piece.node:
        case ast.Expr(value=call) | ast.Assign(value=call):
            pass
        case _:
            return None
    match call:
        case ast.Call(
            func=ast.Attribute(attr="run_line_magic"),
            args=[ast.Constant(value="finalize"), ast.Constant(value=str() as line)],
        ):
            return line
        case _:
            return None


def _refused(piece: Piece, bound: frozenset[str]) -> Refusal | None:
    """Return why a statement can be in no function; `bound` are the names of the notebook."""
    reason = hint = ""
    if piece.flow.opaque:
        reason = f"`{piece.flow.opaque}` makes or reads variables that cannot be seen in the text"
        hint = "Write the assignments out."
    elif any(use.name == "get_ipython" for use in piece.flow.uses) and (
        translated(piece.node, bound) is None
    ):
        reason = f"`{piece.text.strip().splitlines()[0]}` is for IPython alone"
        hint = "Say it in Python, or tag the cell `skip-execution`."
    elif history := [
        use.name for use in piece.flow.uses if is_history(use.name) and use.name not in bound
    ]:
        reason = f"`{history[0]}` is IPython's memory of earlier results"
        hint = "Give that result a name of its own, and use the name."
    if not reason:
        return None
    return Refusal(cells=(piece.cell,), line=piece.line, reason=reason, hint=hint)


def _kept(piece: Piece, seen: Seen, bound: frozenset[str]) -> tuple[Piece, ...]:
    """Return what of a statement a program needs."""
    if isinstance(piece.node, ast.Global):
        return ()  # at the top level of a cell it says nothing
    if isinstance(piece.node, ast.ImportFrom) and piece.node.module == "__future__":
        return ()
    text = translated(piece.node, bound)
    if text is not None:
        return instead_of(piece, text)
    if is_setting(piece, among=False):
        return (piece,)
    if isinstance(piece.node, ast.Expr) and only_shows(piece, piece.node.value, seen):
        return ()
    text = as_main(piece.node) or with_builtins_back(piece.node)
    if text is None and "display" not in seen.bound:
        text = with_print(piece.node)
    return (piece,) if text is None else instead_of(piece, text)
