"""Perform one step where it is sent: look it up, else run it, keep what it gives, leave a trace."""

from __future__ import annotations

import math
import os
from dataclasses import replace
from datetime import UTC, datetime
from numbers import Real
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.pipeline_packages import at_hand
from lifecycle_core.adapters.stepping import ABSENT, StepFailed, state_of_names
from lifecycle_core.adapters.store import NotStorable, ObjectBroken
from lifecycle_core.errors import LifecycleError
from lifecycle_core.recorder.digests import digest, placed
from lifecycle_core.running.deciding import decide, files_after
from lifecycle_core.running.figures import keep_figures
from lifecycle_core.running.outcomes import Outcome
from lifecycle_core.running.project_files import FileChanged, changed_since, keep, prepare
from lifecycle_core.running.rewinding import keeping, rewind
from lifecycle_core.schema.trace import FOLDER, LastRun, StepTrace, StoredValue, WrittenFile

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from pathlib import Path

    from lifecycle_core.adapters.stepping import Ran, Stepper
    from lifecycle_core.adapters.store import Store
    from lifecycle_core.running.deciding import Decision
    from lifecycle_core.running.outcomes import Ending, Task
    from lifecycle_core.schema.event import ContractChecked, Drift

_TABLE = 2


def perform(
    task: Task,
    upstream: Sequence[Outcome],
    *,
    stepper: Stepper,
    started: Callable[[tuple[str, ...]], None],
) -> Outcome:
    """Give a step's outcome; it raises nothing, so that other branches go on.

    Args:
        task: The step.
        upstream: Outcomes of the steps that it depends on, in order.
        stepper: Of this process.
        started: Told why, once the step has to run.
    """
    name = task.step.name
    if not all(outcome.good for outcome in upstream):
        broken = any(outcome.ending == "broken" for outcome in upstream)
        return Outcome(step=name, ending="broken" if broken else "not_run")
    try:
        if task.sources:
            task = _at_hand(task)
        decision = decide(task, upstream)
        if decision.trace is not None:
            remember(task, decision, decision.trace)
            return decision.fresh(task)
        with task.store.computing(decision.key):
            # Somebody else may have computed it while we waited.
            decision = decide(task, upstream)
            if decision.trace is not None:
                return decision.fresh(task)
            started(decision.why)
            return _run(task, upstream, decision, stepper)
    except ObjectBroken:
        return Outcome(step=name, ending="broken")
    except (LifecycleError, FileChanged) as error:
        return Outcome(step=name, ending="failed", error=f"{type(error).__name__}: {error}")


def _at_hand(task: Task) -> Task:
    """Bring the package here, if this machine has no copy of it."""
    kept = task.sources
    place = at_hand(task.place, kept, lambda: task.store.objects.value(kept))
    return replace(task, place=place)


def _run(task: Task, upstream: Sequence[Outcome], decision: Decision, stepper: Stepper) -> Outcome:
    step, store = task.step, task.store
    by_step = {outcome.step: outcome for outcome in upstream}
    home = task.place.home
    prepare(decision.files, home, store)
    rewind(task, decision.files)
    states = {
        name: store.objects.value(by_step[source].trace.generators[name].object)  # type: ignore[union-attr] # it ended well
        for name, source in task.generators_from.items()
    }

    borders = _Borders(task)
    borders.problems += keep(decision.foreign, home, store)

    def inputs() -> dict[str, Any]:
        values = {
            each.name: store.objects.value(by_step[each.step].output(each.name).object)
            for each in step.inputs
        }
        for name, value in values.items():
            borders.look(name, value)
        return values

    def ended(ending: Ending, **what: Any) -> Outcome:  # noqa: ANN401 - fields
        return Outcome(
            step=step.name, ending=ending, why=decision.why, key=decision.key,
            said=tuple(borders.said), problems=tuple(borders.problems), **what,
        )  # fmt: skip

    try:
        ran = stepper.run(
            step,
            task.place,
            inputs=inputs,
            parameters={name: value for name, (value, _) in task.parameters.items()},
            states=states,
            alone=task.alone,
            apart=(store.address,),
            keep=keeping(store),
            modules=task.modules,
        )
    except StepFailed as failed:
        _kept(failed.written, store)  # of its own, when it is asked next whose that is
        origin = failed.told.origin
        return ended(
            "failed",
            seconds=failed.seconds,
            printed=failed.printed,
            drawn=keep_figures(failed.drawn, store),
            error=failed.told.error,
            cell=origin.cell if origin else None,
            line=origin.line if origin else None,
            shown=failed.told.trace,
        )
    left = dict(ran.written)
    if ran.programs:
        # What a program does to files is not seen, but these were put back before the step.
        left |= {path: home / path for path in changed_since(decision.files, home)}
    written = _kept(left, store)
    try:
        for name, value in ran.outputs.items():
            borders.look(name, value)
        trace = _trace(task, decision, ran, written)
    except (_Unkept, BorderBroken) as unkept:
        return ended(
            "failed",
            seconds=ran.seconds,
            printed=ran.printed,
            drawn=keep_figures(ran.drawn, store),
            error=str(unkept),
            cell=step.cells[-1] if step.cells else None,
        )
    store.add_trace(trace)
    remember(task, decision, trace)
    return ended(
        "ran",
        trace=trace,
        files=files_after(task, decision.files, trace),
        seconds=trace.seconds,
        printed=trace.printed,
        drawn=trace.drawn,
    )


class BorderBroken(Exception):  # noqa: N818 - the name is the fact
    """A table at a step's border breaks the contract that is declared for it."""


class _Borders:
    """Looks at what goes into one step and comes out of it, where something is declared."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self.said: list[ContractChecked | Drift] = []
        self.problems: list[str] = []

    def look(self, name: str, value: object) -> None:
        """Look at a variable.

        Raises:
            BorderBroken: The step may not go on.
        """
        checks, step = self._task.checks, self._task.step.name
        if checks is None or checks.declared(step, name) is None:
            return
        found = checks.check(step, name, value)
        self.said += found.events
        self.problems += found.problems
        if found.refused:
            raise BorderBroken(found.refused)


def remember(task: Task, decision: Decision, trace: StepTrace) -> None:
    """Keep how a step stands in this run, so that the next change can be named."""
    now = LastRun(
        key=decision.key,
        ingredients=decision.ingredients,
        files=trace.seen,
        written=tuple(trace.written),
        left={path: file.object or ABSENT for path, file in trace.written.items()},
        seconds=trace.seconds,
        bytes=trace.bytes,
    )
    if task.store.last(task.pipeline, task.step.name) != now:
        task.store.set_last(task.pipeline, task.step.name, now)


def _kept(left: Mapping[str, Path | None], store: Store) -> dict[str, WrittenFile]:
    """Keep the files that a step left; None stands for one that it took away."""
    written = {}
    for path, place in left.items():
        written[path] = WrittenFile(object=None)
        if place is not None and place.is_file():
            kept, size = store.objects.put_file(place)
            written[path] = WrittenFile(object=kept, bytes=size)
    return written


class _Unkept(Exception):  # noqa: N818 - the name is the fact
    """Something that a step gave cannot be stored."""


def _trace(task: Task, decision: Decision, ran: Ran, written: dict[str, WrittenFile]) -> StepTrace:
    outputs = []
    here = _where(task, ran.outputs.values())
    while ran.outputs:
        name = next(iter(ran.outputs))
        outputs.append(_stored(task, name, ran.outputs.pop(name)))
    made = task.made | written.keys()
    listed = {
        path: state_of_names(path, names, made=made, earlier=decision.files)
        for path, names in ran.listed.items()
    }
    return StepTrace(
        step=task.step.name,
        key=decision.key,
        files=dict(sorted((ran.read | listed | here).items())),
        loaded={
            path: digest
            for path, digest in sorted(ran.loaded.items())
            if path not in made and path not in decision.files  # known in the version of now
        },
        outputs=tuple(outputs),
        written=written,
        generators={
            name: _stored(task, f"state of {name}", state) for name, state in ran.states.items()
        },
        printed=ran.printed,
        drawn=keep_figures(ran.drawn, task.store),
        seconds=ran.seconds,
        cpu_seconds=ran.cpu_seconds,
        peak_bytes=ran.peak_bytes,
        at=datetime.now(UTC).isoformat(timespec="microseconds"),
    )


def _where(task: Task, values: Collection[object]) -> dict[str, str]:
    """Return the folder as something read, if a value names it: elsewhere it is another value."""
    folders = [os.path.realpath(folder) for folder in (task.place.home, task.place.root)]
    named = any(placed(value, folder) is not value for value in values for folder in folders)
    return {FOLDER: folders[0]} if named else {}


def _stored(task: Task, name: str, value: Any) -> StoredValue:  # noqa: ANN401 - any value
    found = digest(value)
    try:
        kept, size = task.store.objects.put_value(value)
    except NotStorable as error:
        raise _Unkept(
            f"NotStorable: step {task.step.name} gives `{name}`, a {found.type}, which cannot be "
            f"kept between steps: {error}"
        ) from error
    rows, columns = _shape(value)
    # A digest that leaves something out does not stand for the value alone.
    identity = found.text if found.text and not found.note else kept
    return StoredValue(
        name=name,
        identity=identity,
        digest=found.text,
        object=kept,
        type=found.type,
        bytes=size,
        note=found.note,
        rows=rows,
        columns=columns,
        number=_number(value),
    )


def _shape(value: object) -> tuple[int | None, int | None]:
    """Return rows and columns of a table, whichever library it is of."""
    try:
        shape, named = getattr(value, "shape", None), hasattr(value, "columns")
    except Exception:  # noqa: BLE001 - a class of the user's may raise what it likes
        return None, None
    if named and isinstance(shape, tuple) and len(shape) == _TABLE:
        return (
            (int(shape[0]), int(shape[1]))
            if all(isinstance(x, int) for x in shape)
            else (None, None)
        )
    return None, None


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, Real):
        return None
    number = float(value)
    return number if math.isfinite(number) else None
