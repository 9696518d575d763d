"""The live session beside a clean run, as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.text import Text

from lifecycle_core.adapters.rendering.plain import one_line, visible
from lifecycle_core.adapters.rendering.rows import table

if TYPE_CHECKING:
    from rich.console import RenderableType

    from lifecycle_core.schema.session import LostSource, SessionComparison

_STATES = {"differs": "another value", "only_live": "is not there"}


def unsaved_rows(session: SessionComparison | None) -> list[RenderableType]:
    """Return what comes before the verdict: the file may be older than the session."""
    if session is None:
        return []
    if session.unsaved:
        again = "Save the notebook, then run %reproduce again."
        return [Text(f"Not saved: {visible(session.note)} {again}", style="yellow")]
    return [Text(visible(session.note))] if session.note else []


def session_rows(session: SessionComparison | None) -> list[RenderableType]:
    """Return the live variables that a clean start does not give, and the code that is gone."""
    if session is None:
        return []
    rows: list[RenderableType] = []
    other = [found for found in session.variables if found.status in _STATES]
    if other:
        stems = ["Stems from"] if any(found.lost is not None for found in other) else []
        made = table("Live variable", "Type", "In a clean run", *stems)
        for found in other:
            stem = "" if found.lost is None else f"In [{found.lost}], no longer in the notebook"
            cells = one_line(found.name), one_line(found.type), _STATES[found.status], stem
            made.add_row(*cells[: 3 + len(stems)])
        rows += [Text(), made]
    for source in session.sources:
        if source.defined:
            rows += [
                Text(),
                Text(_said(source)),
                Padding(Text(visible(source.source)), (0, 0, 0, 4)),
            ]
    return rows


def _said(source: LostSource) -> str:
    where = "its cell was deleted"
    if source.kind == "edited":
        where = f"edited since, in cell {source.cell}"
    names = ", ".join(source.defined)
    return f"In [{source.count}] is no longer in the notebook: {where}; it made {names}."
