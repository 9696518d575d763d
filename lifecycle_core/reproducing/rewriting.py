"""A notebook that rewrites what it reads: does a second run in the same folder give the same?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.notebooks.plan import Plan
from lifecycle_core.reproducing import confidence
from lifecycle_core.reproducing.saying import HINTS
from lifecycle_core.schema.reproduction import Cause

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifecycle_core.notebooks.execution import Execution
    from lifecycle_core.reproducing.case import Case
    from lifecycle_core.reproducing.trials import Trials
    from lifecycle_core.schema.reproduction import CellResult, InputFile


def rewritten_inputs(execution: Execution) -> tuple[InputFile, ...]:
    """Return the files, as the run left them, that it had read before and then changed."""
    read = {item.path: item.digest for item in execution.inputs}
    return tuple(
        item for item in execution.written if read.get(item.path, item.digest) != item.digest
    )


def run_again(case: Case, trials: Trials) -> tuple[list[int], Execution, int]:
    """Run the notebook in the folder as the first clean run left it.

    Returns:
        The cells that come out different then, but for those that come out different in each clean
        run, that run, and its position among the trials.
    """
    (again,) = trials.otherwise([Plan(notebook=case.notebook, folder_of=0)])
    changed = [
        index
        for index in case.cells
        if index not in case.unstable and not case.same(index, case.first, again)
    ]
    cell = changed[0] if changed else max(case.cells)
    shown = trials.note(
        {"same_folder"}, cell, agrees=not changed, against="clean_run", executions=(again,)
    )
    return changed, again, shown


def marked(
    results: Sequence[CellResult], changed: Sequence[int], again: Execution
) -> tuple[CellResult, ...]:
    """Return the results with the cells that a second run in the folder changed as different."""
    said = again.run.message or "its output changed"
    return tuple(
        result.model_copy(
            update={
                "status": "different",
                "detail": f"a second run in the same folder gives something else: {said}",
            }
        )
        if result.index in changed and result.status in {"identical", "cosmetic", "tolerance"}
        else result
        for result in results
    )


def blame(
    case: Case, rewritten: Sequence[InputFile], changed: Sequence[int], trial: int | None
) -> Cause:
    """Name the input that is rewritten and the cell that does it.

    Args:
        case: What is known.
        rewritten: The inputs that the run changed.
        changed: The cells that a second run in the folder changed.
        trial: That run's position among the trials, if it was made.
    """
    item = rewritten[0]
    cell = min(item.cells, default=None)
    shown = bool(changed)
    seen = (
        f"cell {changed[0]} comes out different when the notebook is run again in the same folder"
        if shown
        else "the notebook was stored from a run on another state of it"
    )
    return Cause(
        kind="self_modifying_input",
        cell=cell,
        line=next((site.line for site in case.first.facts.writes if site.cell == cell), None),
        names=tuple(one.path for one in rewritten),
        evidence=f"The notebook reads {item.path} and then changes it; {seen}.",
        hint=HINTS["self_modifying_input"],
        shown_by="intervention" if shown else "observation",
        explains=changed[0] if shown else next(iter(case.stale()), None),
        trial=trial if shown else None,
        confidence=(confidence.RUN_AGAIN if shown else confidence.REWRITES).confidence,
    )
