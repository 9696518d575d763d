"""What `%reproduce` gives back: a report that fills while the user goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.errors import InvalidCall
from lifecycle_core.schema.reproduction import Reproduction
from nbext.attended import Attended

if TYPE_CHECKING:
    from argparse import Namespace

    from lifecycle_core.schema.reproduction import CellResult


class Report(Attended[Reproduction]):
    """A reproduction of this notebook that runs meanwhile."""

    named = ("reproduction", "%reproduce", "%reproduce --stop")

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
