from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from lifecycle_core.adapters.circumstances import LookAround
from lifecycle_core.adapters.files import digest_file
from lifecycle_core.adapters.workspace import read_notebook
from lifecycle_core.notebooks.circumstances import Circumstances, Pin
from lifecycle_core.schema.reproduction import InputFile
from tests.fakes.dvc import track
from tests.fakes.notebooks import code, write


def git(folder: Path, *words: str) -> None:
    identity = ["-c", "user.name=a", "-c", "user.email=a@b"]
    command = ["git", "-C", str(folder), *identity, *words]
    subprocess.run(command, check=True, capture_output=True)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    write(folder / "work" / "model.ipynb", code("1"))
    (folder / "data.csv").write_text("old")
    (folder / ".gitignore").write_text("secret.csv\n")
    (folder / "work" / "secret.csv").write_text("s")
    return folder


def look(project: Path, since: float = 0.0) -> Circumstances:
    data = project / "data.csv"
    inputs = [InputFile(path="../data.csv", digest=digest_file(data), cells=(0,))]
    (project / "requirements.txt").write_text("six==1.15\nidna>=2\nabsent==1\n")
    notebook = read_notebook(project / "work" / "model.ipynb")
    return LookAround(notebook, "six==1.17.0\nidna==3.11\n")(inputs, {inputs[0].path: since})


def test_git_gives_back_the_data_of_the_notebooks_commit(project: Path) -> None:
    git(project, "init", "-q")
    git(project, "add", ".")
    git(project, "commit", "-qm", "one")
    assert look(project).recorded == {}
    (project / "data.csv").write_text("new")
    git(project, "commit", "-qam", "two")
    found = look(project)
    assert found.recorded == {Path("data.csv"): b"old"}
    assert found.recorded_by.startswith("git recorded it with the notebook in ")
    assert found.left_out == {"secret.csv"}
    assert found.newer == frozenset()  # both are as git checked them out: their times say nothing
    said = "requirements.txt"
    assert found.pins == (Pin(name="six", wanted="==1.15", here="1.17.0", said_by=said),)


def test_dvc_gives_back_the_data_it_tracked_at_the_notebooks_commit(project: Path) -> None:
    (project / ".gitignore").write_text("/data.csv\n/.dvc/cache\n")
    track(project, "data.csv", b"old")
    git(project, "init", "-q")
    git(project, "add", ".")
    git(project, "commit", "-qm", "one")
    assert look(project).recorded == {}
    track(project, "data.csv", b"new")
    git(project, "commit", "-qam", "two")
    found = look(project)
    assert found.recorded == {Path("data.csv"): b"old"}
    assert found.recorded_by.startswith("DVC tracked it with the notebook in ")


def test_data_that_dvc_tracks_since_then_is_not_called_that_of_the_commit(project: Path) -> None:
    git(project, "init", "-q")
    git(project, "add", "work")
    git(project, "commit", "-qm", "one")
    track(project, "data.csv", b"tracked")
    (project / "data.csv").write_text("new")
    found = look(project)
    assert found.recorded == {Path("data.csv"): b"tracked"}
    assert found.recorded_by == "DVC tracks it"


def test_outside_git_times_are_a_sign(project: Path) -> None:
    saved = (project / "work" / "model.ipynb").stat().st_mtime
    os.utime(project / "data.csv", (saved + 60, saved + 60))
    found = look(project)
    assert found.newer == {"../data.csv"}
    assert (found.recorded, found.left_out) == ({}, frozenset())
    os.utime(project / "data.csv", (saved - 60, saved - 60))
    assert look(project).newer == frozenset()
    assert look(project, since=90).newer == frozenset()  # a run may have been faster then
    found = look(project, since=130)
    assert found.newer == {"../data.csv"}
    assert not found.burst
    os.utime(project / "data.csv", (saved + 0.1, saved + 0.1))
    assert look(project).burst


def test_a_folder_from_which_files_were_taken_is_a_sign(project: Path) -> None:
    (project / "gone.csv").write_text("x")
    saved = (project / "work" / "model.ipynb").stat().st_mtime
    for path in (project / "data.csv", project):
        os.utime(path, (saved - 60, saved - 60))
    assert look(project).emptied == {".."}
