"""What crosses the borders between steps: which variables each takes, and which it gives."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lifecycle_core.compiling.grouping import Group
    from lifecycle_core.compiling.program import Program


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
    """One step seen from its inside, piece by piece."""

    needs: dict[str, None] = field(default_factory=dict)
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
        taken = {name: made[name] for name in step.needs if name in made}
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
    defined_here: set[str] = set()
    for cell in group.cells:
        suppressed = program.may_stop(cell)
        for piece in program.code[cell]:
            role = program.roles.of[piece.number]
            if role == "local":
                defined_here.add(piece.binds[0])
                continue
            reach = program.reaches[piece.number]
            for name in reach.local:
                if name not in defined_here:
                    step.local.setdefault(name)
            for name in (*reach.uses, *sorted(reach.mutates)):
                if name not in step.sure:
                    step.needs.setdefault(name)
            bound = [name for name in piece.binds if name in reach.defines]
            for name in (*bound, *sorted(reach.maybe), *sorted(reach.mutates)):
                step.gives.setdefault(name)
                step.removed.discard(name)
            if suppressed:
                step.needs.update(dict.fromkeys(name for name in bound if name not in step.sure))
            else:
                step.sure.update(reach.defines)
            for name in sorted(reach.maybe - step.sure):
                step.needs.setdefault(name)
            step.removed |= reach.deletes
            step.sure -= reach.deletes
        for name in sorted(program.mutated(cell)):
            if name not in step.sure:
                step.needs.setdefault(name)
            step.gives.setdefault(name)
    return step
