"""A record as text for a terminal, a log and the plain form of a notebook's output."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.rendering.plain import unbroken, visible
from lifecycle_core.adapters.rendering.table import view_of
from lifecycle_core.schema.base import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from rich.console import RenderableType

_OF_LINES = frozenset({
    "Bundle", "CellResult", "Checkpoints", "Compilation", "Contract", "Export", "Finalization",
    "LintReport", "Packaged", "PipelineOverview", "PipelineRun", "PipelineRuns", "PipelineState",
    "Proposal", "ReleaseFile", "Reproduction", "Reproductions",
})  # fmt: skip
"""What holds code, outputs, tracebacks or text that its author wrote in several lines."""


def to_text(record: Record, *, width: int = 100, color: bool = False) -> str:
    """Return a record as text; nothing in it acts on a terminal or passes for a line of ours.

    Args:
        record: Any record that has a view.
        width: Columns of the terminal.
        color: Add ANSI colours; a state has an icon and a word besides.

    Raises:
        TypeError: No view is known for the record's type; a defect of ours.
    """
    _, view = view_of(record)
    seen = visible if type(record).__name__ in _OF_LINES else unbroken
    return printed(view.text(_with(record, seen)), width=width, color=color)


def printed(parts: Iterable[RenderableType], *, width: int = 100, color: bool = False) -> str:
    """Return rich renderables as text, one below the other."""
    from rich.console import Console

    file = StringIO()
    console = Console(
        file=file,
        width=width,
        color_system="standard" if color else None,
        force_terminal=color,
        force_jupyter=False,
        legacy_windows=False,
        highlight=False,
        emoji=False,
        markup=False,
        _environ={},
    )
    for part in parts:
        console.print(part, crop=False)  # a command that is to be copied stays whole
    return "\n".join(line.rstrip() for line in file.getvalue().splitlines()) + "\n"


def _with(value: Any, seen: Callable[[str], str]) -> Any:  # noqa: ANN401 - any part of a record
    """Return a part of a record with its texts as they are seen."""
    if isinstance(value, str):
        return seen(value)
    if isinstance(value, tuple):
        return tuple(_with(each, seen) for each in value)
    if isinstance(value, dict):
        return {_with(name, seen): _with(each, seen) for name, each in value.items()}
    if isinstance(value, Record):
        found = {name: _with(said, seen) for name, said in value}
        # What stays is not set: views show what somebody stated.
        changed = {name: said for name, said in found.items() if said != getattr(value, name)}
        return value.model_copy(update=changed) if changed else value
    return value
