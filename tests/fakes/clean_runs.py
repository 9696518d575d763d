"""Clean runs of cells in a real kernel, with little ceremony."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lifecycle_core.adapters.engine import PapermillEngine
from lifecycle_core.adapters.progress import Silent
from lifecycle_core.adapters.workspace import open_workspace, read_notebook
from lifecycle_core.notebooks.factors import Conditions, Factors
from tests.fakes.notebooks import code, write

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifecycle_core.notebooks.execution import Execution
    from lifecycle_core.notebooks.facts import Site


def clean_run(
    folder: Path,
    *sources: str,
    factors: Factors = Factors(),  # noqa: B008 - frozen
    cell_timeout: float = 60,
) -> Execution:
    """Run cells in a kernel of their own, in a notebook in `folder`."""
    path = write(folder / "model.ipynb", *[code(source) for source in sources])
    with open_workspace(path) as space:
        return PapermillEngine().run(
            read_notebook(path),
            workspace=space,
            parameters={},
            cell_timeout=cell_timeout,
            progress=Silent(),
            conditions=Conditions(factors=factors),
        )


def printed(execution: Execution, index: int) -> str:
    """Return what a cell printed, and its error."""
    return "".join(
        str(output.get("text", output.get("evalue", "")))
        for output in execution.cells[index].outputs
    )


def lines(sites: tuple[Site, ...], cell: int) -> Iterator[tuple[int | None, str, str]]:
    """Yield line, what (or the file's name) and library of what happened in a cell."""
    for site in sites:
        if site.cell == cell:
            yield site.line, site.what, site.library


def files(sites: tuple[Site, ...], cell: int) -> set[tuple[int | None, str]]:
    """Return line and file name of what happened in a cell."""
    return {(site.line, Path(site.path).name) for site in sites if site.cell == cell}
