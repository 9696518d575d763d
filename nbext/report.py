"""What `%reproduce` gives back: a report that fills while the user goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.errors import InvalidCall, NoReproduction
from nbext.progress import shown_progress

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable

    from IPython.core.interactiveshell import InteractiveShell

    from lifecycle_core.schema.reproduction import CellResult, Reproduction
    from lifecycle_core.verbs.attending import Located, Meanwhile, Standing

_EVERY = 0.3
"""Seconds between two looks at what is waited for."""


class Report:
    """A reproduction of this notebook that runs meanwhile.

    Attributes:
        located: The notebook's file and how it was found.
        listeners: Each is called with this report whenever it changes, in a thread of its own
            whose outputs belong to the cell that the report was made in.
    """

    def __init__(self, shell: InteractiveShell, located: Located, background: Meanwhile) -> None:
        self.located = located
        self.listeners: list[Callable[[Report], None]] = []
        self._shell, self._background = shell, background

    def start(self, *, wait: bool = False) -> Report:
        """Start the clean run and return at once, or when it has ended.

        In a terminal there is nothing to come back to, so it always waits there.
        """
        self._background.start(self._tell)
        if wait or not hasattr(self._shell, "kernel"):
            self._watch()
        return self

    @property
    def standing(self) -> Standing:
        """Where it stands."""
        return self._background.standing

    @property
    def done(self) -> bool:
        """Whether it has ended, in whatever way."""
        return self.standing.phase != "running"

    @property
    def record(self) -> Reproduction | None:
        """The record, as soon as there is one."""
        return self.standing.record

    def wait(self, timeout: float | None = None) -> Reproduction:
        """Wait for the record and return it.

        Args:
            timeout: Seconds to wait at most; None waits for ever.

        Raises:
            NoReproduction: It was stopped, or takes longer.
            LifecycleError: What kept the notebook from being reproduced.
        """
        self._background.wait(timeout)
        standing = self.standing
        if standing.error is not None:
            raise standing.error
        if standing.record is None:
            what = "was stopped" if self.done else f"takes longer than {timeout:g} s"
            hint = "%reproduce starts it again." if self.done else "Wait once more."
            raise NoReproduction(f"The reproduction {what}.", hint=hint)
        return standing.record

    def stop(self) -> None:
        """End the clean run; nothing of it is left."""
        self._background.stop()

    def diff(self, cell: int) -> CellResult:
        """Return how one cell compares: its outputs, stored and fresh.

        Args:
            cell: Position in the file, from 0, as the table shows it.
        """
        from lifecycle_core import verbs

        return verbs.difference(self.wait(), cell)

    def source(self, count: int) -> str:
        """Return code that ran as `In [count]` and is no longer in the notebook."""
        from lifecycle_core import verbs

        return verbs.lost_source(self.wait(), count)

    def restore(self, count: int) -> None:
        """Put code that is no longer in the notebook into a new cell below this one."""
        self._shell.set_next_input(self.source(count))

    def __repr__(self) -> str:
        """Say where it stands, and once there is a record, what it says."""
        from lifecycle_core import verbs

        if self.record is not None:
            return verbs.to_text(self.record).rstrip("\n")
        return f"<Report on {self.located.path.name}: {verbs.said(self.standing)}>"

    def _tell(self, _: Standing) -> None:
        for listener in tuple(self.listeners):
            listener(self)

    def _watch(self) -> None:
        """Show a bar in this cell until the end; an interrupt ends the run too."""
        try:
            with shown_progress() as progress:
                seen = None
                while not self._background.wait(_EVERY):
                    if self.standing != seen:
                        progress.show(seen := self.standing)
        except KeyboardInterrupt:
            self.stop()
            raise
        self.wait()


def answered(report: Report | None, say: Namespace) -> bool:
    """Do what is asked of the last report. A new one ends it: two would slow each other down.

    Args:
        report: The last report, if there was one.
        say: What the line says: `stop` to end it, or in `restore` the count of code that it shall
            put into a new cell.

    Returns:
        Whether that was all that was asked for.

    Raises:
        InvalidCall: There is no report, or none is under way, and it was asked for something.
    """
    asked = say.stop or say.restore is not None
    if say.restore is not None and report is not None:
        report.restore(say.restore)
    elif report is not None and not report.done:
        report.stop()
    elif asked:
        what = "under way" if say.stop else "there"
        raise InvalidCall(f"No reproduction is {what}.", hint="%reproduce starts one.")
    return bool(asked)
