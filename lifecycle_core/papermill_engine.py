"""The engine that `papermill --engine nbrelease in.ipynb out.ipynb` runs.

It makes clean runs as `nbrelease reproduce` does, hands the first one's outputs to papermill, and
leaves the same record beside the output: `out.reproduction.json`. Files that the notebook writes
stay in its scratch copy.
"""

from __future__ import annotations

import logging
import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.progress import Silent
from lifecycle_core.errors import LifecycleError, RunStopped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifecycle_core.notebooks.execution import Execution
    from lifecycle_core.schema.reproduction import Reproduction

_STOPPED = frozenset({"killed", "timeout", "exited"})
_LABEL = 40
_SKIP = "skip-execution"
_SUFFIX = ".reproduction.json"


class ReproducingEngine:
    """Implements papermill's engine on `lifecycle_core.reproduce`.

    It does not inherit from papermill's class: papermill loads this module while its own is still
    being loaded, and whoever loads this module first would load papermill in the midst of it.
    """

    @classmethod
    def execute_notebook(cls, nb: Any, kernel_name: str, **flags: Any) -> Any:  # noqa: ANN401 - papermill has no types
        """Do as papermill's own engines do, around `execute_managed_notebook`."""
        from papermill.engines import Engine

        return Engine.execute_notebook.__func__(cls, nb, kernel_name, **flags)

    @classmethod
    def nb_kernel_name(cls, nb: Any, name: str | None = None) -> Any:  # noqa: ANN401 - as above
        """Return the name of the notebook's kernel as papermill finds it."""
        from papermill.engines import Engine

        return Engine.nb_kernel_name(nb, name)

    @classmethod
    def nb_language(cls, nb: Any, language: str | None = None) -> Any:  # noqa: ANN401 - as above
        """Return the notebook's language as papermill finds it."""
        from papermill.engines import Engine

        return Engine.nb_language(nb, language)

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,  # noqa: ANN401 - papermill has no types
        kernel_name: str,  # noqa: ARG003 - the clean run's kernel is this interpreter's
        *,
        execution_timeout: float | None = None,
        env: str = "current",
        runs: int = 2,
        explain: bool | None = None,
        **_unused: object,
    ) -> None:
        """Run the notebook clean, fill in its outputs, and write the record.

        Args:
            nb_man: papermill's notebook, with its input and output path among its metadata.
            kernel_name: As stored; not used.
            execution_timeout: Seconds one cell may run.
            env: As for `reproduce`.
            runs: As for `reproduce`.
            explain: As for `reproduce`; by default only for a run without other parameters, which
                would explain every difference.

        Raises:
            LifecycleError: As for `reproduce`. On papermill's command line, as click shows it, with
                the exit code of `nbrelease`.
            RunStopped: The kernel died, a cell took too long, or the notebook left early, which
                papermill would call completed.
        """
        from papermill.log import logger

        from lifecycle_core import verbs

        said = nb_man.nb.metadata.papermill
        parameters = dict(said.get("parameters") or {})
        executions: list[Execution] = []
        with _told(), _quiet(logger):
            record = verbs.reproduce(
                _absolute(said["input_path"]),
                parameters=parameters,
                cell_timeout=execution_timeout,
                env=env,
                runs=runs,
                explain=not parameters if explain is None else explain,
                executed=executions.append,
                progress=_Bar(nb_man.pbar),
            )
        logger.info("%s", verbs.to_text(record))
        _fill(nb_man.nb, executions[0])
        if said.get("output_path"):
            _write(record, _absolute(said["output_path"]))
        end = executions[0].run
        if end.exit in _STOPPED:
            with _told():
                raise RunStopped(
                    f"{said['input_path']}: cell {end.stopped_at}: {end.message}",
                    run=end,
                    hint="The record beside the output names the cause.",
                )


class _Bar(Silent):
    """Moves papermill's bar with the first clean run."""

    def __init__(self, bar: Any) -> None:  # noqa: ANN401 - of tqdm; None where papermill shows none
        self._bar = bar
        self._first = True

    def cell(self, done: int, total: int, label: str) -> None:
        """Show how many of the code cells have ended."""
        if self._bar is not None and self._first:
            self._bar.total, self._bar.n = total, done
            self._bar.set_description(label[:_LABEL] or "Executed")

    def end(self, activity: str, note: str = "") -> None:  # noqa: ARG002 - as Progress
        """Keep the bar where the first run left it."""
        self._first = False


@contextmanager
def _told() -> Iterator[None]:
    """Show an error as `nbrelease` does where papermill's command line runs, not our call stack.

    From Python papermill's caller gets the error itself.
    """
    import click

    try:
        yield
    except LifecycleError as error:
        if click.get_current_context(silent=True) is None:
            raise
        hint = f"\nHint: {error.hint}" if error.hint else ""
        shown = click.ClickException(f"{error}{hint}")
        shown.exit_code = error.exit_code  # type: ignore[misc] # click asks the instance
        raise shown from error


@contextmanager
def _quiet(logger: logging.Logger) -> Iterator[None]:
    """Keep papermill from announcing the runs that we make with it."""
    before = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(before)


def _absolute(path: str) -> Path:
    """Resolve a path as papermill does, which may have changed the working directory meanwhile."""
    from papermill.iorw import papermill_io

    folder = getattr(papermill_io.get_handler("."), "_cwd", None) or os.getcwd()  # noqa: PTH109 - of the same kind
    return Path(folder) / path


def _fill(notebook: Any, execution: Execution) -> None:  # noqa: ANN401 - nbformat has no types
    """Give papermill's cells the outputs of the run, and a status that is true."""
    from nbformat import from_dict

    stopped = execution.run.exit in _STOPPED
    for cell, left in zip(notebook.cells, execution.notebook["cells"], strict=True):
        if cell.cell_type != "code":
            continue
        cell.outputs = from_dict(left["outputs"])
        cell.execution_count = left["execution_count"]
        raised = any(output.output_type == "error" for output in cell.outputs)
        allowed = "raises-exception" in cell.metadata.get("tags", ())
        ran = cell.execution_count is not None
        failed = (raised and not allowed) or (
            stopped and not ran and _SKIP not in cell.metadata.get("tags", ())
        )
        stopped = stopped and not failed  # the cells after it did not even start
        cell.metadata.papermill["exception"] = failed
        cell.metadata.papermill["status"] = (
            "failed" if failed else "completed" if ran else "not_run"
        )


def _write(record: Reproduction, output: Path) -> None:
    from lifecycle_core.adapters.files import write_atomically

    write_atomically(output.with_name(output.stem + _SUFFIX), record.to_json())
