"""Why clean runs agree with each other and not with what is stored.

Something was otherwise when the notebook was saved: the order of the cells, code that is gone, the
data, the clock, the packages. What can be put back is put back in a trial; a cell that then comes
out as stored is explained. For the rest there are `signs`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.errors import EnvironmentUnavailable, TargetUnwritable
from lifecycle_core.notebooks.plan import Plan
from lifecycle_core.notebooks.variants import whole
from lifecycle_core.reproducing import confidence
from lifecycle_core.reproducing.case import sites_in
from lifecycle_core.reproducing.clocks import clock_sites, measures
from lifecycle_core.reproducing.ideas import Idea, ideas
from lifecycle_core.reproducing.leftovers import left_over, maker
from lifecycle_core.reproducing.saying import HINTS
from lifecycle_core.reproducing.signs import asked_for, signs
from lifecycle_core.reproducing.trials import HASH_SEEDS, OTHER_HASH_SEEDS, left_at
from lifecycle_core.schema.reproduction import Cause

if TYPE_CHECKING:
    from lifecycle_core.reproducing.case import Case
    from lifecycle_core.reproducing.trials import Trials
    from lifecycle_core.schema.reproduction import CauseKind, Factor


def explain_stale(case: Case, trials: Trials, cell: int) -> Cause | None:
    """Return why a cell does not come out as stored (or no longer runs), or None."""
    tried = [*ideas(case, cell), *left_over(case, cell)]
    for at in range(0, len(tried), 2):
        if cause := _tried(case, trials, cell, tried[at : at + 2]):
            return cause
    return (
        _moved(case, trials, cell)
        or _as_declared(case, trials, cell)
        or _reshuffled(case, trials, cell)
        or signs(case, cell)
    )


def _tried(case: Case, trials: Trials, cell: int, tried: list[Idea]) -> Cause | None:
    variants = [idea.variant or whole(case.notebook) for idea in tried]
    runs = trials.otherwise(
        [
            Plan(
                notebook=variant.up_to(cell).notebook, recorded=idea.recorded, without=idea.without
            )
            for variant, idea in zip(variants, tried, strict=True)
        ]
    )
    for idea, variant, run in zip(tried, variants, runs, strict=True):
        agrees = case.as_stored(cell, left_at(variant, cell, run), run)
        shown = trials.note({idea.factor}, cell, agrees=agrees, against="stored", executions=(run,))
        at = idea.cell
        if idea.without and at is None:  # it is not known yet that the notebook makes them
            at = maker(run, idea.without)
            agrees = agrees and at is not None
        if agrees:
            return _cause(
                idea.kind,
                cell if at is None else at,
                idea.evidence,
                confidence.PUT_BACK,
                explains=cell,
                trial=shown,
                hint=idea.hint,
            ).model_copy(update={"names": idea.names})
    return None


def _as_declared(case: Case, trials: Trials, cell: int) -> Cause | None:
    """Run with the versions that the project's files ask for, where other ones are here."""
    pins = case.circumstances.pins
    if not pins:
        return None
    variant = whole(case.notebook)
    wanted: dict[str, list[str]] = {}
    for pin in pins:
        wanted.setdefault(pin.name, []).append(pin.wanted)
    plan = Plan(
        notebook=variant.up_to(cell).notebook,
        versions={name: ",".join(said) for name, said in wanted.items()},
        modules=case.first.modules,
    )
    try:
        (run,) = trials.otherwise([plan])
    except (EnvironmentUnavailable, TargetUnwritable):
        return None  # the versions stay a sign
    agrees = case.as_stored(cell, left_at(variant, cell, run), run)
    shown = trials.note({"environment"}, cell, agrees=agrees, against="stored", executions=(run,))
    if not agrees:
        return None
    cause = _cause(
        "environment_drift",
        cell,
        f"{asked_for(pins)} With the versions asked for, cell {cell} comes out as stored.",
        confidence.PUT_BACK,
        explains=cell,
        trial=shown,
    )
    return cause.model_copy(update={"names": tuple(pin.name for pin in pins)})


def _moved(case: Case, trials: Trials, cell: int) -> Cause | None:
    """Move the clock where one is read: does the cell follow it?"""
    near = case.upstream(cell)
    sites = [site for site in clock_sites(case, near) if not measures(case, site)]
    static = [item for item in case.found("clock", near) if item.severity != "info"]
    if not sites and not static:
        return None
    (run,) = trials.holding([frozenset({"clock"})], cell, HASH_SEEDS[:1])
    agrees = case.same(cell, case.first, run)
    shown = trials.note({"clock"}, cell, agrees=agrees, against="clean_run", executions=(run,))
    if agrees:
        return None
    at = sites[0].cell if sites else static[0].cell
    cause = _cause(
        "clock",
        at,
        f"With the clock at another day, cell {cell} comes out different.",
        confidence.MOVED,
        explains=cell,
        trial=shown,
    )
    line = next((site.line for site in sites if site.cell == at), None)
    return cause.model_copy(update={"line": line or next((one.line for one in static), None)})


def _reshuffled(case: Case, trials: Trials, cell: int) -> Cause | None:
    """Try other orders of sets and threads where one may count: two runs may agree by luck."""
    near = case.upstream(cell)
    threads = sites_in(case.first.facts.threads, near)
    said = case.found("hash_order", near) + case.found("thread_order", near)
    if not said and not threads:
        return None
    factors: frozenset[Factor] = frozenset({"schedule"}) if threads else frozenset()
    runs = trials.holding([factors, factors], cell, OTHER_HASH_SEEDS)
    agrees = all(case.same(cell, case.first, run) for run in runs)
    shown = trials.note(factors, cell, agrees=agrees, against="clean_run", executions=runs)
    if agrees:
        return None
    static = [item for item in said if item.kind == "thread_order" or not threads]
    kind: CauseKind = "thread_order" if threads else (static[0].kind or "hash_order")
    how = "with threads held up at random" if threads else "with other hash seeds"
    return _cause(
        kind,
        threads[0].cell if threads else static[0].cell,
        f"Two further clean runs, {how}, gave other results in cell {cell}.",
        confidence.MOVED,
        explains=cell,
        trial=shown,
    ).model_copy(
        update={
            "line": threads[0].line if threads else static[0].line,
            "names": static[0].names if static else (),
        }
    )


def _cause(
    kind: CauseKind,
    cell: int,
    evidence: str,
    way: confidence.Way,
    *,
    explains: int,
    trial: int,
    hint: str = "",
) -> Cause:
    return Cause(
        kind=kind,
        cell=cell,
        evidence=evidence,
        hint=hint or HINTS[kind],
        shown_by="intervention",
        confidence=way.confidence,
        explains=explains,
        trial=trial,
    )
