"""What a report says of a notebook, in plain text: its causes, its differences, where they sit."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from lifecycle_core.adapters.rendering.cause_words import kind_title, known, place
from lifecycle_core.adapters.rendering.plain import one_line, visible

if TYPE_CHECKING:
    from lifecycle_core.schema.reproduction import Cause, CellResult, Reproduction

BROKEN = frozenset({"different", "failed", "not_run"})
_DIFF_LINES = 60


def broken_cells(record: Reproduction) -> tuple[CellResult, ...]:
    """Return the cells that did not reproduce, in the order of the file."""
    return tuple(cell for cell in record.cells if cell.status in BROKEN)


def causes_of(cell: CellResult, record: Reproduction) -> tuple[Cause, ...]:
    """Return the causes to be told with a cell.

    Those that sit in it; with the first cell that broke also those that sit in no broken cell, for
    a cause often stands some cells above what it spoils.
    """
    broken = broken_cells(record)
    indexes = {found.index for found in broken}
    first = bool(broken) and cell.index == broken[0].index
    return tuple(
        cause
        for cause in record.causes
        if cause.cell == cell.index or (first and cause.cell not in indexes)
    )


def cause_text(cause: Cause, record: Reproduction) -> str:
    """Return a cause in four lines: what and where, the evidence, how it is known, what to do."""
    title = kind_title(cause, record.trials)
    return "\n".join(
        (
            f"Cause: {title} ({cause.kind}), {one_line(place(cause, record.cells))}",
            f"Evidence: {one_line(cause.evidence)}",
            f"Known: {one_line(known(cause, record.trials))}.",
            f"Fix: {one_line(cause.hint)}",
        )
    )


def difference_text(cell: CellResult) -> str:
    """Return the first difference of a cell and its outputs as a unified diff of some lines."""
    lines = list(
        difflib.unified_diff(
            visible(cell.stored).split("\n"),
            visible(cell.fresh).split("\n"),
            "stored",
            "clean run",
            lineterm="",
            n=2,
        )
    )
    cut = [f"... {len(lines) - _DIFF_LINES} more lines"] if len(lines) > _DIFF_LINES else []
    detail = [one_line(cell.detail)] if cell.detail else []
    return "\n".join([*detail, *lines[:_DIFF_LINES], *cut])
