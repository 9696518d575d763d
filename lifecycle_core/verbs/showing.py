"""A record as people see it, and the parts of it that they ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.errors import InvalidCall

if TYPE_CHECKING:
    from lifecycle_core.schema.base import Record
    from lifecycle_core.schema.reproduction import CellResult, Reproduction


def to_html(record: Record) -> str:
    """Return a record as an HTML fragment that loads and runs nothing."""
    from lifecycle_core.adapters.rendering import to_html as render

    return render(record)


def to_text(record: Record, *, width: int = 100, color: bool = False) -> str:
    """Return a record as text, `width` characters wide."""
    from lifecycle_core.adapters.rendering import to_text as render

    return render(record, width=width, color=color)


def difference(record: Reproduction, cell: int) -> CellResult:
    """Return how one cell compares: its outputs, stored and fresh.

    Args:
        record: A reproduction.
        cell: Position in the file, from 0.

    Raises:
        InvalidCall: There is no such code cell.
    """
    found = {result.index: result for result in record.cells}
    if cell not in found:
        raise InvalidCall(
            f"There is no code cell {cell} in {record.notebook}.",
            hint=f"Code cells: {', '.join(map(str, found))}.",
        )
    return found[cell]


def lost_source(record: Reproduction, count: int) -> str:
    """Return code that a session ran as `In [count]` and that its notebook no longer holds.

    Raises:
        InvalidCall: No such code is missing in the notebook.
    """
    lost = record.session.sources if record.session else ()
    found = {source.count: source.source for source in lost}
    if count not in found:
        known = ", ".join(f"[{known}]" for known in found)
        raise InvalidCall(
            f"Nothing that ran as [{count}] is missing in {record.notebook}.",
            hint=f"Missing: {known}." if known else "All that ran is in the notebook.",
        )
    return found[count]
