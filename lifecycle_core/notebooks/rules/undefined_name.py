"""A name that no cell defines.

## What it does
Reports a name that the notebook uses and nowhere defines. If the cell has run without a
`NameError` the name did exist: then a cell that defined it was deleted or edited. A gap in the
execution counts before the cell speaks for a deleted cell.

## Why is this bad?
From a clean start it raises `NameError`.

## Examples
`clf.fit(X, y)` with no `clf = ...` anywhere: put the cell that makes `clf` back.

## References
- Pimentel et al., EMSE 2021: NameError stops 4.2 % of public notebooks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.notebooks.rules.base import Rule, Spot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifecycle_core.notebooks.cells import CodeCell
    from lifecycle_core.notebooks.dataflow import Use
    from lifecycle_core.notebooks.rules.view import View


def find(view: View) -> Iterator[Spot]:
    """Yield a spot for each cell and name that nothing defines."""
    for flow in view.dataflow.flows:
        cell = view.cell[flow.index]
        if "raises-exception" in cell.tags:
            continue
        for use in flow.uses:
            if use.guarded or view.dataflow.where(use, flow.index) != "nowhere":
                continue
            if use.name in view.given:
                continue
            yield _spot(view, cell, use)


def _spot(view: View, cell: CodeCell, use: Use) -> Spot:
    never_called = use.deferred and view.runs.get(use.within) is None
    gone = _ran_well(cell) and _gap_before(view, cell)
    return Spot(
        cell=cell.index,
        line=use.line,
        column=use.column,
        kind="deleted_cell" if gone else "undefined_name",
        severity="info"
        if never_called
        else "warning"
        if use.deferred or not use.certain
        else "error",
        names=(use.name,),
        message=f"no cell defines `{use.name}`"
        + (
            "; this cell has run, and a count before it is missing: its cell was deleted"
            if gone
            else ""
        ),
        hint=f"Put the cell that defines `{use.name}` back above this one."
        if gone
        else f"Define `{use.name}` in a cell above, or import it.",
    )


def _ran_well(cell: CodeCell) -> bool:
    return cell.execution_count is not None and not any(
        output.get("ename") == "NameError" for output in cell.outputs
    )


def _gap_before(view: View, cell: CodeCell) -> bool:
    counts = {one.execution_count for one in view.cells if one.execution_count is not None}
    return any(count not in counts for count in range(1, cell.execution_count or 1))


RULE = Rule("NB103", "undefined-name", find)
