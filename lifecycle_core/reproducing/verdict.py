"""From a stored notebook and its clean run to a verdict, cell by cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.notebooks.cells import CodeCell, code_cells
from lifecycle_core.notebooks.compare import compare_outputs
from lifecycle_core.notebooks.execution import ExecutedCell, Execution
from lifecycle_core.reproducing.causes import find_causes
from lifecycle_core.schema.reproduction import (
    CellResult,
    CellStatus,
    EnvironmentFacts,
    Reproduction,
    Run,
    Verdict,
)

if TYPE_CHECKING:
    from lifecycle_core.notebooks.read import Notebook

_SKIP = "skip-execution"
_OWN_RUNS = frozenset({"package", "promote", "releases", "reproduce", "rollback"})
_UNSURE = "nondeterministic"


def reproduce(
    notebook: Notebook, execution: Execution, *, rtol: float, environment: EnvironmentFacts
) -> Reproduction:
    """Judge a clean run against the outputs that the notebook holds.

    Args:
        notebook: The source with its stored outputs.
        execution: Its clean run.
        rtol: Relative difference of two numbers that still counts as equal, in [0, 1).
        environment: Where the run took place.

    Returns:
        A record that says `reproducible` only if every cell that should run did run, none failed,
        and each agrees with what is stored.
    """
    cells = code_cells(notebook)
    blank = never_executed(cells)
    results = tuple(_cell(cell, execution, rtol=rtol, blank=blank) for cell in cells)
    verdict = _verdict(results, execution, blank=blank)
    return Reproduction(
        notebook=notebook.path.name if notebook.path.is_absolute() else notebook.path.as_posix(),
        source_digest=notebook.digest,
        verdict=verdict,
        reproducible=verdict in {"identical", "cosmetic", "tolerance"},
        rtol=rtol,
        cells=results,
        causes=find_causes(cells, execution, results, blank=blank),
        inputs=execution.inputs,
        environment=environment,
        runs=(execution.run,),
    )


def never_executed(cells: tuple[CodeCell, ...]) -> bool:
    """Tell whether the notebook was saved without having been run: nothing to compare with."""
    return all(cell.execution_count is None and not cell.outputs for cell in cells)


def _cell(cell: CodeCell, execution: Execution, *, rtol: float, blank: bool) -> CellResult:
    ran = execution.cells.get(cell.index, ExecutedCell())
    if not_compared := _not_compared(cell, ran, execution.run, blank=blank):
        status, detail = not_compared
        return CellResult(
            index=cell.index, label=cell.label, status=status, seconds=ran.seconds, detail=detail
        )
    found = compare_outputs(cell.outputs, ran.outputs, rtol=rtol)
    detail = found.detail
    if found.status == "different" and cell.execution_count is None and not cell.outputs:
        detail = f"this cell was not run before the notebook was saved; {detail}"
    return CellResult(
        index=cell.index,
        label=cell.label,
        status=found.status,
        normalisers=found.normalisers,
        max_rel_error=found.max_rel_error,
        seconds=ran.seconds,
        detail=detail,
        stored=found.stored,
        fresh=found.fresh,
    )


def _not_compared(
    cell: CodeCell, ran: ExecutedCell, run: Run, *, blank: bool
) -> tuple[CellStatus, str] | None:
    """Return status and detail of a cell whose outputs say nothing; the first that holds counts."""
    early = run.message if run.stopped_at == cell.index else "the run ended before this cell"
    own = _OWN_RUNS.intersection(cell.line_magics)
    reasons: tuple[tuple[bool, CellStatus, str], ...] = (
        (_SKIP in cell.tags, "skipped", f"tagged {_SKIP}"),
        (ran.failed, "failed", run.message),
        (not ran.ran, "not_run", early),
        (bool(own), "skipped", f"%{min(own, default='')} does not act in a clean run"),
        (_UNSURE in cell.tags, "skipped", f"ran; tagged {_UNSURE}, so not compared"),
        (blank and bool(ran.outputs), "skipped", "ran; no output is stored to compare with"),
    )
    return next(((status, detail) for holds, status, detail in reasons if holds), None)


def _verdict(results: tuple[CellResult, ...], execution: Execution, *, blank: bool) -> Verdict:
    statuses = {result.status for result in results}
    if "failed" in statuses and execution.run.exit == "error":
        return "failed"
    if execution.run.exit != "ok" or statuses & {"failed", "not_run"} or blank:
        return "incomplete"
    for worst in ("different", "tolerance", "cosmetic"):
        if worst in statuses:
            return worst
    return "identical"
