"""Code outside Python, and child processes, write nothing of the user's either."""

from __future__ import annotations

import ctypes
import sqlite3
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from lifecycle_core.recorder.confinement import _without
from lifecycle_core.reproducing.case import Case
from lifecycle_core.reproducing.failures import failure
from tests.fakes.clean_runs import clean_run, printed

if TYPE_CHECKING:
    from lifecycle_core.notebooks.execution import Execution

_CELLS = {
    "child": "!echo x > {here}/new; rm -f {here}/u.db; mv {here}/u.db v.db; ln {here}/u.db w.db",
    "grandchild": """
import subprocess, sys
print(subprocess.run([sys.executable, "-c", "open('{here}/u.db', 'r+').write('x')"]).returncode)
""",
    "attached": """
import sqlite3
connection = sqlite3.connect(":memory:")
connection.set_authorizer(None)
connection.execute("attach '{here}/u.db' as other")
try: connection.execute("create table other.made (a)")
except sqlite3.OperationalError as error: print(error)
""",
    "own": """
!echo x > made; echo x > $TMPDIR/made; echo x > ~/made; echo x > /dev/null; echo x > {beside}/made
import multiprocessing, os, shutil, tempfile
print(os.listdir("."), os.path.exists("{beside}/made"))
shutil.move("made", tempfile.mkdtemp())
multiprocessing.get_context("fork").Lock()
""",
    "failed": "connection.execute(\"attach '{here}/new.db' as third\")",
}
_INDEX = {name: number for number, name in enumerate(_CELLS)}


def _has_landlock() -> bool:
    return sys.platform == "linux" and bool(ctypes.CDLL(None).syscall(444, None, 0, 1) > 1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    with sqlite3.connect(folder / "u.db") as made:
        made.execute("create table kept (a)")
    return folder


@pytest.fixture(scope="module")
def run(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Execution:
    beside = tmp_path_factory.mktemp("beside")
    cells = [
        source.replace("{here}", str(folder)).replace("{beside}", str(beside))
        for source in _CELLS.values()
    ]
    return clean_run(folder, *cells)


@pytest.mark.skipif(not _has_landlock(), reason="the system has no Landlock")
def test_nothing_of_the_users_is_changed(run: Execution, folder: Path) -> None:
    assert "Permission denied" in printed(run, _INDEX["child"])
    assert printed(run, _INDEX["grandchild"]).startswith("1")
    assert "readonly" in printed(run, _INDEX["attached"])
    assert sorted(path.name for path in folder.iterdir()) == ["model.ipynb", "u.db"]
    with sqlite3.connect(folder / "u.db") as kept:
        assert kept.execute("select name from sqlite_master").fetchall() == [("kept",)]


@pytest.mark.skipif(not _has_landlock(), reason="the system has no Landlock")
def test_an_installer_cannot_change_the_packages(folder: Path) -> None:
    # A run of its own, which names no path: one that names some below /tmp may write there.
    packages = 'import sysconfig\npackages = sysconfig.get_path("purelib")\n'
    found = clean_run(folder, f"{packages}!echo x > {{packages}}/nbrelease-made")
    made = Path(sysconfig.get_path("purelib"), "nbrelease-made")
    was_there = made.exists()
    made.unlink(missing_ok=True)
    assert not was_there
    assert "Permission denied" in printed(found, 0)


def test_what_is_the_runs_own_is_written(run: Execution) -> None:
    said = printed(run, _INDEX["own"])
    assert "made" in said
    assert "True" in said
    assert "denied" not in said
    assert run.run.stopped_at == _INDEX["failed"]


@pytest.mark.skipif(not _has_landlock(), reason="the system has no Landlock")
def test_an_error_of_another_language_names_the_file(run: Execution, folder: Path) -> None:
    cause = failure(Case.__new__(Case), run)
    assert cause is not None
    assert (cause.kind, cause.names) == ("absolute_path", (f"{folder}/new.db",))
    assert "a clean run changes no file outside its copy" in cause.evidence


def test_a_notebook_that_names_a_temporary_file_may_write_it(
    folder: Path, request: pytest.FixtureRequest
) -> None:
    scratch = Path(tempfile.gettempdir()) / f"nbrelease-test-{uuid4().hex}"
    request.addfinalizer(lambda: scratch.unlink(missing_ok=True))
    found = clean_run(
        folder, f"import os\n!echo x > {scratch}; cat {scratch}\nos.remove('{scratch}')"
    )
    assert (found.run.exit, printed(found, 0)) == ("ok", "x\r\n")


def test_of_a_folder_that_holds_the_project_all_but_the_way_there_is_left(tmp_path: Path) -> None:
    for name in ("a/project/inner", "a/other", "b"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to(tmp_path / "a" / "project")
    found = _without(
        (str(tmp_path / "a" / "project"),), [str(tmp_path), str(tmp_path / "a/project")]
    )
    assert {str(Path(path).relative_to(tmp_path)) for path in found} == {"a/other", "b", "file"}
