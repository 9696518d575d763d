"""Execution counts that fall: cells were run in another order than they stand.

## What it does
Reports a run cell whose count is smaller than that of the run cell before it.

## Why is this bad?
The stored outputs came from another order than a clean run takes. It is a strong sign: notebooks
that show it give the same results a third as often.

## Examples
Counts 1, 4, 2: run all cells from a clean start and save.

## References
- Pimentel et al., EMSE 2021: 36.4 % of public notebooks; lift 0.34 on the same results.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from lifecycle_core.notebooks.rules.base import Rule, Spot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifecycle_core.notebooks.rules.view import View


def find(view: View) -> Iterator[Spot]:
    """Yield a spot for each fall of the counts."""
    ran = [(cell, cell.execution_count) for cell in view.cells if cell.execution_count is not None]
    for (before, higher), (cell, count) in pairwise(ran):
        if count <= higher:
            yield Spot(
                cell=cell.index,
                kind="out_of_order",
                severity="warning",
                message=f"run as [{count}], though cell {before.index} above it was run "
                f"as [{higher}]",
                hint="Run all cells from a clean start (Run > Restart Kernel and Run All Cells), "
                "look at what changes, and save.",
            )


RULE = Rule("NB104", "out-of-order", find)
