"""A draft of a pipeline: its record and its files, before they are formatted and proven."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lifecycle_core.compiling.borders import borders
from lifecycle_core.compiling.titles import sections_of, step_names
from lifecycle_core.compiling.writing.layout import Layout
from lifecycle_core.compiling.writing.package import front_module, settings_module, shared_module
from lifecycle_core.compiling.writing.steps import Module, step_module
from lifecycle_core.compiling.writing.types import of_literal
from lifecycle_core.schema.pipeline import Parameter, Pipeline, Step, StepInput, StepOutput

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lifecycle_core.compiling.grouping import Group
    from lifecycle_core.compiling.outline import Outline
    from lifecycle_core.compiling.program import Program
    from lifecycle_core.compiling.traffic import Traffic


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A pipeline as it would be written.

    Attributes:
        pipeline: Its record; of the proof and of the files nothing is known yet.
        modules: Text of each file by its name, before it is formatted.
        steps: Of those the steps' modules, with the places of their statements.
    """

    pipeline: Pipeline
    modules: Mapping[str, str]
    steps: Mapping[str, Module] = field(default_factory=dict)


def draft(
    program: Program,
    groups: Sequence[Group],
    outline: Outline,
    traffic: Traffic,
    *,
    name: str,
    notebook: str,
    source_digest: str,
    kept_inside: frozenset[str] = frozenset(),
) -> Draft:
    """Write a draft.

    Args:
        program: The notebook.
        groups: Its steps.
        outline: Its prose.
        traffic: Files and generators, by cell.
        name: Of the pipeline.
        notebook: Path of the notebook, relative to the package.
        source_digest: Of the notebook.
        kept_inside: Variables that no step can give.
    """
    found = borders(program, groups, kept_inside)
    names = step_names(program, groups, outline, found)
    layout = Layout(program, tuple(groups), found, names)
    package = f"pipelines.{name}"
    modules: dict[str, str] = {}
    steps: dict[str, Module] = {}
    records: list[Step] = []
    after = traffic.after([group.cells for group in groups])
    top = next((one for one in outline.headings), None)
    previous = top.cell if top and top.cell < groups[0].cells[0] else -1
    for number, (group, border) in enumerate(zip(groups, found, strict=True)):
        heading = outline.section_of(group.cells[0])
        alone = (
            heading
            and heading != outline.title
            and sections_of(groups, outline).count(heading.cell) == 1
        )
        title = heading.text if heading and alone else _said(names[number])
        prose = outline.above(group.cells, previous)
        previous = group.cells[-1]
        module = step_module(layout, number, package, prose, title)
        steps[f"{names[number]}.py"] = module
        modules[f"{names[number]}.py"] = module.text
        records.append(
            Step(
                name=names[number],
                title=title,
                cells=group.cells,
                parameters=border.parameters,
                inputs=tuple(
                    StepInput(name=each, step=names[by]) for each, by in border.inputs.items()
                ),
                outputs=tuple(_output(program, each, group.cells[-1]) for each in border.outputs),
                after=tuple(names[by] for by in after[number] if by not in border.inputs.values()),
                reads=traffic.reads_of(group.cells),
                writes=traffic.writes_of(group.cells),
                generators=traffic.generators_of(group.cells),
                fused=group.fused,
            )
        )
    modules["__init__.py"] = front_module(
        layout, package, top.text if top else f"The pipeline {name}",
        outline.prose.get(top.cell, ()) if top else (),
    )  # fmt: skip
    others = {
        "shared.py": shared_module(layout, package),
        "set_up.py": settings_module(layout, package),
    }
    modules |= {file: text for file, text in others.items() if text is not None}
    made = {each: step.name for step in records for each in (o.name for o in step.outputs)}
    records = [_with_unseen(step, program, made) for step in records]
    return Draft(
        pipeline=Pipeline(
            name=name,
            notebook=notebook,
            source_digest=source_digest,
            parameters=tuple(
                Parameter(
                    name=each,
                    type=of_literal(ast.literal_eval(value)),
                    default=ast.literal_eval(value),
                )
                for each, value in program.parameters.items()
            ),
            steps=tuple(records),
            exported=made,
        ),
        modules=modules,
        steps=steps,
    )


def _with_unseen(step: Step, program: Program, made: Mapping[str, str]) -> Step:
    """Correct what is known of variables that changed although no cell named them."""
    outputs: list[StepOutput] = []
    for output in step.outputs:
        seen = program.unseen.get(output.name)
        if seen is None:
            outputs.append(output)
        elif made[output.name] == step.name:
            outputs.append(output.model_copy(update={"digest": seen.digest, "note": seen.note}))
        else:
            note = "it changes without being named, so its value here is not known"
            outputs.append(output.model_copy(update={"digest": None, "note": note}))
    return step.model_copy(update={"outputs": tuple(outputs)})


def _output(program: Program, name: str, cell: int) -> StepOutput:
    variable = program.variable_after(name, cell)
    if variable is None:
        return StepOutput(name=name)
    return StepOutput(name=name, type=variable.type, digest=variable.digest, note=variable.note)


def _said(name: str) -> str:
    return name.replace("_", " ").capitalize()
