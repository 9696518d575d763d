"""`%pipeline` compiles this notebook into steps and runs them; `%%step` names a cell's step."""

# mypy: allow-untyped-decorators, allow-subclassing-any
# IPython publishes no types that mypy --strict accepts.

from __future__ import annotations

from typing import TYPE_CHECKING

from IPython.core.magic import Magics, cell_magic, line_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments

from nbext.magics.headless import left_for_later
from nbext.magics.parsing import parsed
from nbext.magics.pipelining import ACTIONS, Pipelining

if TYPE_CHECKING:
    from nbext.magics.pipelining import Answer


@magics_class
class PipelineMagics(Magics):
    """The magics that turn a notebook into a pipeline; they remember the last run between them."""

    _pipelining: Pipelining | None = None

    @magic_arguments()
    @argument("action", nargs="?", default="show", choices=ACTIONS, help="Default: show.")
    @argument("names", nargs="*", help="Of results: variables; all of them if left out.")
    @argument("--name", help="Of the pipeline; default: this notebook's only one.")
    @argument("--param", action="append", metavar="K=V", help="A value in place of the notebook's.")
    @argument(
        "--for-each", action="append", metavar="K=V,V", help="One run for each; several: each pair."
    )
    @argument("--scheduler", metavar="{processes,threads}|ADDRESS", help="What the steps run in.")
    @argument("--into", nargs="*", metavar="NAME", help="Set these variables, or all, at its end.")
    @argument("--rtol", type=float, metavar="R", help="Of compile: how near numbers must be.")
    @argument("--wait", action="store_true", help="Go on only when the answer is there.")
    @line_magic
    def pipeline(self, line: str) -> Answer:
        """Draw this notebook's pipeline, compile it, or run what is stale in it.

        Example::

            %pipeline                           which steps are fresh, which are stale and why
            %pipeline compile                   make the steps, proven to give the same results
            %pipeline run --param seed=8        run what is stale
            %pipeline run --into model auc      and set these variables before the next cell
            %pipeline results model             set a variable from the last run
            %pipeline run --scheduler tcp://host:8786
            %pipeline compile --rtol 1e-9       numbers may differ by a billionth
            %pipeline stop
            run = %pipeline run --wait
            run.variables("model")              the same as a dictionary
            runs = %pipeline run --for-each region=north,south
            runs.variables("auc")               a list of dictionaries, one a run

        You can go on meanwhile. What was last saved is compiled: save before.
        """
        say = parsed(self.pipeline, line)
        if left_for_later(self.shell, "pipeline", line):
            return None
        self._pipelining = self._pipelining or Pipelining(self.shell)
        return self._pipelining.answer(say)

    @magic_arguments()
    @argument("name", help="Name of the step, such as load_data: a Python name.")
    @cell_magic
    def step(self, line: str, cell: str) -> None:
        """Say which step of the pipeline this cell belongs to; it runs as it would without.

        Example::

            %%step train
            model = LogisticRegression().fit(X_train, y_train)

        Neighbouring cells with the same name become one step: %pipeline compile
        """
        parsed(self.step, line)
        self.shell.run_cell(cell)
