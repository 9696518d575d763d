"""From a failed trial to the next draft: which cells to put together, or why to give up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from lifecycle_core.compiling.nearness import Nearness, Tolerance
from lifecycle_core.schema.pipeline import Difference, Fusion, Proof, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lifecycle_core.schema.pipeline import Pipeline, Step, StepOutput


class Tried(Protocol):
    """What came of running a package."""

    @property
    def digests(self) -> Mapping[str, str | None]:
        """By `STEP.VARIABLE`, or by variable."""

    @property
    def stuck(self) -> Mapping[str, str]:
        """Variables that could not be handed over, with the reason."""

    @property
    def error(self) -> str:
        """What was raised; empty if nothing."""

    @property
    def step(self) -> str:
        """The step in which it was raised."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What a trial amounts to: a proof, or what to do next.

    Attributes:
        proof: It gave the notebook's own values.
        fusions: Cells to put together before the next trial.
        stuck: Variables that cannot be handed from step to step, with the reason.
        kept_inside: Variables that no step can give.
        refusal: It cannot be mended.
        unmeasured: Variables that differ, of which it is to be measured how much.
    """

    proof: Proof | None = None
    fusions: tuple[Fusion, ...] = ()
    stuck: Mapping[str, str] | None = None
    kept_inside: frozenset[str] = frozenset()
    refusal: Refusal | None = None
    unmeasured: frozenset[str] = frozenset()


_EXACT = Tolerance()


def judge_trial(
    pipeline: Pipeline,
    by_steps: Tried,
    by_run: Tried,
    *,
    volatile: Mapping[str, str],
    lock: str,
    python: str,
    tolerance: Tolerance = _EXACT,
) -> Judged:
    """Compare a trial with the notebook's clean run.

    Args:
        pipeline: The draft's record, with the notebook's digests in its outputs.
        by_steps: The run step by step.
        by_run: The run by `run()`.
        volatile: Variables that two clean runs of the notebook gave differently, with the reason.
        lock: Digest of the lock.
        python: Version of Python.
        tolerance: What may differ, and by how much variables do.
    """
    taken = {one.name for step in pipeline.steps for one in step.inputs}
    if by_steps.stuck:
        handed = {name: why for name, why in by_steps.stuck.items() if name in taken}
        return Judged(stuck=handed, kept_inside=frozenset(by_steps.stuck.keys() - handed.keys()))
    if by_steps.error:
        return _after_error(pipeline, by_steps.step, by_steps.error)
    expected = {
        f"{step.name}.{output.name}": output for step in pipeline.steps for output in step.outputs
    }
    not_compared = {
        key: reason
        for key, output in expected.items()
        if output.digest is None or by_steps.digests.get(key) != output.digest
        if (reason := _excused(output, volatile))
    }
    differing = [
        key
        for key, output in expected.items()
        if key not in not_compared
        if tolerance.must_be_measured(output.name) or by_steps.digests.get(key) != output.digest
    ]
    if by_run.error and (tolerance.rtol or not differing):
        return _after_error(pipeline, by_run.step, by_run.error)
    differing += [
        key
        for name, step in pipeline.exported.items()
        if (key := f"{step}.{name}") not in {*not_compared, *differing}
        if by_run.digests.get(name) != expected[key].digest
    ]
    unmeasured = {key for key in differing if key not in tolerance.measured}
    if tolerance.rtol and unmeasured:
        return Judged(unmeasured=frozenset(expected[key].name for key in unmeasured))
    for key in differing:
        found = tolerance.measured.get(key)
        if found is None or not found.within(tolerance.rtol):
            return _after_difference(pipeline, key, _told(found, tolerance.rtol))
    within = {
        key: Difference(max_rel_error=found.size, where=found.where)
        for key in differing
        if (found := tolerance.measured[key]).size
    }
    return Judged(
        proof=Proof(
            verdict="tolerance" if within else "identical",
            rtol=tolerance.rtol,
            within=within,
            compared=len(expected) - len(not_compared),
            not_compared=not_compared,
            lock=lock,
            python=python,
        )
    )


def _told(found: Nearness | None, rtol: float) -> str:
    """Return by how much a variable differs, as words after it; empty if that is not known."""
    if found is None or not rtol:
        return ""
    if found.size is None:
        return f", which {found.reason}"
    where = f" at {found.where}" if found.where else ""
    return f", by {found.size:.2g}{where}, which is more than the tolerance {rtol:g}"


def _excused(output: StepOutput, volatile: Mapping[str, str]) -> str:
    """Return why a variable need not have the notebook's digest; empty if it must."""
    if output.name in volatile:
        return volatile[output.name]
    if output.digest is None:
        return output.note or "it has no digest"
    if output.type.startswith("altair."):
        return "a chart numbers its views by a counter of the process"
    return ""


def _after_error(pipeline: Pipeline, name: str, error: str) -> Judged:
    names = [step.name for step in pipeline.steps]
    place = names.index(name) if name in names else 0
    reason = f"apart from the step before, it failed: {error}"
    return _together(pipeline, place, (), reason, f"the step `{name or 'run'}` failed: {error}")


def _after_difference(pipeline: Pipeline, key: str, how: str) -> Judged:
    name, _, variable = key.partition(".")
    place = [step.name for step in pipeline.steps].index(name)
    return _together(
        pipeline,
        place,
        (variable,),
        f"apart from the step before, it gave another `{variable}` than the notebook{how}",
        f"the step `{name}` gives another `{variable}` than the notebook{how}",
    )


def _together(
    pipeline: Pipeline, place: int, names: tuple[str, ...], reason: str, refusal: str
) -> Judged:
    steps: list[Step] = list(pipeline.steps)
    if place == 0 and len(steps) > 1:
        place = 1  # it may be what a later step should have done first
    if len(steps) == 1:
        return Judged(
            refusal=Refusal(
                cells=steps[0].cells,
                names=names,
                reason=refusal,
                hint="Tag the cell that should not be part of the pipeline `skip-execution`.",
            )
        )
    cells = (*steps[place - 1].cells, *steps[place].cells)
    return Judged(fusions=(Fusion(cells=cells, names=names, reason=reason),))
