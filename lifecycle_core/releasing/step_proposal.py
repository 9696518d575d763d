"""Propose the steps of a notebook before it is compiled, so that people may move the borders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.adapters.files import write_atomically
from lifecycle_core.adapters.progress import Progress, Silent
from lifecycle_core.adapters.runs import ScratchRuns
from lifecycle_core.adapters.workspace import open_scratch, read_notebook
from lifecycle_core.compiling import first_attempt, tagged
from lifecycle_core.compiling.charting import with_named_charts
from lifecycle_core.compiling.drawing import drawing_cells
from lifecycle_core.compiling.pieces import with_last_look, without_step_lines
from lifecycle_core.releasing.preconditions import require_end
from lifecycle_core.reproducing import clean_plans
from lifecycle_core.schema.pipeline import Compilation

if TYPE_CHECKING:
    from pathlib import Path

    from lifecycle_core.adapters.engine import Engine


def propose_only(
    path: Path,
    *,
    engine: Engine,
    name: str,
    cell_timeout: float | None = None,
    tag: bool = False,
    progress: Progress = Silent(),  # noqa: B008 - it holds no state
) -> Compilation:
    """Run a notebook once and propose its steps; nothing is proven.

    Args:
        path: A saved notebook.
        engine: Runs it.
        name: Of the pipeline.
        cell_timeout: Seconds one cell may run.
        tag: Write the steps into the notebook, as tags `step:NAME` of its cells.
        progress: Told about each cell.

    Raises:
        NotebookInvalid: It cannot be read or run as it is.
        CellFailed: A cell raised.
        RunStopped: The kernel died, hung or left early.
        TargetUnwritable: The tags cannot be written.
    """
    notebook = with_named_charts(original := read_notebook(path))
    with open_scratch(path) as scratch:
        runs = ScratchRuns(
            engine, scratch, parameters={}, cell_timeout=cell_timeout, progress=progress
        )
        runnable = with_last_look(without_step_lines(notebook))
        (execution,) = runs.together(clean_plans(runnable, 1), "Running the notebook")
        require_end(runnable, execution)
        attempt = first_attempt(
            notebook,
            execution.facts,
            folder=str(runs.workspaces[0].notebook.parent),
            name=name,
            relative=path.name,
            drawing=drawing_cells(execution.cells),
        )
    written: tuple[str, ...] = ()
    if tag and attempt.pipeline is not None:
        place = path.resolve()
        mode = place.stat().st_mode
        write_atomically(place, tagged(original.content, attempt.pipeline.steps))
        place.chmod(mode)
        written = (path.name,)
    return Compilation(
        notebook=str(path),
        name=name,
        compiled=False,
        proposed=not attempt.refusals,
        pipeline=attempt.pipeline,
        refusals=attempt.refusals,
        written=written,
        next=f"nbrelease pipeline compile {path}"
        if not attempt.refusals
        else "Mend what is named, save, and propose again.",
    )
