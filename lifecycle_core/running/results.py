"""The values that a run gave, brought back from the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.store import ObjectBroken
from lifecycle_core.errors import InvalidCall

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifecycle_core.adapters.store import Store
    from lifecycle_core.schema.pipeline_run import PipelineRun, StepRun
    from lifecycle_core.schema.trace import StepTrace, StoredValue


def results(made: PipelineRun, names: Sequence[str], *, store: Store) -> dict[str, Any]:
    """Return variables as the last step of a run that gave them left them.

    Each is a value of its own, which may be changed. Classes of the pipeline's package are found
    as any module is, so its root must be on `sys.path`.

    Args:
        made: A run.
        names: Which; all if empty.
        store: That the run used.

    Raises:
        InvalidCall: The run gave no such variable, or it is no longer in the store.
    """
    giving = {output.name: step for step in made.steps for output in step.outputs}
    missing = [name for name in names if name not in giving]
    if missing:
        known = f"It gave {', '.join(giving)}." if giving else "It gave none."
        raise InvalidCall(f"The run of {made.pipeline} gave no `{missing[0]}`.", hint=known)
    return {name: _value(giving[name], name, store, made.pipeline) for name in names or giving}


def _value(step: StepRun, name: str, store: Store, pipeline: str) -> Any:  # noqa: ANN401 - any value
    stored = _stored(step, name, store)
    try:
        if stored is not None:
            return store.objects.value(stored.object)
    except ObjectBroken:
        pass
    raise InvalidCall(
        f"`{name}` of step {step.name} is no longer in the store.",
        hint=f"Run it again: nbrelease pipeline run {pipeline}",
    )


def files_read(made: PipelineRun, *, store: Store) -> dict[str, dict[str, str]]:
    """Return the files that the steps of a run read and no step of it wrote.

    Args:
        made: A run.
        store: That the run used.

    Returns:
        By step, the digest of each file by its path, which is relative to the notebook's folder
        where it lies in the project.
    """
    traces = {step.name: trace for step in made.steps if (trace := _trace(step, store))}
    written = {path for trace in traces.values() for path in trace.written}
    return {
        name: {
            path: digest.replace("-", ":", 1)
            for path, digest in trace.files.items()
            if digest.startswith("sha256-") and not path.endswith("/") and path not in written
        }
        for name, trace in traces.items()
    }


def numbers(made: PipelineRun, *, store: Store) -> dict[str, float]:
    """Return the variables of a run that are an int or a float; of several versions the last."""
    found: dict[str, float] = {}
    for step in made.steps:
        if trace := _trace(step, store):
            found.update({v.name: v.number for v in trace.outputs if v.number is not None})
    return found


def _stored(step: StepRun, name: str, store: Store) -> StoredValue | None:
    trace = _trace(step, store)
    if trace is None:
        return None
    return next(value for value in trace.outputs if value.name == name)


def _trace(step: StepRun, store: Store) -> StepTrace | None:
    """Return the trace of a step: one key may have several, with other files and results."""
    told = {output.name: output.digest for output in step.outputs}
    for trace in store.traces(step.key):
        if {value.name: value.digest for value in trace.outputs} == told:
            return trace
    return None
