"""`%retrain` tells whether a release is worth retraining."""

# mypy: allow-untyped-decorators, allow-subclassing-any
# IPython publishes no types that mypy --strict accepts.

from __future__ import annotations

from typing import TYPE_CHECKING

from IPython.core.magic import Magics, line_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments

from nbext.magics.headless import left_for_later
from nbext.magics.parsing import parsed
from nbext.presence import inside_clean_run
from nbext.progress import shown_progress

if TYPE_CHECKING:
    from lifecycle_core.schema.retraining_decision import RetrainingDecision


@magics_class
class RetrainingMagics(Magics):
    """The magic that asks in money whether a model has grown too old."""

    @magic_arguments()
    @argument("name", help="Name of the release.")
    @argument("--decide", action="store_true", help="What it does anyhow; as the command has it.")
    @argument("--as-of", metavar="TIME", help="Look back from this moment, in UTC; default: now.")
    @line_magic
    def retrain(self, line: str) -> RetrainingDecision | None:
        """Tell whether retraining pays: the ledger of costs, from the logs; registers nothing.

        Example::

            %retrain churn
            %retrain churn --as-of 2026-03-09
        """
        from lifecycle_core import verbs

        say = parsed(self.retrain, line)
        if inside_clean_run() and left_for_later(self.shell, "retrain", line):
            return None
        with shown_progress() as progress:
            return verbs.decide_retraining(say.name, as_of=say.as_of, progress=progress)
