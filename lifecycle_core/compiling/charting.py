"""Charts that a notebook only shows are given names, so that they are values like any other.

    alt.Chart(df).mark_bar()      -->  chart = alt.Chart(df).mark_bar()
                                       chart

Then the steps give them, and the proof compares them. What matplotlib draws has no value of its
own and is kept by `drawing`.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from lifecycle_core.compiling.naming import unused
from lifecycle_core.compiling.pieces import read_pieces
from lifecycle_core.notebooks.cells import code_cells
from lifecycle_core.notebooks.execution import ExecutedCell
from lifecycle_core.notebooks.parsing import parse_cell

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lifecycle_core.notebooks.read import Notebook

    Outputs = Sequence[Mapping[str, Any]]

CHART_TYPES = ("altair.", "plotly.")
"""How the names of the types begin whose values are charts."""
_MEDIA = ("application/vnd.vegalite.", "application/vnd.vega.", "application/vnd.plotly.")
_ALTAIR = re.compile(r"alt\.\w*Chart\(\.\.\.\)")
"""What altair writes beside a chart, whichever its renderer is."""
_NAME = "chart"


@dataclass(frozen=True, slots=True)
class _Shown:
    """A statement that shows the value of an expression.

    Attributes:
        node: The statement.
        value: The expression; it may be a name.
    """

    node: ast.Expr
    value: ast.expr

    @property
    def is_last(self) -> bool:
        """Jupyter shows it because it is the last one of its cell."""
        return self.node.value is self.value


def with_named_charts(
    notebook: Notebook, cells: Mapping[int, ExecutedCell] | None = None
) -> Notebook:
    """Give names to the charts that cells show without one; line numbers stay.

    A chart that has a variable gets another one only if that variable is bound again later.

    Args:
        notebook: As its author wrote it, or as this function returned it.
        cells: Of a clean run; without it, the outputs that are saved in the notebook.

    Returns:
        The notebook with other sources; itself if it shows no chart without a name.
    """
    read = read_pieces(code_cells(notebook))
    pieces = [piece for cell in read for piece in cell.pieces]
    binds = [(piece.cell, piece.line, name) for piece in pieces for name in piece.binds]
    taken = {name for *_, name in binds}
    taken |= {use.name for piece in pieces for use in piece.flow.uses}
    made = list(notebook.content["cells"])
    for cell in code_cells(notebook):
        ran = None if cells is None else cells.get(cell.index, ExecutedCell())
        edits: list[tuple[_Shown, str]] = []
        for shown in _charts(cell.source, cell.outputs if ran is None else ran.outputs):
            place = cell.index, shown.node.lineno
            if isinstance(shown.value, ast.Name) and not any(
                name == shown.value.id and (index, line) > place for index, line, name in binds
            ):
                continue
            name = unused(_NAME, taken)
            taken.add(name)
            edits.append((shown, name))
        source = cell.source
        for shown, name in reversed(edits):  # what stands before keeps its place
            source = _with_name(source, shown, name)
        made[cell.index] = {**made[cell.index], "source": source}
    if made == notebook.content["cells"]:
        return notebook
    return replace(notebook, content={**notebook.content, "cells": made})


def _charts(source: str, outputs: Outputs) -> list[_Shown]:
    """Return the statements of a cell whose value it shows as a chart, in order."""
    tree = parse_cell(source).tree
    lines = source.split("\n")
    if tree is None or not tree.body:
        return []
    shown = [
        _Shown(node, value)
        for node in tree.body
        if isinstance(node, ast.Expr) and (value := _value_shown(node.value))
    ]
    displayed = [_is_chart(one) for one in outputs if one.get("output_type") == "display_data"]
    if len(displayed) != len(shown):  # which one showed what cannot be told
        displayed = [False] * len(shown)
    found = [one for one, chart in zip(shown, displayed, strict=True) if chart]
    last = tree.body[-1]
    results = [_is_chart(one) for one in outputs if one.get("output_type") == "execute_result"]
    if results == [True] and isinstance(last, ast.Expr):
        found.append(_Shown(last, last.value))
    return [one for one in found if _stands_alone(one.node, lines)]


def _value_shown(node: ast.expr) -> ast.expr | None:
    match node:
        case ast.Call(func=ast.Name(id="display"), args=[value], keywords=[]):
            return None if isinstance(value, ast.Starred) else value
        case ast.Call(func=ast.Attribute(value=value, attr="show")):
            return value
        case _:
            return None


def _is_chart(output: Mapping[str, Any]) -> bool:
    data = output.get("data", {})
    said = "".join(data.get("text/plain", ""))
    return bool(_ALTAIR.fullmatch(said)) or any(kind.startswith(_MEDIA) for kind in data)


def _stands_alone(node: ast.stmt, lines: Sequence[str]) -> bool:
    """Tell whether a statement shares its lines with no other one, and is no magic."""
    try:
        (found,) = ast.parse(_text(node, lines)).body
    except (SyntaxError, ValueError):
        return False
    return ast.dump(found) == ast.dump(node)


def _text(node: ast.stmt, lines: Sequence[str]) -> str:
    return "\n".join(lines[node.lineno - 1 : node.end_lineno])


def _with_name(source: str, shown: _Shown, name: str) -> str:
    """Return a cell's source in which the value that a statement shows has a name.

    Example:
        >>> node = ast.parse("display(a + b)").body[0]
        >>> _with_name("display(a + b)", _Shown(node, node.value.args[0]), "chart")
        'chart = (a + b); display(chart)'
    """
    lines = source.split("\n")
    text = _text(shown.node, lines)
    if shown.is_last:
        written = f"{name} = {text}\n{name}"
    else:
        call = ast.parse(ast.unparse(shown.node)).body[0]
        written = f"{name} = ({ast.get_source_segment(source, shown.value)}); "
        written += ast.unparse(_Named(shown.value, name).visit(call))
        written += "\n" * (text.count("\n") - written.count("\n"))
    lines[shown.node.lineno - 1 : shown.node.end_lineno] = [written]
    return "\n".join(lines)


class _Named(ast.NodeTransformer):
    """Puts a name in the place of an expression."""

    def __init__(self, value: ast.expr, name: str) -> None:
        self._value, self._name = ast.dump(value), name

    def visit(self, node: ast.AST) -> Any:  # noqa: ANN401 - as `NodeTransformer`
        if isinstance(node, ast.expr) and ast.dump(node) == self._value:
            return ast.Name(self._name)
        return self.generic_visit(node)
