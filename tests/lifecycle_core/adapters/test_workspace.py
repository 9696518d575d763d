from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lifecycle_core.adapters import project as projects
from lifecycle_core.adapters import workspace
from lifecycle_core.adapters.workspace import open_scratch, open_workspace, read_notebook
from lifecycle_core.errors import NotebookInvalid, TargetUnwritable
from tests.fakes.dvc import track
from tests.fakes.notebooks import code, write

if TYPE_CHECKING:
    from collections.abc import Iterator


def put(path: Path, text: str = "x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def copied(project: Path) -> set[str]:
    return {
        path.relative_to(project).as_posix()
        for path in project.rglob("*")
        if path.is_file() or path.is_symlink()
    }


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    write(folder / "model.ipynb", code("1"))
    put(folder / "data" / "x.csv")
    for left_out in (".venv/bin/python", "__pycache__/a.pyc", "node_modules/a.js", "a.egg-info/b"):
        put(folder / left_out)
    put(folder / "env" / "pyvenv.cfg")
    return folder


def test_outside_git_the_folder_is_copied_without_ballast(project: Path, scratch: Path) -> None:
    with open_workspace(project / "model.ipynb", scratch=scratch) as space:
        assert copied(space.project) == {"model.ipynb", "data/x.csv"}
        assert space.notebook.read_text() == (project / "model.ipynb").read_text()
        assert space.evidence.is_dir()
        assert list(space.home.iterdir()) == []
        (space.project / "data" / "x.csv").write_text("changed")
        locked = space.project / "locked"
        put(locked / "deep" / "file")
        (locked / "deep").chmod(0o500)
        locked.chmod(0o500)
    assert list(scratch.iterdir()) == []
    assert (project / "data" / "x.csv").read_text() == "x"


def test_in_git_ignored_files_stay_behind(tmp_path: Path, scratch: Path) -> None:
    top = tmp_path / "repo"
    notebook = write(top / "notebooks" / "model.ipynb", code("1"))
    put(top / "data" / "tracked.csv")
    put(top / "data" / "gone.csv")
    put(top / ".gitignore", "*.secret\nnotebooks/\n")
    put(top / "key.secret")
    put(top / ".nbrelease" / "registry.db")
    git = ["git", "-C", str(top)]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "add", "data"], check=True)
    (top / "data" / "gone.csv").unlink()
    put(top / "new é.py")
    with open_workspace(notebook, scratch=scratch) as space:
        assert copied(space.project) == {
            ".gitignore",
            "data/tracked.csv",
            "new é.py",
            "notebooks/model.ipynb",
        }
        assert space.notebook == space.project / "notebooks" / "model.ipynb"


def test_in_git_the_data_that_dvc_tracks_comes_along(tmp_path: Path, scratch: Path) -> None:
    top = tmp_path / "repo"
    notebook = write(top / "model.ipynb", code("1"))
    put(top / ".gitignore", "/x.csv\n/linked.csv\n/images\n")
    put(top / ".dvc" / ".gitignore", "/cache\n")
    put(top / "images" / "a.png")
    put(top / "images.dvc", "outs:\n- path: images\n  md5: a1.dir\n")
    for name in (".git", ".venv", "."):
        put(top / f"{name}x.dvc", f"outs:\n- path: {name}\n")
    put(top / ".venv" / "secret")
    put(top / "secret.key")
    put(top / ".gitignore", "/x.csv\n/linked.csv\n/images\n/.venv\n*.key\n")
    track(top, "x.csv", b"data")
    kept = track(top, "linked.csv", b"more").with_suffix("")
    kept.unlink()
    kept.symlink_to(next(top.glob(".dvc/cache/files/md5/*/*")))
    git = ["git", "-C", str(top)]
    subprocess.run([*git, "init", "-q"], check=True)
    with open_workspace(notebook, scratch=scratch) as space:
        assert copied(space.project) >= {"x.csv", "linked.csv", "images/a.png"}
        assert not (space.project / "linked.csv").is_symlink()
        assert not (space.project / ".dvc" / "cache").exists()
        assert not copied(space.project) & {".venv/secret", "secret.key"}
        assert not (space.project / ".git").exists()


def test_links_never_lead_out_of_the_copy(project: Path, tmp_path: Path, scratch: Path) -> None:
    outside = tmp_path / "outside"
    put(outside / "big.csv", "theirs")
    (outside / "round").symlink_to(outside)
    (project / "inner.csv").symlink_to("data/x.csv")
    (project / "data" / "up").symlink_to(project / "data")
    (project / "big.csv").symlink_to(outside / "big.csv")
    (project / "folder").symlink_to(outside)
    (project / "broken").symlink_to("nowhere")
    with open_workspace(project / "model.ipynb", scratch=scratch) as space:
        assert copied(space.project) == {
            "model.ipynb",
            "data/x.csv",
            "data/up",
            "inner.csv",
            "big.csv",
            "folder/big.csv",
        }
        for path in space.project.rglob("*"):
            assert path.resolve().is_relative_to(space.project)
        (space.project / "big.csv").write_text("ours")
        assert (space.project / "inner.csv").read_text() == "x"
    assert (outside / "big.csv").read_text() == "theirs"


def test_a_project_too_large_is_refused(
    project: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(projects, "_MAX_FILES", 1)
    with (
        pytest.raises(NotebookInvalid, match="too large to copy") as caught,
        open_workspace(project / "model.ipynb", scratch=scratch),
    ):
        pytest.fail("it was copied")
    assert ".gitignore" in caught.value.hint
    assert list(scratch.iterdir()) == []


def test_runs_of_one_check_share_large_files_and_see_the_same_ones(
    project: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workspace, "_LARGE", 1_000)
    large = put(project / "data" / "large.csv", "y" * 2_000)
    before = large.stat()
    with open_scratch(project / "model.ipynb", scratch=scratch) as copies:
        first = copies.workspace()
        large.write_text("changed meanwhile")
        second = copies.workspace({Path("data/x.csv"): b"as recorded"})
        for space in (first, second):
            assert space.linked == (space.project / "data" / "large.csv",)
            assert space.linked[0].read_text() == "y" * 2_000
            assert space.linked[0].stat().st_mode & 0o222 == 0
            assert not space.linked[0].samefile(large)
        assert first.linked[0].samefile(second.linked[0])
        assert (first.project / "data" / "x.csv").read_text() == "x"
        assert (second.project / "data" / "x.csv").read_text() == "as recorded"
    assert large.stat().st_mode == before.st_mode
    assert list(scratch.iterdir()) == []


def test_files_are_left_out_whatever_their_numbers(project: Path, scratch: Path) -> None:
    for name in ("out_1.csv", "out_2026.csv", "out_a.csv"):
        put(project / name, "x")
    with open_scratch(project / "model.ipynb", scratch=scratch) as copies:
        space = copies.workspace(without=frozenset({"out_#.csv"}))
        assert [file.name for file in space.project.glob("out_*")] == ["out_a.csv"]


@pytest.fixture
def small_files(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # a module cut short would be kept
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2048, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_is_told_and_leaves_nothing(
    project: Path, scratch: Path, request: pytest.FixtureRequest
) -> None:
    put(project / "data" / "big.csv", "x" * 10_000)
    request.getfixturevalue("small_files")
    with (
        pytest.raises(TargetUnwritable, match=r"big\.csv cannot be written: the file-size limit"),
        open_workspace(project / "model.ipynb", scratch=scratch),
    ):
        pytest.fail("it was copied")
    assert list(scratch.iterdir()) == []


def test_a_scratch_folder_that_is_missing_is_told(project: Path, tmp_path: Path) -> None:
    with (
        pytest.raises(TargetUnwritable, match="does not exist"),
        open_workspace(project / "model.ipynb", scratch=tmp_path / "none"),
    ):
        pytest.fail("it was copied")


def test_a_workspace_left_by_a_killed_run_is_swept(project: Path, scratch: Path) -> None:
    dead, live = scratch / "nbrelease-run-dead", scratch / "nbrelease-run-live"
    for root in (dead, live):
        put(root / "lock")
        os.utime(root, (0, 0))
    held = workspace._hold(live / "lock")
    with open_workspace(project / "model.ipynb", scratch=scratch):
        assert not dead.exists()
        assert live.exists()
    os.close(held)


def test_a_notebook_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotebookInvalid, match="does not exist"):
        read_notebook(tmp_path / "none.ipynb")
    with pytest.raises(NotebookInvalid, match="cannot be read: Is a directory"):
        read_notebook(tmp_path)
    assert read_notebook(write(tmp_path / "a.ipynb", code("1"))).path == tmp_path / "a.ipynb"
