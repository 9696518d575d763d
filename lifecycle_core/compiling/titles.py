"""What steps are called: as marked, else by their heading, else by their work and its result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.compiling.naming import is_step_name, name_in, unused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifecycle_core.compiling.borders import Border
    from lifecycle_core.compiling.grouping import Group
    from lifecycle_core.compiling.outline import Outline
    from lifecycle_core.compiling.program import Program

_TABLES = ("DataFrame", "Series", "ndarray", "Dataset", "Table")


def step_names(
    program: Program, groups: Sequence[Group], outline: Outline, found: Sequence[Border]
) -> tuple[str, ...]:
    """Return a name for each step; none is that of anything the notebook names itself.

    Args:
        program: The notebook.
        groups: Its steps.
        outline: Its prose.
        found: What each step takes and gives.
    """
    sections = sections_of(groups, outline)
    taken = set(program.known) | {
        use.name for cell in program.cells for piece in cell.pieces for use in piece.flow.uses
    }
    names: list[str] = []
    for number, (group, section) in enumerate(zip(groups, sections, strict=True)):
        heading = outline.section_of(group.cells[0])
        name = group.name if is_step_name(group.name) else name_in(group.name)
        if not name and heading and heading != outline.title and sections.count(section) == 1:
            name = name_in(heading.text)
        name = name or name_in(f"{group.work} {_result(program, groups, found, number)}")
        name = f"{name}_step" if name in taken else name
        names.append(unused(name, {*names, *taken}))
    return tuple(names)


def sections_of(groups: Sequence[Group], outline: Outline) -> list[int]:
    """Return for each group the cell of the heading above it; -1 without one."""
    found = (outline.section_of(group.cells[0]) for group in groups)
    return [heading.cell if heading else -1 for heading in found]


def _result(program: Program, groups: Sequence[Group], found: Sequence[Border], number: int) -> str:
    """Return the variable that a step is best known by."""
    border = found[number]
    if groups[number].work == "split" and border.inputs:
        return _as_words(next(iter(border.inputs)))
    used = [name for name in border.outputs if any(one.inputs.get(name) == number for one in found)]
    among = used or list(border.outputs)
    if not among:
        return ""
    kinds = {name: _type(program, name, groups[number].cells[-1]) for name in among}
    tables = [name for name in among if kinds[name].endswith(_TABLES)]
    models = [name for name in among if kinds[name].startswith("sklearn.")]
    wanted = (models if groups[number].work == "train" else tables) or tables or among
    users = {name: sum(one.inputs.get(name) == number for one in found) for name in wanted}
    return _as_words(max(wanted, key=lambda name: users[name]))  # of several the first


def _as_words(name: str) -> str:
    return name.replace("_", " ")


def _type(program: Program, name: str, cell: int) -> str:
    variable = program.variable_after(name, cell)
    return variable.type if variable else ""
