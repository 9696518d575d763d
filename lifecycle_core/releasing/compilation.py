"""Compile a notebook: clean runs, a draft, its proof, and only then the package.

    path --read--> Notebook --run clean, twice--> Facts --propose, draft--> Draft
         --run in a clean process--> Trial --compare--> Proof --write--> package

A draft that does not give the notebook's own values is drawn up anew with fewer borders. What
cannot be proven is not written.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lifecycle_core.adapters.circumstances import LookAround
from lifecycle_core.adapters.environment import environment_facts
from lifecycle_core.adapters.packages import (
    ChangedByHand,
    changed_by_hand,
    place_package,
)
from lifecycle_core.adapters.progress import Progress, Silent, told
from lifecycle_core.adapters.runs import ScratchRuns
from lifecycle_core.adapters.workspace import open_scratch, read_notebook
from lifecycle_core.compiling import first_attempt
from lifecycle_core.compiling.charting import with_named_charts
from lifecycle_core.compiling.drawing import drawing_cells
from lifecycle_core.compiling.pieces import with_last_look, without_step_lines
from lifecycle_core.compiling.volatility import volatility_of
from lifecycle_core.notebooks.cells import code_cells
from lifecycle_core.releasing.findings import read_findings
from lifecycle_core.releasing.proof import Circumstances, prove
from lifecycle_core.reproducing import clean_plans, reproduce
from lifecycle_core.schema.pipeline import Compilation, Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from lifecycle_core.adapters.engine import Engine
    from lifecycle_core.adapters.environment import Environments
    from lifecycle_core.notebooks.execution import Execution
    from lifecycle_core.notebooks.read import Notebook
    from lifecycle_core.schema.bundle import Lock
    from lifecycle_core.schema.pipeline import Pipeline

_RTOL = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a package goes: `folder` holds `pipelines/NAME`."""

    folder: Path
    name: str

    @property
    def package(self) -> Path:
        """The package's folder."""
        return self.folder / "pipelines" / self.name


def compile_only(
    path: Path,
    *,
    engine: Engine,
    environments: Environments,
    target: Target,
    cell_timeout: float | None = None,
    rtol: float = 0.0,
    keep: bool = True,
    force: bool = False,
    progress: Progress = Silent(),  # noqa: B008 - it holds no state
) -> Compilation:
    """Compile a notebook into a package that is proven to give its results.

    Args:
        path: A saved notebook.
        engine: Runs it.
        environments: Says what it ran with.
        target: Where the package goes.
        cell_timeout: Seconds one cell may run.
        rtol: Relative difference of two numbers that still counts as equal, in [0, 1); by default
            every variable must be identical.
        keep: Keep what the notebook prints and draws.
        force: Write over regions that were changed by hand.
        progress: Told about each run.

    Raises:
        NotebookInvalid: It cannot be read or run as it is.
        TargetUnwritable: The package cannot be written.
    """
    notebook = read_notebook(path)
    with open_scratch(path) as scratch:
        runs = ScratchRuns(
            engine, scratch, parameters={}, cell_timeout=cell_timeout, progress=progress
        )
        if keep:
            notebook = with_named_charts(notebook)
        runnable = with_last_look(without_step_lines(notebook))
        executions = runs.together(clean_plans(runnable, 2), "Running the notebook")
        if keep and (named := with_named_charts(notebook, executions[0].cells)) is not notebook:
            notebook, runnable = named, with_last_look(without_step_lines(named))
            executions = runs.together(clean_plans(runnable, 2), "Running it with its charts named")
        with told(progress, "Locking the environment") as answer:
            lock = environments.lock(executions[0].modules)
            answer(f"{lock.packages} packages")
        refusals = _not_to_be_proven(runnable, executions, lock, runs, rtol or _RTOL)
        volatility = volatility_of(
            code_cells(notebook),
            executions[0].facts,
            executions[-1].facts,
            read_findings(notebook),
            tolerant=rtol > 0,
        )
        refusals = refusals or volatility.refusals
        folder = str(runs.workspaces[0].notebook.parent)
        relative = os.path.relpath(path.resolve(), target.package.resolve()).replace(os.sep, "/")
        attempt = first_attempt(
            notebook,
            executions[0].facts,
            folder=folder,
            name=target.name,
            relative=relative,
            keep=keep,
            drawing=drawing_cells(executions[0].cells),
        )
        refusals = (*refusals, *attempt.refusals)
        if refusals:
            return _refused(path, target, refusals, attempt.pipeline)
        with told(progress, "Proving that the steps give the notebook's results") as answer:
            proven = prove(
                attempt,
                Circumstances(
                    scratch=scratch, runs=runs, notebook=runnable, lock=lock.digest,
                    name=target.name, volatile=volatility.durations,
                    unsteady=volatility.unsteady, rtol=rtol,
                ),
            )  # fmt: skip
            answer(proven.words)
        if proven.refusal or proven.pipeline is None:
            return _refused(path, target, [*filter(None, [proven.refusal])], proven.pipeline)
    modules = dict(proven.modules or {})
    if not force and (changed := changed_by_hand(target.package, modules)):
        return _refused(path, target, [_kept_by_hand(one) for one in changed], proven.pipeline)
    written = place_package(target.package, proven.pipeline, modules, lock=lock.text)
    return Compilation(
        notebook=str(path),
        name=target.name,
        compiled=True,
        path=str(target.package),
        pipeline=proven.pipeline,
        written=written,
        next=f"nbrelease pipeline run {target.name}",
    )


def _not_to_be_proven(
    notebook: Notebook,
    executions: Sequence[Execution],
    lock: Lock,
    runs: ScratchRuns,
    rtol: float,
) -> tuple[Refusal, ...]:
    """Return why there is nothing to prove against: a run that ended early, or two that differ."""
    stopped = next((one for one in executions if one.run.exit != "ok"), None)
    judged = reproduce(
        notebook, executions, rtol=rtol, environment=environment_facts(lock, kind="current")
    )
    if stopped is None and all(cell.agree is not False for cell in judged.cells):
        return ()
    explained = reproduce(
        notebook,
        executions,
        rtol=rtol,
        environment=environment_facts(lock, kind="current"),
        runs=runs,
        findings=read_findings(notebook),
        look_around=LookAround(notebook, lock.text),
    )
    what = (
        f"a clean run does not reach its end: {stopped.run.message}"
        if stopped
        else "two clean runs give different results"
    )
    cell = (
        stopped.run.stopped_at
        if stopped
        else next((one.index for one in judged.cells if one.agree is False), None)
    )
    causes = [one for one in explained.causes if one.shown_by != "static"] or explained.causes
    first = causes[0] if causes else None
    place = first.cell if first and first.cell is not None else cell
    return (
        Refusal(
            cells=() if place is None else (place,),
            line=first.line if first else None,
            names=first.names if first else (),
            reason=f"{what}; {first.kind}: {first.evidence}" if first else what,
            hint=first.hint if first else "See: nbrelease reproduce NOTEBOOK",
        ),
    )


def _kept_by_hand(changed: ChangedByHand) -> Refusal:
    return Refusal(
        reason=changed.reason,
        hint="Move the change out of the region or into the notebook; --force writes over it.",
        diff=changed.diff,
    )


def _refused(
    path: Path, target: Target, refusals: Sequence[Refusal], pipeline: Pipeline | None
) -> Compilation:
    return Compilation(
        notebook=str(path),
        name=target.name,
        compiled=False,
        pipeline=pipeline,
        refusals=tuple(refusals),
        next="Mend what is named, save, and compile again.",
    )
