from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jupyter_core.utils import ensure_event_loop

from lifecycle_core.adapters.engine import PapermillEngine
from lifecycle_core.adapters.files import digest_bytes
from lifecycle_core.adapters.progress import Silent
from lifecycle_core.adapters.workspace import open_workspace, read_notebook
from lifecycle_core.errors import InvalidCall
from tests.fakes.notebooks import code, content, markdown, write

if TYPE_CHECKING:
    from lifecycle_core.notebooks.execution import Execution


class Watched(Silent):
    """Progress that remembers."""

    def __init__(self) -> None:
        self.cells: list[tuple[int, int, str]] = []

    def cell(self, done: int, total: int, label: str) -> None:
        self.cells.append((done, total, label))


def execute(
    path: Path,
    *cells: dict[str, Any],
    parameters: dict[str, Any] | None = None,
    cell_timeout: float | None = None,
    progress: Silent | None = None,
    environment: dict[str, str] | None = None,
) -> Execution:
    write(path, *cells)
    with open_workspace(path) as space:
        return PapermillEngine().run(
            read_notebook(path),
            workspace=space,
            parameters=parameters or {},
            cell_timeout=cell_timeout,
            progress=progress or Silent(),
            environment=environment or {},
        )


def text(execution: Execution, index: int) -> str:
    return "".join(str(output.get("text", "")) for output in execution.cells[index].outputs)


def test_a_caller_may_have_used_a_loop_of_its_own(tmp_path: Path) -> None:
    def used_before() -> str:
        loop = ensure_event_loop()  # as whoever asked a kernel before did
        asyncio.run(asyncio.sleep(0))  # and this takes the thread's loop away
        said = text(execute(tmp_path / "model.ipynb", code("print(2)")), 0)
        assert loop.is_closed()
        return said

    with ThreadPoolExecutor(1) as pool:  # a thread, so that no other test misses its loop
        assert pool.submit(used_before).result() == "2\n"


def test_a_clean_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "leaked")
    monkeypatch.setenv("PYTHONPATH", "/leaked")
    monkeypatch.setenv("NBRELEASE_REGISTRY", "http://registry")
    folder = tmp_path / "with {braces} and é" / "notebooks"
    folder.mkdir(parents=True)
    (folder / "x.csv").write_text("rows")
    (folder / "grows.txt").write_text("once")
    (folder / "local_module.py").write_text("value = 5\n")
    progress = Watched()
    result = execute(
        folder / "model.ipynb",
        markdown("# Title"),
        code("alpha = 1\nname = 'a'", tags=("parameters",)),
        code("import os, sys\nprint(alpha, name, os.getcwd(), sorted(os.environ), sys.path)"),
        code("open('x.csv').read(); open('made.txt', 'w').write('m'); open('made.txt').read();"),
        code("import local_module; open('x.csv', 'rb').read()\nlocal_module.value"),
        code("open('grows.txt').read(); open('grows.txt', 'a').write('!');"),
        code("never()", tags=("skip-execution",)),
        code("1 / 0", tags=("raises-exception",)),
        code(""),
        code("[hash('a'), os.environ['OMP_NUM_THREADS'], os.environ['NBRELEASE_RUN']]"),
        parameters={"alpha": 3},
        progress=progress,
    )
    assert result.run.exit == "ok", result.run.message
    assert result.run.stopped_at is None
    ran = [index for index, cell in result.cells.items() if cell.ran]
    assert ran == [1, 2, 3, 4, 5, 7, 8, 9]
    assert not any(cell.failed for cell in result.cells.values())
    printed = text(result, 2)
    assert printed.startswith("3 a ")
    assert "/project [" in printed
    assert "SECRET" not in printed
    assert "leaked" not in printed
    assert "NBRELEASE_REGISTRY" in printed
    assert "lifecycle_core/adapters" not in printed
    assert result.cells[7].outputs[0]["ename"] == "ZeroDivisionError"
    inputs = {file.path: (file.cells, file.digest) for file in result.inputs}
    assert inputs == {
        "x.csv": ((3, 4), digest_bytes(b"rows")),
        "local_module.py": ((4,), digest_bytes(b"value = 5\n")),
        "grows.txt": ((5,), digest_bytes(b"once")),
    }
    assert {"os", "local_module", "ipykernel"} <= result.modules
    cells = result.notebook["cells"]
    assert [cell["source"] for cell in cells][2] == "# Parameters\nalpha = 3\n"
    assert len(cells) == 11
    assert cells[3]["execution_count"] == 3
    assert "id" not in cells[2]
    assert all("papermill" not in cell["metadata"] for cell in cells)
    assert result.notebook["metadata"]["kernelspec"]["name"] == "python3"
    assert progress.cells[0] == (0, 7, "alpha = 1")
    assert progress.cells[-1] == (7, 7, "")
    assert (folder / "grows.txt").read_text() == "once"


@pytest.mark.parametrize(
    ("source", "way", "message"),
    [
        ("print('before')\n{}['k']", "error", "KeyError: 'k'"),
        ("input()", "error", "StdinNotImplementedError: raw_input was called"),
        ("import sys; sys.exit(0)", "exited", "The cell left the notebook: SystemExit: 0"),
        ("quit()", "exited", "The cell told the kernel to quit."),
        ("import os; os._exit(3)", "exited", "The kernel's process ended itself with exit code 3."),
        ("import os; os.kill(os.getpid(), 9)", "killed", "The kernel was killed by SIGKILL; the"),
        (
            "import time\ntime.sleep(60)",
            "timeout",
            "The cell ran longer than it was allowed to at line 2: time.sleep(60)",
        ),
    ],
)
def test_no_run_that_ends_early_is_ok(tmp_path: Path, source: str, way: str, message: str) -> None:
    path = tmp_path / "model.ipynb"
    limit = 1.5 if way == "timeout" else None
    result = execute(path, code("1"), code(source), code("2"), cell_timeout=limit)
    assert result.run.exit == way
    assert result.run.message.startswith(message)
    assert result.run.stopped_at == 1
    assert result.cells[0].ran
    assert not result.cells[2].ran
    assert len(result.notebook["cells"]) == 3
    assert result.notebook["cells"][2]["execution_count"] is None
    if source.startswith("print"):
        assert text(result, 1) == "before\n"
        assert result.cells[1].failed


def test_parameters_that_the_notebook_lacks_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.ipynb"
    with pytest.raises(InvalidCall, match="takes no parameters, and got alpha"):
        execute(path, code("alpha = 1"), parameters={"alpha": 2})
    with pytest.raises(InvalidCall, match="has no parameter alhpa") as caught:
        execute(path, code("alpha = 1", tags=("parameters",)), parameters={"alhpa": 2})
    assert caught.value.hint == "Did you mean alpha?"


def test_parameters_replace_those_of_an_earlier_run(tmp_path: Path) -> None:
    result = execute(
        tmp_path / "model.ipynb",
        code("alpha = 1", tags=("parameters",)),
        code("alpha = 2", tags=("injected-parameters",)),
        code("print(alpha)"),
        parameters={"alpha": 3},
    )
    assert text(result, 2) == "3\n"
    assert result.cells[1].ran
    assert len(result.notebook["cells"]) == 3


_PROGRAM = """
import sys
from pathlib import Path
from lifecycle_core.adapters.engine import PapermillEngine
from lifecycle_core.adapters.progress import Silent
from lifecycle_core.adapters.workspace import open_workspace, read_notebook
path, scratch = map(Path, sys.argv[1:])
with open_workspace(path, scratch=scratch) as space:
    PapermillEngine().run(
        read_notebook(path), workspace=space, parameters={}, cell_timeout=None, progress=Silent()
    )
"""
_CELL = """
import os, subprocess, time
child = subprocess.Popen(["sleep", "600"])
with open({file!r} + ".part", "w") as file:
    file.write(f"{{os.getpid()}} {{child.pid}}")
os.rename({file!r} + ".part", {file!r})
time.sleep(600)
"""


def running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def eventually(condition: Any) -> bool:  # noqa: ANN401 - any callable
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_when_the_program_is_ended(tmp_path: Path, number: int) -> None:
    # A cell may write into a folder beside its project, and not beside that folder.
    told = tmp_path / "told" / "pids"
    told.parent.mkdir()
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    path = write(tmp_path / "project" / "model.ipynb", code(_CELL.format(file=str(told))))
    command = [sys.executable, "-c", _PROGRAM, str(path), str(scratch)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as program:
        assert eventually(told.exists), program.communicate()[1]
        pids = [int(pid) for pid in told.read_text().split()]
        os.kill(program.pid, number)
        _, errors = program.communicate(timeout=60)
    assert eventually(lambda: not any(running(pid) for pid in pids))
    assert "Task was destroyed" not in errors
    if number != signal.SIGKILL:
        assert list(scratch.iterdir()) == []


def test_a_kernel_that_does_not_start_says_why(tmp_path: Path) -> None:
    nowhere = {"PYTHONHOME": str(tmp_path / "nowhere")}
    result = execute(tmp_path / "model.ipynb", code("1"), environment=nowhere)
    assert result.run.exit == "killed"
    assert result.run.stopped_at is None
    assert result.run.message.startswith("The kernel did not start (exit code 1). Its last words:")
    assert not result.cells[0].ran


def test_a_long_notebook_loses_nothing(tmp_path: Path) -> None:
    cells = [code(f"x = {number}") for number in range(200)]
    cells.append(code("for number in range(8_000):\n    print(number, flush=True)"))
    result = execute(tmp_path / "model.ipynb", *cells)
    assert text(result, 200) == "".join(f"{number}\n" for number in range(8_000))
    assert result.run.exit == "ok"
    assert all(cell.ran for cell in result.cells.values())
    assert content(*cells)["nbformat_minor"] == result.notebook["nbformat_minor"]
