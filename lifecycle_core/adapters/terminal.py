"""Progress on a terminal: a live bar where somebody watches, plain lines where nobody does."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

    from lifecycle_core.adapters.progress import Progress


@contextmanager
def watched(stream: TextIO) -> Iterator[Progress]:
    """Yield a progress that writes to `stream`, live if that is a terminal."""
    if not stream.isatty():
        yield PlainProgress(stream)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(finished_text="[green]✓[/]"),
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[note]}", style="dim"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(file=stream)) as bars:
        yield LiveProgress(bars)


class PlainProgress:
    """One line as an activity begins, one per cell, one as it ends."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._started: dict[str, float] = {}

    def begin(self, activity: str) -> None:
        """Write the activity's name."""
        self._started[activity] = time.monotonic()
        self._write(f"{activity} ...")

    def cell(self, done: int, total: int, label: str) -> None:
        """Write which cell starts; that the last one ended is said by `end`."""
        if done < total:
            self._write(f"  cell {done + 1} of {total}: {label}")

    def end(self, activity: str, note: str = "") -> None:
        """Write that the activity is over, how long it took, and its answer."""
        seconds = time.monotonic() - self._started.pop(activity, time.monotonic())
        self._write(f"{activity}: {note or 'done'} ({seconds:.1f} s)")

    def _write(self, line: str) -> None:
        self._stream.write(line + "\n")
        self._stream.flush()


class LiveProgress:
    """One bar an activity; the notebook's bar advances cell by cell."""

    def __init__(self, bars: RichProgress) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}
        self._latest: str = ""

    def begin(self, activity: str) -> None:
        """Show a bar that pulses."""
        self._latest = activity
        self._tasks[activity] = self._bars.add_task(_plain(activity), total=None, note="starting")

    def cell(self, done: int, total: int, label: str) -> None:
        """Advance the bar and name the cell."""
        if self._latest in self._tasks:
            task = self._tasks[self._latest]
            self._bars.update(task, completed=done, total=total, note=_plain(label[:40]))

    def end(self, activity: str, note: str = "") -> None:
        """Fill the bar and leave the answer beside it."""
        if (task := self._tasks.pop(activity, None)) is not None:
            self._bars.update(task, completed=1, total=1, note=_plain(note or "done"))


def _plain(text: str) -> str:
    """Keep rich from reading `[...]` in a user's code as markup."""
    return text.replace("[", r"\[")
