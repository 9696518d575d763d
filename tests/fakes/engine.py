"""An engine that runs nothing: it answers with what it was given, or replays stored outputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lifecycle_core.notebooks.cells import code_cells
from lifecycle_core.notebooks.execution import ExecutedCell, Execution
from lifecycle_core.notebooks.factors import Conditions
from lifecycle_core.schema.reproduction import InputFile, Run, RunExit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lifecycle_core.adapters.kernel import Kernel
    from lifecycle_core.adapters.progress import Progress
    from lifecycle_core.adapters.workspace import Workspace
    from lifecycle_core.notebooks.read import Notebook


def run(
    way: RunExit = "ok", *, stopped_at: int | None = None, message: str = "", seconds: float = 1.0
) -> Run:
    """Return how a run ended."""
    return Run(
        seconds=seconds, hash_seed=0, threads=2, exit=way, stopped_at=stopped_at, message=message
    )


def replayed(
    notebook: Notebook,
    *,
    changes: Mapping[int, tuple[dict[str, Any], ...]] | None = None,
    failed: int | None = None,
    ended: Run | None = None,
    inputs: tuple[InputFile, ...] = (),
) -> Execution:
    """Return a run that gave the stored outputs, but for the cells in `changes`.

    Args:
        notebook: What was run.
        changes: Other outputs, by index of the cell.
        failed: The cell that raised; `ended` then says more.
        ended: How the run ended; cells from `ended.stopped_at` on did not run.
        inputs: Files it read.
    """
    ended = ended or run()
    cells = {}
    for cell in code_cells(notebook):
        stopped = ended.stopped_at is not None and cell.index >= ended.stopped_at
        raised = cell.index == failed
        outputs = (changes or {}).get(cell.index, cell.outputs)
        cells[cell.index] = ExecutedCell(
            outputs=() if stopped and not raised else tuple(outputs),
            ran=raised or not stopped,
            failed=raised,
            seconds=0.1,
        )
    return Execution(cells=cells, run=ended, notebook=notebook.content, inputs=inputs)


class FakeEngine:
    """Implements `adapters.engine.Engine`.

    Attributes:
        calls: Parameters of each call, in order.
    """

    def __init__(self, execution: Execution | None = None) -> None:
        self.execution = execution
        self.calls: list[dict[str, Any]] = []

    def run(
        self,
        notebook: Notebook,
        *,
        workspace: Workspace,  # noqa: ARG002 - the Protocol's
        parameters: Mapping[str, Any],
        cell_timeout: float | None,
        progress: Progress,
        environment: Mapping[str, str] = {},  # noqa: ARG002 - the Protocol's
        conditions: Conditions = Conditions(),  # noqa: ARG002, B008 - the Protocol's, and frozen
        started: Callable[[Kernel], None] = print,  # noqa: ARG002 - the Protocol's
    ) -> Execution:
        """Answer at once."""
        self.calls.append({"parameters": dict(parameters), "cell_timeout": cell_timeout})
        cells = code_cells(notebook)
        for done, cell in enumerate(cells):
            progress.cell(done, len(cells), cell.label)
        return self.execution or replayed(notebook)
