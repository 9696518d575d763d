from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

from lifecycle_core.schema.reproduction import Reproduction
from tests.fakes.notebooks import code, printed, write

if TYPE_CHECKING:
    from pathlib import Path


def papermill(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "papermill", "--engine", "nbrelease", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_papermill_leaves_the_record_beside_its_output(tmp_path: Path) -> None:
    write(
        tmp_path / "in.ipynb",
        code("alpha = 1", tags=("parameters",), count=1),
        code("open('made.txt', 'w').close()\nprint(alpha)", count=2, outputs=(printed("1\n"),)),
    )
    ended = papermill(tmp_path, "in.ipynb", "out.ipynb")
    assert ended.returncode == 0, ended.stderr
    record = Reproduction.from_json((tmp_path / "out.reproduction.json").read_text())
    assert (record.verdict, len(record.runs)) == ("identical", 2)
    made = json.loads((tmp_path / "out.ipynb").read_text())
    assert made["cells"][1]["outputs"][0]["text"] == ["1\n"]
    assert [cell["execution_count"] for cell in made["cells"]] == [1, 2]
    assert not (tmp_path / "made.txt").exists()

    changed = papermill(tmp_path, "in.ipynb", "changed.ipynb", "-p", "alpha", "3")
    assert changed.returncode == 0, changed.stderr
    record = Reproduction.from_json((tmp_path / "changed.reproduction.json").read_text())
    assert record.verdict == "different"
    assert record.trials == ()
    made = json.loads((tmp_path / "changed.ipynb").read_text())
    assert made["cells"][2]["outputs"][0]["text"] == ["3\n"]


def test_a_cell_that_never_ran_is_not_called_completed(tmp_path: Path) -> None:
    kill = "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"
    write(
        tmp_path / "in.ipynb", code("x = 1", count=1), code(kill, count=2), code("y = 3", count=3)
    )
    ended = papermill(tmp_path, "in.ipynb", "out.ipynb")
    assert ended.returncode == 3
    assert "The kernel was killed by SIGKILL" in ended.stderr
    assert "Traceback" not in ended.stderr
    made = json.loads((tmp_path / "out.ipynb").read_text())
    statuses = [cell["metadata"]["papermill"]["status"] for cell in made["cells"]]
    assert statuses == ["completed", "failed", "not_run"]
    record = Reproduction.from_json((tmp_path / "out.reproduction.json").read_text())
    assert [cause.kind for cause in record.causes] == ["kernel_died"]


def test_a_damaged_notebook_is_refused_in_two_lines(tmp_path: Path) -> None:
    damaged = code("x = 1", count=1)
    damaged["metadata"] = {"tags": "raises-exception"}
    write(tmp_path / "in.ipynb", damaged)
    ended = papermill(tmp_path, "in.ipynb", "out.ipynb")
    assert ended.returncode == 2
    assert "in.ipynb is a broken notebook: the `metadata` of cell 0" in ended.stderr
    assert "Hint: Open the file in Jupyter" in ended.stderr
    assert "Traceback" not in ended.stderr
