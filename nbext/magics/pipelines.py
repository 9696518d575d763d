"""`%%step` names the step that a cell belongs to."""

# mypy: allow-untyped-decorators, allow-subclassing-any
# IPython publishes no types that mypy --strict accepts.

from __future__ import annotations

from IPython.core.magic import Magics, cell_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments

from nbext.magics.parsing import parsed


@magics_class
class PipelineMagics(Magics):
    """The magics that turn a notebook into a pipeline."""

    @magic_arguments()
    @argument("name", help="Name of the step, such as load_data: a Python name.")
    @cell_magic
    def step(self, line: str, cell: str) -> None:
        """Say which step of the pipeline this cell belongs to; it runs as it would without.

        Example::

            %%step train
            model = LogisticRegression().fit(X_train, y_train)

        Neighbouring cells with the same name become one step: nbrelease pipeline compile NOTEBOOK
        """
        parsed(self.step, line)
        self.shell.run_cell(cell)
