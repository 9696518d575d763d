"""Drafts of pipelines without a kernel: cells run here, with the recorder's tracker around them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.formatting import formatted
from lifecycle_core.compiling import Attempt, first_attempt
from lifecycle_core.compiling.pieces import read_pieces
from lifecycle_core.notebooks.cells import code_cells
from lifecycle_core.notebooks.facts import CellFacts, Facts, Variable
from lifecycle_core.notebooks.read import Notebook, parse_notebook
from lifecycle_core.recorder.namespace import Tracker
from tests.corpus.case import parse
from tests.notebook_files import PYTHON

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lifecycle_core.compiling.pieces import Piece, ReadCell

_MAGIC = re.compile(r"^([ \t]*)[%!].*", re.MULTILINE)
_PROGRAM = """\
import json, sys
sys.path.insert(0, sys.argv[1])
sys.modules["lifecycle_core"] = None
from pipelines.made import run
given = run(**json.loads(sys.argv[2]))
print("\\n" + json.dumps({name: repr(value) for name, value in given.items()}))
"""


def notebook(text: str) -> Notebook:
    """Return the notebook of a text in percent format, which may begin with a cell's source."""
    text = text if text.lstrip().startswith("# %%") else f"# %%\n{text}"
    cells: list[dict[str, Any]] = []
    for cell in parse(text):
        made: dict[str, Any] = {"cell_type": cell.kind, "source": cell.source, "metadata": {}}
        if cell.tags:
            made["metadata"]["tags"] = list(cell.tags)
        if cell.kind == "code":
            made |= {"outputs": [], "execution_count": None}
        cells.append(made)
    content = {"nbformat": 4, "nbformat_minor": 4, "metadata": PYTHON, "cells": cells}
    return parse_notebook(json.dumps(content).encode(), Path("nb.ipynb"))


def read(text: str) -> tuple[ReadCell, ...]:
    """Return the code cells of a text in percent format, read."""
    return read_pieces(code_cells(notebook(text)))


def pieces(text: str) -> tuple[Piece, ...]:
    """Return the pieces of such a text."""
    return tuple(piece for cell in read(text) for piece in cell.pieces)


def recorded(text: str) -> Facts:
    """Run the cells one by one in this process and return what the tracker saw."""
    space: dict[str, Any] = {"__name__": "__main__"}
    tracker = Tracker(space, allowance=60.0)
    found: dict[int, CellFacts] = {}
    for cell in code_cells(notebook(text)):
        if "skip-execution" in cell.tags:
            continue
        source = _MAGIC.sub(r"\1pass", cell.source)
        tracker.before(source)
        exec(compile(source, f"<cell {cell.index}>", "exec"), space)  # noqa: S102
        seen = tracker.after(source)
        found[cell.index] = CellFacts(
            variables={
                name: Variable(type=one.type, digest=one.text, note=one.note)
                for name, one in seen.variables.items()
            },
            deleted=seen.deleted,
            aliases=seen.aliases,
        )
    return Facts(cells=found)


def attempt(text: str, facts: Facts | None = None) -> Attempt:
    """Return the first attempt to compile such a text; its cells are run unless facts are given."""
    return first_attempt(
        notebook(text),
        recorded(text) if facts is None else facts,
        folder=".",
        name="made",
        relative="../../nb.ipynb",
        keep=True,
    )


def modules(made: Attempt) -> dict[str, str]:
    """Return the modules of a draft, formatted."""
    return formatted(made.draft.modules)


def values(texts: Mapping[str, str], folder: Path, **parameters: object) -> dict[str, str]:
    """Run modules as a package in a process without nbrelease; return each value's `repr`."""
    package = folder / "pipelines" / "made"
    package.mkdir(parents=True, exist_ok=True)
    for name, module in texts.items():
        (package / name).write_text(module, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(folder), json.dumps(parameters)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout.splitlines()[-1]))
