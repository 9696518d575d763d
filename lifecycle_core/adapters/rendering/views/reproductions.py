"""Several notebooks, checked."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from lifecycle_core.adapters.rendering.cause_words import short_reason
from lifecycle_core.adapters.rendering.plain import one_line
from lifecycle_core.adapters.rendering.rows import mark
from lifecycle_core.adapters.rendering.unshown_words import unshown_notice
from lifecycle_core.adapters.rendering.words import MARKS

if TYPE_CHECKING:
    from rich.console import RenderableType

    from lifecycle_core.schema.reproductions import NotebookCheck, Reproductions


def values(record: Reproductions) -> dict[str, Any]:
    """Add for each notebook its state and, in one line, why it is not reproducible."""
    return {
        "summary": summary(record),
        "rows": [(check, state(check), _note(check)) for check in record.notebooks],
    }


def text(record: Reproductions) -> list[RenderableType]:
    """Return one line a notebook, and the summary."""
    return [*(line(check) for check in record.notebooks), Text(summary(record))]


def line(check: NotebookCheck) -> RenderableType:
    """Return the line that is printed as a notebook's check ends; it is cut, never folded."""
    made = Text("  ").join(
        [mark(state(check)), Text(one_line(check.path)), Text(f"{check.seconds:.1f} s")]
    )
    if note := _note(check):
        made.append("  " + note)
    cut = Table.grid()
    cut.add_column(no_wrap=True, overflow="ellipsis")
    cut.add_row(made)
    return cut


def summary(record: Reproductions) -> str:
    """Return how many notebooks ended in which way, in one sentence."""
    counted = Counter(state(check) for check in record.notebooks)
    parts = ", ".join(f"{counted[key]} {MARKS[key][2]}" for key in MARKS if counted[key])
    good = sum(check.exit_code == 0 for check in record.notebooks)
    total = len(record.notebooks)
    return f"{good} of {total} notebooks reproducible: {parts or 'none checked'}."


def state(check: NotebookCheck) -> str:
    """Return the verdict, or that there is none."""
    return check.reproduction.verdict if check.reproduction else "unchecked"


def _note(check: NotebookCheck) -> str:
    found = check.reproduction
    return one_line(check.error if found is None else short_reason(found) or unshown_notice(found))
