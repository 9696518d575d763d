"""What may make clean runs disagree where no trial stilled them: what is read, what is started."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lifecycle_core.notebooks.dataflow.knowledge import SHELLS
from lifecycle_core.reproducing import confidence
from lifecycle_core.reproducing.case import sites_in
from lifecycle_core.reproducing.saying import HINTS
from lifecycle_core.schema.reproduction import Cause

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lifecycle_core.reproducing.case import Case
    from lifecycle_core.schema.finding import Finding

_VARYING = frozenset({"unseeded_random", "hash_order", "thread_order", "clock", "network"})
_SQL = re.compile(
    r"\b(?:select|order\s+by|where)\b[^;]{0,2000}?\b(?:random|rand|newid|uuid|gen_random_uuid)"
    r"\s*\(\s*\)|\busing\s+sample\b|\btablesample\b",
    re.IGNORECASE,
)
_WORKERS = re.compile(r"\bParallel\(|\bProcessPoolExecutor\b|\bPool\(|\bn_jobs\s*=")
_DRAWS = re.compile(
    r"\brandom\b|\brandn?\(|\brandint\(|\bdefault_rng\b|\brvs\(|\bshuffle\(|\bsample\("
)
_STARTING = SHELLS | {"perl", "ruby"}
WORKERS_HINT = (
    "Give each task a seed of its own and seed inside the worker, such as "
    "`np.random.default_rng([seed, i])`: a seed in the notebook does not reach other processes."
)


def unstilled(case: Case, cell: int) -> Cause:
    """Return what is said of a cell in which clean runs disagree whatever is held still.

    What reading the notebook says of it is a likely cause; else it is unexplained, with a hint
    where a program or a database draws, which the trials do not reach.
    """
    near = case.upstream(cell)
    evidence = (
        f"Two clean runs gave different results in cell {cell}, and still did with random numbers "
        "held still, the same hash seed, one thread and a clock that stands still."
    )
    if item := _read(case, cell, near):
        return Cause(
            kind=item.kind or "unexplained",
            cell=item.cell,
            line=item.line,
            names=item.names,
            evidence=f"{evidence} Read from cell {item.cell}: {item.message}.",
            hint=item.hint,
            shown_by="static",
            confidence=confidence.WARNED,
            explains=cell,
        )
    at = case.origin(cell)
    return Cause(
        kind="unexplained",
        cell=at,
        names=case.changed_names(at),
        evidence=evidence,
        hint=_beyond(case, near) or HINTS["unexplained"],
        shown_by="observation",
        confidence=confidence.NOTHING,
        explains=cell,
    )


def program_in(case: Case, near: frozenset[int]) -> int | None:
    """Return the first of these cells that starts a program, as seen in a run or in its text."""
    seen = {site.cell for run in case.executions for site in sites_in(run.facts.processes, near)}
    said = {
        at
        for at in near
        if at in case.cells
        and (case.cells[at].cell_magic in _STARTING or case.flow.by_index[at].shell)
    }
    return min(seen | said, default=None)


def random_workers(case: Case, cell: int) -> bool:
    """Tell whether other processes may draw at random for a cell.

    One worker only, as in the trial with one thread, is the notebook's own process, which has the
    notebook's seed: then that trial tells the order of workers from their draws no more.
    """
    sources = [case.cells[at].source for at in case.upstream(cell) if at in case.cells]
    return any(map(_WORKERS.search, sources)) and any(map(_DRAWS.search, sources))


def _read(case: Case, cell: int, near: frozenset[int]) -> Finding | None:
    """Return the first warning upstream, of a cell that may have made something else each run."""
    origin = case.origin(cell)
    return next(
        (
            item
            for item in sorted(case.findings, key=lambda item: (item.cell, item.line or 0))
            if item.kind in _VARYING
            and item.severity != "info"
            and item.cell in near
            and (item.cell >= origin or not _same_names(case, item.cell))
        ),
        None,
    )


def _same_names(case: Case, index: int) -> bool:
    """Tell whether a cell made variables, all the same in each run, and left generators alike."""
    result = case.results.get(index)
    if result is None or not result.variables or case.changed_names(index):
        return False
    return all(generator.status == "identical" for generator in result.generators)


def _beyond(case: Case, near: frozenset[int]) -> str:
    sources: Mapping[int, str] = {at: case.cells[at].source for at in near if at in case.cells}
    drawing = next((at for at in sorted(sources) if _SQL.search(sources[at])), None)
    if drawing is not None:
        return (
            f"The database draws at random in cell {drawing}: seed it, such as `SELECT "
            "setseed(0.5)` in DuckDB and PostgreSQL, or order by a column and draw in Python."
        )
    at = program_in(case, near)
    if at is not None:
        return (
            f"Cell {at} starts a program, whose random numbers and clock cannot be held still from "
            "here: give it a seed, or save what it said as a file and read that."
        )
    return ""
