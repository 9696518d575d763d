"""A name that only a later cell, or a line further down, defines.

## What it does
Reports a name that a cell needs when it runs while the only cells that define it stand below, or
that a cell above deletes. What a function needs counts when the function is called.

## Why is this bad?
It worked because cells were run in another order. From a clean start it raises `NameError`.

## Examples
A cell `model.fit(X)` above the cell `X = df[features]`: move the definition up.

## References
- Pimentel et al., EMSE 2021: NameError stops 4.2 % of public notebooks, hidden order 36.4 % show.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.notebooks.rules.base import Rule, Spot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifecycle_core.notebooks.rules.view import View


def find(view: View) -> Iterator[Spot]:
    """Yield a spot for each name that is used above its definition."""
    flows = view.dataflow
    for flow in flows.flows:
        if "raises-exception" in view.cell[flow.index].tags:
            continue
        for use in flow.uses:
            if use.guarded or flows.where(use, flow.index) != "later":
                continue
            if use.deferred and view.runs.get(use.within) is None:
                continue
            deleted = flows.deleted_in(use.name, flow.index)
            definer = next(
                (one for one in flows.binders.get(use.name, ()) if one > flow.index), None
            )
            if deleted is not None:
                where = f"cell {deleted} deletes it"
                hint = f"Move the `del {use.name}` below its last use, or remove it."
            elif definer is None:
                where = "it is defined further down"
                hint = f"Define `{use.name}` above the line that uses it."
            else:
                where = f"only cell {definer}, further down, defines it"
                hint = f"Move the definition of `{use.name}` from cell {definer} above this cell."
            yield Spot(
                cell=flow.index,
                line=use.line,
                column=use.column,
                kind="out_of_order",
                severity="error" if use.certain and not use.deferred else "warning",
                names=(use.name,),
                message=f"`{use.name}` is used before it is defined: {where}",
                hint=hint,
            )


RULE = Rule("NB102", "used-before-definition", find)
