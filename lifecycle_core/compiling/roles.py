"""Which part each piece plays: imports, functions and settings stand outside steps, code in them.

A definition is *shared* if it stands on nothing but imports, other shared definitions and
constants: then it may live in a module of its own. A function that reads variables of the notebook
is *local*: it is written into every step that uses it, and reads that step's variables, as it reads
the notebook's when it is called. A definition that is neither, because it holds state or is bound
twice, is code like any other.
"""

from __future__ import annotations

import ast
import math
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from lifecycle_core.compiling.importing import imported_names, modules_of
from lifecycle_core.compiling.settings import (
    acts,
    is_registration,
    is_setting,
    may_extend_by_import,
    set_again,
)
from lifecycle_core.compiling.text_names import named_in_texts
from lifecycle_core.notebooks.dataflow.effects import dotted_name
from lifecycle_core.notebooks.dataflow.knowledge import BUILTINS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from lifecycle_core.compiling.pieces import Piece, ReadCell
    from lifecycle_core.notebooks.facts import Facts

Role = Literal["import", "shared", "local", "constant", "setting", "parameter", "code"]
_ENUMS = frozenset({"Enum", "Flag", "IntEnum", "IntFlag", "StrEnum"})
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """The part of every piece.

    Attributes:
        of: By number of the piece.
        outside: By name, the pieces that bind it and are written outside of steps: imports, shared
            definitions, constants.
        local: By name, the function that is written into every step that uses it.
    """

    of: Mapping[int, Role]
    outside: Mapping[str, tuple[Piece, ...]]
    local: Mapping[str, Piece]


def roles_of(cells: Sequence[ReadCell], facts: Facts) -> Roles:
    """Tell the part of each piece.

    Args:
        cells: In the order of the file.
        facts: Of a clean run; a function that a later cell changed holds state.
    """
    pieces = [piece for cell in cells for piece in cell.pieces]
    binders: dict[str, list[Piece]] = defaultdict(list)
    for piece in pieces:
        for name in piece.binds:
            binders[name].append(piece)
    free = BUILTINS - binders.keys()
    of: dict[int, Role] = {
        piece.number: "parameter"
        for cell in cells
        if "parameters" in cell.tags
        for piece in cell.pieces
        if parameter_of(piece) is not None
    }
    imported = imported_names(pieces, binders)
    of.update({piece.number: "import" for found in imported.values() for piece in found})
    changed = _changed_later(pieces, facts)
    single = {
        found[0].number: found[0]
        for name, found in binders.items()
        if len(found) == 1 and name not in changed and found[0].number not in of
    }
    standing = _standing_alone(single, imported, free, binders)
    for number, piece in standing.items():
        of[number] = "constant" if _is_constant(piece) else "shared"
    outside = {**imported, **{piece.binds[0]: (piece,) for piece in standing.values()}}
    local = {
        piece.binds[0]: piece
        for number, piece in single.items()
        if number not in standing and _is_function(piece) and _fresh_each_time(piece, outside, free)
    }
    of.update({piece.number: "local" for piece in local.values()})
    acted = {
        site.cell
        for sites in (facts.reads, facts.writes, facts.processes, facts.network)
        for site in sites
        if not site.path.endswith(".py")  # a module that it imports
    }
    for cell in cells:
        _settings(cell, of, outside, free, imported=imported, acted=cell.index in acted)
    used = {use.name for piece in pieces for use in piece.flow.uses}
    of.update({
        piece.number: "setting"
        for piece in pieces
        if of.get(piece.number) == "import" and may_extend_by_import(piece)
        and used.isdisjoint(piece.binds)
    })  # fmt: skip
    for number in set_again(pieces):
        if of.get(number) == "setting":
            of[number] = "code"
    for piece in pieces:
        of.setdefault(piece.number, "code")
    _keep_used_constants(pieces, of, outside)
    return Roles(of=of, outside=outside, local=local)


def parameter_of(piece: Piece) -> tuple[str, ast.expr] | None:
    """Return name and value of `name = literal`, as a `parameters` cell holds them.

    A value that JSON does not hold as it is, such as a tuple, is none: from the record, a command
    line or another engine it would come back as another one. Its line stays code.
    """
    match piece.node:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            pass
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            pass
        case _:
            return None
    try:
        found = ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
    return (name, value) if _is_json(found) else None


def _is_json(value: object) -> bool:
    match value:
        case None | bool() | int():
            return True
        case float():
            return math.isfinite(value)
        case str():
            return not any("\ud800" <= one <= "\udfff" for one in value)  # halves of a character
        case list():
            return all(map(_is_json, value))
        case dict():
            return all(isinstance(one, str) for one in value) and all(
                map(_is_json, (*value, *value.values()))
            )
        case _:
            return False


def _changed_later(pieces: Sequence[Piece], facts: Facts) -> set[str]:
    """Return the names whose object some cell changed without binding the name."""
    bound: dict[int, set[str]] = defaultdict(set)
    found: set[str] = set()
    for piece in pieces:
        bound[piece.cell].update(piece.binds)
        found |= piece.flow.mutates - set(piece.binds)
        found |= set(piece.flow.deletes)
    for cell, seen in facts.cells.items():
        found |= {name for name in seen.variables if name not in bound[cell]}
    # An enumeration of flags remembers the combinations that were asked for.
    return found - {name for piece in pieces if _is_enum(piece.node) for name in piece.binds}


def _is_enum(node: ast.stmt) -> bool:
    match node:
        case ast.ClassDef(bases=bases):
            return any(dotted_name(base).rpartition(".")[2] in _ENUMS for base in bases)
        case _:
            return False


def _is_lambda(piece: Piece) -> bool:
    match piece.node:
        case ast.Assign(targets=[ast.Name()], value=ast.Lambda()):
            return True
        case _:
            return False


def _is_function(piece: Piece) -> bool:
    return isinstance(piece.node, _FUNCTIONS) or _is_lambda(piece)


def _is_constant(piece: Piece) -> bool:
    """Tell whether a piece binds one name to a value that nobody can change."""
    match piece.node:
        case ast.Assign(targets=[ast.Name()], value=value):
            return _is_fixed(value)
        case ast.AnnAssign(target=ast.Name(), value=ast.expr() as value):
            return _is_fixed(value)
        case _:
            return False


def _is_fixed(value: ast.expr) -> bool:
    match value:
        case ast.Constant():
            return True
        case ast.Name():
            return True  # of another constant: whether it is one is asked separately
        case ast.UnaryOp(operand=inner):
            return _is_fixed(inner)
        case ast.BinOp(left=left, right=right):
            return _is_fixed(left) and _is_fixed(right)
        case ast.Tuple(elts=parts):
            return all(map(_is_fixed, parts))
        case _:
            return False


def _standing_alone(
    single: Mapping[int, Piece],
    imported: Mapping[str, object],
    free: frozenset[str],
    bound: Collection[str],
) -> dict[int, Piece]:
    """Return the definitions and constants that stand on nothing but each other and imports."""
    found = {
        number: piece
        for number, piece in single.items()
        if len(piece.binds) == 1
        and (isinstance(piece.node, (*_FUNCTIONS, ast.ClassDef)) or _is_lambda(piece)
             or _is_constant(piece))
    }  # fmt: skip
    while True:
        names = {piece.binds[0] for piece in found.values()} | imported.keys()
        wrong = [
            number
            for number, piece in found.items()
            if piece.flow.opaque
            or any(use.name not in names and use.name not in free for use in piece.flow.uses)
            or any(name not in names for name in named_in_texts(piece.node, bound))
            or (_is_constant(piece) and any(use.name not in names for use in piece.flow.uses))
        ]
        if not wrong:
            return found
        for number in wrong:
            del found[number]


def _fresh_each_time(piece: Piece, outside: Mapping[str, object], free: frozenset[str]) -> bool:
    """Tell whether a function is the same wherever it is defined anew.

    Decorators and defaults are evaluated when it is defined, so they may not be variables; what its
    body declares `global` it may bind.
    """
    return not piece.flow.opaque and all(
        use.deferred or use.name in outside or use.name in free for use in piece.flow.uses
    )


def _settings(
    cell: ReadCell,
    of: dict[int, Role],
    outside: Mapping[str, Sequence[Piece]],
    free: frozenset[str],
    *,
    imported: Collection[str],
    acted: bool,
) -> None:
    """Mark the statements that set something for all that comes after.

    A cell that touched files or started programs has acted: when it does so matters.
    """
    if "raises-exception" in cell.tags:
        return
    others = [
        piece
        for piece in cell.pieces
        if piece.number not in of and not is_setting(piece, among=False, imported=imported)
    ]
    plain = not acted and all(isinstance(p.node, ast.Expr) for p in others)
    for piece in cell.pieces:
        if piece.number in of:
            if of[piece.number] == "shared" and is_registration(piece):
                of[piece.number] = "setting"
        elif is_setting(
            piece, among=plain and not acts(modules_of(piece, outside)), imported=imported
        ) and all(use.name in outside or use.name in free for use in piece.flow.uses):
            of[piece.number] = "setting"


def _keep_used_constants(
    pieces: Iterable[Piece], of: dict[int, Role], outside: dict[str, tuple[Piece, ...]]
) -> None:
    """Leave a constant in its step unless it is written in capitals or a definition needs it."""
    needed = {
        use.name
        for piece in pieces
        if of[piece.number] in {"shared", "constant", "setting"}
        for use in piece.flow.uses
    }
    for piece in pieces:
        name = piece.binds[0] if piece.binds else ""
        if of[piece.number] == "constant" and not name.isupper() and name not in needed:
            of[piece.number] = "code"
            del outside[name]
