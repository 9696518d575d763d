"""The pieces of text views: marks, tables and lists of facts, as rich renderables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text

from lifecycle_core.adapters.rendering.words import MARKS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lifecycle_core.schema.checkpoint import CheckpointResult

_STYLES = {"good": "green", "bad": "red", "warn": "yellow", "none": "dim", "calm": "blue"}


def mark(state: str) -> Text:
    """Return a state as icon and word, in its colour."""
    colour, icon, word = MARKS.get(state, ("none", "·", state))
    return Text(f"{icon} {word}", style=_STYLES[colour])


def title(*parts: str | Text) -> Text:
    """Return the first line of a view, in bold, its parts parted by spaces."""
    return Text(" ").join(Text(part) if isinstance(part, str) else part for part in parts)


def table(*columns: str, numbers: Iterable[str] = ()) -> Table:
    """Return an empty table; the columns named in `numbers` stand to the right."""
    made = Table(box=box.SIMPLE, pad_edge=False, show_edge=False, header_style="bold")
    right = set(numbers)
    for column in columns:
        number = column in right
        made.add_column(column, justify="right" if number else "left", no_wrap=number)
    return made


def facts(*pairs: tuple[str, str | Text]) -> Table:
    """Return names and values in two columns."""
    made = Table(box=None, show_header=False, pad_edge=False)
    made.add_column(style="dim", no_wrap=True)
    made.add_column(overflow="fold")  # a path that is cut short cannot be copied
    for name, value in pairs:
        made.add_row(name, value if isinstance(value, Text) else Text(value))
    return made


def checkpoint_table(results: Iterable[CheckpointResult]) -> Table:
    """Return the checkpoints with why and what to do next."""
    made = table("Result", "Checkpoint", "Why, and what to do next")
    for result in results:
        why = Text(result.why)
        if result.next:
            why.append("\nNext: ", style="dim").append(result.next)
        made.add_row(mark(result.result), Text(result.id), why)
    return made
