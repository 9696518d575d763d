"""`%reproduce` and `%package` run this notebook again, from the top, in a fresh kernel."""

# mypy: allow-untyped-decorators, allow-subclassing-any
# IPython publishes no types that mypy --strict accepts.

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from IPython.core.magic import Magics, line_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments

from nbext.magics.headless import left_for_later
from nbext.magics.parsing import parsed
from nbext.magics.saved import said, this_notebook
from nbext.progress import shown_progress
from nbext.report import Report, answered

if TYPE_CHECKING:
    from lifecycle_core.schema.packaged import Packaged


@magics_class
class RunningMagics(Magics):
    """The magics that start a run of their own; they remember the last report between them."""

    _report: Report | None = None

    @magic_arguments()
    @argument("notebook", nargs="?", help="Path of the notebook; this one if left out.")
    @argument("--rtol", type=float, help="Relative difference at which numbers count as equal.")
    @argument("--wait", action="store_true", help="Go on only when the answer is there.")
    @argument("--stop", action="store_true", help="End the clean run that is under way.")
    @argument("--restore", type=int, metavar="N", help="Put lost code, run as In [N], in a cell.")
    @line_magic
    def reproduce(self, line: str) -> Report | None:
        """Run this notebook from the top in a fresh kernel, and compare it with this session.

        Example::

            %reproduce
            %reproduce analysis.ipynb --rtol 1e-4
            %reproduce --restore 3     what ran as In [3] and is gone, in a new cell
            %reproduce --stop
            report = %reproduce --wait
            report.diff(5)             how cell 5 compares, old beside new
            report.record              the record, with all of it

        You can go on meanwhile. What was last saved is run: save before. The notebook itself is
        not changed.
        """
        from lifecycle_core import verbs

        say = parsed(self.reproduce, line)
        if left_for_later(self.shell, "reproduce", line) or answered(self._report, say):
            return None
        located, journal = this_notebook(self.shell, say.notebook)
        running = verbs.reproduce_meanwhile(located.path, rtol=say.rtol, journal=journal)
        self._report = Report(self.shell, located, running)
        return self._report.start(wait=say.wait)

    @magic_arguments()
    @argument("notebook", nargs="?", help="Path of the notebook; this one if left out.")
    @line_magic
    def package(self, line: str) -> Packaged | None:
        """Run this notebook clean, bundle its final model, and register it as a candidate.

        Example::

            %package

        What was last saved is run: save before. Then %promote NAME shows the checkpoints.
        """
        from lifecycle_core import verbs

        say = parsed(self.package, line)
        if left_for_later(self.shell, "package", line):
            return None
        located, _ = this_notebook(self.shell, say.notebook)
        sys.stdout.write(said(located))
        with shown_progress() as progress:
            return verbs.package(located.path, progress=progress)
