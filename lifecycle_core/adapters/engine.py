"""The engine: papermill, with a kernel of ours, and a journal that knows what really ran.

papermill's own status is never asked: after a kernel's death, a timeout or `sys.exit(0)` it calls
cells completed that never ran. What counts here is the kernel's reply to each cell.
"""

from __future__ import annotations

import asyncio
import difflib
import logging
import re
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from lifecycle_core.adapters.journal import Journal, StopRun, run_from
from lifecycle_core.adapters.kernel import Kernel, fresh_kernel
from lifecycle_core.adapters.touched import inputs, written
from lifecycle_core.errors import InvalidCall
from lifecycle_core.notebooks.cells import code_cells, parameter_names
from lifecycle_core.notebooks.execution import Execution
from lifecycle_core.notebooks.factors import Conditions

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from lifecycle_core.adapters.progress import Progress
    from lifecycle_core.adapters.workspace import Workspace
    from lifecycle_core.notebooks.read import Notebook

_START_TIMEOUT = 120
_IOPUB_TIMEOUT = 600
"""Seconds to wait for the outputs of a cell that has ended; a hundred thousand take a minute."""
_NAME = "nbrelease-kernel"
"""Not `nbrelease`, which is the engine that users name: `lifecycle_core.papermill_engine`."""
_DEFAULT = Conditions()
_SHARED = re.compile(r"(?<![\w.])/(?:var/)?tmp/[^\s'\"/]+")


def _unheard(_kernel: Kernel) -> None:
    """Tell nobody that a kernel has started."""


class Engine(Protocol):
    """Runs a notebook from the top in a fresh kernel."""

    def run(
        self,
        notebook: Notebook,
        *,
        workspace: Workspace,
        parameters: Mapping[str, Any],
        cell_timeout: float | None,
        progress: Progress,
        environment: Mapping[str, str] = {},
        conditions: Conditions = _DEFAULT,
        started: Callable[[Kernel], None] = _unheard,
    ) -> Execution:
        """Run the notebook and return what is left of it; see `PapermillEngine.run`."""


class PapermillEngine:
    """The engine that is used: papermill and nbclient on this machine."""

    def run(
        self,
        notebook: Notebook,
        *,
        workspace: Workspace,
        parameters: Mapping[str, Any],
        cell_timeout: float | None,
        progress: Progress,
        environment: Mapping[str, str] = {},
        conditions: Conditions = _DEFAULT,
        started: Callable[[Kernel], None] = _unheard,
    ) -> Execution:
        """Run the notebook in a fresh kernel, in the notebook's folder of the copy.

        A cell that raises, a kernel that dies, a cell that takes too long and a notebook that
        leaves early do not raise here: `Execution.run` says how it ended.

        Args:
            notebook: What to run.
            workspace: Where.
            parameters: Values for names that the cell tagged `parameters` sets.
            cell_timeout: Seconds that one cell may take, above 0; None waits for ever.
            progress: Is told about each code cell.
            environment: Further variables for the kernel.
            conditions: How the kernel is started.
            started: Is given the kernel once it runs, so that another thread can end it.

        Raises:
            InvalidCall: A parameter that the notebook does not have.
            TargetUnwritable: The workspace cannot be written.
        """
        _check_parameters(notebook, parameters)
        begun = time.monotonic()
        cells = code_cells(notebook)
        journal = Journal(cells, progress)
        shared = any(_names_shared(cell.source, str(workspace.source)) for cell in cells)
        with (
            _quiet_loop(),
            fresh_kernel(workspace, environment, conditions, shared=shared) as kernel,
        ):
            started(kernel)
            journal.enter = kernel.enter_cell
            end = _execute(notebook, parameters, cell_timeout, journal, kernel)
            run = run_from(journal, end, kernel, begun)
            kernel.stuck = run.exit == "timeout"
        facts = kernel.recorded.facts
        return Execution(
            cells=journal.executed(),
            run=run,
            notebook=journal.notebook(notebook),
            inputs=inputs(facts, workspace),
            written=written(facts, workspace),
            modules=facts.modules,
            facts=facts,
            roots=((str(workspace.project), str(workspace.source)),),
            temporary=str(kernel.temporary),
            home=str(workspace.home),
        )


def _names_shared(source: str, project: str) -> bool:
    """Tell whether code names what lies in a temporary folder of everybody, beside the project."""
    return any(not f"{project}/".startswith(f"{path}/") for path in _SHARED.findall(source))


def _check_parameters(notebook: Notebook, parameters: Mapping[str, Any]) -> None:
    if not parameters:
        return
    known = parameter_names(notebook)
    if known is None:
        raise InvalidCall(
            f"{notebook.path} takes no parameters, and got {', '.join(sorted(parameters))}: none "
            "of its cells has the tag `parameters`.",
            hint="Tag the cell that sets them: in JupyterLab, Property Inspector > Cell Tags.",
        )
    for name in sorted(parameters):
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            raise InvalidCall(
                f"{notebook.path} has no parameter {name}; its `parameters` cell sets "
                f"{', '.join(sorted(known)) or 'nothing'}.",
                hint=f"Did you mean {near[0]}?" if near else "Set it in that cell, or leave it.",
            )


def _execute(
    notebook: Notebook,
    parameters: Mapping[str, Any],
    cell_timeout: float | None,
    journal: Journal,
    kernel: Kernel,
) -> Exception | None:
    """Let papermill run the cells; return what stopped it, unless that is a defect."""
    # The kernel is starting meanwhile: this import takes as long as that.
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from nbformat import from_dict
    from papermill.exceptions import PapermillExecutionError
    from papermill.execute import execute_notebook

    _register()
    try:
        execute_notebook(
            from_dict(journal.runnable(notebook)),
            None,
            parameters=dict(parameters),
            engine_name=_NAME,
            kernel_name="python3",
            language="python",
            progress_bar=False,
            request_save_on_cell_execute=False,
            journal=journal,
            kernel=kernel,
            cell_timeout=cell_timeout,
        )
    except (CellTimeoutError, DeadKernelError, PapermillExecutionError, StopRun) as error:
        return error
    except RuntimeError as error:
        if journal.started:
            raise  # not about the start of the kernel, so a defect
        return error
    return None


def _register() -> None:
    """Tell papermill our engine's name; doing so again changes nothing."""
    from papermill.clientwrap import PapermillNotebookClient
    from papermill.engines import NBClientEngine, papermill_engines

    class OurEngine(NBClientEngine):  # type: ignore[misc]  # papermill has no types
        @classmethod
        def execute_managed_notebook(
            cls,
            nb_man: Any,  # noqa: ANN401 - as above
            kernel_name: str,
            *,
            journal: Journal,
            kernel: Kernel,
            cell_timeout: float | None,
            **_unused: object,
        ) -> None:
            client = PapermillNotebookClient(
                nb_man,
                km=kernel.manager,
                kernel_name=kernel_name,
                log=_silent_log(),
                startup_timeout=_START_TIMEOUT,
                iopub_timeout=_IOPUB_TIMEOUT,
                timeout_func=lambda _cell: cell_timeout,
                record_timing=False,
                on_notebook_start=journal.on_notebook_start,
                on_cell_execute=journal.on_cell_execute,
                on_cell_executed=journal.on_cell_executed,
            )
            try:
                client.execute()
            finally:
                if client.kc is not None:
                    client.kc.stop_channels()

    papermill_engines.register(_NAME, OurEngine)


@contextmanager
def _quiet_loop() -> Iterator[None]:
    """Leave no half-done task behind, and no open event loop, when the run is broken off."""
    from jupyter_core.utils import ensure_event_loop

    if _inside_a_loop():
        yield  # in Jupyter: the work goes on in a thread that jupyter_core keeps
        return
    loop = ensure_event_loop()
    try:
        yield
    finally:
        for task in (tasks := asyncio.all_tasks(loop)):
            task.cancel()
        loop.run_until_complete(_ended(tasks))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
        asyncio.set_event_loop(None)


async def _ended(tasks: Collection[asyncio.Task[Any]]) -> None:
    # Within a coroutine: outside of one, `gather` asks for a loop, which the caller's own
    # `asyncio.run` may have taken away.
    await asyncio.gather(*tasks, return_exceptions=True)


def _silent_log() -> logging.Logger:
    """Return a logger that says nothing: what happened stands in the record."""
    logger = logging.getLogger("nbrelease.engine")
    logger.setLevel(logging.CRITICAL + 1)
    return logger


def _inside_a_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
