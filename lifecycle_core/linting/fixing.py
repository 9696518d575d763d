"""Mend what is safe to mend: seeds where there are none, paths below the notebook's own folder.

Safe means that a clean run, which would be random or find nothing elsewhere, gives one result: a
seed is put in, a path is made relative. Counts are not rewritten, for the outputs would still be
those of another order; stored secrets are not cleared, for they must be revoked first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.linting.finding_all import anything, view_of
from lifecycle_core.notebooks.parsing import parse_cell
from lifecycle_core.notebooks.rewriting import edited_lines, replace_sources
from lifecycle_core.notebooks.rules.checking import check

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from lifecycle_core.notebooks.read import Notebook
    from lifecycle_core.notebooks.rules.base import Edit

_NONE: frozenset[str] = frozenset()


def fix(
    text: str,
    notebook: Notebook,
    *,
    exists: Callable[[str], bool] = anything,
    installed: Callable[[str], bool] = anything,
    folder: str = "",
    waived: Collection[str] = _NONE,
) -> tuple[str, int]:
    """Return the text of a notebook's file with what can be mended mended.

    Args:
        text: The file's text, from which `notebook` was read.
        notebook: The notebook.
        exists: As for `lint`.
        installed: As for `lint`.
        folder: As for `lint`.
        waived: As for `lint`.

    Returns:
        The new text, equal to the old outside the lines that changed, and how many edits it has.
    """
    view = view_of(notebook, exists=exists, installed=installed, folder=folder)
    edits: dict[int, set[Edit]] = {}
    for _, several in check(view, waived=waived):
        for edit in several:
            edits.setdefault(edit.cell, set()).add(edit)
    changed: dict[int, list[str]] = {}
    for cell, wanted in edits.items():
        lines = edited_lines(view.cell[cell].source, wanted)
        if not parse_cell("".join(lines)).error:
            changed[cell] = lines
    count = sum(len(edits[cell]) for cell in changed)
    return (replace_sources(text, changed) if changed else text), count
