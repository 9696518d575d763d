"""How the steps of a pipeline stand, without running anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lifecycle_core.running.deciding import decide, known_reasons
from lifecycle_core.running.figures import Album
from lifecycle_core.running.outcomes import told_outputs
from lifecycle_core.running.planning import code_of_steps, plan
from lifecycle_core.running.telling import plain
from lifecycle_core.schema.pipeline_run import PipelineState, StepState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lifecycle_core.adapters.pipeline_packages import Package
    from lifecycle_core.adapters.store import Store
    from lifecycle_core.running.outcomes import Checks, Outcome
    from lifecycle_core.running.planning import PlannedStep


def show(
    package: Package,
    *,
    store: Store,
    parameters: Mapping[str, Any],
    checks: Checks | None = None,
) -> PipelineState:
    """Tell for each step whether it is fresh, or exactly what changed.

    Args:
        package: The pipeline.
        store: Where results are.
        parameters: Those that are not to be the notebook's.
        checks: What is declared for variables at the borders of steps.

    Raises:
        InvalidCall: A parameter is none of the pipeline's.
    """
    planned = plan(package, store, parameters, code_of_steps(package), checks=checks)
    fresh: dict[str, Outcome] = {}
    album = Album(store)
    states = [_state(name, each, fresh, album) for name, each in planned.steps.items()]
    return PipelineState(
        pipeline=package.pipeline.name, parameters=plain(planned.parameters), steps=tuple(states)
    )


def _state(name: str, planned: PlannedStep, fresh: dict[str, Outcome], album: Album) -> StepState:
    task = planned.task
    stale = [step for step in planned.after if step not in fresh]
    why: tuple[str, ...] = ()
    if not stale:
        decision = decide(task, [fresh[step] for step in planned.after])
        if decision.trace is not None:
            fresh[name] = decision.fresh(task)
            return StepState(
                name=name,
                fresh=True,
                seconds=decision.trace.seconds,
                bytes=decision.trace.bytes,
                inputs=task.step.inputs,
                after=task.step.after,
                outputs=told_outputs(decision.trace),
                printed=decision.trace.printed,
                drawn=album.with_pictures(decision.trace.drawn),
            )
        why = decision.why
    last = task.store.last(task.pipeline, name)
    return StepState(
        name=name,
        fresh=False,
        why=why or known_reasons(task, last, stale),
        seconds=last.seconds if last else None,
        bytes=last.bytes if last else None,
        inputs=task.step.inputs,
        after=task.step.after,
    )
