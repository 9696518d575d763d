"""The examples through the programs that a user would call."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

from tests.command_line import nbrelease

ROOT = Path(__file__).parents[2]


def test_plain_papermill_runs_the_example_from_the_root(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "example_notebooks", tmp_path / "example_notebooks")
    command = ["papermill", "--no-progress-bar", "example_notebooks/telco_churn.ipynb", "out.ipynb"]
    subprocess.run(
        [sys.executable, "-m", *command], cwd=tmp_path, check=True, capture_output=True, text=True
    )
    cells = json.loads((tmp_path / "out.ipynb").read_text())["cells"]
    finalized = next(cell for cell in cells if "".join(cell["source"]).startswith("%finalize"))
    text = "".join(finalized["outputs"][0]["data"]["text/plain"])
    assert "boosting" in text
    assert "Traceback" not in json.dumps(cells)


def test_the_younger_example_is_registered_and_says_what_is_missing(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "example_notebooks", tmp_path / "examples")
    ended = nbrelease("run", "examples/bike_rentals.ipynb", "--json", "run.json", cwd=tmp_path)
    assert ended.code == 1, ended.messages
    packaged = json.loads((tmp_path / "run.json").read_text())
    results = {found["id"]: found["result"] for found in packaged["checkpoints"]["results"]}
    assert packaged["reproduction"]["reproducible"]
    assert packaged["finalization"]["task"] == "regression"
    assert results["reproducible"] == "pass"
    assert results["owners"] == results["review"] == "missing"
    assert "nbrelease run examples/bike_rentals.ipynb" in packaged["next"]
