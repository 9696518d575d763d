"""Where what a line made can be seen: followed from statement to statement by names."""

from __future__ import annotations

import ast
import copy
from typing import TYPE_CHECKING

from lifecycle_core.notebooks.dataflow.flow import RANDOM, SETTINGS
from lifecycle_core.notebooks.dataflow.knowledge import BUILTINS
from lifecycle_core.notebooks.dataflow.reading import read_flow
from lifecycle_core.notebooks.parsing import Parsed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from lifecycle_core.notebooks.dataflow.flow import Flow
    from lifecycle_core.notebooks.dataflow.notebook import Dataflow


_COMPOUND = (
    ast.For, ast.AsyncFor, ast.While, ast.If, ast.With, ast.AsyncWith, ast.Try,
)  # fmt: skip
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
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
                if made and not own.isdisjoint(_used(one)) and not one.defines:
                    return True  # who knows what a function of the notebook leaves where
                names |= _changed(one)
            else:
                names -= one.defines.keys()
    return False


class Carriers:
    r"""The names that may hold what was made in some lines, cell by cell in the order of a run.

    Blocks are gone through statement by statement: what a loop only makes between two such lines
    holds nothing of them. All that a block does, whose condition depends on them, does; so does
    what the notebook's own functions leave that are called there.

    Args:
        flow: Of the notebook.

    Example:
        >>> from lifecycle_core.notebooks.dataflow import dataflow_of
        >>> cell = "for n in x:\n    t0 = time()\n    y = f(n)\n    took.append(time() - t0)"
        >>> carriers = Carriers(dataflow_of(["from time import time", cell]))
        >>> carriers.pass_cell(0, ()), carriers.pass_cell(1, {2, 4})
        (True, True)
        >>> sorted(carriers.names)
        ['t0', 'took']
    """

    def __init__(self, flow: Dataflow) -> None:
        self.names: set[str] = set()
        self._flow = flow
        self._left = _left_by_functions(flow)
        self._modules: dict[str, str] = {}
        self._cell = 0
        self._lines: Collection[int | None] = ()

    def pass_cell(self, cell: int, lines: Collection[int | None]) -> bool:
        """Go on through a cell; tell whether all could be followed.

        Args:
            cell: Index of the cell; cells that a run leaves out may be left out.
            lines: Those of it, from 1, in which something is made; None for any.
        """
        self._cell, self._lines = cell, lines
        tree = self._flow.parsed[cell].tree
        if self._flow.by_index[cell].opaque or tree is None:
            return not lines
        for statement in tree.body:
            self._pass(statement, sure=True)
        return True

    def _pass(self, statement: ast.stmt, *, sure: bool) -> None:
        blocks = _blocks(statement)
        head = statement if not blocks else _head(statement)
        last = (statement.end_lineno or statement.lineno) if not blocks else _last_of(statement)
        one = _alone(self._cell, head, self._modules)
        made = any(line is None or statement.lineno <= line <= last for line in self._lines)
        used = _used(one)
        if made or not self.names.isdisjoint(used):
            entered = isinstance(statement, ast.With | ast.AsyncWith)
            whole = blocks and not entered and not isinstance(statement, ast.Try)
            self.names |= _changed(_alone(self._cell, statement, self._modules) if whole else one)
            self.names.update(*(self._left[name] for name in used if name in self._left))
            self.names |= used - self._left.keys() - BUILTINS if entered else set()
        elif sure:
            self.names -= one.defines.keys()
        known = -1
        while known != len(self.names):  # a loop carries on what its end made
            known = len(self.names)
            for block in blocks:
                for inner in block:
                    self._pass(inner, sure=False)


def _left_by_functions(flow: Dataflow) -> dict[str, set[str]]:
    """Return by function or class of the notebook the variables that a call of it may change."""
    imported = {one.alias for cell in flow.flows for one in cell.imports}
    found: dict[str, set[str]] = {}
    used: dict[str, set[str]] = {}
    for cell, parsed in flow.parsed.items():
        for statement in parsed.tree.body if parsed.tree is not None else ():
            if isinstance(statement, _DEFINITIONS):
                one = _alone(cell, statement, {})
                found.setdefault(statement.name, set()).update(_changed(one) - imported)
                used.setdefault(statement.name, set()).update(_used(one))
    for names in found.values():
        names.difference_update(found.keys())
    for _ in found:  # at most so many calls deep
        for name, names in found.items():
            names.update(*(found[other] for other in used[name] & found.keys()))
    return found


def _blocks(statement: ast.stmt) -> list[list[ast.stmt]]:
    """Return the blocks of a compound statement that are gone through; of a definition none."""
    if not isinstance(statement, _COMPOUND):
        return []
    handlers = [handler.body for handler in getattr(statement, "handlers", ())]
    named = [getattr(statement, name, []) for name in ("body", "orelse", "finalbody")]
    return [block for block in (*named, *handlers) if block]


def _head(statement: ast.stmt) -> ast.stmt:
    """Return a compound statement with nothing in its blocks."""
    head = copy.copy(statement)
    for name in ("orelse", "finalbody", "handlers"):
        if hasattr(head, name):
            setattr(head, name, [])
    head.body = [ast.Pass(lineno=head.lineno, col_offset=0)]  # type: ignore[attr-defined] # all have one
    return ast.Pass(lineno=head.lineno, col_offset=0) if isinstance(head, ast.Try) else head


def _last_of(statement: ast.stmt) -> int:
    """Return the last line of a compound statement's head."""
    first: ast.stmt = statement.body[0]  # type: ignore[attr-defined] # all have one
    return max(statement.lineno, first.lineno - 1)


def _changed(flow: Flow) -> set[str]:
    return {*flow.defines, *flow.maybe, *flow.mutates, *flow.may_mutate} - _STATES


def _used(flow: Flow) -> set[str]:
    return {use.name for use in flow.uses} | flow.mentions


def _functions(flow: Dataflow) -> frozenset[str]:
    """Return the names of the notebook's own functions and classes."""
    trees = (parsed.tree for parsed in flow.parsed.values())
    return frozenset(
        statement.name
        for tree in trees
        if tree is not None
        for statement in tree.body
        if isinstance(statement, _DEFINITIONS)
    )


def _statements(
    flow: Dataflow, cell: int, modules: dict[str, str]
) -> Iterator[tuple[int, int, Flow]]:
    """Yield a cell's statements: first and last line, and the flow of each by itself."""
    tree = flow.parsed[cell].tree
    for statement in tree.body if tree is not None else ():
        last = statement.end_lineno or statement.lineno
        yield statement.lineno, last, _alone(cell, statement, modules)


def _alone(cell: int, statement: ast.stmt, modules: dict[str, str]) -> Flow:
    parsed = Parsed(tree=ast.Module(body=[statement], type_ignores=[]))
    return read_flow(cell, parsed, modules)
