"""Clean runs against the reference, cell by cell: results, and the verdict they amount to.

The reference is what the notebook holds. A notebook that was saved without outputs has none; then
the first clean run is the reference of the others.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from lifecycle_core.notebooks.compare import Comparison, Surroundings, compare_outputs
from lifecycle_core.notebooks.dataflow import carried
from lifecycle_core.notebooks.execution import ExecutedCell, Execution
from lifecycle_core.schema.reproduction import (
    CellResult,
    CellStatus,
    GeneratorResult,
    Run,
    VariableResult,
    Verdict,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lifecycle_core.notebooks.cells import CodeCell
    from lifecycle_core.notebooks.dataflow import Dataflow
    from lifecycle_core.notebooks.facts import Facts, Variable

_SKIP = "skip-execution"
_OWN_RUNS = frozenset({"package", "pipeline", "promote", "releases", "reproduce", "rollback"})
_UNSURE = "nondeterministic"
_LOGGED_TIME = ("(relativeCreated)",)
"""What `logging` reads the clock for by itself."""
_MEMORY = (
    "ru_maxrss", "memory_info(", "memory_full_info(", "tracemalloc.get_", "%memit",
    "virtual_memory(",
)  # fmt: skip
_PROCESS = ("getpid", "(process)", "current_process")
_LOGGED_PROCESS = re.compile(
    r"%\(asctime\)s[^%\w]{1,8}(?:%\(levelname\)-?\d{0,2}s[^%\w]{1,8})?%\(process\)"
)
_WRITES_FILE = re.compile(r"\s*%%(?:writefile|file)\b")
_WORST: tuple[CellStatus, ...] = ("different", "tolerance", "cosmetic")

Reference = Literal["stored", "clean_run"]
One = TypeVar("One")


def never_executed(cells: Sequence[CodeCell]) -> bool:
    """Tell whether the notebook was saved without having been run: nothing to compare with."""
    return all(cell.execution_count is None and not cell.outputs for cell in cells)


def reference_of(cells: Sequence[CodeCell], executions: Sequence[Execution]) -> Reference | None:
    """Return what the runs are compared with; None if there is nothing."""
    if not never_executed(cells):
        return "stored"
    return "clean_run" if len(executions) > 1 else None


def compare_cell(
    index: int,
    ours: Sequence[Mapping[str, Any]],
    theirs: Sequence[Mapping[str, Any]],
    *,
    executions: Sequence[Execution],
    rtol: float,
    flow: Dataflow,
) -> Comparison:
    """Compare two outputs of a cell; what surrounds them is looked up only if they differ.

    Args:
        index: Of the cell.
        ours: Outputs, as stored or of a run.
        theirs: Outputs of a run.
        executions: The runs that they come from.
        rtol: Relative difference of two numbers that still counts as equal, in [0, 1).
        flow: Which cell may depend on which.
    """
    if ours == theirs:
        return Comparison(status="identical")
    around = _surroundings(index, executions, flow)
    return compare_outputs(ours, theirs, rtol=rtol, surroundings=around)


def _surroundings(index: int, executions: Sequence[Execution], flow: Dataflow) -> Surroundings:
    """Return what a comparison of a cell's outputs must know about the runs."""
    readings = [(site.cell, site.line) for site in executions[0].facts.clock]
    sources = [cell.get("source", "") for cell in executions[0].notebook.get("cells", ())]
    near = flow.ancestors(index) | {index}
    clock_read = (
        any(cell == index for cell, _ in readings)
        or bool(_mentioning(sources, _LOGGED_TIME) & near)
        or carried(flow, readings, index)
    )
    roots = {root: None for execution in executions for root in execution.roots}
    return Surroundings(
        clock_read=clock_read,
        roots=tuple(roots),
        memory_asked=bool(_mentioning(sources, _MEMORY) & near),
        process_asked=bool(_mentioning(sources, _PROCESS)),
        process_logged=any(map(_LOGGED_PROCESS.search, sources)),
        file_written=any(map(_WRITES_FILE.match, sources[index : index + 1])),
        homes=tuple(run.home for run in executions if run.home),
        temporary=tuple(run.temporary for run in executions if run.temporary),
    )


def _mentioning(sources: Sequence[str], words: tuple[str, ...]) -> frozenset[int]:
    """Return the cells whose source holds one of these words."""
    return frozenset(
        at for at, source in enumerate(sources) if any(word in source for word in words)
    )


def judge(
    cells: Sequence[CodeCell],
    executions: Sequence[Execution],
    *,
    rtol: float,
    flow: Dataflow,
) -> tuple[CellResult, ...]:
    """Return how each code cell compares: the worst that one of the runs showed.

    Args:
        cells: The notebook's code cells.
        executions: At least one clean run.
        rtol: Relative difference of two numbers that still counts as equal, in [0, 1).
        flow: Which cell may depend on which.
    """
    reference = reference_of(cells, executions)
    return tuple(_result(cell, executions, reference, rtol, flow) for cell in cells)


def verdict_of(
    results: Sequence[CellResult], executions: Sequence[Execution], reference: Reference | None
) -> Verdict:
    """Return the verdict on the notebook: that of its worst cell, if every cell could run."""
    statuses = {result.status for result in results}
    exits = {execution.run.exit for execution in executions}
    if "failed" in statuses and exits <= {"ok", "error"}:
        return "failed"
    if exits != {"ok"} or statuses & {"failed", "not_run"} or reference is None:
        return "incomplete"
    for worst in _WORST:
        if worst in statuses:
            return worst  # type: ignore[return-value] # these three are verdicts, too
    return "identical"


def _result(
    cell: CodeCell,
    executions: Sequence[Execution],
    reference: Reference | None,
    rtol: float,
    flow: Dataflow,
) -> CellResult:
    ran = [execution.cells.get(cell.index, ExecutedCell()) for execution in executions]
    facts = [execution.facts for execution in executions]
    variables = _variables(cell.index, facts)
    generators = _generators(cell.index, facts)
    for execution, left in zip(executions, ran, strict=True):
        if not_compared := _not_compared(cell, left, execution.run, reference):
            status, detail = not_compared
            return CellResult(
                index=cell.index,
                label=cell.label,
                status=status,
                seconds=left.seconds,
                variables=variables,
                generators=generators,
                detail=detail,
            )
    stored = ran[0].outputs if reference == "clean_run" else cell.outputs
    compared = ran[1:] if reference == "clean_run" else ran
    compare = partial(compare_cell, cell.index, executions=executions, rtol=rtol, flow=flow)
    found = _worst([compare(stored, left.outputs) for left in compared])
    agree = all(compare(ran[0].outputs, left.outputs).status != "different" for left in ran[1:])
    detail = found.detail
    if found.status == "different" and reference == "stored" and _never_run(cell):
        detail = f"this cell was not run before the notebook was saved; {detail}"
    return CellResult(
        index=cell.index,
        label=cell.label,
        status=found.status,
        normalisers=found.normalisers,
        max_rel_error=found.max_rel_error,
        agree=agree if len(ran) > 1 else None,
        variables=variables,
        generators=generators,
        seconds=ran[0].seconds,
        detail=detail,
        stored=found.stored,
        fresh=found.fresh,
        stored_png=found.stored_png,
        fresh_png=found.fresh_png,
    )


def _never_run(cell: CodeCell) -> bool:
    return cell.execution_count is None and not cell.outputs


def _worst(found: Sequence[Comparison]) -> Comparison:
    ladder = ("identical", "cosmetic", "tolerance", "different")
    return max(found, key=lambda one: ladder.index(one.status))


def _not_compared(
    cell: CodeCell, ran: ExecutedCell, run: Run, reference: Reference | None
) -> tuple[CellStatus, str] | None:
    """Return status and detail of a cell whose outputs say nothing; the first that holds counts."""
    own = _OWN_RUNS.intersection(cell.line_magics)
    reasons: tuple[tuple[bool, CellStatus, str], ...] = (
        (_SKIP in cell.tags, "skipped", f"tagged {_SKIP}"),
        (ran.failed or (not ran.ran and run.stopped_at == cell.index), "failed", run.message),
        (not ran.ran, "not_run", "the run ended before this cell"),
        (bool(own), "skipped", f"%{min(own, default='')} does not act in a clean run"),
        (_UNSURE in cell.tags, "skipped", f"ran; tagged {_UNSURE}, so not compared"),
        (
            reference is None and bool(ran.outputs),
            "skipped",
            "ran; no output is stored to compare with",
        ),
    )
    return next(((status, detail) for holds, status, detail in reasons if holds), None)


def _variables(index: int, facts: Sequence[Facts]) -> tuple[VariableResult, ...]:
    """Compare the variables that a cell made in the first run with those of the second."""
    sides = [one.cells[index].variables if index in one.cells else {} for one in facts[:2]]
    return tuple(_variable(name, found) for name, found in _by_name(sides))


def _by_name(sides: Sequence[Mapping[str, One]]) -> Iterator[tuple[str, list[One | None]]]:
    """Yield each name that a side has, with what every side has of it."""
    for name in dict.fromkeys(name for side in sides for name in side):
        yield name, [side.get(name) for side in sides]


def _variable(name: str, sides: Sequence[Variable | None]) -> VariableResult:
    first = sides[0]
    kept = first or next(side for side in sides if side is not None)
    status: CellStatus = "identical"
    note = kept.note
    if len(sides) > 1 and (sides[0] is None) != (sides[1] is None):
        status, note = "different", "only one of the runs defined or changed it"
    elif any(side is None or side.digest is None for side in sides):
        status = "skipped"
    elif len({side.digest for side in sides if side}) > 1:
        status = "different"
    return VariableResult(name=name, status=status, type=kept.type, digest=kept.digest, note=note)


def _generators(index: int, facts: Sequence[Facts]) -> tuple[GeneratorResult, ...]:
    """Compare where a cell found and left the shared generators in the first run and the second."""
    sides = [one.cells[index].generators if index in one.cells else {} for one in facts[:2]]
    return tuple(_generator(name, found) for name, found in _by_name(sides))


def _generator(name: str, sides: Sequence[tuple[str, str] | None]) -> GeneratorResult:
    before, after = next(side for side in sides if side is not None)
    note = ""
    if None in sides:
        note = "only one of the runs moved it"
    elif len({side[1] for side in sides if side}) > 1:
        already = len({side[0] for side in sides if side}) > 1
        note = "it stood elsewhere before the cell" if already else "the cell moved it elsewhere"
    status: Literal["identical", "different"] = "different" if note else "identical"
    return GeneratorResult(name=name, status=status, before=before, after=after, note=note)
