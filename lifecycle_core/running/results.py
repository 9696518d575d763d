"""The values that a run gave, brought back from the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.store import ObjectBroken
from lifecycle_core.errors import InvalidCall

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifecycle_core.adapters.store import Store
    from lifecycle_core.schema.pipeline_run import PipelineRun, StepRun
    from lifecycle_core.schema.trace import StoredValue


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


def _stored(step: StepRun, name: str, store: Store) -> StoredValue | None:
    """Return where a value is: one key may have several traces, with other files and results."""
    told = {output.name: output.digest for output in step.outputs}
    for trace in store.traces(step.key):
        if {value.name: value.digest for value in trace.outputs} == told:
            return next(value for value in trace.outputs if value.name == name)
    return None
