"""A pipeline as tasks that run in processes of their own: what each needs from which others.

In one process steps share more than their variables: the state of the global random generators,
and the files in the working folder. Between processes all of it has to travel, and the order that
one process gives for nothing has to be stated.
"""

from __future__ import annotations

import json
import keyword
import posixpath
from dataclasses import dataclass
from itertools import chain, product
from typing import TYPE_CHECKING

from lifecycle_core.errors import InvalidCall

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lifecycle_core.schema.pipeline import Parameter, Pipeline, Step

_HINT = "Compile the notebook again; pipeline.yaml was changed since."


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """A file that an earlier step wrote.

    Attributes:
        step: The one that wrote it last.
        index: Its position in that step's `writes`.
        path: Relative to the notebook's folder, POSIX; of a folder, it is only there.
    """

    step: str
    index: int
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One step, and what it takes from earlier ones.

    Attributes:
        name: Of the step.
        title: What people call it.
        inputs: In the order of the function's positional parameters, the step and its variable.
        outputs: Its variables, in the order of the fields that the function returns.
        parameters: In the order of the record.
        generators: By global generator that it uses, the step that used it last; None if none did.
        brought: Files of earlier steps that it reads or writes, and folders that they are in.
        left: Files that it writes and folders that it makes, relative to the notebook's folder.
        sources: The steps whose results it reads, in the pipeline's order.
        waits: Further steps that must have ended before.
    """

    name: str
    title: str
    inputs: tuple[tuple[str, str], ...]
    outputs: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    generators: dict[str, str | None]
    brought: tuple[Brought, ...]
    left: tuple[str, ...]
    sources: tuple[str, ...]
    waits: tuple[str, ...]

    @property
    def earlier(self) -> tuple[str, ...]:
        """All the steps that must have ended before."""
        return self.sources + self.waits

    @property
    def carriers(self) -> tuple[str, ...]:
        """The steps from which something travels to it, if the working folder is not shared."""
        files = (file.step for file in self.brought)
        return tuple(dict.fromkeys((*self.sources, *files)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tasks:
    """A pipeline as tasks.

    Attributes:
        name: Of the pipeline.
        home: The notebook's folder, relative to the one that holds `pipelines`, POSIX.
        parameters: Of the pipeline.
        tasks: In the notebook's order.
    """

    name: str
    home: str
    parameters: tuple[Parameter, ...]
    tasks: tuple[Task, ...]

    @property
    def generators(self) -> tuple[str, ...]:
        """The global generators that some step uses, sorted."""
        return tuple(sorted({name for task in self.tasks for name in task.generators}))


def tasks_of(pipeline: Pipeline) -> Tasks:
    """Return the tasks of a pipeline.

    Raises:
        InvalidCall: The record names what is no Python name, takes from a step what that step does
            not give, or has a default that JSON cannot hold, as no compiled record does.

    Example:
        >>> from lifecycle_core.schema.pipeline import Pipeline, Step
        >>> draw = [Step(name=name, generators=("numpy",)) for name in ("seed", "draw")]
        >>> record = Pipeline(name="a", notebook="../../a.ipynb", source_digest="", steps=draw)
        >>> made = tasks_of(record).tasks[1]
        >>> made.generators, made.sources
        ({'numpy': 'seed'}, ('seed',))
    """
    _check(pipeline)
    package = posixpath.join("pipelines", pipeline.name)
    notebook = posixpath.normpath(posixpath.join(package, pipeline.notebook))
    steps = pipeline.steps
    return Tasks(
        name=pipeline.name,
        home=posixpath.dirname(notebook) or ".",
        parameters=pipeline.parameters,
        tasks=tuple(_task(pipeline, step, steps[:at]) for at, step in enumerate(steps)),
    )


def _task(pipeline: Pipeline, step: Step, before: Sequence[Step]) -> Task:
    generators: dict[str, str | None] = {
        name: _last(one.name for one in before if name in one.generators)
        for name in step.generators
    }
    used = {taken.step for taken in step.inputs} | set(filter(None, generators.values()))
    order = [one.name for one in before]
    sources = tuple(name for name in order if name in used)
    needed = set(step.after) | set(_file_order(step, before))
    return Task(
        name=step.name,
        title=step.title or step.name,
        inputs=tuple((taken.step, taken.name) for taken in step.inputs),
        outputs=tuple(output.name for output in step.outputs),
        parameters=tuple(one for one in pipeline.parameters if one.name in step.parameters),
        generators=generators,
        brought=tuple(_brought(step, before)),
        left=step.writes,
        sources=sources,
        waits=tuple(name for name in order if name in needed - used),
    )


def _brought(step: Step, before: Sequence[Step]) -> Iterator[Brought]:
    """Yield the files of earlier steps that a step reads, or goes on writing to."""
    touched = {*step.reads, *step.writes}
    last = {path: one for one in before for path in one.writes}
    for path in sorted(last):  # a folder before what is in it
        if any(_meet(path, each) for each in touched):
            yield Brought(step=last[path].name, index=last[path].writes.index(path), path=path)


def _file_order(step: Step, before: Sequence[Step]) -> Iterator[str]:
    """Yield the earlier steps that write what it touches, or read what it writes."""
    for one in before:
        pairs = chain(
            product((*step.reads, *step.writes), one.writes), product(step.writes, one.reads)
        )
        if any(_meet(mine, theirs) for mine, theirs in pairs):
            yield one.name


def _meet(one: str, other: str) -> bool:
    """Tell whether two paths are the same, or one is a folder around the other."""
    return one == other or one.startswith(f"{other}/") or other.startswith(f"{one}/")


def _last(names: Iterator[str]) -> str | None:
    return next(reversed(tuple(names)), None)


def _check(pipeline: Pipeline) -> None:
    """Refuse a record that no compiler wrote: its names become Python code."""
    names = [pipeline.name, *(one.name for one in pipeline.parameters)]
    names += [one.name for one in pipeline.steps]
    for name in names:
        if not name.isidentifier() or keyword.iskeyword(name):
            raise InvalidCall(f"pipeline.yaml: {name!r} is no Python name.", hint=_HINT)
    for one in pipeline.parameters:
        _check_default(one)
    given: dict[str, set[str]] = {}
    for step in pipeline.steps:
        if step.name in given:
            raise InvalidCall(f"pipeline.yaml: there are two steps {step.name!r}.", hint=_HINT)
        for taken in step.inputs:
            if taken.name not in given.get(taken.step, ()):
                raise InvalidCall(
                    f"pipeline.yaml: step {step.name!r} takes {taken.name!r} from "
                    f"{taken.step!r}, and no earlier step gives that.",
                    hint=_HINT,
                )
        for name in step.after:
            if name not in given:
                raise InvalidCall(
                    f"pipeline.yaml: step {step.name!r} comes after {name!r}, "
                    "which is no earlier step.",
                    hint=_HINT,
                )
        given[step.name] = {output.name for output in step.outputs}


def _check_default(parameter: Parameter) -> None:
    try:
        json.dumps(parameter.default, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise InvalidCall(
            f"The default of {parameter.name} is {parameter.default!r}, which JSON cannot hold.",
            hint="Give the parameter another default in the notebook.",
        ) from error
