"""Which cells must be one step, because a border between them would change what they do.

Between two steps every variable is taken down and built anew. Two names for one object then
become two objects, and what cannot be taken down does not come over at all.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from lifecycle_core.compiling.program import is_definition
from lifecycle_core.notebooks.dataflow.effects import dotted_name
from lifecycle_core.recorder.digests import TEMPORARY
from lifecycle_core.schema.pipeline import Fusion

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lifecycle_core.compiling.program import Program

_STUCK = {
    "generator": "a generator can be consumed only where it was made",
    "coroutine": "a coroutine can be awaited only where it was made",
    "list_iterator": "an iterator can be consumed only where it was made",
    "_io.TextIOWrapper": "an open file belongs to its process",
    "_io.BufferedReader": "an open file belongs to its process",
    "_io.BufferedWriter": "an open file belongs to its process",
    "sqlite3.Connection": "a connection belongs to its process",
    "sqlite3.Cursor": "a cursor belongs to its connection",
    "_thread.lock": "a lock belongs to its process",
    "_thread.RLock": "a lock belongs to its process",
    "threading.Thread": "a thread belongs to its process",
    "tempfile.TemporaryDirectory": "a temporary folder is gone with its object",
    "tempfile._TemporaryFileWrapper": "an open file belongs to its process",
    "concurrent.futures.thread.ThreadPoolExecutor": "a pool belongs to its process",
}


def fusions(program: Program, stuck: Mapping[str, str]) -> tuple[Fusion, ...]:
    """Return the ranges of cells that must stay together, each with its reason.

    Args:
        program: The notebook.
        stuck: Variables that a trial could not hand over, with the reason.
    """
    return (
        *_changed_from_afar(program),
        *_bound_to_their_place(program),
        *_not_handed_over(program, stuck),
        *_elsewhere(program),
        *_changed_unseen(program),
    )


def _changed_unseen(program: Program) -> Iterator[Fusion]:
    """Yield everything behind a variable that changes though no cell that does it names it."""
    for name in program.unseen:
        binders = program.binders.get(name, ())
        if binders:
            yield Fusion(
                cells=tuple(one for one in program.code if one >= binders[-1]),
                names=(name,),
                reason=f"`{name}` is changed by cells that do not name it",
            )


def _elsewhere(program: Program) -> Iterator[Fusion]:
    """Yield everything from where the process itself is changed: steps begin with a fresh one."""
    for cell, pieces in program.code.items():
        nodes = [one for piece in pieces for one in ast.walk(piece.node)]
        moves = any(isinstance(n, ast.Call) and dotted_name(n.func) == "os.chdir" for n in nodes)
        sets = any(
            isinstance(n, ast.Subscript)
            and not isinstance(n.ctx, ast.Load)
            and dotted_name(n.value) == "os.environ"
            for n in nodes
        )
        if moves or sets:
            what = "the working directory" if moves else "the environment"
            yield Fusion(
                cells=tuple(one for one in program.code if one >= cell),
                reason=f"cell {cell} changes {what} for all that comes after it",
            )
            return


def _changed_from_afar(program: Program) -> Iterator[Fusion]:
    """Yield cells that change a variable they do not name: it shares an object with one they do."""
    for cell in program.code:
        touched = program.touched(cell)
        for name in program.changed(cell):
            if name in touched:
                continue
            start, partner = _shared_since(program, name, cell)
            if start is None or start == cell:
                continue
            yield Fusion(
                cells=tuple(one for one in program.code if start <= one <= cell),
                names=tuple(filter(None, (name, partner))),
                reason=f"cell {cell} changes `{name}`, which it does not name"
                + (f": it is the same object as `{partner}`" if partner else
                   ": another variable holds it"),
            )  # fmt: skip


def _shared_since(program: Program, name: str, cell: int) -> tuple[int | None, str]:
    """Return since which cell a variable shares its object with one that this cell touches."""
    before = [one for one in program.facts.cells if one < cell]
    binders = [one for one in program.binders.get(name, ()) if one < cell]
    if not before or not binders:
        return None, ""
    partners = {
        other
        for group in program.facts.cells[before[-1]].aliases
        if name in group
        for other in group
        if other in program.touched(cell)
    }
    if not partners:
        return binders[-1], ""
    partner = min(partners)
    start = before[-1]
    for one in reversed(before):
        if not any({name, partner} <= set(g) for g in program.facts.cells[one].aliases):
            break
        start = one
    return (start if start in program.code else binders[-1]), partner


def _bound_to_their_place(program: Program) -> Iterator[Fusion]:
    """Yield functions and classes that hold state or read variables, with all that use them."""
    for cell, pieces in program.code.items():
        for piece in pieces:
            if program.roles.of[piece.number] != "code" or not is_definition(piece.node):
                continue
            name = piece.binds[0]
            inner = {
                use.name
                for use in piece.flow.uses
                if use.name in program.known and use.name not in program.roles.outside
            } - {name}
            if not inner and not isinstance(piece.node, ast.ClassDef):
                continue
            last = _last_use(program, name, cell)
            for other, changed in program.facts.cells.items():
                if any(v.type == f"__main__.{name}" for v in changed.variables.values()):
                    last = max([last, *(_uses_of_type(program, name, other))])
            if last > cell:
                kind = "class" if isinstance(piece.node, ast.ClassDef) else "function"
                reads = f", which reads `{min(inner)}`" if inner else ", which holds state"
                yield Fusion(
                    cells=tuple(one for one in program.code if cell <= one <= last),
                    names=(name,),
                    reason=f"the {kind} `{name}`{reads}, belongs to where it was defined",
                )


def _uses_of_type(program: Program, name: str, cell: int) -> Iterator[int]:
    for variable, seen in program.facts.cells[cell].variables.items():
        if seen.type == f"__main__.{name}":
            yield _last_use(program, variable, cell)


def _not_handed_over(program: Program, stuck: Mapping[str, str]) -> Iterator[Fusion]:
    """Yield variables that cannot be taken down, from where they are bound to their last use."""
    for cell in program.code:
        for name, variable in program.changed(cell).items():
            reason = _STUCK.get(variable.type) or stuck.get(name)
            if variable.note == TEMPORARY:
                reason = "what it names may be gone when its step has ended"
            if reason is None or name not in program.bound(cell):
                continue
            last = _last_use(program, name, cell)
            if last > cell:
                yield Fusion(
                    cells=tuple(one for one in program.code if cell <= one <= last),
                    names=(name,),
                    reason=f"`{name}` cannot be handed from step to step: {reason}",
                )


def _last_use(program: Program, name: str, cell: int) -> int:
    """Return the last cell that touches a variable before it is bound anew."""
    last = cell
    for other in program.code:
        if other <= cell:
            continue
        pieces = program.code[other]
        uses = any(
            name in program.reaches[piece.number].touched - program.reaches[piece.number].defines
            or name in program.reaches[piece.number].uses
            for piece in pieces
        )
        if uses:
            last = other
        elif name in program.bound(other):
            break
    return last
