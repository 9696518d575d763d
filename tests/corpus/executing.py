"""Execute a notebook in a real kernel, as an author does or as a stranger would."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nbformat import NotebookNode

    from tests.corpus.case import Author


@dataclass(slots=True)
class Executed:
    """What became of an execution.

    Attributes:
        ended: `ok`, `error`, `timeout` or `died`.
        cell: Index of the cell at which it ended early.
        message: The error's first and last line.
    """

    notebook: NotebookNode
    ended: str = "ok"
    cell: int | None = None
    message: str = ""
    ran: list[int] = field(default_factory=list)


def execute(
    notebook: NotebookNode,
    folder: Path,
    *,
    author: Author | None = None,
    order: Sequence[int] = (),
    timeout: float = 120,
) -> Executed:
    """Execute a notebook in place and say how that went.

    Args:
        notebook: Its outputs and counts are replaced.
        folder: The kernel's working directory.
        author: Whose machine it is; a stranger has nothing of it.
        order: Indexes of cells in the order of execution; empty runs all from top to bottom.
        timeout: Seconds per cell.
    """
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    done = Executed(notebook)
    with tempfile.TemporaryDirectory(prefix="author") as home:
        client = NotebookClient(
            notebook,
            timeout=timeout,
            kernel_name="python3",
            record_timing=False,
            resources={"metadata": {"path": str(folder)}},
        )
        environ = _environment(Path(home), author)
        # A kernel's own log is not part of the notebook.
        with client.setup_kernel(env=environ, cwd=str(folder), stderr=subprocess.DEVNULL):
            for index in order or range(len(notebook.cells)):
                try:
                    client.execute_cell(notebook.cells[index], index)
                except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
                    done.cell = index
                    done.ended = _ENDS[type(error)]
                    done.message = str(error).strip().splitlines()[-1][:300]
                    break
                done.ran.append(index)
    return done


_ENDS: Mapping[type[Exception], str] = {
    CellExecutionError: "error",
    CellTimeoutError: "timeout",
    DeadKernelError: "died",
}


def _environment(home: Path, author: Author | None) -> dict[str, str]:
    """Return the kernel's environment: the caller's without PYTHON* and with a home of its own."""
    environ: dict[str, Any] = {
        name: value for name, value in os.environ.items() if not name.startswith("PYTHON")
    }
    environ |= {
        "HOME": str(home),
        "IPYTHONDIR": str(home / "ipython"),
        "MPLCONFIGDIR": str(Path(tempfile.gettempdir()) / "corpus-matplotlib"),
        "PATH": f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}",
    }
    if author:
        startup = home / "ipython" / "profile_default" / "startup"
        startup.mkdir(parents=True)
        (startup / "00.py").write_text(author.startup, encoding="utf-8")
        modules = home / "site"
        for name, text in author.modules.items():
            file = modules / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        environ["PYTHONPATH"] = str(modules)
    return environ
