"""What reading a notebook says, seen from the folder that it lies in."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from lifecycle_core.adapters.project_files import ProjectFiles, installed
from lifecycle_core.linting import lint

if TYPE_CHECKING:
    from collections.abc import Collection

    from lifecycle_core.notebooks.read import Notebook
    from lifecycle_core.schema.finding import Finding

_NONE: frozenset[str] = frozenset()


def read_findings(
    notebook: Notebook, *, files: ProjectFiles | None = None, waived: Collection[str] = _NONE
) -> tuple[Finding, ...]:
    """Return all findings of a notebook.

    Args:
        notebook: A notebook, read.
        files: Knows what a clean copy would hold; None to ask anew.
        waived: Codes of rules to leave out.
    """
    folder = notebook.path.resolve().parent
    return lint(
        notebook,
        exists=partial((files or ProjectFiles()).holds, folder),
        installed=installed,
        folder=folder.as_posix(),
        waived=waived,
    )
