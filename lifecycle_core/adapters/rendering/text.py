"""A record as text for a terminal, a log and the plain form of a notebook's output."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING

from lifecycle_core.adapters.rendering.table import view_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import RenderableType

    from lifecycle_core.schema.base import Record


def to_text(record: Record, *, width: int = 100, color: bool = False) -> str:
    """Return a record as text.

    Args:
        record: Any record that has a view.
        width: Columns of the terminal.
        color: Add ANSI colours; a state has an icon and a word besides.

    Raises:
        TypeError: No view is known for the record's type; a defect of ours.
    """
    _, view = view_of(record)
    return printed(view.text(record), width=width, color=color)


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
