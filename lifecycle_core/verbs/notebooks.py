"""What is done with a notebook: finalize inside it, reproduce it, take it to a candidate."""

from __future__ import annotations

import os
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.progress import Progress, Silent
from lifecycle_core.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lifecycle_core.adapters.evidence import EvidenceStore
    from lifecycle_core.notebooks.execution import Execution
    from lifecycle_core.schema.finalization import Finalization
    from lifecycle_core.schema.packaged import Packaged
    from lifecycle_core.schema.release_file import ReleaseFile
    from lifecycle_core.schema.reproduction import Reproduction

_SILENT = Silent()
_NONE: Mapping[str, Any] = MappingProxyType({})


def _unheard(_execution: Execution) -> None:
    """Tell nobody what a run left."""


def finalize(
    candidates: Mapping[str, Any],
    X: Any,  # noqa: ANN401, N803 - scikit-learn's name; checked inside
    y: Any,  # noqa: ANN401 - checked inside
    *,
    release: ReleaseFile,
    holdout: tuple[Any, Any] | None = None,
    folds: int = 5,
    seed: int = 0,
    keep: EvidenceStore | None = None,
) -> Finalization:
    """Choose one candidate and one decision rule by what they cost; see `finalizing.finalize`.

    In a clean run the evidence also goes where `nbrelease run` reads it.
    """
    from lifecycle_core.adapters.evidence import EvidenceChain, EvidenceFolder
    from lifecycle_core.adapters.models import SkopsModels
    from lifecycle_core.finalizing import finalize as choose

    stores: list[EvidenceStore] = [keep] if keep else []
    if folder := os.environ.get("NBRELEASE_EVIDENCE"):
        stores.append(EvidenceFolder(Path(folder), SkopsModels()))
    found = choose(
        candidates,
        X,
        y,
        release=release,
        holdout=holdout,
        folds=folds,
        seed=seed,
        evidence=EvidenceChain(tuple(stores)),
    )
    if folder and Path(folder, "champion").is_dir():
        from lifecycle_core.releasing.beside_champion import compare_here

        given = {"candidates": candidates, "X": X, "y": y, "holdout": holdout}
        compare_here(Path(folder), found, release, given)
    return found


def reproduce(
    notebook: Path | str,
    *,
    parameters: Mapping[str, Any] = _NONE,
    rtol: float | None = None,
    cell_timeout: float | None = None,
    env: str = "current",
    runs: int = 2,
    explain: bool = True,
    session: Mapping[str, Any] | None = None,
    executed: Callable[[Execution], None] = _unheard,
    progress: Progress = _SILENT,
) -> Reproduction:
    """Run a notebook from a clean start and compare every cell with its stored outputs.

    Args:
        notebook: A saved notebook.
        parameters: Values for its `parameters` cell.
        rtol: Relative difference at which two numbers count as equal, in [0, 1).
        cell_timeout: Seconds one cell may run.
        env: `current`, or `locked`: an environment made from a lock of what the notebook loads.
        runs: Clean runs to compare, 1 to 20.
        explain: Look for the cause of what differs by further runs.
        session: What a live session ran and holds, as `nbrelease/session/1`, to compare it too.
        executed: Is given the first clean run, with all its outputs.
        progress: Told about each cell.

    Raises:
        InvalidCall: A value is outside its range.
    """
    from lifecycle_core.adapters.engine import PapermillEngine
    from lifecycle_core.adapters.environment import LockedEnvironments, UvEnvironments
    from lifecycle_core.releasing import Strictness, reproduce_only
    from lifecycle_core.reproducing import require_sensible
    from lifecycle_core.schema.session import SessionJournal

    require_sensible(rtol=rtol, cell_timeout=cell_timeout, env=env, runs=runs)
    journal = SessionJournal.model_validate(session) if session is not None else None
    return reproduce_only(
        Path(notebook),
        engine=PapermillEngine(),
        environments=UvEnvironments(),
        locked=LockedEnvironments() if env == "locked" else None,
        parameters=parameters,
        strictness=Strictness(rtol=rtol, cell_timeout=cell_timeout, runs=runs, explain=explain),
        journal=journal,
        executed=executed,
        progress=progress,
    )


def package(
    notebook: Path | str,
    *,
    parameters: Mapping[str, Any] = _NONE,
    rtol: float | None = None,
    cell_timeout: float | None = None,
    progress: Progress = _SILENT,
) -> Packaged:
    """Take a notebook to a registered candidate and judge the six checkpoints.

    The arguments are those of `reproduce`.
    """
    from lifecycle_core.releasing import Strictness, release
    from lifecycle_core.reproducing import require_sensible
    from lifecycle_core.settings import outside

    require_sensible(rtol=rtol, cell_timeout=cell_timeout)
    settings = load_settings()
    with outside(settings) as systems:
        return release(
            Path(notebook),
            outside=systems,
            bundles_folder=settings.bundles,
            parameters=parameters,
            strictness=Strictness(rtol=rtol, cell_timeout=cell_timeout),
            progress=progress,
        )
