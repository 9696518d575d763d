"""What turns a notebook into a pipeline."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lifecycle_core.adapters.progress import Progress, Silent

if TYPE_CHECKING:
    from lifecycle_core.schema.pipeline import Compilation

_SILENT = Silent()


def propose_pipeline(
    notebook: Path | str,
    *,
    name: str | None = None,
    cell_timeout: float | None = None,
    tag: bool = False,
    progress: Progress = _SILENT,
) -> Compilation:
    """Run a notebook and propose its steps; nothing is proven, and no package is written.

    Args:
        notebook: A saved notebook.
        name: Of the pipeline, as for `compile_pipeline`.
        cell_timeout: Seconds one cell may run.
        tag: Write the steps into the notebook as tags of its cells, to be moved there.
        progress: Told about each cell.

    Raises:
        InvalidCall: The name is none, or a value is outside its range.
        NotebookInvalid: The notebook cannot be read or run as it is.
        CellFailed: A cell raised.
        RunStopped: The kernel died, hung or left early.
    """
    from lifecycle_core.adapters.engine import PapermillEngine
    from lifecycle_core.compiling import require_name
    from lifecycle_core.releasing.step_proposal import propose_only
    from lifecycle_core.reproducing import require_sensible

    require_sensible(cell_timeout=cell_timeout)
    path = Path(notebook)
    return propose_only(
        path,
        engine=PapermillEngine(),
        name=require_name(name, path),
        cell_timeout=cell_timeout,
        tag=tag,
        progress=progress,
    )


def compile_pipeline(
    notebook: Path | str,
    *,
    name: str | None = None,
    out: Path | str | None = None,
    cell_timeout: float | None = None,
    rtol: float | None = None,
    outputs: str = "keep",
    force: bool = False,
    progress: Progress = _SILENT,
) -> Compilation:
    """Compile a notebook into a package of steps, and prove that it gives the notebook's results.

    Args:
        notebook: A saved notebook.
        name: Of the pipeline: a Python name; made from the file's by default.
        out: Folder that holds `pipelines`, or `pipelines` itself; the current one if None.
        cell_timeout: Seconds one cell may run.
        rtol: Relative difference at which two numbers count as equal, in [0, 1); by default every
            variable must be identical.
        outputs: `keep` or `drop` what the notebook prints and draws.
        force: Write over regions that were changed by hand.
        progress: Told about each run.

    Raises:
        InvalidCall: The name is none, or a value is outside its range.
        NotebookInvalid: The notebook cannot be read or run as it is.
        TargetUnwritable: The package cannot be written.
    """
    from lifecycle_core.adapters.engine import PapermillEngine
    from lifecycle_core.adapters.environment import UvEnvironments
    from lifecycle_core.compiling import require_kept, require_name
    from lifecycle_core.releasing.compilation import Target, compile_only
    from lifecycle_core.reproducing import require_sensible

    require_sensible(cell_timeout=cell_timeout, rtol=rtol)
    require_kept(outputs)
    path, folder = Path(notebook), Path(out) if out is not None else Path()
    return compile_only(
        path,
        engine=PapermillEngine(),
        environments=UvEnvironments(),
        target=Target(
            folder=folder.parent if folder.name == "pipelines" else folder,
            name=require_name(name, path),
        ),
        cell_timeout=cell_timeout,
        rtol=rtol or 0.0,
        keep=outputs == "keep",
        force=force,
        progress=progress,
    )
