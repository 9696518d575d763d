"""The plan of a run: a task for each step, with all that is known before anything runs."""

from __future__ import annotations

import hashlib
import platform
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from lifecycle_core.errors import InvalidCall
from lifecycle_core.recorder.digests import digest
from lifecycle_core.running.code import code_of
from lifecycle_core.running.outcomes import Task

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lifecycle_core.adapters.pipeline_packages import Package
    from lifecycle_core.adapters.store import Store
    from lifecycle_core.running.outcomes import Checks
    from lifecycle_core.schema.pipeline import Generator, Pipeline, Step
    from lifecycle_core.schema.trace import Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedStep:
    """A step of a plan.

    Attributes:
        node: Equal for steps of several plans that must give the same.
        after: Names of the steps whose outcomes it is given, in the pipeline's order.
    """

    task: Task
    node: str
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One run, planned: all parameters, and the steps by name in the pipeline's order."""

    parameters: dict[str, Any]
    steps: dict[str, PlannedStep]


def chosen_parameters(pipeline: Pipeline, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return a value for each parameter: the one given, or the notebook's.

    Raises:
        InvalidCall: A name is none of the pipeline's.
    """
    known = {parameter.name: parameter.default for parameter in pipeline.parameters}
    for name in given:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            listed = f"It takes {', '.join(known)}." if known else "It takes none."
            if name in pipeline.exported:
                listed = (
                    f"Step {pipeline.exported[name]} makes it. Parameters are the lines of the "
                    "`parameters` cell whose value JSON can hold: a list, for one, and no tuple."
                )
            raise InvalidCall(
                f"The pipeline {pipeline.name} has no parameter `{name}`.",
                hint=f"Did you mean `{near[0]}`?" if near else listed,
            )
    return {**known, **given}


def code_of_steps(package: Package) -> dict[str, dict[str, tuple[Statement, ...]]]:
    """Return the code that each step reaches, by piece.

    Raises:
        InvalidCall: A module of the package, or beside the notebook, is no Python.
    """
    found = {}
    for step in package.pipeline.steps:
        try:
            found[step.name] = code_of(
                package.place.name, step.name, package.source, package.is_package
            )
        except SyntaxError as error:
            raise InvalidCall(
                f"The code of step {step.name} is no Python: line {error.lineno}: {error.msg}.",
                hint="Mend it, or compile the notebook again.",
            ) from error
        if step.name not in found[step.name]:
            raise InvalidCall(
                f"The package {package.folder} has no code for step {step.name}.",
                hint="Compile the notebook again.",
            )
    return found


def plan(
    package: Package,
    store: Store,
    given: Mapping[str, Any],
    code: Mapping[str, Mapping[str, tuple[Statement, ...]]],
    *,
    sources: str = "",
    checks: Checks | None = None,
) -> Plan:
    """Plan one run.

    Args:
        package: The pipeline.
        store: Where results are.
        given: Parameters that are not to be the notebook's.
        code: As `code_of_steps` returned it.
        sources: As in `Task`.
        checks: As in `Task`.

    Raises:
        InvalidCall: A name is none of the pipeline's parameters.
    """
    pipeline = package.pipeline
    parameters = chosen_parameters(pipeline, given)
    left: dict[Generator, str] = {}
    steps: dict[str, PlannedStep] = {}
    for step in pipeline.steps:
        origin = {name: left[name] for name in step.generators if name in left}
        needed = {each.step for each in step.inputs} | set(step.after) | set(origin.values())
        taken = {name: parameters[name] for name in step.parameters}
        task = Task(
            pipeline=pipeline.name,
            step=step,
            place=package.place,
            store=store,
            code=code[step.name],
            parameters={name: (value, _digest(value)) for name, value in taken.items()},
            generators_from=origin,
            lock=_lock(package),
            number=len(steps),
            policy=f"Python {'.'.join(platform.python_version_tuple()[:2])}, hash seed 0",
            made=frozenset(path for each in pipeline.steps for path in each.writes),
            modules=frozenset(package.files()),
            later=tuple(each.name for each in pipeline.steps[len(steps) + 1 :]),
            alone=_alone(step, package),
            sources=sources,
            checks=checks,
        )
        after = tuple(name for name in steps if name in needed)
        steps[step.name] = PlannedStep(task=task, node=_node(task, after, steps), after=after)
        left.update(dict.fromkeys(step.generators, step.name))
    return Plan(parameters=parameters, steps=steps)


def _node(task: Task, after: tuple[str, ...], steps: Mapping[str, PlannedStep]) -> str:
    parts = [task.step.name, *sorted(f"{k} {v[1]}" for k, v in task.parameters.items())]
    parts += [steps[name].node for name in after]
    return f"{task.step.name}-{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:16]}"


def _lock(package: Package) -> str:
    """Return what stands for the environment: the proven lock, and what is otherwise here."""
    proven = package.pipeline.proof.lock if package.pipeline.proof else ""
    if not package.differing:
        return proven
    return f"{proven} but {hashlib.sha256(chr(0).join(package.differing).encode()).hexdigest()}"


def _digest(value: object) -> str:
    return digest(value).text or repr(value)


def _alone(step: Step, package: Package) -> bool:
    """Tell whether a step seems to change what all threads of a process share."""
    source = package.source(f"{package.place.name}.{step.name}") or ""
    return "chdir" in source or "environ" in source
