"""Check a notebook alone: clean runs side by side, the verdict, and the causes; nothing is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.circumstances import Surroundings
from lifecycle_core.adapters.environment import environment_facts
from lifecycle_core.adapters.progress import Progress, Silent, told
from lifecycle_core.adapters.runs import ScratchRuns
from lifecycle_core.adapters.workspace import open_scratch, read_notebook
from lifecycle_core.notebooks.cells import release_cell
from lifecycle_core.notebooks.session import Session
from lifecycle_core.releasing.preconditions import stated_release
from lifecycle_core.reproducing import clean_plans, compare_session, reproduce

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lifecycle_core.adapters.engine import Engine
    from lifecycle_core.adapters.environment import Environments
    from lifecycle_core.releasing.strictness import Strictness
    from lifecycle_core.schema.reproduction import Reproduction
    from lifecycle_core.schema.session import SessionJournal

_RTOL = 1e-6


def reproduce_only(
    path: Path,
    *,
    engine: Engine,
    environments: Environments,
    parameters: Mapping[str, Any],
    strictness: Strictness,
    journal: SessionJournal | None = None,
    progress: Progress = Silent(),  # noqa: B008 - it holds no state
) -> Reproduction:
    """Run a notebook from a clean start and compare every cell; nothing is kept.

    Args:
        path: A saved notebook.
        engine: Runs it.
        environments: Says what the notebook ran with.
        parameters: Values for its `parameters` cell.
        strictness: What the caller asks for.
        journal: Of a live session, to be compared with the clean run.
        progress: Told about each run and each cell.

    Raises:
        NotebookInvalid: It cannot be read or run as it is.
        TargetUnwritable: The scratch copy cannot be written.
    """
    notebook = read_notebook(path)
    session = Session(journal, path.stat().st_mtime) if journal else None
    policy = stated_release(notebook).policy if release_cell(notebook) else None
    rtol, cell_timeout = strictness.rtol, strictness.cell_timeout
    with open_scratch(path) as scratch:
        runs = ScratchRuns(
            engine,
            scratch,
            parameters=parameters,
            cell_timeout=cell_timeout or (policy.cell_timeout if policy else None),
            progress=progress,
        )
        executions = runs.together(clean_plans(notebook, strictness.runs), "Running the notebook")
        with told(progress, "Locking the environment") as answer:
            lock = environments.lock(executions[0].modules)
            answer(f"{lock.packages} packages")
        reproduction = reproduce(
            notebook,
            executions,
            rtol=rtol if rtol is not None else (policy.rtol if policy else _RTOL),
            environment=environment_facts(lock),
            runs=runs if strictness.explain else None,
            look_around=Surroundings(notebook),
            lost=session.lost(notebook) if session else (),
        )
    if session is None:
        return reproduction
    compared = compare_session(session, notebook, executions[0])
    return reproduction.model_copy(update={"session": compared})
