"""Is a step fresh? Its key is made from what is known now, and looked up in the store."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lifecycle_core.adapters.stepping import ABSENT, names_in, state_of, state_of_names
from lifecycle_core.running.keys import MISSING, key_of, reasons
from lifecycle_core.running.outcomes import Outcome
from lifecycle_core.running.project_files import Left, is_foreign, merged
from lifecycle_core.running.rewinding import found_by
from lifecycle_core.schema.trace import FOLDER, Ingredients

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from lifecycle_core.running.outcomes import Task
    from lifecycle_core.schema.trace import LastRun, StepTrace


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What is known of a step whose inputs are known.

    Attributes:
        trace: Of an earlier run with the same results; None if the step has to run.
        why: It has to, a sentence each; empty if it is fresh.
        files: By path, what earlier steps left there.
        foreign: Paths of files that the step once wrote and will write over, whose content now is
            somebody else's.
    """

    key: str
    ingredients: Ingredients
    trace: StepTrace | None
    why: tuple[str, ...]
    files: Mapping[str, Left]
    foreign: tuple[str, ...] = ()

    def fresh(self, task: Task) -> Outcome:
        """Return the outcome of a step that need not run."""
        if self.trace is None:
            raise ValueError(task.step.name)
        return Outcome(
            step=task.step.name,
            ending="fresh",
            key=self.key,
            trace=self.trace,
            files=files_after(task, self.files, self.trace),
            seconds=self.trace.seconds,
            printed=self.trace.printed,
            drawn=self.trace.drawn,
        )


def ingredients_of(task: Task, upstream: Mapping[str, Outcome]) -> Ingredients:
    """Return what a step's key is made of, given the outcomes of the steps before it."""
    return Ingredients(
        code=dict(task.code),
        inputs={
            each.name: upstream[each.step].output(each.name).identity for each in task.step.inputs
        },
        sources={each.name: each.step for each in task.step.inputs},
        parameters={
            name: (_shown(value), digest) for name, (value, digest) in task.parameters.items()
        },
        generators={
            name: upstream[step].trace.generators[name].identity  # type: ignore[union-attr] # it ended well
            for name, step in task.generators_from.items()
        },
        lock=task.lock,
        policy=task.policy,
        checks=_declared(task),
    )


def _declared(task: Task) -> dict[str, str]:
    """Return the digests of the rules that hold for what goes into a step and comes out of it."""
    if task.checks is None:
        return {}
    taken = [each.name for each in task.step.inputs]
    names = dict.fromkeys((*taken, *(each.name for each in task.step.outputs)))
    found = {name: task.checks.declared(task.step.name, name) for name in names}
    return {name: digest for name, digest in found.items() if digest}


def decide(task: Task, upstream: Sequence[Outcome]) -> Decision:
    """Look whether a step's results are in the store, and whole.

    Args:
        task: The step.
        upstream: Outcomes of the steps that it depends on, in order; all ended well.
    """
    files = merged(outcome.files for outcome in upstream)
    made = ingredients_of(task, {outcome.step: outcome for outcome in upstream})
    key = key_of(task.step.name, made)
    seen = _Seen(task, files)
    foreign: dict[str, None] = {}
    for trace in task.store.traces(key):
        now = seen.states(trace.seen, trace.written)
        if now == trace.seen and _is_whole(trace, task):
            others = seen.foreign(trace.written)
            if not others:
                return Decision(key=key, ingredients=made, trace=trace, why=(), files=files)
            foreign.update(dict.fromkeys(others))
    last = task.store.last(task.pipeline, task.step.name)
    now = seen.states(last.files, last.written) if last else {}
    if last:
        # What the step reads before it writes, it does not write over: its own code goes on there.
        others = seen.foreign(path for path in last.written if path not in last.files)
        foreign.update(dict.fromkeys(others))
    why = reasons(
        made, last, now, same_key=last is not None and last.key == key, foreign=tuple(foreign)
    )
    return Decision(
        key=key, ingredients=made, trace=None, why=why, files=files, foreign=tuple(foreign)
    )


def files_after(task: Task, earlier: Mapping[str, Left], trace: StepTrace) -> dict[str, Left]:
    """Return what is left at which path after a step: by itself, or by those before it."""
    return {**earlier, **{path: Left(file, task.number) for path, file in trace.written.items()}}


def known_reasons(task: Task, last: LastRun | None, stale: Sequence[str]) -> tuple[str, ...]:
    """Return why a step has to run as far as that is known while others before it are stale.

    Args:
        task: The step.
        last: How it last ran.
        stale: Names of the stale steps that it depends on.
    """
    behind = tuple(f"behind stale step {name}" for name in stale)
    if last is None:
        return (*reasons(Ingredients(), None, {}, same_key=False), *behind)
    then = last.ingredients
    now = Ingredients(
        code=dict(task.code),
        inputs=then.inputs,
        parameters={
            name: (_shown(value), digest) for name, (value, digest) in task.parameters.items()
        },
        generators=then.generators,
        lock=task.lock,
        policy=task.policy,
        checks=_declared(task),
    )
    found = reasons(now, last, {}, same_key=False)
    return (*(reason for reason in found if reason != MISSING), *behind)


class _Seen:
    """Files and folders as a step would find them: as the last step before it left them."""

    def __init__(self, task: Task, earlier: Mapping[str, Left]) -> None:
        self._task, self._earlier = task, earlier
        self._known: dict[tuple[str, bool], str] = {}

    def states(self, paths: Iterable[str], written: Iterable[str]) -> dict[str, str]:
        """Return digests by path; `written` are paths that the step itself then left."""
        return {path: self._state(path, written) for path in paths}

    def foreign(self, paths: Iterable[str]) -> tuple[str, ...]:
        """Return those of some files whose content somebody else wrote."""
        home, store = self._task.place.home, self._task.store
        return tuple(path for path in paths if is_foreign(path, home, store))

    def _state(self, path: str, written: Iterable[str]) -> str:
        home = self._task.place.home
        if path == FOLDER:
            return os.path.realpath(home)
        if path.endswith("/"):
            made = self._task.made | set(written)
            return state_of_names(path, names_in(path, home), made=made, earlier=self._earlier)
        if path in self._earlier:
            return self._earlier[path].file.object or ABSENT
        known = path, path in written
        if known not in self._known:
            found = found_by(self._task, path) if path in written else state_of(path, home)
            self._known[known] = found
        return self._known[known]


def _is_whole(trace: StepTrace, task: Task) -> bool:
    objects = task.store.objects
    return (
        {output.name for output in trace.outputs} == {each.name for each in task.step.outputs}
        and all(objects.is_whole(value.object, value.bytes) for value in trace.outputs)
        and all(objects.is_whole(value.object, value.bytes) for value in trace.generators.values())
        and all(objects.is_whole(figure.object, figure.bytes) for figure in trace.drawn.figures)
        and all(
            objects.is_whole(written.object, written.bytes)
            for written in trace.written.values()
            if written.object
        )
    )


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."  # noqa: PLR2004 - one line of a terminal
