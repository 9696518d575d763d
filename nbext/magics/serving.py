"""`%serve` starts the service of a release beside this notebook."""

# mypy: allow-untyped-decorators, allow-subclassing-any
# IPython publishes no types that mypy --strict accepts.

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from IPython.core.magic import Magics, line_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments

from nbext.magics.headless import left_for_later
from nbext.magics.parsing import parsed
from nbext.services import Services

if TYPE_CHECKING:
    from lifecycle_core.schema.serving import Service


@magics_class
class ServingMagics(Magics):
    """The magic that answers requests; it remembers the services that it started."""

    def __init__(self, shell: object) -> None:
        super().__init__(shell)
        self._services = Services()

    @magic_arguments()
    @argument("release", help="churn, churn@challenger or churn/3.")
    @argument("--port", type=int, default=0, help="Default: a free one.")
    @argument("--deadline", type=float, metavar="MS", help="Milliseconds to an answer.")
    @argument("--stop", action="store_true", help="End it.")
    @line_magic
    def serve(self, line: str) -> Service | None:
        """Answer requests with a release, in a process beside this notebook.

        Example::

            %serve churn
            %serve churn@challenger --port 8080 --deadline 50
            %serve churn --stop

        It follows the alias, keeps every answer in the prediction log, and ends with the kernel.
        """
        from lifecycle_core import verbs

        say = parsed(self.serve, line)
        if left_for_later(self.shell, "serve", line):
            return None
        if say.stop:
            sys.stdout.write(self._services.stop(say.release))
            return None
        beside = verbs.serve_meanwhile(say.release, port=say.port, deadline_ms=say.deadline)
        return self._services.start(say.release, beside, port=say.port)
