"""What crosses the borders between steps: which variables each takes, and which it gives."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from lifecycle_core.compiling.grouping import Group
    from lifecycle_core.compiling.pieces import Piece
    from lifecycle_core.compiling.program import Program
    from lifecycle_core.compiling.reach import Reach


@dataclass(frozen=True, slots=True, kw_only=True)
class Border:
    """What one step takes and gives.

    Attributes:
        inputs: Variables taken, in the order in which they are needed, each with the number of the
            step that made the version which is taken.
        parameters: Parameters of the notebook that it takes as they were set.
        outputs: Variables given.
        local: Functions to be written into it before its own code, because they were defined in
            cells of other steps.
    """

    inputs: Mapping[str, int] = field(default_factory=dict)
    parameters: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    local: tuple[str, ...] = ()


@dataclass(slots=True)
class _Inside:
    """One step seen from its inside, piece by piece.

    Attributes:
        needs: Variables, in order; True if it uses one, False if it only hands it on as it was
            where it may not bind it.
    """

    needs: dict[str, bool] = field(default_factory=dict)
    sure: set[str] = field(default_factory=set)
    gives: dict[str, None] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)
    local: dict[str, None] = field(default_factory=dict)


def borders(
    program: Program, groups: Sequence[Group], kept_inside: frozenset[str] = frozenset()
) -> tuple[Border, ...]:
    """Find what crosses each border.

    Args:
        program: The notebook.
        groups: Its steps, in order; they hold every cell with code.
        kept_inside: Variables that no step can give.
    """
    inside = [_look_inside(program, group) for group in groups]
    made: dict[str, int] = {}
    inputs: list[dict[str, int]] = []
    parameters: list[list[str]] = []
    versions: list[dict[str, None]] = []
    for number, step in enumerate(inside):
        taken = {
            name: made[name]
            for name, uses in step.needs.items()
            # What was not there, as the name after `except ... as`, cannot be handed on.
            if name in made and (uses or program.was_there(name, groups[made[name]].cells[-1]))
        }
        set_from_outside = [
            name for name in step.needs if name not in made and name in program.parameters
        ]
        inputs.append(taken)
        parameters.append(set_from_outside)
        gives = {name: None for name in step.gives if name not in step.removed}
        versions.append(gives)
        made.update(dict.fromkeys(gives, number))
        for name in step.removed:
            made.pop(name, None)
    used = {(name, by) for taken in inputs for name, by in taken.items()}
    last = {name: by for name, by in made.items() if name in program.alive}
    return tuple(
        Border(
            inputs=taken,
            parameters=tuple(given),
            outputs=tuple(
                name
                for name in gives
                if name not in kept_inside and ((name, number) in used or last.get(name) == number)
            ),
            local=tuple(name for name in step.local),
        )
        for number, (taken, given, gives, step) in enumerate(
            zip(inputs, parameters, versions, inside, strict=True)
        )
    )


def _look_inside(program: Program, group: Group) -> _Inside:
    step = _Inside()
    here: set[str] = set()
    for cell in group.cells:
        certain = not program.may_stop(cell)
        for piece in program.code[cell]:
            if program.roles.of[piece.number] == "local":
                here.add(piece.binds[0])
            else:
                _follow(step, piece, program.reaches[piece.number], here, certain=certain)
        for name in sorted(program.mutated(cell)):
            _need(step, [name])
            step.gives.setdefault(name)
    return step


def _follow(step: _Inside, piece: Piece, reach: Reach, here: set[str], *, certain: bool) -> None:
    """Follow one piece: what it needs that the step has not bound for sure, and what it binds."""
    step.local.update(dict.fromkeys(name for name in reach.local if name not in here))
    _need(step, [*reach.uses, *sorted(reach.mutates)])
    bound = [name for name in piece.binds if name in reach.defines]
    given = [*bound, *sorted(reach.maybe), *sorted(reach.mutates)]
    step.gives.update(dict.fromkeys(given))
    step.removed.difference_update(given)
    if certain:
        step.sure.update(reach.defines)
    # What may not come about must be there from before, to be handed on as it was.
    _need(step, [*bound, *sorted(reach.maybe)], uses=False)
    step.removed |= reach.deletes
    step.sure -= reach.deletes


def _need(step: _Inside, names: Iterable[str], *, uses: bool = True) -> None:
    for name in names:
        if name not in step.sure:
            step.needs[name] = step.needs.get(name, False) or uses
