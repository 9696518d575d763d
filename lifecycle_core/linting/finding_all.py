"""Every finding of a notebook at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.notebooks.cells import code_cells
from lifecycle_core.notebooks.rules.checking import check
from lifecycle_core.notebooks.rules.view import View

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from lifecycle_core.notebooks.read import Notebook
    from lifecycle_core.schema.finding import Finding

_NONE: frozenset[str] = frozenset()


def anything(_: str) -> bool:
    """Say yes: for a caller that knows nothing of files or modules."""
    return True


def lint(
    notebook: Notebook,
    *,
    exists: Callable[[str], bool] = anything,
    installed: Callable[[str], bool] = anything,
    folder: str = "",
    waived: Collection[str] = _NONE,
) -> tuple[Finding, ...]:
    """Return all findings of a notebook, by cell and line.

    Args:
        notebook: A notebook, read.
        exists: Whether a clean copy of the project holds a path, as the notebook writes it; an
            absolute path is asked of the machine.
        installed: Whether a top-level module can be imported.
        folder: The notebook's folder as an absolute path with `/`; empty if it is not known.
        waived: Codes of rules to leave out, such as `NB301`.

    Example:
        >>> from pathlib import Path
        >>> from lifecycle_core.notebooks.read import Notebook
        >>> cell = {"cell_type": "code", "source": "print(x)", "metadata": {}, "outputs": []}
        >>> made = Notebook(path=Path("a.ipynb"), content={"cells": [cell]}, digest="")
        >>> [(finding.code, finding.message) for finding in lint(made)]
        [('NB103', 'no cell defines `x`')]
    """
    view = view_of(notebook, exists=exists, installed=installed, folder=folder)
    return tuple(finding for finding, _ in check(view, waived=waived))


def view_of(
    notebook: Notebook,
    *,
    exists: Callable[[str], bool],
    installed: Callable[[str], bool],
    folder: str,
) -> View:
    """Return the notebook as the rules look at it."""
    prose = {
        index: cell["source"]
        for index, cell in enumerate(notebook.content["cells"])
        if cell["cell_type"] != "code"
    }
    return View(
        code_cells(notebook), exists=exists, installed=installed, folder=folder, prose=prose
    )
