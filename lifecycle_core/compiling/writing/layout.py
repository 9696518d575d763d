"""Where each definition of a notebook goes: into the one module that uses it, or a shared one."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from lifecycle_core.compiling.writing.imports import import_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from lifecycle_core.compiling.borders import Border
    from lifecycle_core.compiling.grouping import Group
    from lifecycle_core.compiling.pieces import Piece
    from lifecycle_core.compiling.program import Program

_VALUES = frozenset({
    "bool", "bytes", "complex", "dict", "float", "frozenset", "int", "list", "numpy.ndarray",
    "pandas.DataFrame", "pandas.Series", "pathlib.PosixPath", "set", "str", "tuple",
})  # fmt: skip
SHARED = "shared"
SET_UP = "set_up"


@dataclass(frozen=True)
class Layout:
    """What goes where.

    Attributes:
        program: The notebook.
        groups: Its steps.
        borders: What each takes and gives.
        names: What each is called.
    """

    program: Program
    groups: tuple[Group, ...]
    borders: tuple[Border, ...]
    names: tuple[str, ...]

    def body(self, number: int) -> tuple[Piece, ...]:
        """The pieces of a step, in order; local functions that it does not use are left out."""
        inside = [p for cell in self.groups[number].cells for p in self.program.code[cell]]
        used = {
            name
            for piece in inside
            if self.program.roles.of[piece.number] == "code"
            for name in self.program.reaches[piece.number].local
        }
        return tuple(
            piece
            for piece in inside
            if self.program.roles.of[piece.number] == "code" or piece.binds[0] in used
        )

    def brought(self, number: int) -> tuple[Piece, ...]:
        """The functions that are written into a step from cells of other steps."""
        here = {piece.number for piece in self.body(number)}
        found = (self.program.roles.local[name] for name in self.borders[number].local)
        return tuple(piece for piece in found if piece.number not in here)

    @cached_property
    def settings(self) -> tuple[Piece, ...]:
        """The pieces that set something for the whole process."""
        return tuple(
            piece
            for cell in self.program.cells
            for piece in cell.pieces
            if self.program.roles.of[piece.number] == "setting"
        )

    @cached_property
    def places(self) -> Mapping[str, str]:
        """By name of a shared definition or constant, the module that holds it."""
        users: dict[str, set[str]] = {}
        for number, step in enumerate(self.names):
            for name in self.reached((*self.body(number), *self.brought(number))):
                users.setdefault(name, set()).add(step)
        for name in self.reached(self.settings):
            users.setdefault(name, set()).add(SET_UP)
        for name in self._constants:
            users.setdefault(name, set()).add(SHARED)
        for name, piece in self._definitions.items():
            if self.program.roles.of[piece.number] == "setting":
                users[name] = {SET_UP}
        return {name: next(iter(by)) if len(by) == 1 else SHARED for name, by in users.items()}

    @cached_property
    def _definitions(self) -> Mapping[str, Piece]:
        return {
            name: pieces[0]
            for name, pieces in self.program.roles.outside.items()
            if self.program.roles.of[pieces[0].number] != "import"
        }

    @cached_property
    def _constants(self) -> tuple[str, ...]:
        return tuple(
            name
            for name, piece in self._definitions.items()
            if self.program.roles.of[piece.number] == "constant"
        )

    @property
    def constants(self) -> tuple[str, ...]:
        """The constants that the notebook holds at its end."""
        return tuple(name for name in self._constants if name in self.program.alive)

    @cached_property
    def imported_values(self) -> tuple[str, ...]:
        """Names that were imported and stand for values, not for code, such as `math.pi`."""
        return tuple(
            name
            for name, variable in self.program.alive.items()
            if variable.type in _VALUES
            and any(
                self.program.roles.of[piece.number] == "import"
                for piece in self.program.roles.outside.get(name, ())
            )
        )

    def imports_of(self, names: Iterable[str]) -> tuple[str, ...]:
        """The import statements that give some names."""
        found = {
            piece.number: piece for name in names for piece in self.program.roles.outside[name]
        }
        return import_lines((found[number] for number in sorted(found)), set(names))

    def reached(self, pieces: Iterable[Piece]) -> tuple[str, ...]:
        """The shared definitions and constants that pieces need, those of definitions included."""
        found: dict[str, None] = {}
        waiting = [use.name for piece in pieces for use in piece.flow.uses]
        while waiting:
            name = waiting.pop(0)
            piece = self._definitions.get(name)
            if piece is not None and name not in found:
                found[name] = None
                waiting += [use.name for use in piece.flow.uses]
        return tuple(found)

    def definitions_in(self, module: str) -> tuple[Piece, ...]:
        """The definitions and constants that a module holds, in the notebook's order."""
        found = {
            piece.number: piece
            for name, piece in self._definitions.items()
            if self.places.get(name) == module
        }
        return tuple(found[number] for number in sorted(found))

    def imports(self, module: str, pieces: Sequence[Piece], package: str) -> tuple[str, ...]:
        """The import statements that pieces need in a module."""
        everything = (*pieces, *self.definitions_in(module))
        names = {use.name for piece in everything for use in piece.flow.uses}
        names |= {each for piece in everything for each in _text_names(piece)}
        wanted: dict[int, Piece] = {}
        for name in names:
            for piece in self.program.roles.outside.get(name, ()):
                if self.program.roles.of[piece.number] == "import":
                    wanted[piece.number] = piece
        lines = list(import_lines((wanted[number] for number in sorted(wanted)), names))
        for name in sorted(names):
            place = self.places.get(name)
            if place and place != module:
                lines.append(f"from {package}.{place} import {name}")
        return tuple(lines)


def _text_names(piece: Piece) -> Iterable[str]:
    """Yield the names in annotations that are written as texts."""
    for node in ast.walk(piece.node):
        if isinstance(node, ast.arg) and isinstance(node.annotation, ast.Constant):
            yield str(node.annotation.value)
