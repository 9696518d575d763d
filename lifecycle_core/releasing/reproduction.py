"""Check a notebook alone: clean runs side by side, the verdict, and the causes; nothing is kept."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.circumstances import LookAround
from lifecycle_core.adapters.environment import environment_facts
from lifecycle_core.adapters.progress import Progress, Silent, told
from lifecycle_core.adapters.runs import ScratchRuns
from lifecycle_core.adapters.workspace import open_scratch, read_notebook
from lifecycle_core.notebooks.cells import release_cell
from lifecycle_core.notebooks.factors import Conditions
from lifecycle_core.notebooks.session import Session
from lifecycle_core.releasing.findings import read_findings
from lifecycle_core.releasing.preconditions import stated_release
from lifecycle_core.reproducing import clean_plans, compare_session, reproduce

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from lifecycle_core.adapters.engine import Engine
    from lifecycle_core.adapters.environment import Environments, LockedEnvironments
    from lifecycle_core.notebooks.execution import Execution
    from lifecycle_core.notebooks.read import Notebook
    from lifecycle_core.releasing.strictness import Strictness
    from lifecycle_core.schema.bundle import Lock
    from lifecycle_core.schema.reproduction import Reproduction
    from lifecycle_core.schema.session import SessionJournal

_RTOL = 1e-6
_RUNNING = "Running the notebook"
_ATTEMPTS = 3
"""A lock that lacked what a run asked for is made anew so often; each run may ask for more."""


def reproduce_only(
    path: Path,
    *,
    engine: Engine,
    environments: Environments,
    locked: LockedEnvironments | None = None,
    parameters: Mapping[str, Any],
    strictness: Strictness,
    journal: SessionJournal | None = None,
    executed: Callable[[Execution], None] = lambda _execution: None,
    progress: Progress = Silent(),  # noqa: B008 - it holds no state
) -> Reproduction:
    """Run a notebook from a clean start and compare every cell; nothing is kept.

    Args:
        path: A saved notebook.
        engine: Runs it.
        environments: Says what the notebook ran with.
        locked: Builds the environment to run in from its lock; None to run in the current one.
        parameters: Values for its `parameters` cell.
        strictness: What the caller asks for.
        journal: Of a live session, to be compared with the clean run.
        executed: Is given the first clean run.
        progress: Told about each run and each cell.

    Raises:
        NotebookInvalid: It cannot be read or run as it is.
        TargetUnwritable: The scratch copy cannot be written.
        EnvironmentUnavailable: The locked environment cannot be built.
    """
    notebook = read_notebook(path)
    session = Session(journal, path.stat().st_mtime) if journal else None
    policy = stated_release(notebook).policy if release_cell(notebook) else None
    rtol, cell_timeout = strictness.rtol, strictness.cell_timeout
    with open_scratch(path) as scratch:

        def fresh_runs() -> ScratchRuns:
            return ScratchRuns(
                engine,
                scratch,
                parameters=parameters,
                cell_timeout=cell_timeout or (policy.cell_timeout if policy else None),
                progress=progress,
            )

        if locked is None:
            base, runs = Conditions(), fresh_runs()
            executions = runs.together(clean_plans(notebook, strictness.runs), _RUNNING)
            with told(progress, "Locking the environment") as answer:
                lock = environments.lock(executions[0].modules)
                answer(f"{lock.packages} packages")
        else:
            base, lock, runs, executions = _run_locked(
                notebook, locked, fresh_runs, count=strictness.runs, progress=progress
            )
        executed(executions[0])
        reproduction = reproduce(
            notebook,
            executions,
            rtol=rtol if rtol is not None else (policy.rtol if policy else _RTOL),
            environment=environment_facts(lock, kind="locked" if locked else "current"),
            runs=runs if strictness.explain else None,
            base=base,
            findings=read_findings(notebook),
            look_around=LookAround(notebook, lock.text),
            lost=session.lost(notebook) if session else (),
        )
    if session is None:
        return reproduction
    compared = compare_session(session, notebook, executions[0])
    return reproduction.model_copy(update={"session": compared})


def _run_locked(
    notebook: Notebook,
    environments: LockedEnvironments,
    fresh_runs: Callable[[], ScratchRuns],
    *,
    count: int,
    progress: Progress,
) -> tuple[Conditions, Lock, ScratchRuns, tuple[Execution, ...]]:
    """Run a notebook in an environment made from a lock of what it really loads.

    What it loads is known from the last check of the same source, or from a run in the current
    environment; a run that asks for more makes the lock grow.
    """
    modules = environments.recall(notebook.digest)
    if modules is None:
        looked = fresh_runs().together(clean_plans(notebook, 1), "Looking what the notebook loads")
        modules = looked[0].modules
    for _ in range(_ATTEMPTS):
        lock = environments.lock(modules)
        built = environments.environment(lock, progress, modules)
        variables = built.variables(os.environ.get("PATH", os.defpath))
        base = Conditions(python=built.python, variables=variables)
        runs = fresh_runs()
        executions = runs.together(clean_plans(notebook, count, base), _RUNNING)
        modules = frozenset().union(modules, *(execution.modules for execution in executions))
        if not environments.lacking(lock, modules):
            break
    environments.remember(notebook.digest, modules)
    return base, lock, runs, executions
