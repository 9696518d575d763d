"""A clean run compared with the stored outputs."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from rich.text import Text

from lifecycle_core.adapters.rendering.rows import mark, table, title
from lifecycle_core.adapters.rendering.session_rows import session_rows
from lifecycle_core.adapters.rendering.words import MARKS

if TYPE_CHECKING:
    from rich.console import RenderableType

    from lifecycle_core.schema.reproduction import Reproduction

_BROKEN = {"different", "failed", "not_run"}
_HEADLINES = {
    "identical": "Every output came out the same",
    "cosmetic": "The same but for cosmetic differences",
    "tolerance": "The same within the tolerance",
    "different": "Some outputs came out different",
    "failed": "A cell failed in the clean run",
    "incomplete": "The clean run did not reach the end",
}


def values(record: Reproduction) -> dict[str, Any]:
    """Add the verdict in words, the counts, and the cells that did not reproduce."""
    counted = Counter[str](cell.status for cell in record.cells)
    return {
        "headline": _HEADLINES[record.verdict],
        "counts": ", ".join(f"{counted[s]} {MARKS[s][2]}" for s in MARKS if counted[s])
        or "no code cells",
        "broken": [cell for cell in record.cells if cell.status in _BROKEN],
    }


def text(record: Reproduction) -> list[RenderableType]:
    """Return the verdict, what went wrong, and every cell."""
    said = values(record)
    made = table("Cell", "First line", "Result", "What was set aside", numbers=["Cell"])
    for cell in record.cells:
        aside = cell.detail if cell.status == "skipped" else ", ".join(cell.normalisers)
        made.add_row(str(cell.index), Text(cell.label), mark(cell.status), Text(aside))
    stopped = [
        Text(f"The run ended with {run.exit}: {run.message}", style="red")
        for run in record.runs
        if run.exit != "ok"
    ]
    first = [Text(f"Cell {cell.index}: {cell.detail}") for cell in said["broken"][:1]]
    causes = [Text(f"{c.kind}: {c.evidence}\nNext: {c.hint}") for c in record.causes]
    head = title(mark(record.verdict), f"{said['headline']}: {said['counts']}.")
    return [head, *stopped, *first, *causes, *session_rows(record.session), Text(), made]
