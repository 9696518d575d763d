"""Make a case's project folder: the author executes, saves, and things happen afterwards."""

from __future__ import annotations

import json
import shutil
import subprocess
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tests.corpus.bases import BASES, source_of, text_of
from tests.corpus.case import Case, extended, parse, position, swapped
from tests.corpus.data import WRITERS, write_data
from tests.corpus.executing import execute
from tests.corpus.serving import serving

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from nbformat import NotebookNode

    from tests.corpus.case import Cell, Change

KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


class UnfitError(Exception):
    """The author could not execute the case, so it cannot be part of the corpus."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a case is made.

    Attributes:
        project: The author's project.
        outside: A folder of the author's beside the project, for what lies out of it.
        cache: Where data sets are kept.
    """

    project: Path
    outside: Path
    cache: Path

    def fill(self, text: str, port: int | None) -> str:
        """Put the places into a text that names them."""
        text = text.replace("{HERE}", str(self.project)).replace("{OUTSIDE}", str(self.outside))
        return text.replace("{URL}", f"http://127.0.0.1:{port}")

    def path(self, name: str) -> Path:
        """Return where a file of the case lies."""
        return self.outside / name[8:] if name.startswith("OUTSIDE/") else self.project / name


def notebook_path(case: Case) -> str:
    """Return where the case's notebook lies in its project."""
    return BASES[case.base].notebook if case.base else "notebook.ipynb"


def make_project(case: Case, place: Place, port: int | None) -> Path:
    """Execute the case as its author and let happen what happened.

    Returns:
        The saved notebook.

    Raises:
        UnfitError: The author's execution ended early.
    """
    cells = parse(place.fill(source_of(case.base) if case.base else case.cells, port))
    cells = extended(
        swapped(cells, _filled(case.swap, place, port)), _filled(case.add, place, port)
    )
    notebook = _notebook(cells, case)
    path = place.project / notebook_path(case)
    path.parent.mkdir(parents=True)
    place.outside.mkdir(parents=True)
    if case.base:
        for name, data in BASES[case.base].data.items():
            write_data(data, place.cache, place.project / name)
        _change(BASES[case.base].files, place, port)
    _change(case.files, place, port)
    if case.ignored:
        (place.project / ".gitignore").write_text("\n".join(case.ignored) + "\n", encoding="utf-8")
    if case.ignored or (case.base and BASES[case.base].git):
        command = ["git", "init", "--quiet"]
        subprocess.run(command, cwd=place.project, check=True)
    with ExitStack() as stack:
        if port is not None:
            stack.enter_context(serving(port, case.author.served))
        sources = [cell.source for cell in cells]
        order = [position(sources, place.fill(snippet, port)) for snippet in case.author.order]
        done = execute(notebook, path.parent, author=case.author, order=order)
    if done.ended != "ok":
        raise UnfitError(f"the author's run ended at cell {done.cell}: {done.message}")
    shutil.rmtree(path.parent / "__pycache__", ignore_errors=True)
    _save(_spoilt(notebook, case, place, port), path, case)
    _change(case.then_files, place, port)
    return path


def _filled(texts: Mapping[str, str], place: Place, port: int | None) -> dict[str, str]:
    return {place.fill(key, port): place.fill(text, port) for key, text in texts.items()}


def _cell(cell: Cell) -> NotebookNode:
    if cell.kind == "markdown":
        return new_markdown_cell(cell.source)
    made = new_code_cell(cell.source)
    if cell.tags:
        made.metadata["tags"] = list(cell.tags)
    return made


def _notebook(cells: list[Cell], case: Case) -> NotebookNode:
    notebook = new_notebook(cells=[_cell(cell) for cell in cells])
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"{case.name[:40]}-{number}".replace("_", "-")
    notebook.metadata["kernelspec"] = dict(KERNELSPEC)
    return notebook


def _change(changes: Mapping[str, Change], place: Place, port: int | None) -> None:
    """Write, rewrite or remove files: a text, the name of a data set, a function, or None."""
    for name, change in changes.items():
        path = place.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        if change is None:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        elif not isinstance(change, str):
            change(path)
        elif change in WRITERS:
            write_data(change, place.cache, path)
        else:
            path.write_text(place.fill(text_of(change), port), encoding="utf-8")


def _spoilt(notebook: NotebookNode, case: Case, place: Place, port: int | None) -> NotebookNode:
    """Edit the executed notebook without executing it again."""
    for old, new in _filled(case.then_swap, place, port).items():
        at = position([cell.source for cell in notebook.cells], old)
        notebook.cells[at].source = notebook.cells[at].source.replace(old, new)
    for snippet in case.then_drop:
        del notebook.cells[position([cell.source for cell in notebook.cells], snippet)]
    for after, text in _filled(case.then_add, place, port).items():
        sources = [cell.source for cell in notebook.cells]
        at = position(sources, after) + 1 if after else 0
        added = parse(text) if text.lstrip("\n").startswith("# %%") else parse("# %%\n" + text)
        notebook.cells[at:at] = [_cell(cell) for cell in added]
    if case.author.python:
        notebook.metadata.setdefault("language_info", {"name": "python"})
        notebook.metadata["language_info"]["version"] = case.author.python
    return notebook


def _save(notebook: NotebookNode, path: Path, case: Case) -> None:
    written: dict[str, Any] = json.loads(nbformat.writes(notebook))
    if case.shape:
        case.shape(written)
    path.write_text(json.dumps(written, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
