"""A reproduction in a process of its own: told as it goes, ended with what started it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from lifecycle_core.adapters.background import Background, Standing, advanced
from lifecycle_core.errors import InvalidCall, NoAnswer, NotebookInvalid
from lifecycle_core.schema.reproduction import Reproduction
from lifecycle_core.verbs import (
    compile_meanwhile,
    overview_after,
    pipeline_of,
    pipeline_overview,
    pipeline_results,
    reproduce_meanwhile,
    run_each_meanwhile,
    run_meanwhile,
)
from tests.fakes import records
from tests.fakes.pipelines import MadeStep, churn, write_package
from tests.notebook_files import write_notebook

if TYPE_CHECKING:
    from lifecycle_core.schema.pipeline_run import PipelineRun

ROOT = Path(__file__).parents[3]
PATIENCE = 60.0


def ended(background: Background[Any]) -> list[Standing[Any]]:
    """Start, wait for the end, and return what was told."""
    told: list[Standing[Any]] = []
    background.start(told.append)
    assert background.wait(PATIENCE)
    return told


def of(path: Path, journal: dict[str, object] | None = None) -> Background[Reproduction]:
    made = reproduce_meanwhile(path, journal=journal or {})
    assert isinstance(made, Background)
    return made


def test_it_tells_each_cell_and_compares_the_session(tmp_path: Path) -> None:
    path = write_notebook(tmp_path / "a.ipynb", "x = 1", "y = x + 1")
    executed = [{"source": "z = 3", "count": 2, "at": 1.0, "defined": ["z"]}]
    variables = {"z": {"type": "int", "digest": "3"}}
    told = ended(of(path, {"executed": executed, "variables": variables}))
    assert {"x = 1", "y = x + 1"} <= {standing.label for standing in told}
    last = told[-1]
    assert (last.phase, last.error) == ("done", None)
    assert last.record is not None
    assert last.record.session is not None
    assert [lost.source for lost in last.record.session.sources] == ["z = 3"]


def test_a_notebook_that_cannot_be_used_is_its_own_error(tmp_path: Path) -> None:
    (tmp_path / "a.ipynb").write_text("{")
    last = ended(of(tmp_path / "a.ipynb"))[-1]
    assert (last.phase, type(last.error)) == ("failed", NotebookInvalid)
    assert last.error is not None
    assert last.error.hint


def test_a_pipeline_runs_and_tells_its_steps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = churn(tmp_path)
    seen = pipeline_overview(folder)
    background = run_meanwhile(str(folder), parameters={"seed": 8})
    statuses: list[list[str]] = []

    def tell(standing: Standing[PipelineRun]) -> None:
        nonlocal seen
        seen = overview_after(seen, standing)
        statuses.append([step.status for step in seen.steps])

    background.start(tell)
    assert background.wait(PATIENCE)
    assert background.standing.error is None
    assert {status for told in statuses for status in told} == {"waiting", "running", "ran"}
    assert set(statuses[-1]) == {"ran"}
    made = background.standing.record
    assert made is not None
    assert made.parameters["seed"] == 8
    assert pipeline_results(made, package=folder)
    assert str(tmp_path) not in sys.path


def test_a_pipeline_that_is_stopped_leaves_no_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    mark = tmp_path / "begun"
    body = f"open({str(mark)!r}, 'w').close()\nimport time\ntime.sleep(600)"
    steps = [MadeStep(name=name, body=body, outputs=(name,)) for name in ("one", "two")]
    folder = write_package(tmp_path, "slow", steps)
    background = run_meanwhile(str(folder), parameters={})
    assert isinstance(background, Background)
    background.start(lambda _: None)
    deadline = time.monotonic() + PATIENCE
    while not mark.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    found = descendants(background._child.pid)
    background.stop()
    assert background.wait(PATIENCE)
    assert background.standing.phase == "stopped"
    assert found
    for pid in found:
        gone(pid)


def test_a_pipeline_is_run_for_each_value_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    step = MadeStep(name="double", body="x = 2 * n", outputs=("x",), parameters=("n",))
    folder = write_package(tmp_path, "each", [step], parameters={"n": 1})
    background = run_each_meanwhile(
        str(folder), parameters={}, for_each={"n": [3, 4]}, scheduler="threads"
    )
    assert isinstance(background, Background)
    made = ended(background)[-1].record
    assert made is not None
    assert [run.scheduler for run in made.runs] == ["threads", "threads"]
    assert [pipeline_results(run, ["x"])["x"] for run in made.runs] == [6, 8]
    with pytest.raises(InvalidCall, match="no scheduler 'nowhere'"):
        run_meanwhile(str(folder), parameters={}, scheduler="nowhere")


def test_a_notebook_is_compiled_meanwhile(tmp_path: Path) -> None:
    path = write_notebook(tmp_path / "a.ipynb", "x = 1", "y = x + 1")
    background = compile_meanwhile(path, name="small", out=tmp_path)
    told: list[str] = []
    background.start(lambda standing: told.append(standing.activity))
    assert background.wait(PATIENCE)
    made = background.standing.record
    assert made is not None
    assert (made.compiled, made.name) == (True, "small")
    assert len(set(told)) > 1
    assert pipeline_of(path) == tmp_path / "pipelines" / "small"


def test_stopping_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch, project = tmp_path / "scratch", tmp_path / "project"
    scratch.mkdir()
    project.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    background = of(write_notebook(project / "a.ipynb", "import time", "time.sleep(600)"))
    found: list[int] = []

    def tell(standing: Standing[Reproduction]) -> None:
        if standing.label == "time.sleep(600)" and not found:
            found.extend(descendants(background._child.pid))
            background.stop()

    background.start(tell)
    assert background.wait(PATIENCE)
    assert background.standing.phase == "stopped"
    assert found
    for pid in found:
        gone(pid)
    kept = "nbrelease-cache-"  # shared by all runs of this user, and meant to stay
    assert [path for path in scratch.iterdir() if not path.name.startswith(kept)] == []


def test_a_child_that_dies_is_said_to_have(tmp_path: Path) -> None:
    program = tmp_path / "dying.py"
    program.write_text("import sys; print('it hurts', file=sys.stderr); sys.exit(7)")
    sys.path.insert(0, str(tmp_path))
    try:
        last = ended(Background("dying", {}, Reproduction))[-1]
    finally:
        sys.path.remove(str(tmp_path))
    assert isinstance(last.error, NoAnswer)
    assert "ended with code 7" in str(last.error)
    assert last.error.hint == "it hurts"


def test_it_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    path = write_notebook(tmp_path / "a.ipynb", "import time", "time.sleep(600)")
    program = (
        "import pathlib, time\n"
        "from lifecycle_core.verbs.attending import reproduce_meanwhile\n"
        f"background = reproduce_meanwhile(pathlib.Path({str(path)!r}), journal={{}})\n"
        "background.start(lambda standing: print(standing.label, flush=True))\n"
        "time.sleep(600)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    with parent.stdout as lines:
        assert "time.sleep(600)\n" in iter(lines.readline, "")
        found = descendants(parent.pid)
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    assert len(found) > 1  # the child and its kernel
    for pid in found:
        gone(pid)


def test_messages_move_it_on() -> None:
    one = advanced(Standing(), {"begin": "Running"}, Reproduction)
    two = advanced(one, {"cell": {"done": 1, "total": 3, "label": "x"}}, Reproduction)
    assert (two.activity, two.done, two.total, two.label) == ("Running", 1, 3, "x")
    assert advanced(two, {"end": "Running", "note": "ok"}, Reproduction) == two
    assert advanced(two, {"begin": "Comparing"}, Reproduction).total == 0
    record = records.reproduction()
    done = advanced(two, {"record": record.model_dump(mode="json")}, Reproduction)
    assert (done.phase, done.record) == ("done", record)


def descendants(pid: int) -> list[int]:
    """Return the processes that a process started, and those that they started."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):  # it has just ended
            text = stat.read_text()
            parents[int(text.split()[0])] = int(text.rpartition(")")[2].split()[1])
    found = [pid]
    for known in found:
        found += [child for child, parent in parents.items() if parent == known]
    return found[1:]


def gone(pid: int) -> None:
    """Wait until a process has ended."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        with suppress(FileNotFoundError, ProcessLookupError):
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return
        time.sleep(0.05)
    raise AssertionError(f"process {pid} is still there")
