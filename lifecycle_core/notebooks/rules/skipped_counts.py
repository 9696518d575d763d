"""Execution counts with gaps: something was run that the notebook no longer shows.

## What it does
Reports, once for a notebook, that counts are missing between those of its cells.

## Why is this bad?
Cells were run again, edited or deleted since. It is a weak sign: three in four public notebooks
show it.

## Examples
Counts 1, 2, 7: run all cells from a clean start and save.

## References
- Pimentel et al., EMSE 2021: skips in 76.9 % of public notebooks; in the middle 66.2 %.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.notebooks.rules.base import Rule, Spot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifecycle_core.notebooks.rules.view import View


def find(view: View) -> Iterator[Spot]:
    """Yield one spot where the first gap is."""
    counts = sorted({one.execution_count for one in view.cells if one.execution_count is not None})
    if not counts or counts[-1] == len(counts):
        return
    expected = 0
    for cell in sorted(
        (one for one in view.cells if one.execution_count is not None),
        key=lambda one: one.execution_count or 0,
    ):
        count = cell.execution_count or 0
        if count > expected + 1:
            yield Spot(
                cell=cell.index,
                severity="info",
                message=f"execution counts are missing before [{count}]: "
                f"{counts[-1] - len(counts)} in the notebook",
                hint="Run all cells from a clean start and save, so that stored outputs are those "
                "of the code that is shown.",
            )
            return
        expected = max(expected, count)


RULE = Rule("NB105", "skipped-counts", find)
