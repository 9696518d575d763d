"""Where a clean run stopped, and a cause that sits there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lifecycle_core.notebooks.normalisers.ansi import plain
from lifecycle_core.reproducing import confidence
from lifecycle_core.schema.reproduction import Cause

if TYPE_CHECKING:
    from lifecycle_core.notebooks.execution import Execution
    from lifecycle_core.reproducing.case import Case
    from lifecycle_core.schema.reproduction import CauseKind

_FRAME = re.compile(r"Cell In\[(\d+)\], line (\d+)")


def line_of(execution: Execution, index: int | None) -> int | None:
    """Return the line of a cell at which its error came up, from the outermost frame."""
    return next((line for _, line in _frames(execution, index)), None)


def _frames(execution: Execution, index: int | None) -> list[tuple[int, int]]:
    """Return the notebook's frames of a cell's error, outermost first: run count and line."""
    if index is None or index not in execution.cells:
        return []
    texts = (
        plain(str(text))
        for output in execution.cells[index].outputs
        for text in output.get("traceback", ())
    )
    return [(int(count), int(line)) for text in texts for count, line in _FRAME.findall(text)]


def _called(execution: Execution) -> str:
    """Say where an error came up, if that is a function of another cell than the one that ran."""
    frames = _frames(execution, execution.run.stopped_at)
    cells = execution.notebook["cells"]
    counts = {cell.get("execution_count"): at for at, cell in enumerate(cells)}
    injected = any("injected-parameters" in (cell["metadata"].get("tags") or ()) for cell in cells)
    if not frames or injected:  # then indexes are not those of the source
        return ""
    count, line = frames[-1]
    at = counts.get(count)
    if at is None or at == execution.run.stopped_at:
        return ""
    return f" (It came up in a function of cell {at}, line {line}.)"


def stopped_by(
    execution: Execution,
    kind: CauseKind,
    hint: str,
    *,
    names: tuple[str, ...] = (),
    way: confidence.Way | None = None,
    evidence: str = "",
) -> Cause:
    """Return a cause in the cell at which a run stopped; without evidence its error is that."""
    run = execution.run
    return Cause(
        kind=kind,
        cell=run.stopped_at,
        line=line_of(execution, run.stopped_at),
        names=names,
        evidence=(evidence or run.message) + _called(execution),
        hint=hint,
        shown_by="observation",
        confidence=way.confidence if way else confidence.CERTAIN,
        explains=run.stopped_at,
    )


def once_worked(case: Case, index: int) -> bool:
    """Tell whether the notebook says that a cell ran to its end."""
    cell = case.cells.get(index)
    raised = cell is not None and any(o.get("output_type") == "error" for o in cell.outputs)
    return cell is not None and cell.execution_count is not None and not raised
