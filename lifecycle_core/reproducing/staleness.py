"""Why clean runs agree with each other and not with what is stored.

Something was otherwise when the notebook was saved: the order of the cells, code that is gone, the
data, the clock, the packages. What can be put back is put back in a trial; a cell that then comes
out as stored is explained. For the rest there are `signs`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lifecycle_core.errors import EnvironmentUnavailable, TargetUnwritable
from lifecycle_core.notebooks.plan import Plan
from lifecycle_core.notebooks.variants import Variant, in_order, whole, with_sources
from lifecycle_core.reproducing import confidence
from lifecycle_core.reproducing.case import sites_in
from lifecycle_core.reproducing.clocks import clock_sites, measures
from lifecycle_core.reproducing.saying import HINTS
from lifecycle_core.reproducing.signs import asked_for, reader, signs
from lifecycle_core.reproducing.trials import HASH_SEEDS, OTHER_HASH_SEEDS, left_at
from lifecycle_core.schema.reproduction import Cause

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from lifecycle_core.reproducing.case import Case
    from lifecycle_core.reproducing.trials import Trials
    from lifecycle_core.schema.reproduction import CauseKind, Factor

_REPEATED = 4
"""At most so many cells are tried as having run more than once."""
_LONGEST = 60.0
"""Seconds that the repetitions of one cell may take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Idea:
    """A shape of the notebook in which the cell may come out as stored.

    Attributes:
        cell: Where the cause would sit; None: in the cell that is looked at.
        recorded: Other content for files of the project.
        hint: What to do, if more can be said than is said of every cause of the kind.
    """

    factor: Factor
    kind: CauseKind
    variant: Variant
    evidence: str
    cell: int | None = None
    recorded: Mapping[Path, bytes] = field(default_factory=dict)
    hint: str = ""


def explain_stale(case: Case, trials: Trials, cell: int) -> Cause | None:
    """Return why a cell does not come out as stored (or no longer runs), or None."""
    ideas = list(_ideas(case, cell))
    for at in range(0, len(ideas), 2):
        if cause := _tried(case, trials, cell, ideas[at : at + 2]):
            return cause
    return (
        _moved(case, trials, cell)
        or _as_declared(case, trials, cell)
        or _reshuffled(case, trials, cell)
        or signs(case, cell)
    )


def _ideas(case: Case, cell: int) -> Iterator[_Idea]:
    yield from _lost_code(case, cell)
    if pair := case.falling():
        earlier, later = pair
        counts = {one.index: one.execution_count or 0 for one in case.counted()}
        limit = counts.get(cell, max(counts.values()))
        order = [at for at in sorted(counts, key=counts.__getitem__) if counts[at] <= limit]
        yield _Idea(
            factor="order",
            kind="out_of_order",
            variant=in_order(case.notebook, order),
            evidence=f"Run in the order of the stored counts (cell {later.index} as "
            f"[{later.execution_count}] before cell {earlier.index} as "
            f"[{earlier.execution_count}]), cell {cell} comes out as stored.",
        )
    if case.circumstances.recorded:
        recorded = case.circumstances.recorded
        names = ", ".join(sorted(path.as_posix() for path in recorded)[:3])
        yield _Idea(
            factor="data",
            kind="changed_data",
            variant=whole(case.notebook),
            recorded=recorded,
            evidence=f"With {names} as {case.circumstances.recorded_by}, cell {cell} comes out as "
            "stored.",
            cell=reader(case, cell, frozenset()),
        )
    yield from _repetitions(case, cell)


def _lost_code(case: Case, cell: int) -> Iterator[_Idea]:
    """Offer to put back what a live session ran: what was deleted, what was edited."""
    deleted = [one for one in case.lost if one.kind == "deleted" and one.ok]
    edited = [one for one in case.lost if one.kind == "edited" and one.ok]
    added: dict[int, list[str]] = {}
    for one in deleted:
        added.setdefault(one.at, []).append(one.source)
    if deleted:
        counts = ", ".join(f"[{one.count}]" for one in deleted)
        yield _Idea(
            factor="history",
            kind="deleted_cell",
            variant=with_sources(case.notebook, added, {}),
            evidence=f"With the deleted code {counts} of this session put back, cell {cell} comes "
            "out as stored.",
            hint=f"Put it back with `%reproduce --restore {deleted[0].count}`, or choose Restart "
            "Kernel and Run All Cells and save the new results.",
        )
    if edited:
        yield _Idea(
            factor="history",
            kind="edited_after_run",
            variant=with_sources(case.notebook, {}, {one.at: one.source for one in edited}),
            cell=edited[0].at,
            evidence=f"With cell {edited[0].at} as this session ran it, cell {cell} comes out as "
            "stored.",
        )


def _repetitions(case: Case, cell: int) -> Iterator[_Idea]:
    """Offer cells that were run more than once: the counts skip before or after them."""
    near, took = case.upstream(cell), case.seconds()
    tried = 0
    code = [at for at in case.cells if at <= cell]
    for skipped_before, times in case.gaps(cell):
        for at in (
            skipped_before.index,
            *(one for one in reversed(code) if one < skipped_before.index),
        ):
            if at not in near or case.repeatable(at) or tried == _REPEATED:
                continue
            if times * took.get(at, 0.0) > _LONGEST:
                continue
            tried += 1
            order = (
                [one for one in code if one < at]
                + [at] * times
                + [one for one in code if one >= at]
            )
            yield _Idea(
                factor="repetition",
                kind="out_of_order",
                variant=in_order(case.notebook, order),
                cell=at,
                evidence=f"With cell {at} run {times + 1} times, as the gap in the counts allows, "
                f"cell {cell} comes out as stored.",
            )


def _tried(case: Case, trials: Trials, cell: int, ideas: list[_Idea]) -> Cause | None:
    shortened = [idea.variant.up_to(cell).notebook for idea in ideas]
    runs = trials.otherwise(
        [
            Plan(notebook=notebook, recorded=idea.recorded)
            for notebook, idea in zip(shortened, ideas, strict=True)
        ]
    )
    for idea, run in zip(ideas, runs, strict=True):
        agrees = case.as_stored(cell, left_at(idea.variant, cell, run), run)
        shown = trials.note({idea.factor}, cell, agrees=agrees, against="stored", executions=(run,))
        if agrees:
            return _cause(
                idea.kind,
                cell if idea.cell is None else idea.cell,
                idea.evidence,
                confidence.PUT_BACK,
                explains=cell,
                trial=shown,
                hint=idea.hint,
            )
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
