"""Why a notebook did not reproduce: every way of explaining it, in order, and no guesses.

What nothing explains is `unexplained`. A cause that only fits the facts has a confidence below 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.reproducing import confidence
from lifecycle_core.reproducing.failures import failure
from lifecycle_core.reproducing.instability import explain_unstable
from lifecycle_core.reproducing.saying import HINTS
from lifecycle_core.reproducing.signs import not_stored, other_sign, signs
from lifecycle_core.reproducing.staleness import explain_stale
from lifecycle_core.reproducing.stops import line_of, once_worked
from lifecycle_core.schema.reproduction import Cause

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifecycle_core.reproducing.case import Case
    from lifecycle_core.reproducing.trials import Trials

_GROUPS = 3
_RAISED = (
    "Read the error: the cell, or one above it, was edited, or the data or the packages are not "
    "those that the notebook was saved with."
)
_DOUBTED = frozenset({"undefined_name", "deleted_cell", "environment_drift"})
"""What an error says of these can be shown by cells in another order, or code put back."""


def find_causes(case: Case, trials: Trials | None) -> tuple[Cause, ...]:
    """Return every cause that can be shown or is supported by signs, most certain first.

    Args:
        case: What is known.
        trials: Makes further runs; None to do without.
    """
    if case.reference is None:
        return (_nothing_stored(),)
    found = list(_stopped(case, trials))
    blamed = {cause.cell for cause in found if cause.cell is not None}
    if trials is not None:
        found += [cause for cause in explain_unstable(case, trials) if cause.cell not in blamed]
    found += _stale(case, trials, found)
    if not found:
        found = [_unexplained(case)]
    found += _predicted(case, {(cause.kind, cause.cell) for cause in found})
    unexplained = [cause for cause in found if cause.kind == "unexplained"]
    explained = [cause for cause in found if cause.kind != "unexplained"]
    found = [*explained, *unexplained[:1]]
    found = _as_one(case, found)
    # What was only read stands behind what was seen, however sure.
    return tuple(sorted(found, key=lambda one: (one.shown_by == "static", -one.confidence)))


def _stopped(case: Case, trials: Trials | None) -> Iterator[Cause]:
    """Explain a run that ended early; where only one did, the runs disagree: that comes later."""
    ends = {(run.run.exit, run.run.stopped_at) for run in case.executions}
    if case.first.run.exit == "ok" or len(ends) > 1:
        return
    stopped = case.first.run.stopped_at
    cause = failure(case, case.first)
    if stopped is None:
        if cause is not None:
            yield cause
        return
    doubted = case.falling() or case.lost or case.circumstances.pins or trials is None
    if cause is None or (cause.kind in _DOUBTED and doubted):
        other = explain_stale(case, trials, stopped) if trials else signs(case, stopped)
        if other and (cause is None or other.shown_by == "intervention"):
            line = line_of(case.first, stopped) if other.cell == stopped else None
            cause = other.model_copy(update={"line": other.line or line})
        elif other and other.kind == "out_of_order":
            yield other
    yield cause or _unexplained(case)


def _stale(case: Case, trials: Trials | None, found: list[Cause]) -> Iterator[Cause]:
    blamed = {cause.cell for cause in found if cause.cell is not None}
    waiting = [index for index in case.stale() if not blamed & case.upstream(index)]
    signalled: set[str] = set()
    for _ in range(_GROUPS):
        if not waiting:
            return
        cell = waiting[0]
        cause = not_stored(case, cell)
        if cause is None:
            cause = explain_stale(case, trials, cell) if trials else signs(case, cell)
        if cause is None:
            cause = _unexplained(case, cell)
        if cause.shown_by == "intervention" or cause.kind not in signalled:
            yield cause
            if cause.shown_by == "observation" and (other := other_sign(case, cell, cause)):
                yield other
        signalled.add(cause.kind)  # one sign speaks for all cells that it fits
        blamed = {cell} if cause.cell is None else {cell, cause.cell}
        waiting = [index for index in waiting if not blamed & case.upstream(index)]


def _predicted(case: Case, known: set[tuple[str, int | None]]) -> Iterator[Cause]:
    """Name what will fail, or may differ, in cells that no run has reached: causes are stacked."""
    for item in case.findings:
        result = case.results.get(item.cell)
        if (
            item.kind is None
            or item.severity == "info"
            or result is None
            or result.status != "not_run"
            or (item.kind, item.cell) in known
        ):
            continue
        known.add((item.kind, item.cell))
        yield Cause(
            kind=item.kind,
            cell=item.cell,
            explains=item.cell,
            line=item.line,
            names=item.names,
            evidence=item.message,
            hint=item.hint,
            shown_by="static",
            confidence=(
                confidence.PREDICTED.confidence if item.severity == "error" else confidence.WARNED
            ),
        )


def _as_one(case: Case, found: list[Cause]) -> list[Cause]:
    """Return the causes with those as one that miss what the same deleted code had defined."""
    kept: list[Cause] = []
    defined = [frozenset(one.defined) for one in case.lost if one.kind == "deleted"]
    for cause in found:
        at = next((at for at, one in enumerate(kept) if _one_loss(one, cause, defined)), None)
        if at is None:
            kept.append(cause)
            continue
        first = kept[at]
        said = f"{first.evidence.rstrip('.')}. It had defined {', '.join(cause.names)}, too, which "
        kept[at] = first.model_copy(
            update={
                "names": tuple(dict.fromkeys((*first.names, *cause.names))),
                "evidence": f"{said}cell {cause.cell} needs.",
            }
        )
    return kept


def _one_loss(first: Cause, other: Cause, defined: list[frozenset[str]]) -> bool:
    if first.kind != "deleted_cell" or other.kind not in {"deleted_cell", "undefined_name"}:
        return False
    named = bool(other.names) and (bool(first.names) or first.shown_by == "intervention")
    return named and any({*first.names, *other.names} <= names for names in defined)


def _nothing_stored() -> Cause:
    return Cause(
        kind="unexplained",
        evidence="The notebook was saved without outputs: there is nothing to compare the "
        "clean run with.",
        hint="Run all cells (Run > Restart Kernel and Run All Cells) and save it.",
        shown_by="observation",
        confidence=confidence.CERTAIN,
    )


def _unexplained(case: Case, cell: int | None = None) -> Cause:
    differing = [
        result
        for result in case.results.values()
        if result.status in {"different", "failed", "not_run"}
    ]
    first = next((one for one in differing if cell in {None, one.index}), None)
    others = [str(result.index) for result in differing if first and result.index > first.index]
    also = f" Cells that do not reproduce either: {', '.join(others[:10])}." if others else ""
    said = first.detail if first else case.first.run.message
    raised = first is not None and first.status == "failed"
    at = first.index if first else cell
    return Cause(
        kind="unexplained",
        cell=at,
        line=line_of(case.first, case.first.run.stopped_at),
        evidence=f"{said}.{_then(case, first.index) if raised and first else ''}{also}",
        hint=_RAISED if raised else HINTS["unexplained"],
        shown_by="observation",
        confidence=confidence.NOTHING,
        explains=at,
    )


def _then(case: Case, cell: int) -> str:
    """Say how a cell that raises now had ended when the notebook was saved."""
    if once_worked(case, cell):
        return " The cell once ran to its end; what is otherwise now was not seen."
    outputs = case.cells[cell].outputs
    raised = any(output.get("output_type") == "error" for output in outputs)
    return " The notebook was saved with an error there, too." if raised else ""
