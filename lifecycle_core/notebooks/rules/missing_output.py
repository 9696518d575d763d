"""A cell that was run and prints, and has no stored output.

## What it does
Reports a run cell with a plain `print(...)` at its top level and nothing stored below it.

## Why is this bad?
Its output was cleared or lost, so there is nothing to compare a clean run with.

## Examples
`print(score)` with count 7 and no output: run all cells and save.

## References
- https://nbformat.readthedocs.io/en/latest/format_description.html#code-cells
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from lifecycle_core.notebooks.rules.base import Rule, Spot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifecycle_core.notebooks.rules.view import View


def find(view: View) -> Iterator[Spot]:
    """Yield a spot for each cell whose output is gone."""
    for cell in view.cells:
        tree = view.trees[cell.index]
        if cell.execution_count is None or cell.outputs or tree is None or cell.cell_magic:
            continue
        for node in tree.body:
            match node:
                case ast.Expr(value=ast.Call(func=ast.Name(id="print"), args=[_, *_], keywords=[])):
                    yield Spot(
                        cell=cell.index,
                        line=node.lineno,
                        severity="info",
                        message="was run and prints, and no output is stored",
                        hint="Run all cells from a clean start and save.",
                    )
                    break
                case _:
                    continue


RULE = Rule("NB107", "missing-output", find)
