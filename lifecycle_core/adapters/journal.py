"""What really ran: the kernel's replies, cell by cell, by index in the source notebook."""

from __future__ import annotations

import re
import signal
import time
from typing import TYPE_CHECKING, Any

from lifecycle_core.notebooks.execution import ExecutedCell
from lifecycle_core.notebooks.normalisers.ansi import plain
from lifecycle_core.schema.reproduction import Run, RunExit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lifecycle_core.adapters.kernel import Kernel
    from lifecycle_core.adapters.progress import Progress
    from lifecycle_core.notebooks.cells import CodeCell
    from lifecycle_core.notebooks.read import Notebook

INJECTED = "injected-parameters"
_SKIP = "skip-execution"
_ALLOWED = "raises-exception"
_KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}
_ID = re.compile(r"source-(\d+)")
_MINOR_WITH_IDS = 5
_MESSAGE = 1_000
_LOST = "The cell ended, but its outputs did not arrive in full."


class StopRun(Exception):  # noqa: N818 - it stops papermill and never leaves the engine
    """A cell asked the kernel to quit, which papermill would not notice."""


class Journal:
    """Hears from nbclient about each cell while the notebook runs."""

    def __init__(self, cells: tuple[CodeCell, ...], progress: Progress) -> None:
        self._cells = {cell.index: cell for cell in cells}
        self._expected = [
            cell.index for cell in cells if _SKIP not in cell.tags and cell.source.strip()
        ]
        self._progress = progress
        self._nodes: list[Any] = []
        self._metadata: Mapping[str, Any] = {}
        self._begun: dict[int, float] = {}
        self._seconds: dict[int, float] = {}
        self._replies: dict[int, Mapping[str, Any]] = {}
        self.enter: Callable[[int], None] = lambda _index: None
        self.started = False
        self.current: int | None = None
        self.stopped: int | None = None

    def runnable(self, notebook: Notebook) -> dict[str, Any]:
        """Return a bare notebook for papermill: no outputs, and ids that name source indexes."""
        cells = []
        for index, cell in enumerate(notebook.content["cells"]):
            bare = {
                "cell_type": cell["cell_type"],
                "id": f"source-{index}",
                "metadata": {"tags": [str(tag) for tag in cell["metadata"].get("tags", [])]},
                "source": cell["source"],
            }
            if cell["cell_type"] == "code":
                bare |= {"outputs": [], "execution_count": None}
            cells.append(bare)
        metadata = {"kernelspec": _KERNELSPEC, "language_info": {"name": "python"}}
        return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}

    def on_notebook_start(self, notebook: Any) -> None:  # noqa: ANN401 - nbformat has no types
        """Keep the cells as they are now: after an error papermill inserts some of its own."""
        self.started = True
        self._nodes = list(notebook.cells)
        self._metadata = notebook.metadata

    def on_cell_execute(self, cell: Any, cell_index: int) -> None:  # noqa: ANN401, ARG002 - as above; nbclient names them
        """Note that a cell starts, before the kernel hears of it."""
        index = self._index(cell)
        if index is None:
            return
        self.current = index
        self.enter(index)
        self._progress.cell(len(self._replies), len(self._expected), self._cells[index].label)
        self._begun[index] = time.monotonic()

    def on_cell_executed(
        self,
        cell: Any,  # noqa: ANN401 - as above
        cell_index: int,  # noqa: ARG002 - as above
        execute_reply: Mapping[str, Any],
    ) -> None:
        """Note the kernel's answer.

        Raises:
            StopRun: The cell asked the kernel to quit.
        """
        index = self._index(cell)
        if index is None:
            return
        content = execute_reply["content"]
        self._seconds[index] = time.monotonic() - self._begun[index]
        self._replies[index] = content
        if any(item.get("source") == "ask_exit" for item in content.get("payload", ())):
            self.stopped = index
            raise StopRun
        if self._failed(index):
            self.stopped = index
        elif len(self._replies) == len(self._expected):
            self._progress.cell(len(self._replies), len(self._replies), "")

    def error(self) -> Mapping[str, Any] | None:
        """Return the reply of the cell that stopped the run by raising, or None."""
        if self.stopped is not None and self._failed(self.stopped):
            return self._replies[self.stopped]
        return None

    def missing(self) -> list[int]:
        """Return the cells that should have run and did not answer."""
        return [index for index in self._expected if index not in self._replies]

    def hung(self, kernel: Kernel) -> str:
        """Say where the running cell is, when it has used up its time."""
        source = self._cells[self.current].source if self.current is not None else ""
        where = kernel.stack(self.current).told(source)
        return f"The cell ran longer than it was allowed to{where or '.'}"

    def executed(self) -> dict[int, ExecutedCell]:
        """Return every code cell of the source as the run left it."""
        nodes = {index: node for node in self._nodes if (index := self._index(node)) is not None}
        return {
            index: ExecutedCell(
                outputs=tuple(_plain(nodes[index].outputs)) if index in nodes else (),
                ran=index in self._replies or not cell.source.strip(),
                failed=self._failed(index),
                seconds=self._seconds.get(index),
            )
            for index, cell in self._cells.items()
        }

    def notebook(self, source: Notebook) -> dict[str, Any]:
        """Return the executed notebook: the source's cells, this run's outputs and parameters."""
        content = source.content
        nodes = self._nodes or [{"id": f"source-{i}"} for i in range(len(content["cells"]))]
        cells = []
        for node in nodes:
            own = _ID.fullmatch(node["id"])
            cell = dict(content["cells"][int(own[1])]) if own else _plain(node)
            cell["metadata"] = {k: v for k, v in cell["metadata"].items() if k != "papermill"}
            if cell["cell_type"] == "code":
                cell["outputs"] = _plain(node.get("outputs", []))
                answered = not own or int(own[1]) in self._replies
                cell["execution_count"] = node.get("execution_count") if answered else None
            if not own and content.get("nbformat_minor", 0) < _MINOR_WITH_IDS:
                del cell["id"]
            cells.append(cell)
        left_out = ("papermill", "widgets")
        metadata = {k: v for k, v in content["metadata"].items() if k not in left_out}
        metadata["kernelspec"] = _KERNELSPEC  # papermill leaves the name of another kernel here
        for key in ("language_info", "widgets"):
            if key in self._metadata:
                metadata[key] = _plain(self._metadata[key])
        return {**content, "metadata": metadata, "cells": cells}

    def _index(self, node: Any) -> int | None:  # noqa: ANN401 - as above
        """Return the index in the source of a cell that papermill holds."""
        if own := _ID.fullmatch(node["id"]):
            index = int(own[1])
            return index if index in self._cells else None
        # Parameters take the place of those that an earlier run left in the source.
        earlier = (index for index, cell in self._cells.items() if INJECTED in cell.tags)
        return next(earlier, None)

    def _failed(self, index: int) -> bool:
        reply = self._replies.get(index)
        allowed = _ALLOWED in self._cells[index].tags
        return reply is not None and reply["status"] != "ok" and not allowed


def run_from(journal: Journal, end: Exception | None, kernel: Kernel, started: float) -> Run:
    """Say how the run ended, from replies and the process, never from papermill's status."""
    way, message = _ending(journal, end, kernel)
    stopped = journal.stopped if journal.stopped is not None else journal.current
    return Run(
        seconds=time.monotonic() - started,
        hash_seed=kernel.hash_seed,
        threads=kernel.threads,
        exit=way,
        stopped_at=None if way == "ok" else stopped,
        message=" ".join(plain(message).split())[:_MESSAGE],
    )


def _ending(journal: Journal, end: Exception | None, kernel: Kernel) -> tuple[RunExit, str]:
    if (error := journal.error()) is not None:
        text = f"{error.get('ename', 'Error')}: {error.get('evalue', '')}"
        left = error.get("ename") == "SystemExit"
        return ("exited", f"The cell left the notebook: {text}") if left else ("error", text)
    match type(end).__name__:
        case "StopRun":
            return "exited", "The cell told the kernel to quit."
        case "CellTimeoutError":
            lost = "IOPub" in str(end)
            return "timeout", _LOST if lost else journal.hung(kernel)
        case "DeadKernelError" | "RuntimeError":
            return _death(kernel, started=journal.started)
    if missing := journal.missing():
        return "error", f"{len(missing)} cells did not run, and nothing says why: {end}"
    return "ok", ""


def _death(kernel: Kernel, *, started: bool) -> tuple[RunExit, str]:
    code = kernel.returncode()
    last = (kernel.said().splitlines() or [""])[-1]
    said = f" Its last words: {last}" if last else ""
    if not started:
        return "killed", f"The kernel did not start (exit code {code}).{said}"
    if code is None:
        return "killed", f"The kernel stopped answering.{said}"
    if code >= 0:
        return "exited", f"The kernel's process ended itself with exit code {code}.{said}"
    name = signal.Signals(-code).name if -code in list(signal.Signals) else f"signal {-code}"
    memory = ""
    if name == "SIGKILL":
        memory = (
            "; memory ran out"
            if kernel.ran_out_of_memory()
            else "; the system does that when memory runs out"
        )
    return "killed", f"The kernel was killed by {name}{memory}.{said}"


def _plain(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Return JSON as plain dicts and lists instead of nbformat's own."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
