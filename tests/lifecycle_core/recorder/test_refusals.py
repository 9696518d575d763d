"""What a clean run does not let a notebook have, in a real kernel that runs once."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lifecycle_core.recorder.callers import Callers
from lifecycle_core.recorder.cells import Cells
from lifecycle_core.recorder.files import Files
from lifecycle_core.recorder.log import Log
from lifecycle_core.recorder.places import OUTSIDE, PROJECT, SCRATCH, SHARED, SYSTEM, Places
from lifecycle_core.recorder.settings import CELL, Settings
from tests.fakes.clean_runs import clean_run, lines, printed

if TYPE_CHECKING:
    from lifecycle_core.notebooks.execution import Execution

_TRY = """
import glob, os, pathlib, shutil, sys
import duckdb, pandas as pd
def tried(call, *words):
    try: call(*words)
    except OSError as error: return f"{type(error).__name__} {error.errno} {error.filename}"
    return "done"
here = {here!r}
"""
_CELLS = {
    "try": _TRY,
    "read": "print(tried(open, here + '/x.csv'))",
    "pandas": "print(tried(pd.read_csv, here + '/x.csv'))",
    "duckdb": "print(tried(duckdb.sql, f\"select * from '{here}/x.csv'\"))",
    "parquet": "print(tried(pd.read_parquet, here + '/x.parquet'))",
    "list": """
print(tried(os.listdir, here), glob.glob(here + "/*"), [*pathlib.Path(here).glob("*")])
""",
    "write": "print(tried(open, here + '/new', 'w'))",
    "change": "print(tried(os.remove, here + '/x.csv'), tried(shutil.rmtree, here))",
    "chmod": "print(tried(os.chmod, here + '/x.csv', 0), tried(os.utime, here + '/x.csv'))",
    "environment": "print(tried(open, sys.prefix + '/new', 'w'))",
    "link": "os.symlink(here + '/x.csv', 'link'); print(tried(open, 'link'))",
    "relative": "print(tried(open, os.path.relpath(here + '/x.csv')))",
    "shared": """
open({shared!r} + "-new", "w").close()
open({shared!r} + "-new")
tried(open, {shared!r})
""",
    "fine": "pd.read_csv('x.csv'); open('/etc/passwd'); open('/dev/null', 'w'); open(os.__file__)",
    "search": """
glob.glob("parts/*.csv")
[*pathlib.Path("gone").glob("**/*.csv")], glob.glob("*.csv"), glob.glob("/nowhere/*")
os.makedirs("data/sub"); glob.glob("sub/*.csv", root_dir="data")
""",
    "extension": "%load_ext nbext",
    "uri": """
import sqlite3
print(tried(lambda: sqlite3.connect(f"file:{here}/u.db?mode=rw", uri=True)))
print(tried(lambda: sqlite3.connect(f"file://localhost{here}/u.db", uri=True)))
print(tried(lambda: sqlite3.connect(here + "/new.db")))
sqlite3.connect("file:m?mode=memory&cache=shared", uri=True).close()
""",
    "joined": """
known = sqlite3.connect(":memory:")
try: known.execute(f"attach '{here}/u.db' as other")
except sqlite3.DatabaseError as error: print(error)
known.execute("attach 'u.db' as made"); known.execute("attach ':memory:' as m")
""",
    "input": "sqlite3.connect('file:%75.db?mode=ro', uri=True).close()",
    "attach": """
print(tried(duckdb.sql, f"attach '{here}/new.duck' as other"))
print(tried(duckdb.sql, f"EXPORT DATABASE '{here}/exported'"))
duckdb.sql("attach 'mine.duck'"); duckdb.sql("export database 'mine'")
""",
}
_INDEX = {name: number for number, name in enumerate(_CELLS)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    (folder / "x.csv").write_text("a,b\n1,2\n")
    (folder / "x.parquet").write_text("no real one")
    (folder / "u.db").touch()
    return folder


@pytest.fixture(scope="module")
def run(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Execution:
    shared = tmp_path_factory.mktemp("others") / "old.csv"
    shared.write_text("a")
    cells = [
        source.replace("{here!r}", repr(str(folder))).replace("{shared!r}", repr(str(shared)))
        for source in _CELLS.values()
    ]
    found = clean_run(folder, *cells)
    assert found.run.exit == "ok", found.run.message
    return found


@pytest.mark.parametrize("cell", ["read", "pandas", "duckdb", "relative", "link"])
def test_the_users_own_files_do_not_exist(run: Execution, folder: Path, cell: str) -> None:
    assert printed(run, _INDEX[cell]).startswith("FileNotFoundError 2 ")
    assert (1, "") in {(line, lib) for line, _, lib in lines(run.facts.refused, _INDEX[cell])} or (
        cell == "pandas"
    )
    refused = {site.path for site in run.facts.refused if site.cell == _INDEX[cell]}
    assert refused == {str(folder / "x.csv")}


def test_a_search_in_a_folder_of_the_project_that_is_not_there_is_told(run: Execution) -> None:
    absent = [site for site in run.facts.absent if site.cell == _INDEX["search"]]
    assert [(site.line, Path(site.path).name) for site in absent] == [(2, "parts"), (3, "gone")]


def test_a_refusal_names_the_library_that_asked(run: Execution) -> None:
    assert list(lines(run.facts.refused, _INDEX["pandas"])) == [(1, "open", "pandas")]
    assert printed(run, _INDEX["parquet"]).startswith("FileNotFoundError 2 ")


def test_folders_of_the_user_do_not_exist(run: Execution, folder: Path) -> None:
    assert printed(run, _INDEX["list"]) == f"FileNotFoundError 2 {folder} [] []\n"


def test_nothing_of_the_users_is_changed(run: Execution, folder: Path) -> None:
    for cell in ("write", "change", "chmod"):
        assert set(printed(run, _INDEX[cell]).split()) >= {"FileNotFoundError"}
        assert "done" not in printed(run, _INDEX[cell])
    assert sorted(path.name for path in folder.iterdir()) == [
        "model.ipynb", "u.db", "x.csv", "x.parquet",
    ]  # fmt: skip
    assert (folder / "x.csv").read_text() == "a,b\n1,2\n"


def test_the_environment_is_read_only(run: Execution) -> None:
    assert printed(run, _INDEX["environment"]).startswith("PermissionError 13 ")
    told = [site.what for site in run.facts.writes if site.cell == _INDEX["environment"]]
    assert told == ["refused"]


def test_databases_of_the_user_do_not_exist_by_any_name(run: Execution, folder: Path) -> None:
    assert [line.split()[-1] for line in printed(run, _INDEX["uri"]).splitlines()] == [
        f"{folder}/u.db", f"{folder}/u.db", f"{folder}/new.db",
    ]  # fmt: skip
    assert [line.split()[-1] for line in printed(run, _INDEX["attach"]).splitlines()] == [
        f"{folder}/new.duck", f"{folder}/exported",
    ]  # fmt: skip
    told = {Path(site.path).name for site in run.facts.writes if site.cell == _INDEX["attach"]}
    assert told == {"mine.duck", "mine"}


def test_a_database_named_by_a_uri_is_an_input(run: Execution) -> None:
    assert [each.path for each in run.inputs if _INDEX["input"] in each.cells] == ["u.db"]


def test_a_database_that_is_attached_is_an_input_and_the_users_own_is_refused(
    run: Execution, folder: Path
) -> None:
    assert printed(run, _INDEX["joined"]) == "not authorized\n"
    assert [site.path for site in run.facts.refused if site.cell == _INDEX["joined"]] == [
        str(folder / "u.db")
    ]
    assert [each.path for each in run.inputs if _INDEX["joined"] in each.cells] == ["u.db"]


def test_temporary_files_of_the_run_are_its_own(run: Execution) -> None:
    assert "FileNotFoundError" in str(run.cells[_INDEX["shared"]].outputs)
    assert len(list(lines(run.facts.refused, _INDEX["shared"]))) == 1


def test_what_every_machine_has_is_there(run: Execution) -> None:
    assert list(lines(run.facts.refused, _INDEX["fine"])) == []
    assert list(lines(run.facts.refused, _INDEX["extension"])) == []


def settings(root: Path, **changes: object) -> Settings:
    (root / "run" / "project").mkdir(parents=True)
    (root / "run" / "cell").write_bytes(CELL.pack(0))
    words = {
        "observed": str(root / "run" / "observed"),
        "cell": str(root / "run" / "cell"),
        "stack": "",
        "project": str(root / "run" / "project"),
        "source": str(root / "source"),
    }
    return Settings.read({**words, **changes})


def test_an_environment_inside_the_project_is_no_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "source"
    (source / "package").mkdir(parents=True)
    (source / "package" / "__init__.py").touch()
    monkeypatch.setattr("sys.prefix", str(source / ".venv"))
    monkeypatch.setattr("sys.path", [str(source), str(source / ".venv" / "lib" / "site-packages")])
    places = Places(settings(tmp_path))
    kinds = {
        "package/data.csv": SYSTEM,
        "data/x.csv": OUTSIDE,
        "x.csv": OUTSIDE,
        ".venv/lib/site-packages/y/z.csv": SYSTEM,
    }
    assert {path: places.kind(str(source / path)) for path in kinds} == kinds
    assert places.kind(str(tmp_path / "run" / "project" / "x.csv")) == PROJECT
    assert places.kind(str(tmp_path / "run" / "home" / "x")) == SCRATCH
    assert places.kind("/tmp/x") == SHARED
    assert places.kind("/home/somebody/x") == OUTSIDE
    assert places.kind("/") == OUTSIDE


def test_a_package_installed_from_the_project_has_its_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "source" / "package"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    template = tmp_path / "source" / "template.html"
    template.touch()
    monkeypatch.setattr("sys.path", [str(tmp_path / "source")])
    config = settings(tmp_path)
    log = Log(config.observed)
    cells = Cells(config.cell, log)
    files = Files(config, log, cells, Callers(config.project, cells))
    hear = files.events()["open"]
    assert isinstance(hear(str(template), "r", 0), FileNotFoundError)
    space = {"hear": hear, "path": str(template)}
    exec(compile("answer = hear(path, 'r', 0)", str(package / "__init__.py"), "exec"), space)  # noqa: S102 - as if the package ran
    assert space["answer"] is None


@pytest.mark.parametrize(
    ("asks", "answer"),
    [("importlib._bootstrap_external", type(None)), ("__main__", FileNotFoundError)],
)
def test_the_importer_may_list_the_project_that_a_package_is_installed_from(
    tmp_path: Path, asks: str, answer: type
) -> None:
    (tmp_path / "source").mkdir()
    config = settings(tmp_path)
    log = Log(config.observed)
    cells = Cells(config.cell, log)
    hear = Files(config, log, cells, Callers(config.project, cells)).events()["os.listdir"]
    space = {"hear": hear, "path": str(tmp_path / "source"), "__name__": asks}
    where = os.path.join(config.project, "cell.py")  # noqa: PTH118 - as the recorder knows it
    text = "def hook(path):\n    return hear(path)\nanswer = hook(path)"
    exec(compile(text, where, "exec"), space)  # noqa: S102 - as if it asked
    assert type(space["answer"]) is answer


@pytest.mark.parametrize("link", [os.symlink, os.link])
def test_a_large_file_that_is_linked_can_only_be_read(tmp_path: Path, link: object) -> None:
    (tmp_path / "source").mkdir()
    original = tmp_path / "source" / "large.csv"
    original.write_text("x")
    copy = tmp_path / "run" / "project" / "large.csv"
    config = settings(tmp_path, linked=(str(copy),))
    link(original, copy)  # type: ignore[operator]  # one of two functions
    log = Log(config.observed)
    cells = Cells(config.cell, log)
    files = Files(config, log, cells, Callers(config.project, cells))
    hear = files.events()
    assert hear["open"](str(copy), "r", 0) is None
    for refusal in (
        hear["open"](str(copy), "w", 0),
        hear["os.truncate"](str(copy), 0),
        hear["os.chmod"](str(copy), 0o600, -1),
    ):
        assert isinstance(refusal, PermissionError)
        assert refusal.filename == str(copy)
