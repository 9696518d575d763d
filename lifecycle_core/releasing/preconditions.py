"""What must hold before an activity may start, read from the notebook and what lies beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.contracting import from_odcs
from lifecycle_core.errors import CellFailed, NoFinalization, ReleaseFileInvalid, RunStopped
from lifecycle_core.notebooks.cells import calls_finalize, release_cell
from lifecycle_core.notebooks.release_text import parse_release
from lifecycle_core.schema.finalization import Finalization

if TYPE_CHECKING:
    from pathlib import Path

    from lifecycle_core.notebooks.execution import Execution
    from lifecycle_core.notebooks.read import Notebook
    from lifecycle_core.schema.contract import Contract
    from lifecycle_core.schema.release_file import ReleaseFile


def require_finalize(notebook: Notebook) -> None:
    """Raise `NoFinalization` if nothing in the notebook could choose a final model."""
    if not calls_finalize(notebook):
        raise NoFinalization(
            f"{notebook.path} has no %finalize: nothing says which model is final.",
            hint="Add a last cell: %finalize candidates X_train y_train --holdout X_test y_test",
        )


def stated_release(notebook: Notebook) -> ReleaseFile:
    """Return what the `%%release` cell says, or the `release.yaml` beside the notebook.

    Raises:
        ReleaseFileInvalid: Neither is there, or it is wrong.
    """
    if cell := release_cell(notebook):
        index, name, text = cell
        where = f"{notebook.path.name}, cell {index}"
        return parse_release(text, where=where, name=name, first_line=2)
    return release_beside(notebook.path.parent, notebook.path)


def release_beside(folder: Path, notebook: Path | None = None) -> ReleaseFile:
    """Return what the `release.yaml` in a notebook's folder says.

    Raises:
        ReleaseFileInvalid: It is not there, or it is wrong.
    """
    beside = folder / "release.yaml"
    if beside.is_file():
        try:
            text = beside.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            raise ReleaseFileInvalid(
                f"{beside} is no UTF-8 text: {error.reason} at byte {error.start}.",
                where=str(beside),
                hint="Save it as UTF-8.",
            ) from None
        return parse_release(text, where=str(beside))
    raise ReleaseFileInvalid(
        f"{notebook or 'The notebook'} has no %%release cell, and there is no release.yaml beside "
        f"it in {folder}.",
        where=str(notebook or folder),
        hint="Add a cell that starts with %%release NAME and says what people decide: costs, ...",
    )


def agreed_contract(folder: Path, stated: ReleaseFile) -> tuple[Contract, str] | None:
    """Return the contract that the release file names, and its text, if it names one.

    Args:
        folder: The notebook's folder.
        stated: The release file.

    Raises:
        ReleaseFileInvalid: The file is not there, or is no contract.
    """
    if stated.contract.file is None:
        return None
    path = folder / stated.contract.file
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ReleaseFileInvalid(
            f"`contract.file` names {path}, and it cannot be read: {error}.",
            where=str(path),
            hint="Draw one from the training table: nbrelease contract infer TABLE --out FILE.",
        ) from error
    return from_odcs(text, str(path)), text


def require_end(notebook: Notebook, execution: Execution) -> None:
    """Raise unless every cell ran to the notebook's end.

    Raises:
        CellFailed: A cell raised.
        RunStopped: The kernel died, hung or left early.
    """
    run = execution.run
    if run.exit == "ok":
        return
    where = f"cell {run.stopped_at}" if run.stopped_at is not None else "the end"
    if run.exit == "error":
        raise CellFailed(
            f"{notebook.path}: {where} raised {run.message}",
            cell=run.stopped_at or 0,
            hint="Mend the cell, run the notebook from the top, save it, and try again.",
        )
    what = {
        "killed": "the kernel was killed in",
        "timeout": "the time ran out in",
        "exited": "the notebook left early in",
    }[run.exit]
    raise RunStopped(
        f"{notebook.path}: {what} {where}: {run.message}",
        run=run,
        hint="Restart the kernel and run all cells to see it happen; `--cell-timeout` gives more "
        "time to a slow cell.",
    )


def read_finalization(path: Path, notebook: Path) -> Finalization:
    """Return what `%finalize` left in the clean run.

    Raises:
        NoFinalization: It left nothing.
    """
    if not path.is_file():
        raise NoFinalization(
            f"{notebook}: no finalization took place in the clean run.",
            hint="Check that the cell with %finalize runs when the notebook runs from the top.",
        )
    return Finalization.from_json(path.read_bytes())
