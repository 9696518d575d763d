"""What a clean run of a notebook left: outputs per source cell, and what was observed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from lifecycle_core.notebooks.facts import Facts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lifecycle_core.notebooks.read import Notebook
    from lifecycle_core.schema.reproduction import InputFile, Run


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutedCell:
    """One code cell after the run.

    Attributes:
        outputs: nbformat outputs as JSON objects.
        ran: The kernel answered for this cell; papermill's own status is never asked.
        failed: The cell raised, and its tags did not allow that.
        seconds: Wall time.
    """

    outputs: tuple[Mapping[str, Any], ...] = ()
    ran: bool = False
    failed: bool = False
    seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """A clean run.

    Attributes:
        cells: By index in the source notebook; code cells only.
        run: How it ended.
        notebook: The executed notebook as JSON, with the source's cells and no added ones but the
            injected parameters.
        inputs: Files of the project that the run read before it wrote them, as they were then.
        written: Files of the project that the run wrote, as they are now.
        modules: Names of the modules that the kernel imported, with their dots.
        facts: What the recorder saw.
        roots: Pairs of folders that stand for each other in outputs: of the copy, of the source.
        temporary: The run's folder for temporary files.
        home: The HOME of the run; empty if it is that of the user.
    """

    cells: Mapping[int, ExecutedCell]
    run: Run
    notebook: Mapping[str, Any]
    inputs: tuple[InputFile, ...] = ()
    written: tuple[InputFile, ...] = ()
    modules: frozenset[str] = field(default_factory=frozenset)
    facts: Facts = field(default_factory=Facts)
    roots: tuple[tuple[str, str], ...] = ()
    temporary: str = ""
    home: str = ""


def with_outputs(notebook: Notebook, execution: Execution) -> Notebook:
    """Return a notebook as if it had been saved with the outputs of a run."""
    cells = [
        {**cell, "outputs": [dict(each) for each in execution.cells[index].outputs]}
        if index in execution.cells
        else cell
        for index, cell in enumerate(notebook.content["cells"])
    ]
    return replace(notebook, content={**notebook.content, "cells": cells})
