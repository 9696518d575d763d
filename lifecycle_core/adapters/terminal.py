"""Progress on a terminal: a live bar where somebody watches, plain lines where nobody does."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol, TextIO

from lifecycle_core.adapters.progress import Silent
from lifecycle_core.adapters.rendering.plain import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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


@contextmanager
def watched_side_by_side(stream: TextIO, names: Sequence[str]) -> Iterator[Sides]:
    """Yield what watches several pieces of work at once, by the index of their names.

    On a terminal each piece that runs has a bar, and a last one counts those that are over.
    """
    if not stream.isatty():
        yield PlainSides(stream, names)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[note]}", style="dim"),
        TimeElapsedColumn(),
    )
    # Only where the answer goes to the same terminal must its lines be kept above the bars.
    together = sys.stdout.isatty()
    with Progress(
        *columns, console=Console(file=stream), redirect_stdout=together, transient=True
    ) as bars:
        yield LiveSides(bars, names)


class Sides(Protocol):
    """Watches pieces of work that run side by side."""

    def of(self, index: int) -> Progress:
        """Return who is told what piece `index` does; the piece starts now."""

    def over(self, index: int) -> None:
        """Take note that a piece is over."""


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
        self._stream.write(visible(line) + "\n")
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


class PlainSides:
    """One line as a piece starts; what came of it is the answer's business."""

    def __init__(self, stream: TextIO, names: Sequence[str]) -> None:
        self._stream = stream
        self._names = names

    def of(self, index: int) -> Progress:
        """Write the piece's name."""
        self._stream.write(f"{self._names[index]} ...\n")
        self._stream.flush()
        return Silent()

    def over(self, index: int) -> None:
        """Write nothing."""


class LiveSides:
    """A bar for each piece that runs, and one for all."""

    def __init__(self, bars: RichProgress, names: Sequence[str]) -> None:
        self._bars = bars
        self._names = names
        self._tasks: dict[int, TaskID] = {}
        self._all = bars.add_task("All", total=len(names), note=f"0 of {len(names)}")
        self._over = 0

    def of(self, index: int) -> Progress:
        """Show a bar for the piece."""
        task = self._bars.add_task(_plain(self._names[index]), total=None, note="starting")
        self._tasks[index] = task
        return _OneSide(self._bars, task)

    def over(self, index: int) -> None:
        """Take the piece's bar away and advance that of all."""
        self._bars.remove_task(self._tasks.pop(index))
        self._over += 1
        note = f"{self._over} of {len(self._names)}"
        self._bars.update(self._all, completed=self._over, note=note)


class _OneSide:
    """The bar of one piece of work."""

    def __init__(self, bars: RichProgress, task: TaskID) -> None:
        self._bars = bars
        self._task = task

    def begin(self, activity: str) -> None:
        self._bars.update(self._task, note=_plain(activity[:40]))

    def cell(self, done: int, total: int, label: str) -> None:
        self._bars.update(self._task, completed=done, total=total, note=_plain(label[:40]))

    def end(self, activity: str, note: str = "") -> None:
        self._bars.update(self._task, note=_plain(f"{activity}: {note or 'done'}"[:40]))
