"""Why clean runs disagree with each other: hold factors still until they agree.

disagreeing cell --evidence upstream--> suspects --hold all of them--> agree?
                 --let one go at a time--> the ones without which it disagrees
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lifecycle_core.reproducing import confidence
from lifecycle_core.reproducing.case import sites_in
from lifecycle_core.reproducing.saying import HINTS
from lifecycle_core.reproducing.suspicions import WORKERS_HINT, random_workers, unstilled
from lifecycle_core.reproducing.trials import HASH_SEEDS
from lifecycle_core.schema.reproduction import Cause

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifecycle_core.notebooks.execution import Execution
    from lifecycle_core.notebooks.facts import Site
    from lifecycle_core.reproducing.case import Case
    from lifecycle_core.reproducing.trials import Trials
    from lifecycle_core.schema.finding import Finding
    from lifecycle_core.schema.reproduction import CauseKind, Factor

KINDS: dict[Factor, CauseKind] = {
    "seed": "unseeded_random",
    "hash_seed": "hash_order",
    "threads": "thread_order",
    "clock": "clock",
    "network": "network",
}
_HELD: dict[Factor, str] = {
    "seed": "random numbers held still",
    "hash_seed": "the same hash seed",
    "threads": "one thread",
    "clock": "a clock that stands still",
    "network": "the network refused",
}
_ALWAYS: frozenset[Factor] = frozenset({"seed", "hash_seed", "threads", "clock"})
_LAST: frozenset[Factor] = frozenset({"network"})
"""Refusing the network makes most cells fail alike, so other factors are asked first."""
_GROUPS = 3
"""Causes that do not depend on each other are looked for one after the other, up to this many."""
_BLAMED = 3
_SET = re.compile(r"\bset\(|\bfrozenset\(|\bhash\(|\{[^:{}]+(?:,[^:{}]+)+\}|\{\s*\w+ for\b")


def explain_unstable(case: Case, trials: Trials) -> Iterator[Cause]:
    """Yield why the clean runs disagree, for the first disagreeing cell of each origin."""
    waiting = list(case.unstable)
    for _ in range(_GROUPS):
        if not waiting:
            return
        cell = waiting[0]
        causes = list(_explain(case, trials, cell))
        yield from causes
        blamed = {cell} | {cause.cell for cause in causes if cause.cell is not None}
        waiting = [index for index in waiting if not blamed & case.upstream(index)]


def suspects(case: Case, cell: int) -> list[Factor]:
    """Return the factors for which there is evidence upstream of a cell."""
    near = case.upstream(cell)
    static = any(
        case.found("hash_order", near) or _SET.search(case.cells[at].source)
        for at in near
        if at in case.cells
    )
    found: list[Factor] = [factor for factor in KINDS if sites_of(case, factor, near)]
    return [*found, "hash_seed"] if static else found


def sites_of(case: Case, factor: Factor, within: frozenset[int]) -> list[Site]:
    """Return where the runs did what a factor influences, in these cells."""
    sites: list[Site] = []
    for execution in case.executions:
        facts = execution.facts
        seen = {
            "seed": facts.random,
            "clock": facts.clock,
            "network": facts.network,
            "threads": facts.threads,
        }.get(factor, ())
        sites += [site for site in sites_in(seen, within) if site not in sites]
    return [site for site in sites if not _is_bookkeeping(site)]


def _is_bookkeeping(site: Site) -> bool:
    """Tell whether a library drew an id for its own use, as joblib does for its folders."""
    return bool(site.library) and site.what.startswith("uuid.")


def _explain(case: Case, trials: Trials, cell: int) -> Iterator[Cause]:
    suspected = frozenset(suspects(case, cell))
    attempts = [suspected - _LAST, suspected, _ALWAYS]
    held: frozenset[Factor] = frozenset()
    pair, shown = None, 0
    for attempt in attempts:
        if pair is None and attempt and attempt != held:
            held = attempt
            pair, shown = _pair(case, trials, cell, held)
    if pair is None:
        yield unstilled(case, cell)
        return
    needed = sorted(held) if len(held) == 1 else _needed(case, trials, cell, held, pair)
    # Where each factor alone can be let go, it takes two of them, and it is not known which.
    way = confidence.FACTOR_HELD if needed else confidence.ONE_OF_SEVERAL
    workers = needed == ["threads"] and random_workers(case, cell)
    if workers:
        way = confidence.ONE_OF_SEVERAL
    for factor in needed or sorted(held):
        for cause in _blame(case, factor, cell, way):
            seen = cause.model_copy(update={"trial": shown})
            if workers:
                yield _in_workers(seen)
            yield seen


def _in_workers(cause: Cause) -> Cause:
    """Return the other cause that one worker instead of several stills."""
    return cause.model_copy(
        update={
            "kind": "unseeded_random",
            "evidence": f"{cause.evidence} Its workers draw random numbers: alone, they follow "
            "the seed of the notebook.",
            "hint": WORKERS_HINT,
        }
    )


def _pair(
    case: Case, trials: Trials, cell: int, held: frozenset[Factor]
) -> tuple[Execution | None, int]:
    """Run twice with these factors held still; return one of the runs if they agree, and where."""
    seeds = (HASH_SEEDS[0],) * 2 if "hash_seed" in held else HASH_SEEDS
    first, second = trials.holding([held, held], cell, seeds)
    agrees = case.same(cell, first, second)
    at = trials.note(held, cell, agrees=agrees, against="trial", executions=(first, second))
    return (first if agrees else None), at


def _needed(
    case: Case, trials: Trials, cell: int, held: frozenset[Factor], still: Execution
) -> list[Factor]:
    """Return the factors without which the cell disagrees again."""
    ordered = sorted(held)
    other = next(
        run.run.hash_seed for run in case.executions[1:] if not case.same(cell, case.first, run)
    )
    needed: list[Factor] = []
    for at in range(0, len(ordered), 2):
        chosen = ordered[at : at + 2]
        seeds = [other if factor == "hash_seed" else HASH_SEEDS[0] for factor in chosen]
        left = [_without(held, factor) for factor in chosen]
        runs = trials.holding(left, cell, seeds)
        for factor, others, run in zip(chosen, left, runs, strict=True):
            agrees = case.same(cell, still, run)
            trials.note(others, cell, agrees=agrees, against="trial", executions=(run,))
            if not agrees:
                needed.append(factor)
    return needed


def _without(held: frozenset[Factor], factor: Factor) -> frozenset[Factor]:
    """Let go of one factor; threads are held up at random then, or they may agree by luck."""
    return held - {factor} | ({"schedule"} if factor == "threads" else frozenset())


def _blame(case: Case, factor: Factor, cell: int, way: confidence.Way) -> Iterator[Cause]:
    """Say where the factor enters."""
    near = case.upstream(cell)
    places: dict[int, Site | None] = {}
    for site in sorted(sites_of(case, factor, near), key=_is_duration):
        if site.cell == cell or may_differ(case, site.cell):
            places.setdefault(site.cell, site)
    for item in case.found(KINDS[factor], near):
        if not places and (item.cell == cell or may_differ(case, item.cell)):
            places[item.cell] = None
    if not places:
        places = {case.origin(cell): None}
    for at in sorted(places)[:_BLAMED]:
        yield _cause(case, factor, cell, at, places[at], way=way)


def _is_duration(site: Site) -> bool:
    """Tell whether a reading of the clock more likely measures a duration than tells the date."""
    return site.what.startswith("time.")


def may_differ(case: Case, index: int) -> bool:
    """Tell whether a cell made something else in each run, or that is not known.

    What it wrote to files is not compared, and a cell without variables may do anything.
    """
    result = case.results.get(index)
    wrote = any(site.cell == index for site in case.first.facts.writes)
    return result is not None and (bool(case.changed_names(index)) or wrote or not result.variables)


def _cause(
    case: Case, factor: Factor, cell: int, at: int, site: Site | None, *, way: confidence.Way
) -> Cause:
    kind = KINDS[factor]
    said = case.found(kind, frozenset({at}))
    line = _line(case, factor, at, site, [item.line for item in said if item.line])
    what = f"`{site.what}` in cell {at}" if site and site.what else f"cell {at}"
    begins = "" if at == cell else f" It begins with {what}."
    if not said and (said := case.found(kind, case.upstream(at) - {at})):
        where = f", line {said[0].line}" if said[0].line else ""
        begins += f" The code for it stands in cell {said[0].cell}{where}."
    return Cause(
        kind=kind,
        cell=at,
        line=line,
        names=case.changed_names(at) or next((item.names for item in said), ()),
        evidence=f"Two clean runs gave different results in cell {cell}; with {_HELD[factor]} they "
        f"agreed.{begins}",
        hint=_hint(kind, said),
        shown_by="intervention",
        confidence=way.confidence,
        explains=cell,
    )


def _hint(kind: CauseKind, said: list[Finding]) -> str:
    """Return what to do: what a warning says, rather than a weak sign of the same cell."""
    sure = [item.hint for item in said if item.severity != "info"]
    return next(iter(sure), said[0].hint if said else HINTS[kind])


def _line(case: Case, factor: Factor, at: int, site: Site | None, said: list[int]) -> int | None:
    """Return the line to mend: what reading the cell blames, rather than where it takes effect.

    An estimator without a seed draws where it is fitted, and is to be given one where it is made.
    """
    seen = site.line if site else None
    if seen is not None:
        return max((line for line in said if line <= seen), default=seen)
    if said or factor != "hash_seed":
        return min(said, default=None)
    source = case.cells[at].source.splitlines() if at in case.cells else []
    return next((number for number, line in enumerate(source, 1) if _SET.search(line)), None)
