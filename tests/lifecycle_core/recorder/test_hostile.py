"""Notebooks that break what the recorder stands on: no verdict becomes good by that."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from lifecycle_core.recorder.log import Log
from tests.fakes.clean_runs import clean_run, lines, printed

if TYPE_CHECKING:
    from pathlib import Path


_CELLS = {
    "replaced": "import builtins, io, time\nkept = open\nbuiltins.open = io.open = None",
    "kept": "kept('x.csv').close(); print(time.time() > 0)",
    "put back": "builtins.open = io.open = kept",
    "hooks": "import sys\nsys.addaudithook(lambda *_: None); sys.settrace(lambda *_: None)",
    "events": """
events = get_ipython().events
events.callbacks = {name: [] for name in events.callbacks}
""",
    "reset": "%reset -f",
    "after reset": "open('x.csv').close()",
    "fork": """
import os
if (child := os.fork()) == 0:
    open("y.csv").close()
    os._exit(0)
os.waitpid(child, 0)
""",
    "late": "import threading\nthreading.Timer(0.2, lambda: print('late')).start()",
    "waits": "import time; time.sleep(0.5)",
    "deleted": """
import pathlib
for file in pathlib.Path(os.environ["TMPDIR"]).parent.glob("observed*"):
    file.unlink()
""",
    "after": "open('y.csv').close()",
    "modules": """
import sys
sys.modules["os"].write = sys.modules["json"] = None
open("x.csv").close()
""",
}
_INDEX = {name: number for number, name in enumerate(_CELLS)}


def test_facts_survive_a_notebook_that_breaks_things(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a\n1\n")
    (tmp_path / "y.csv").write_text("a\n1\n")
    run = clean_run(tmp_path, *_CELLS.values())
    assert run.run.exit == "ok", run.run.message
    found = {site.cell: site.path[-5:] for site in run.facts.reads}
    assert found == {
        _INDEX["kept"]: "x.csv",
        _INDEX["after reset"]: "x.csv",
        _INDEX["fork"]: "y.csv",
        _INDEX["after"]: "y.csv",
        _INDEX["modules"]: "x.csv",
    }
    assert printed(run, _INDEX["kept"]) == "True\n"
    assert (3, "os.fork", "") in lines(run.facts.processes, _INDEX["fork"])
    assert set(run.facts.cells) == set(_INDEX.values())


@pytest.mark.parametrize(
    "source",
    ["import os\nos.closerange(3, 1000)", "import builtins\ndel builtins.len, builtins.isinstance"],
)
def test_a_kernel_without_its_footing_is_no_good_run(tmp_path: Path, source: str) -> None:
    run = clean_run(tmp_path, "x = 1", source, "y = 2", cell_timeout=3)
    assert run.run.exit != "ok"
    assert not run.cells[2].ran
    assert 0 in run.facts.cells


def test_the_log_never_writes_into_somebody_elses_file(tmp_path: Path) -> None:
    log = Log(str(tmp_path / "observed"))
    log.tell("module", what="first")
    os.close(log._handle)
    victim = os.open(tmp_path / "victim", os.O_WRONLY | os.O_CREAT)
    try:
        os.dup2(victim, log._handle)
        log.tell("module", what="second")
    finally:
        os.close(victim)
    assert (tmp_path / "victim").read_bytes() == b""
    assert (tmp_path / "observed").read_text().count("module") == 2


def test_what_one_cell_tells_is_bounded(tmp_path: Path) -> None:
    log = Log(str(tmp_path / "observed"))
    for number in range(2_000):
        for _ in range(2):
            log.site("clock", 1, line=number, what="time.time")
    told = (tmp_path / "observed").read_text().splitlines()
    assert len(told) == 301
    assert "and more" in told[-1]
