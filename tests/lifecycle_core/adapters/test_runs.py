from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from lifecycle_core.adapters.progress import Silent
from lifecycle_core.adapters.runs import ScratchRuns
from lifecycle_core.adapters.workspace import Workspace, open_scratch, read_notebook
from lifecycle_core.errors import EnvironmentUnavailable
from lifecycle_core.notebooks.facts import Facts, Site
from lifecycle_core.notebooks.plan import Plan
from tests.fakes.engine import run
from tests.fakes.notebooks import code, write
from tests.fakes.runs import left

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifecycle_core.adapters.workspace import Scratch
    from lifecycle_core.notebooks.execution import Execution
    from lifecycle_core.notebooks.read import Notebook


class Kernel:
    """Remembers that it was ended."""

    def __init__(self) -> None:
        self.killed = threading.Event()

    def kill(self) -> None:
        self.killed.set()


class PortEngine:
    """Runs that want one port, and notebooks that ask to be interrupted."""

    def __init__(self) -> None:
        self.kernels: list[Kernel] = []
        self.spaces: list[Workspace] = []
        self._port = threading.Lock()
        self._both = threading.Barrier(2)

    def run(
        self,
        notebook: Notebook,
        *,
        workspace: Workspace,
        started: Any,  # noqa: ANN401 - as Engine
        **_rest: Any,  # noqa: ANN401 - as Engine
    ) -> Execution:
        kernel = Kernel()
        self.kernels.append(kernel)
        self.spaces.append(workspace)
        started(kernel)
        source = notebook.content["cells"][0]["source"]
        if source == "interrupt" and len(self.kernels) == 1:
            raise KeyboardInterrupt
        if source == "interrupt":
            assert kernel.killed.wait(10)
        if source == "port" and len(self.kernels) <= 2:
            with_it = self._port.acquire(blocking=False)
            self._both.wait(10)
            if not with_it:
                message = "OSError: [Errno 98] Address already in use"
                return left(notebook, {}, ended=run("error", stopped_at=0, message=message))
        if source.startswith("write "):  # the first of two to come takes the file away
            with_it = len(self.kernels) == 2
            facts = Facts(writes=(Site(cell=0, path=source.removeprefix("write ")),))
            ended = run("error", stopped_at=0, message="FileNotFoundError") if with_it else None
            return left(notebook, {0: "read"}, ended=ended, facts=facts)
        return left(notebook, {0: source})


@pytest.fixture
def scratch(tmp_path: Path) -> Iterator[Scratch]:
    (tmp_path / "scratch").mkdir()
    write(tmp_path / "project" / "model.ipynb", code("1"))
    path = tmp_path / "project" / "model.ipynb"
    with open_scratch(path, scratch=tmp_path / "scratch") as opened:
        yield opened


def made(scratch: Scratch, engine: Any) -> ScratchRuns:  # noqa: ANN401 - a fake
    return ScratchRuns(engine, scratch, parameters={}, cell_timeout=None, progress=Silent())


def notebook_of(tmp_path: Path, source: str) -> Notebook:
    return read_notebook(write(tmp_path / "other" / "nb.ipynb", code(source)))


def test_runs_that_want_the_same_port_are_made_one_after_the_other(
    scratch: Scratch, tmp_path: Path
) -> None:
    engine = PortEngine()
    runs = made(scratch, engine)
    plan = Plan(notebook=notebook_of(tmp_path, "port"))
    first, second = runs.together([plan, plan], "test")
    assert (first.run.exit, second.run.exit) == ("ok", "ok")
    assert len(engine.kernels) == 4
    assert runs.workspaces == engine.spaces[2:]


@pytest.mark.parametrize(
    ("path", "kernels"),
    [("/tmp/x.csv", 4), ("/dev/null", 2), ("{scratch}/x", 2)],
)
def test_runs_that_write_the_same_file_are_made_one_after_the_other(
    scratch: Scratch, tmp_path: Path, path: str, kernels: int
) -> None:
    engine = PortEngine()
    inside = str(scratch.workspace().root.parent)
    plan = Plan(notebook=notebook_of(tmp_path, f"write {path.format(scratch=inside)}"))
    executions = made(scratch, engine).together([plan, plan], "test")
    assert len(engine.kernels) == kernels
    assert all(one.run.exit == "ok" for one in executions) == (kernels == 4)


def test_a_run_may_go_on_in_the_folder_of_an_earlier_one(scratch: Scratch, tmp_path: Path) -> None:
    engine = PortEngine()
    runs = made(scratch, engine)
    notebook = notebook_of(tmp_path, "fine")
    data = {Path("x.csv"): b"old"}
    runs.together([Plan(notebook=notebook, recorded=data), Plan(notebook=notebook)], "test")
    runs.together([Plan(notebook=notebook, folder_of=0)], "test")
    assert runs.workspaces[2] == runs.workspaces[0] != runs.workspaces[1]
    assert (runs.workspaces[0].project / "x.csv").read_bytes() == b"old"


def test_an_interrupt_ends_the_kernels_of_all(scratch: Scratch, tmp_path: Path) -> None:
    engine = PortEngine()
    plan = Plan(notebook=notebook_of(tmp_path, "interrupt"))
    with pytest.raises(KeyboardInterrupt):
        made(scratch, engine).together([plan, plan], "test")
    assert all(kernel.killed.is_set() for kernel in engine.kernels)


class NoEnvironments:
    """Counts how often an environment is asked for, and has none."""

    def __init__(self) -> None:
        self.asked = 0

    def declared(self, *_words: object) -> Any:  # noqa: ANN401 - as LockedEnvironments
        self.asked += 1
        raise EnvironmentUnavailable("six<1 is on no index.", reason="not_on_index")


def test_an_environment_that_is_not_to_be_had_is_asked_for_once(
    scratch: Scratch, tmp_path: Path
) -> None:
    environments: Any = NoEnvironments()
    engine: Any = PortEngine()
    runs = ScratchRuns(
        engine, scratch, parameters={}, cell_timeout=None, progress=Silent(),
        environments=environments,
    )  # fmt: skip
    plan = Plan(notebook=notebook_of(tmp_path, "1"), versions={"six": "<1"})
    for _ in range(2):
        with pytest.raises(EnvironmentUnavailable):
            runs.together([plan], "Looking for the cause")
    assert environments.asked == 1
    assert engine.kernels == []
