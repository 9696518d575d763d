"""Models of other data: runs of a pipeline or a notebook, each with its evidence in a folder."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.evidence import RECORD
from lifecycle_core.adapters.kernel_environment import numeric_variables, processors
from lifecycle_core.adapters.progress import Progress, Silent, told
from lifecycle_core.adapters.runs import ScratchRuns
from lifecycle_core.adapters.worker import open_worker
from lifecycle_core.adapters.workspace import open_scratch, read_notebook
from lifecycle_core.errors import LifecycleError
from lifecycle_core.releasing.compiled import stated_by
from lifecycle_core.releasing.preconditions import require_finalize, stated_release
from lifecycle_core.releasing.refinalizing import Made, finalize_run
from lifecycle_core.reproducing import clean_plans

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from lifecycle_core.adapters.pipeline_packages import Package
    from lifecycle_core.adapters.store import Store
    from lifecycle_core.releasing.outside import Outside
    from lifecycle_core.schema.pipeline_run import PipelineRun


def finalize_each(
    package: Package,
    runs: Sequence[PipelineRun],
    *,
    store: Store,
    into: Path,
    progress: Progress = Silent(),  # noqa: B008 - it holds no state
) -> list[Path | str]:
    """Finalize runs, as many at once as there are processors.

    Args:
        package: The pipeline.
        runs: Of it, ended or not.
        store: That the runs used.
        into: Folder in which each model's evidence gets a folder.
        progress: Told of the finalizations.

    Returns:
        For each run the folder of its evidence, or in one line why there is none.

    Raises:
        NoFinalization: The pipeline has no finalization.
        ReleaseFileInvalid: The release file that the pipeline was compiled with is wrong.
    """
    stated, finalize = stated_by(package)
    good = [at for at, run in enumerate(runs) if run.exit == "ok"]
    width = min(processors(), len(good))
    found: list[Path | str] = [_failure(run) for run in runs]
    with told(progress, "Finalizing every window") as answer, ExitStack() as stack:
        variables = numeric_variables(hash_seed=0, threads=1)
        workers = [stack.enter_context(open_worker(variables=variables)) for _ in range(width)]
        waiting = [
            workers[place % width].start(
                finalize_run,
                Made(
                    run=runs[at], place=package.place, store=store, stated=finalize, release=stated
                ),
                into / str(at),
            )
            for place, at in enumerate(good)
        ]
        for at, future in zip(good, waiting, strict=True):
            try:
                future.result()
                found[at] = into / str(at)
            except LifecycleError as error:
                found[at] = str(error)
        answer(f"{sum(not isinstance(each, str) for each in found)} of {len(runs)}")
    return found


def run_notebook_each(
    path: Path,
    given: Sequence[Mapping[str, Any]],
    *,
    outside: Outside,
    into: Path,
    progress: Progress = Silent(),  # noqa: B008 - it holds no state
) -> list[Path | str]:
    """Run a notebook in a clean kernel with each of these parameters, one after another.

    Args:
        path: A saved notebook with a `%finalize` line.
        given: The parameters of each run.
        outside: Has the engine.
        into: Folder in which each model's evidence gets a folder.
        progress: Told of the runs.

    Returns:
        For each run the folder of its evidence, or in one line why there is none.

    Raises:
        NotebookInvalid: It cannot be read or run as it is.
        NoFinalization: It has no `%finalize` line.
        ReleaseFileInvalid: The release file is wrong.
    """
    notebook = read_notebook(path)
    policy = stated_release(notebook).policy
    require_finalize(notebook)
    found: list[Path | str] = []
    for at, parameters in enumerate(given):
        with open_scratch(path) as scratch:
            runs = ScratchRuns(
                outside.engine,
                scratch,
                parameters=parameters,
                cell_timeout=policy.cell_timeout,
                progress=progress,
            )
            said = ", ".join(f"{name}={value}" for name, value in parameters.items())
            (execution,) = runs.together(clean_plans(notebook, 1), f"Running with {said}")
            evidence = runs.workspaces[0].evidence
            if execution.run.exit != "ok":
                found.append(execution.run.message or execution.run.exit)
            elif not (evidence / RECORD).is_file():
                found.append("no finalization took place")
            else:
                shutil.copytree(evidence, into / str(at))
                found.append(into / str(at))
    return found


def _failure(run: PipelineRun) -> str:
    return next((f"step {step.name}: {step.error}" for step in run.steps if step.error), run.exit)
