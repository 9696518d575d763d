"""`%reproduce` and `%package` run this notebook again, from the top, in a fresh kernel."""

# mypy: allow-untyped-decorators, allow-subclassing-any
# IPython publishes no types that mypy --strict accepts.

from __future__ import annotations

from typing import TYPE_CHECKING

from IPython.core.magic import Magics, line_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments

from nbext.magics.headless import left_for_later
from nbext.magics.parsing import parsed
from nbext.magics.saved import saved_notebook
from nbext.progress import shown_progress

if TYPE_CHECKING:
    from lifecycle_core.schema.packaged import Packaged
    from lifecycle_core.schema.reproduction import Reproduction


@magics_class
class RunningMagics(Magics):
    """The magics that start a run of their own."""

    @magic_arguments()
    @argument("notebook", nargs="?", help="Path of the notebook; this one if left out.")
    @argument("--rtol", type=float, help="Relative difference at which numbers count as equal.")
    @line_magic
    def reproduce(self, line: str) -> Reproduction | None:
        """Run this notebook from the top in a fresh kernel and compare every output.

        Example::

            %reproduce
            %reproduce analysis.ipynb --rtol 1e-4

        What was last saved is run: save before. The notebook itself is not changed.
        """
        from lifecycle_core import verbs

        say = parsed(self.reproduce, line)
        if left_for_later(self.shell, "reproduce", line):
            return None
        path = saved_notebook(self.shell, say.notebook)
        with shown_progress() as progress:
            return verbs.reproduce(path, rtol=say.rtol, progress=progress)

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
        path = saved_notebook(self.shell, say.notebook)
        with shown_progress() as progress:
            return verbs.package(path, progress=progress)
