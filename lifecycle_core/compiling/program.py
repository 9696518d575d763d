"""A notebook as the compiler sees it: pieces with their parts, and what a clean run showed."""

from __future__ import annotations

import ast
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from lifecycle_core.compiling.reach import Reach, reach_of
from lifecycle_core.compiling.roles import Roles, parameter_of, roles_of
from lifecycle_core.notebooks.dataflow.effects import dotted_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lifecycle_core.compiling.pieces import Piece, ReadCell
    from lifecycle_core.notebooks.facts import Facts, Variable

_NO_VALUES = frozenset({"function", "module", "type", "builtin_function_or_method"})
"""Types of what is code rather than a value: no step gives it."""


@dataclass(frozen=True)
class Program:
    """A notebook to be compiled.

    Attributes:
        cells: Its code cells in order, without those that a clean run skips.
        facts: What the recorder saw of a clean run.
        last_look: Index of a cell behind the notebook's own in which all variables were read again.
    """

    cells: tuple[ReadCell, ...]
    facts: Facts
    last_look: int

    @cached_property
    def roles(self) -> Roles:
        """The part of every piece."""
        return roles_of(self.cells, self.facts)

    @cached_property
    def known(self) -> frozenset[str]:
        """Every name that the notebook binds."""
        return frozenset(name for cell in self.cells for p in cell.pieces for name in p.binds)

    @cached_property
    def parameters(self) -> Mapping[str, ast.expr]:
        """The values of the `parameters` cell, by name."""
        return dict(
            found
            for cell in self.cells
            for piece in cell.pieces
            if self.roles.of[piece.number] == "parameter" and (found := parameter_of(piece))
        )

    @cached_property
    def code(self) -> Mapping[int, tuple[Piece, ...]]:
        """By cell, the pieces that belong into steps; cells without any are left out.

        A function that reads variables counts only where something else in its cell does.
        """
        found: dict[int, tuple[Piece, ...]] = {}
        for cell in self.cells:
            inside = tuple(p for p in cell.pieces if self.roles.of[p.number] in {"code", "local"})
            if any(self.roles.of[piece.number] == "code" for piece in inside):
                found[cell.index] = inside
        return found

    @cached_property
    def reaches(self) -> Mapping[int, Reach]:
        """What each piece of code reaches, by its number."""
        return {
            piece.number: reach_of(piece, self.roles, self.known)
            for pieces in self.code.values()
            for piece in pieces
        }

    @cached_property
    def defined(self) -> frozenset[str]:
        """Names that stand for functions and classes of the notebook, whatever their type says."""
        by: dict[str, list[Piece]] = defaultdict(list)
        for cell in self.cells:
            for piece in cell.pieces:
                for name in piece.flow.defines:
                    by[name].append(piece)
        return frozenset(
            name for name, pieces in by.items() if all(is_definition(p.node) for p in pieces)
        )

    def changed(self, cell: int) -> Mapping[str, Variable]:
        """The variables that a cell bound or changed in the clean run; code is left out.

        So are parameters that the cell only states: `run` gives them.
        """
        seen = self.facts.cells.get(cell)
        stated = {
            piece.binds[0]
            for one in self.cells
            if one.index == cell
            for piece in one.pieces
            if self.roles.of[piece.number] == "parameter"
        } - self.touched(cell)
        return {
            name: variable
            for name, variable in (seen.variables if seen else {}).items()
            if variable.type not in _NO_VALUES
            and name in self.known
            and name not in self.roles.outside
            and name not in self.roles.local
            and name not in stated
        }

    def bound(self, cell: int) -> frozenset[str]:
        """The variables that a cell's code binds, or may bind, by its text."""
        found: set[str] = set()
        for piece in self.code.get(cell, ()):
            reach = self.reaches[piece.number]
            found |= reach.defines | reach.maybe
        return frozenset(found)

    def may_stop(self, cell: int) -> bool:
        """Whether a cell is expected to raise, so that what it binds may not be bound."""
        return any("raises-exception" in one.tags for one in self.cells if one.index == cell)

    def touched(self, cell: int) -> frozenset[str]:
        """The variables that a cell's code names, itself or through the functions it calls."""
        return frozenset[str]().union(
            *(self.reaches[piece.number].touched for piece in self.code.get(cell, ()))
        )

    def mutated(self, cell: int) -> frozenset[str]:
        """The variables whose object a cell changed in place, by its text or in the clean run."""
        by_text = frozenset[str]().union(
            *(self.reaches[piece.number].mutates for piece in self.code.get(cell, ()))
        )
        return by_text | (self.changed(cell).keys() - self.bound(cell))

    @cached_property
    def _modules(self) -> Mapping[str, str]:
        """By imported name, what it stands for: `{"np": "numpy", "seed": "random.seed"}`."""
        return {
            one.alias: f"{one.module}.{one.name}" if one.name else (
                one.module if one.alias != one.module.partition(".")[0] else one.alias
            )
            for name, pieces in self.roles.outside.items()
            for piece in pieces
            for one in piece.flow.imports
            if one.alias == name
        }  # fmt: skip

    def imported_path(self, node: ast.expr) -> str:
        """The full name of what is called, such as `numpy.random.seed`; empty if not imported."""
        head, _, rest = dotted_name(node).partition(".")
        module = self._modules.get(head, "")
        return f"{module}.{rest}" if module and rest else module

    def drawing(self, cell: int) -> str | None:
        """The name under which a cell's code draws with pyplot; None if it does not.

        Jupyter closes the figures of a cell at its end.
        """
        names = {name for name, module in self._modules.items() if module == "matplotlib.pyplot"}
        for piece in self.code.get(cell, ()):
            for node in ast.walk(piece.node):
                if isinstance(node, ast.Name) and node.id in names:
                    return node.id
        return None

    @cached_property
    def alive(self) -> Mapping[str, Variable]:
        """The variables that are alive at the notebook's end, with what is known of them."""
        found: dict[str, Variable] = {}
        for cell in self.cells:
            seen = self.facts.cells.get(cell.index)
            if seen is None:
                continue
            for name in seen.deleted:
                found.pop(name, None)
            found.update((name, variable) for name, variable in seen.variables.items())
        return {
            name: variable
            for name, variable in found.items()
            if name in self.known - self.defined and variable.type not in _NO_VALUES
        }

    @cached_property
    def unseen(self) -> Mapping[str, Variable]:
        """Variables that changed although no cell named them: the last look found them changed."""
        beyond = self.facts.cells.get(self.last_look)
        return {
            name: variable
            for name, variable in (beyond.variables if beyond else {}).items()
            if name in self.known - self.defined
        }

    @cached_property
    def binders(self) -> Mapping[str, tuple[int, ...]]:
        """By variable, the cells that bind it, in order."""
        found: dict[str, list[int]] = defaultdict(list)
        for cell in self.code:
            for name in self.bound(cell):
                found[name].append(cell)
        return {name: tuple(cells) for name, cells in found.items()}

    def variable_after(self, name: str, cell: int) -> Variable | None:
        """What is known of a variable after a cell: as the last cell up to it left it."""
        found: Variable | None = None
        for index in self.facts.cells:
            if index <= cell and name in self.facts.cells[index].variables:
                found = self.facts.cells[index].variables[name]
        return found

    def was_there(self, name: str, cell: int) -> bool:
        """Tell whether a variable was ever there at the end of a cell up to this one.

        Without a record of the cell it counts as there.
        """
        return cell not in self.facts.cells or self.variable_after(name, cell) is not None


def is_definition(node: ast.stmt) -> bool:
    """Tell whether a statement defines a function or a class."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return True
        case ast.Assign(targets=[ast.Name()], value=ast.Lambda()):
            return True
        case _:
            return False
