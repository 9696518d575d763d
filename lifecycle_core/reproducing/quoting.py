"""Causes that quote the source line they speak of."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lifecycle_core.notebooks.cells import CodeCell
    from lifecycle_core.schema.reproduction import Cause

_LONGEST = 120


def quoted(causes: Iterable[Cause], cells: Iterable[CodeCell]) -> tuple[Cause, ...]:
    """Return the causes, each with its source line where it names one that the notebook has."""
    sources: dict[int | None, list[str]] = {cell.index: cell.source.split("\n") for cell in cells}
    return tuple(_quoted(cause, sources.get(cause.cell, [])) for cause in causes)


def _quoted(cause: Cause, lines: list[str]) -> Cause:
    if cause.source or cause.line is None or not 1 <= cause.line <= len(lines):
        return cause
    line = lines[cause.line - 1].strip()
    cut = line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
    return cause.model_copy(update={"source": cut})
