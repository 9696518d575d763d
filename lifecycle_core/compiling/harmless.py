"""Which expressions only show something, so that nothing is lost without them."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lifecycle_core.compiling.charting import CHART_TYPES
from lifecycle_core.notebooks.dataflow.effects import dotted_name, root
from lifecycle_core.notebooks.dataflow.knowledge import (
    MUTATING_METHODS,
    PURE_BUILTINS,
    PURE_METHODS,
    WRITERS,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lifecycle_core.compiling.pieces import Piece, ReadCell
    from lifecycle_core.notebooks.facts import Facts

_SHOWING = frozenset({
    "IPython", "altair", "bokeh", "holoviews", "matplotlib", "numpy", "pandas", "plotly", "polars",
    "scipy", "seaborn", "sklearn", "statsmodels",
})  # fmt: skip
"""Libraries whose functions, called last in a cell, are called for what they show."""
_SAYING = frozenset({"critical", "debug", "error", "exception", "info", "log", "warning"})
"""Methods of loggers; tables have an `info` that prints, too."""
_DRAWING = frozenset({"boxplot", "hist", "plot"})
_PLOTTING = frozenset({"matplotlib", "seaborn"})
_WINDOWS = frozenset({"plt.show", "pyplot.show", "matplotlib.pyplot.show"})


def only_shows(piece: Piece, value: ast.expr, seen: Seen) -> bool:
    """Tell whether an expression only shows something, so that nothing is lost without it.

    Whatever is called for more than its value is kept: functions of the notebook, methods of what
    has no digest, and everything in a cell that changed what it does not bind.
    """
    if isinstance(value, ast.Call):
        called = dotted_name(value.func)
        if called in _WINDOWS:
            return True
        if isinstance(value.func, ast.Attribute) and value.func.attr == "show":
            shown = value.func.value
            if isinstance(shown, ast.Name) and shown.id in seen.charts:
                return True  # outside of a notebook it would open a browser
        if called == "display":
            return all(_is_plain(piece, one, seen) for one in value.args)
    return _is_plain(piece, value, seen)


def _is_plain(piece: Piece, value: ast.expr, seen: Seen) -> bool:
    """Tell whether evaluating an expression changes nothing."""
    if piece.flow.mutates:
        return False
    for inner in ast.walk(value):
        if isinstance(inner, ast.Await | ast.Yield | ast.YieldFrom | ast.NamedExpr):
            return False
        if isinstance(inner, ast.Call) and not _is_harmless(piece, inner, seen):
            return False
    return True


def _is_harmless(piece: Piece, call: ast.Call, seen: Seen) -> bool:
    name = root(call.func)
    given = {inner.id for inner in ast.walk(call) if isinstance(inner, ast.Name)}
    if not given.isdisjoint(seen.opaque):
        return False
    if isinstance(call.func, ast.Name) and name in PURE_BUILTINS:
        return name != "print" and name not in seen.bound
    method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if seen.draws and _may_draw(method, seen.modules.get(name, "")):
        return False
    if method in PURE_METHODS - _SAYING:
        writes = method.startswith("to_") and bool(call.args)
        return not writes and "inplace" not in [word.arg for word in call.keywords]
    acts = seen.unexplained or seen.draws
    if method in _SAYING or not piece.last or acts or name in seen.defined:
        return False
    return _is_called_to_show(call, name, method, seen)


def _may_draw(method: str, module: str) -> bool:
    return method in _DRAWING or module.partition(".")[0] in _PLOTTING


def _is_called_to_show(call: ast.Call, name: str, method: str, seen: Seen) -> bool:
    """Tell whether a cell's last call is of a library for what it shows, or a value's method."""
    if module := seen.modules.get(name, ""):
        dotted = dotted_name(call.func)
        shows = module.partition(".")[0] in _SHOWING
        return shows and not any(word in dotted for word in ("random", "seed", "save", "to_"))
    # What a call changes of a value that the cell itself made, the clean run cannot show.
    is_value = name in seen.bound - seen.made and method not in MUTATING_METHODS
    return is_value and bool(method) and not method.startswith(WRITERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a clean run showed of a cell.

    Attributes:
        unexplained: It changed something that its text does not bind, or the world outside.
        opaque: Variables whose value has no digest, so that a change of it would not show.
        bound: Names that the notebook binds.
        made: Names that the cell binds.
        defined: Functions and classes that the notebook defines.
        draws: It showed figures, which are to be kept.
        charts: Variables whose value is a chart.
        modules: By imported name, the module that it is or comes from.
    """

    unexplained: bool
    opaque: frozenset[str]
    bound: frozenset[str]
    made: frozenset[str]
    defined: frozenset[str]
    draws: bool
    charts: frozenset[str]
    modules: Mapping[str, str]


def seen_of(
    cell: ReadCell, cells: Sequence[ReadCell], facts: Facts, *, draws: bool = False
) -> Seen:
    """Return what a clean run showed of a cell; `cells` are all of the notebook."""
    here = facts.cells.get(cell.index)
    outside = (facts.writes, facts.network, facts.processes)
    made = frozenset(name for piece in cell.pieces for name in piece.binds)
    pieces = [piece for one in cells for piece in one.pieces]
    return Seen(
        unexplained=here is None
        or bool(here.variables.keys() - made)
        or bool(here.generators)
        or any(site.cell == cell.index for sites in outside for site in sites),
        opaque=frozenset(
            name
            for index, each in facts.cells.items()
            if index <= cell.index
            for name, variable in each.variables.items()
            if variable.digest is None
        ),
        bound=frozenset(name for piece in pieces for name in piece.binds),
        made=made,
        defined=frozenset(
            name
            for piece in pieces
            if isinstance(piece.node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            for name in piece.binds
        ),
        draws=draws,
        charts=frozenset(
            name
            for index, each in facts.cells.items()
            if index <= cell.index
            for name, variable in each.variables.items()
            if variable.type.startswith(CHART_TYPES)
        ),
        modules={one.alias: one.module for p in pieces for one in p.flow.imports if one.alias},
    )
