"""A code cell that was not run, among cells that were.

## What it does
Reports a cell with code and without a count while other cells have one.

## Why is this bad?
A clean run will run it, and what it does then nobody has looked at.

## Examples
A last cell `df.to_csv("out.csv")` without a count: run it, remove it, or tag it `skip-execution`.

## References
- Pimentel et al., EMSE 2021: 21.1 % of public notebooks.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from lifecycle_core.notebooks.rules.base import Rule, Spot
from lifecycle_core.notebooks.session import is_own

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifecycle_core.notebooks.rules.view import View


def find(view: View) -> Iterator[Spot]:
    """Yield a spot for each cell that was left out."""
    if all(cell.execution_count is None for cell in view.cells):
        return
    for cell in view.cells:
        if cell.execution_count is not None or "skip-execution" in cell.tags:
            continue
        tree = view.trees[cell.index]
        if is_own(cell.source):
            continue  # the cell that asks, say, for this check has no count while it runs
        if cell.source.strip() and (tree is None or any(_does_something(tree))):
            yield Spot(
                cell=cell.index,
                severity="warning",
                kind="edited_after_run",
                message="was not run, though other cells were",
                hint="Run the notebook from a clean start and save, remove the cell, or tag it "
                "`skip-execution`.",
            )


def _does_something(tree: ast.Module) -> Iterator[bool]:
    return (True for node in tree.body if not isinstance(node, ast.Pass))


RULE = Rule("NB106", "never-run", find)
