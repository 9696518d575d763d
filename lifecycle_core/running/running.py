"""Run a compiled pipeline, or several runs of it at once: what is fresh is not run."""

from __future__ import annotations

import time
import uuid
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.scheduling import Node
from lifecycle_core.adapters.store import ObjectBroken
from lifecycle_core.running.deciding import decide
from lifecycle_core.running.figures import Album
from lifecycle_core.running.outcomes import Outcome, told_outputs
from lifecycle_core.running.performing import perform, remember
from lifecycle_core.running.planning import Plan, code_of_steps, plan
from lifecycle_core.running.project_files import lock_name, merged, put_back
from lifecycle_core.running.telling import Nodes, Telling, plain
from lifecycle_core.schema.pipeline_run import PipelineRun, PipelineRuns, StepRun

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from lifecycle_core.adapters.pipeline_packages import Package
    from lifecycle_core.adapters.progress import Progress
    from lifecycle_core.adapters.scheduling import Scheduler
    from lifecycle_core.adapters.store import Store
    from lifecycle_core.running.outcomes import Checks, Task
    from lifecycle_core.schema.event import Event
    from lifecycle_core.schema.pipeline import Step

_ROUNDS = 5
"""How often a run begins anew because an object it relied on turned out not to be whole."""


def run(
    package: Package,
    *,
    store: Store,
    scheduler: Scheduler,
    parameters: Sequence[Mapping[str, Any]],
    tell: Callable[[Event], None] | None,
    progress: Progress,
    ship: bool = False,
    checks: Checks | None = None,
) -> PipelineRuns:
    """Run a pipeline once for each mapping of parameters.

    Several runs go side by side, and what they share is done once. Runs of a pipeline whose steps
    write files go one after another, also those of other processes: they write the same files.

    Args:
        package: The pipeline.
        store: Where results are and go.
        scheduler: Runs what is stale.
        parameters: For each run, those that are not to be the notebook's.
        tell: Told of events, in order, one at a time.
        progress: Told of steps.
        ship: Keep the package's sources in the store, for workers that do not have them.
        checks: What is declared for variables at the borders of steps.

    Raises:
        InvalidCall: A parameter is none of the pipeline's.
    """
    code = code_of_steps(package)
    sources = store.objects.put_value(dict(package.files()))[0] if ship else ""
    plans = [
        plan(package, store, given, code, sources=sources, checks=checks) for given in parameters
    ]
    labels = [_label(given) for given in parameters] if len(plans) > 1 else [""]
    writing = _writes_files(package, store)
    batches = [[n] for n in range(len(plans))] if writing else [list(range(len(plans)))]
    album = Album(store)
    runs: list[PipelineRun] = []
    for batch in batches:
        going = _Batch(
            package,
            [(labels[number], plans[number]) for number in batch],
            store=store,
            scheduler=scheduler,
            tell=tell,
            progress=progress,
            album=album,
        )
        held = lock_name(package.pipeline.name, package.place.home)
        with store.computing(held) if writing else nullcontext():
            runs += going.run()
    return PipelineRuns(pipeline=package.pipeline.name, runs=tuple(runs))


class _Batch:
    """Runs that go side by side."""

    def __init__(
        self,
        package: Package,
        plans: Sequence[tuple[str, Plan]],
        *,
        store: Store,
        scheduler: Scheduler,
        tell: Callable[[Event], None] | None,
        progress: Progress,
        album: Album,
    ) -> None:
        self._package, self._store, self._scheduler = package, store, scheduler
        self._plans = [each for _, each in plans]
        name = package.pipeline.name
        self._tellings = [Telling(_new_id(), name, each, tell) for each in self._plans]
        labels = [label for label, _ in plans]
        self._nodes = Nodes(list(zip(labels, self._tellings, strict=True)), progress)
        self._ran: dict[str, Outcome] = {}
        self._album = album

    def run(self) -> list[PipelineRun]:
        began = datetime.now(UTC).isoformat(timespec="seconds")
        clock = time.perf_counter()
        for telling in self._tellings:
            telling.begin()
        try:
            outcomes = self._outcomes()
        except BaseException as error:
            for telling in self._tellings:
                telling.stopped(time.perf_counter() - clock, error)
            raise
        seconds = time.perf_counter() - clock
        return [self._record(telling, outcomes, began, seconds) for telling in self._tellings]

    def _outcomes(self) -> dict[str, Outcome]:
        """Return the outcome of each node."""
        for _ in range(_ROUNDS):
            known: dict[str, Outcome] = {}
            stale: dict[str, Node] = {}
            for each in self._plans:
                self._look(each, known, stale)
            found = known
            if stale:
                found = known | self._scheduler.run(
                    stale, known, perform=perform, died=died, listener=self._nodes
                )
            self._ran.update({n: o for n, o in found.items() if o.ending == "ran"})
            if all(outcome.ending != "broken" for outcome in found.values()) and self._restored(
                found
            ):
                break
        return {
            name: _lost(outcome) if outcome.ending == "broken" else self._ran.get(name, outcome)
            for name, outcome in found.items()
        }

    def _look(self, each: Plan, known: dict[str, Outcome], stale: dict[str, Node]) -> None:
        """Sort the steps of a plan into those that are fresh and those that may have to run."""
        for planned in each.steps.values():
            if planned.node in known or planned.node in stale:
                continue
            before = [each.steps[name].node for name in planned.after]
            if all(node in known for node in before):
                decision = decide(planned.task, [known[node] for node in before])
                if decision.trace is not None:
                    remember(planned.task, decision, decision.trace)
                    known[planned.node] = decision.fresh(planned.task)
                    self._nodes.ended(planned.node, known[planned.node])
                    continue
            stale[planned.node] = Node(task=planned.task, after=tuple(before))

    def _restored(self, found: Mapping[str, Outcome]) -> bool:
        """Put files of fresh steps back where they are gone; tell whether all could be."""
        for telling in self._tellings:
            ended = [found[planned.node] for planned in telling.plan.steps.values()]
            if all(outcome.good for outcome in ended):
                left = merged(outcome.files for outcome in ended)
                try:
                    others = put_back(left, self._package.place.home, self._store)
                except ObjectBroken:
                    return False
                telling.note(
                    f"{path} was changed by somebody else while the pipeline ran, and left as it is"
                    for path in others
                )
        return True

    def _record(
        self, telling: Telling, outcomes: Mapping[str, Outcome], began: str, seconds: float
    ) -> PipelineRun:
        ended = {step: outcomes[each.node] for step, each in telling.plan.steps.items()}
        telling.end(seconds, ended.values())
        good = all(outcome.good for outcome in ended.values())
        return PipelineRun(
            id=telling.run,
            pipeline=self._package.pipeline.name,
            parameters=plain(telling.plan.parameters),
            scheduler=self._scheduler.name,
            started=began,
            seconds=seconds,
            exit="ok" if good else "failed",
            steps=tuple(
                _step_run(each.task.step, ended[step], self._album)
                for step, each in telling.plan.steps.items()
            ),
            hooks=tuple(telling.notes),
            environment=self._package.differing,
        )


def _writes_files(package: Package, store: Store) -> bool:
    """Tell whether steps are known to write files: from the notebook's run, or their own last."""
    name = package.pipeline.name
    return any(
        step.writes or ((last := store.last(name, step.name)) and last.written)
        for step in package.pipeline.steps
    )


def died(task: Task, upstream: Sequence[Outcome], how: str) -> Outcome:
    """Return the outcome of a step whose process ended under it."""
    if not all(outcome.good for outcome in upstream):
        return Outcome(step=task.step.name, ending="not_run")
    cell = task.step.cells[0] if task.step.cells else None
    return Outcome(step=task.step.name, ending="failed", error=f"It did not end: {how}", cell=cell)


def _lost(outcome: Outcome) -> Outcome:
    error = "objects of the store were not whole, again and again; is its disk in order?"
    return replace(outcome, ending="failed", error=error)


def _step_run(step: Step, outcome: Outcome, album: Album) -> StepRun:
    trace = outcome.trace
    return StepRun(
        name=step.name,
        status="not_run" if outcome.ending == "broken" else outcome.ending,
        why=outcome.why,
        key=outcome.key,
        seconds=outcome.seconds,
        bytes=trace.bytes if trace else 0,
        peak_bytes=trace.peak_bytes if trace else None,
        outputs=told_outputs(trace),
        printed=outcome.printed,
        drawn=album.with_pictures(outcome.drawn),
        error=outcome.error,
        cell=outcome.cell,
        line=outcome.line,
        trace=outcome.shown,
        inputs=step.inputs,
        after=step.after,
    )


def _label(given: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={value}" for name, value in given.items())


def _new_id() -> str:
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{uuid.uuid4().hex[:8]}"
