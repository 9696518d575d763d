"""Whether what a line of an earlier cell made can be seen in a later cell: followed by names."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from lifecycle_core.notebooks.dataflow.flow import RANDOM, SETTINGS
from lifecycle_core.notebooks.dataflow.reading import read_flow
from lifecycle_core.notebooks.parsing import Parsed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from lifecycle_core.notebooks.dataflow.flow import Flow
    from lifecycle_core.notebooks.dataflow.notebook import Dataflow


_STATES = frozenset({RANDOM, SETTINGS})
"""States of the process, not values: what a line makes does not flow through them."""


def carried(flow: Dataflow, lines: Collection[tuple[int, int | None]], cell: int) -> bool:
    r"""Tell whether a value that was made in one of these lines may be used in a cell.

    It is followed from statement to statement by the names that they bind, change and use. Where
    it cannot be followed it may be.

    Args:
        flow: Of the notebook.
        lines: Indexes of cells before `cell`, each with a line in it, from 1, or None for any.
        cell: Index of the cell.

    Example:
        >>> from lifecycle_core.notebooks.dataflow import dataflow_of
        >>> flow = dataflow_of(["t0 = time()\nx = 1", "t = time() - t0", "print(x)", "print(t)"])
        >>> carried(flow, [(0, 1)], 2), carried(flow, [(0, 1)], 3)
        (False, True)
    """
    near = flow.ancestors(cell)
    marked = {(at, line) for at, line in lines if at in near}
    if not marked:
        return False
    own = _functions(flow)
    names: set[str] = set()
    modules: dict[str, str] = {}
    for at in (*sorted(near), cell):
        statements = list(_statements(flow, at, modules))
        if flow.by_index[at].opaque or (not statements and any(one == at for one, _ in marked)):
            return True
        for first, last, one in statements:
            made = any(
                where == at and (line is None or first <= line <= last) for where, line in marked
            )
            if made or not names.isdisjoint(_used(one)):
                if at == cell:
                    return True
                changed = {*one.defines, *one.maybe, *one.mutates, *one.may_mutate} - _STATES
                if made and not own.isdisjoint(_used(one)) and not one.defines:
                    return True  # who knows what a function of the notebook leaves where
                names |= changed
            else:
                names -= one.defines.keys()
    return False


def _used(flow: Flow) -> set[str]:
    return {use.name for use in flow.uses} | flow.mentions


def _functions(flow: Dataflow) -> frozenset[str]:
    """Return the names of the notebook's own functions and classes."""
    kinds = ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef
    trees = (parsed.tree for parsed in flow.parsed.values())
    return frozenset(
        statement.name
        for tree in trees
        if tree is not None
        for statement in tree.body
        if isinstance(statement, kinds)
    )


def _statements(
    flow: Dataflow, cell: int, modules: dict[str, str]
) -> Iterator[tuple[int, int, Flow]]:
    """Yield a cell's statements: first and last line, and the flow of each by itself."""
    tree = flow.parsed[cell].tree
    for statement in tree.body if tree is not None else ():
        alone = Parsed(tree=ast.Module(body=[statement], type_ignores=[]))
        last = statement.end_lineno or statement.lineno
        yield statement.lineno, last, read_flow(cell, alone, modules)
