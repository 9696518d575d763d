"""What every rule looks at: the notebook with its trees, flows and calls, computed once."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from lifecycle_core.notebooks.calls import Call, Calls
from lifecycle_core.notebooks.dataflow import read_dataflow
from lifecycle_core.notebooks.paths import PathUse, path_uses

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from lifecycle_core.notebooks.cells import CodeCell
    from lifecycle_core.notebooks.dataflow import Dataflow


def _anything(_: str) -> bool:
    return True


@dataclass(frozen=True)
class View:
    """A notebook, read.

    Attributes:
        cells: Its code cells.
        exists: Tells of a path as the notebook writes it, relative to its folder, whether a clean
            copy of the project holds it.
        installed: Tells of a top-level module whether it can be imported.
        folder: The notebook's folder as an absolute path with `/`; empty if it has none.
        prose: The texts of its markdown and raw cells, by index.
    """

    cells: tuple[CodeCell, ...]
    exists: Callable[[str], bool] = _anything
    installed: Callable[[str], bool] = _anything
    folder: str = ""
    prose: Mapping[int, str] = field(default_factory=dict)

    @cached_property
    def dataflow(self) -> Dataflow:
        """The flows of the cells."""
        return read_dataflow(self.cells)

    @cached_property
    def trees(self) -> Mapping[int, ast.Module | None]:
        """The syntax trees by index of the cell; None for what is no Python."""
        return {index: parsed.tree for index, parsed in self.dataflow.parsed.items()}

    @cached_property
    def _resolved(self) -> Calls:
        return Calls(self.trees)

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        """Every call, in order."""
        return tuple(self._resolved.found)

    @cached_property
    def _by_cell(self) -> Mapping[int, list[Call]]:
        found: dict[int, list[Call]] = {}
        for call in self.calls:
            found.setdefault(call.cell, []).append(call)
        return found

    def calls_in(self, cell: int) -> Sequence[Call]:
        """Return the calls of one cell."""
        return self._by_cell.get(cell, ())

    @cached_property
    def paths(self) -> tuple[PathUse, ...]:
        """The literals that are used as paths."""
        return tuple(path_uses(self.calls, self.values))

    @cached_property
    def written_by_magic(self) -> frozenset[str]:
        """The files that `%%writefile` cells write."""
        return frozenset(
            magic.text.split()[-1]
            for parsed in self.dataflow.parsed.values()
            for magic in parsed.magics
            if magic.name in {"writefile", "file"} and magic.text.split()
        )

    @cached_property
    def sets_random_state(self) -> bool:
        """Whether `set_params(random_state=...)` sets seeds in a way we do not follow."""
        return any(
            call.method in {"set_params", "set_random_state", "set_config"}
            and call.keyword("random_state") is not None
            for call in self.calls
        )

    def sets_attribute(self, name: str) -> bool:
        """Tell whether a cell may give an attribute of this name a value."""
        return any(re.search(rf"\.{name}\s*=[^=]", cell.source) for cell in self.cells)

    @cached_property
    def classes(self) -> frozenset[str]:
        """The classes that the notebook's cells define."""
        return frozenset(
            node.name
            for tree in self.trees.values()
            for node in (tree.body if tree else ())
            if isinstance(node, ast.ClassDef)
        )

    @property
    def rebound(self) -> Collection[str]:
        """Variables that more gives a value to than plain assignments."""
        return self._resolved.rebound

    @cached_property
    def moves(self) -> int | None:
        """The first cell that changes the working directory, after which paths mean others."""
        cells = [call.cell for call in self.calls if call.name == "os.chdir"]
        cells += [
            index
            for index, parsed in self.dataflow.parsed.items()
            if any(magic.name in {"cd", "pushd"} for magic in parsed.magics)
        ]
        return min(cells, default=None)

    def resolve(self, node: ast.AST) -> str:
        """Return the full name of an expression as it stands at the end of the notebook."""
        return self._resolved.resolve(node)

    def maker(self, node: ast.AST) -> str:
        """Return what made a value, as `Call.made_by`."""
        return self._resolved.maker(node)

    def value(self, node: ast.expr | None) -> ast.expr | None:
        """Return the expression behind a variable that is given a value once; else the node."""
        if isinstance(node, ast.Name):
            given = self.values(node.id)
            if len(given) == 1:
                return given[0][1]
        return node

    def values(self, name: str) -> list[tuple[int, ast.expr]]:
        """Return the cells and expressions that give a variable its value."""
        return self._resolved.values.get(name, [])

    def text(self, node: ast.expr | None) -> str | None:
        """Return the literal text of an expression or of the variable it names, or None."""
        found = self.value(node)
        if isinstance(found, ast.Constant) and isinstance(found.value, str):
            return found.value
        return None

    @cached_property
    def cell(self) -> Mapping[int, CodeCell]:
        """The cells by index."""
        return {cell.index: cell for cell in self.cells}

    @cached_property
    def counts(self) -> frozenset[int]:
        """The execution counts of all cells."""
        return frozenset(one.execution_count for one in self.cells if one.execution_count)

    @cached_property
    def imported(self) -> frozenset[str]:
        """The top-level modules that some cell imports."""
        flows = self.dataflow.flows
        return frozenset(one.module.partition(".")[0] for flow in flows for one in flow.imports)

    @cached_property
    def given(self) -> frozenset[str]:
        """Names that the notebook gets without a cell that defines them.

        papermill and nbclient hand parameters over, extensions such as `%store` bring names.
        """
        words = {
            word
            for parsed in self.dataflow.parsed.values()
            for magic in parsed.magics
            for word in magic.text.split()
        }
        return frozenset(words)

    @cached_property
    def runs(self) -> Mapping[str, int]:
        """For a function or class: the first cell that uses its name in code that runs."""
        first: dict[str, int] = {}
        held: dict[str, set[str]] = {}
        for flow in self.dataflow.flows:
            for name in flow.defines.keys() & _called_in(self.trees[flow.index]):
                first.setdefault(name, flow.index)
            for use in flow.uses:
                if use.deferred:
                    held.setdefault(use.within, set()).add(use.name)
                else:
                    first.setdefault(use.name, flow.index)
        for name, index in sorted(first.items(), key=lambda item: item[1]):
            waiting = list(held.get(name, ()))
            while waiting:
                inner = waiting.pop()
                if first.get(inner, index + 1) > index:
                    first[inner] = index
                    waiting += held.get(inner, ())
        return first

    def runs_in(self, call: Call) -> int | None:
        """Return the cell in which a call first runs; None if nothing runs it."""
        if not call.within:
            return call.cell
        first = self.runs.get(call.within)
        return None if first is None else max(first, call.cell)


def _called_in(tree: ast.Module | None) -> frozenset[str]:
    """Return the names that a cell reads outside of functions; it may bind them itself."""
    if tree is None:
        return frozenset()
    return frozenset(_read_now(tree))


def _read_now(tree: ast.Module) -> Iterator[str]:
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            waiting += node.decorator_list
        elif isinstance(node, ast.ClassDef):
            waiting += [*node.decorator_list, *node.bases]
        elif not isinstance(node, ast.Lambda):
            waiting += ast.iter_child_nodes(node)
