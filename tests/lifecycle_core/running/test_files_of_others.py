"""Files that steps touch and others change, too: nobody's content is lost, whoever wrote it."""

from __future__ import annotations

import fcntl
import sqlite3
import time
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from lifecycle_core.adapters.pipeline_packages import find_package
from lifecycle_core.adapters.progress import Silent
from lifecycle_core.running import run
from tests.fakes import pipelines
from tests.fakes.bench import ONE, Bench, ran

if TYPE_CHECKING:
    from pathlib import Path

    from lifecycle_core.adapters.store import Store
    from lifecycle_core.schema.event import Event
    from lifecycle_core.schema.pipeline_run import PipelineRun

COUNT = "import sqlite3\ndb = sqlite3.connect('app.db')\n"
COUNT += "rows = db.execute('select count(*) from t').fetchone()[0]\ndb.close()"


def rows_in(database: Path) -> int:
    with closing(sqlite3.connect(database)) as db:
        return int(db.execute("select count(*) from t").fetchone()[0])


def add_row(database: Path) -> None:
    with closing(sqlite3.connect(database)) as db, db:
        db.execute("create table if not exists t (a)")
        db.execute("insert into t values (1)")


ADD = "import sqlite3\ndb = sqlite3.connect('app.db')\n"
ADD += "db.execute('insert into t values (1)')\ndb.commit()\ndb.close()"


def test_a_database_that_was_only_read_is_never_put_back(home: Path, store: Store) -> None:
    add_row(home / "app.db")
    steps = (
        pipelines.MadeStep(name="count", body=COUNT, outputs=("rows",)),
        # Somebody else writes while the pipeline runs.
        pipelines.MadeStep(
            name="slow", imports="import subprocess, sys",
            body=f"subprocess.run([sys.executable, '-c', {ADD!r}], check=True)\nn = 1",
            inputs={"rows": "count"}, outputs=("n",),
        ),
        pipelines.MadeStep(name="last", body="m = n", inputs={"n": "slow"}, outputs=("m",)),
    )  # fmt: skip
    bench = Bench(pipelines.write_package(home, "counting", steps), store)
    made = bench.run()
    assert (made.exit, bench.value(made, "rows")) == ("ok", 1)
    assert rows_in(home / "app.db") == 2
    assert store.traces(made.steps[0].key)[0].written == {}
    assert bench.stale()["count"] == ("file app.db changed",)


@pytest.mark.parametrize("kind", ["sqlite3", "duckdb"])
def test_a_database_that_two_steps_write_keeps_what_both_wrote(
    home: Path, store: Store, kind: str
) -> None:
    body = f"import {kind}\ndb = {kind}.connect('own.db')\ndb.execute('{{}}')\n"
    body += "db.commit()\n" if kind == "sqlite3" else ""
    body += "db.close()"
    look = f"import {kind}\ndb = {kind}.connect('own.db')\n"
    look += "n = len(db.execute('select * from a, b').fetchall())\ndb.close()"
    steps = (
        pipelines.MadeStep(name="first", body=body.format("create table a (x int)")),
        pipelines.MadeStep(
            name="second", body=body.format("create table b (x int)"), after=("first",)
        ),
        pipelines.MadeStep(name="third", body=look, outputs=("n",), after=("second",)),
    )
    bench = Bench(pipelines.write_package(home, "both", steps), store)
    before = (home / "own.db").exists()
    made = bench.run()
    assert [(step.status, step.error) for step in made.steps] == [("ran", "")] * 3
    assert not before
    assert not store.traces(made.steps[2].key)[0].written
    (home / "own.db").unlink()
    assert bench.run().exit == "ok"
    assert store.traces(made.steps[1].key)[0].written["own.db"].object is not None


def test_a_written_file_that_was_changed_since_is_said_and_kept(home: Path, store: Store) -> None:
    bench = Bench(pipelines.passing_a_file(home), store)
    bench.run()
    (home / "sorted.txt").write_text("by hand")
    why = ("file sorted.txt is not as this pipeline left it",)
    assert bench.stale()["prepare"] == why
    again = bench.run()
    assert again.steps[0].why == why
    assert (home / "sorted.txt").read_text() == "A B"
    (note,) = again.hooks
    assert note.startswith("sorted.txt had been changed since this pipeline wrote it;")
    kept = note.rpartition(" ")[2]
    assert (store.place.root / kept).read_text() == "by hand"  # type: ignore[attr-defined] # a local one
    assert bench.stale() == {}
    assert bench.run().hooks == ()


WAIT = """
    import time
    from pathlib import Path
    Path("begun").mkdir()
    while Path("begun").exists():
        time.sleep(0.01)
"""


def meddled(bench: Bench, home: Path, store: Store) -> PipelineRun:
    """Run a pipeline; somebody writes `out.txt` while its step `wait` runs."""

    def tell(event: Event) -> None:
        if (event.kind, event.step) == ("step_started", "wait"):
            while not (home / "begun").exists():
                time.sleep(0.01)
            (home / "out.txt").write_text("theirs")
            (home / "begun").rmdir()

    package = find_package(bench.folder)
    return run(
        package, store=store, scheduler=ONE, parameters=[{}], tell=tell, progress=Silent()
    ).runs[0]


def test_a_file_that_somebody_changes_during_a_run_is_left_as_it_is(
    home: Path, store: Store
) -> None:
    steps = [
        pipelines.MadeStep(
            name="write", body="open('out.txt', 'w').write('ours')", writes=("out.txt",)
        ),
        pipelines.MadeStep(name="wait", body=WAIT, after=("write",)),
    ]
    bench = Bench(pipelines.write_package(home, "raced", steps), store)
    made = meddled(bench, home, store)
    assert (made.exit, (home / "out.txt").read_text()) == ("ok", "theirs")
    left = "out.txt was changed by somebody else while the pipeline ran, and left as it is"
    assert made.hooks == (left,)

    (home / "out.txt").unlink()
    more = pipelines.MadeStep(name="last", body="n = 2", outputs=("n",), after=("write", "wait"))
    pipelines.write_package(home, "raced", [*steps, more])
    bench.edit("wait", "0.01", "0.02")
    made = meddled(bench, home, store)
    assert [step.status for step in made.steps] == ["fresh", "ran", "failed"]
    assert made.steps[2].error.startswith("FileChanged: out.txt: changed by somebody else")
    assert (home / "out.txt").read_text() == "theirs"


def test_what_a_step_s_program_does_to_a_file_is_the_step_s_own(home: Path, store: Store) -> None:
    call = "import subprocess, sys\nsubprocess.run([sys.executable, '-c', "
    call += '\'open("out.txt", "a").write("2")\'], check=True)'
    steps = (
        pipelines.MadeStep(name="write", body="open('out.txt', 'w').write('1')"),
        pipelines.MadeStep(name="more", body=call, after=("write",)),
        pipelines.MadeStep(
            name="read", body="text = open('out.txt').read()", outputs=("text",), after=("more",)
        ),
    )
    bench = Bench(pipelines.write_package(home, "called", steps), store)
    made = bench.run()
    assert (bench.value(made, "text"), made.hooks) == ("12", ())
    (home / "out.txt").unlink()
    assert ran(bench.run()) == []
    assert (home / "out.txt").read_text() == "12"


def test_what_a_failed_step_left_is_nobody_else_s(home: Path, store: Store) -> None:
    body = "bad = open('bad').read()\nwith open('out.txt', 'w') as file:\n    file.write(bad)\n"
    body += "assert bad == 'no'"
    step = pipelines.MadeStep(name="write", body=body)
    bench = Bench(pipelines.write_package(home, "failing", (step,)), store)
    (home / "bad").write_text("no")
    assert bench.run().exit == "ok"
    (home / "bad").write_text("yes")
    assert bench.run().exit == "failed"
    assert (home / "out.txt").read_text() == "yes"
    (home / "bad").write_text("no")
    assert (bench.run().exit, bench.run().hooks) == ("ok", ())
    assert (home / "out.txt").read_text() == "no"


def test_of_several_versions_of_a_file_the_last_one_counts(home: Path, store: Store) -> None:
    write = "open('out.txt', 'w').write('{}')"
    steps = (
        pipelines.MadeStep(
            name="old", body=write.format("old") + "\na = 1", outputs=("a",), writes=("out.txt",)
        ),
        pipelines.MadeStep(
            name="new", body=write.format("new"), after=("old",), writes=("out.txt",)
        ),
        pipelines.MadeStep(name="beside", body="b = a", inputs={"a": "old"}, outputs=("b",)),
        pipelines.MadeStep(
            name="read", body="text = open('out.txt').read()", inputs={"b": "beside"},
            outputs=("text",), after=("new",), reads=("out.txt",),
        ),
    )  # fmt: skip
    bench = Bench(pipelines.write_package(home, "versions", steps), store)
    assert bench.value(bench.run(), "text") == "new"
    assert (home / "out.txt").read_text() == "new"
    (home / "out.txt").unlink()
    assert ran(bench.run()) == []
    assert (home / "out.txt").read_text() == "new"


def test_runs_that_write_files_hold_the_folder(home: Path, store: Store) -> None:
    """Else one keeps under its key what the other wrote meanwhile."""
    step = pipelines.MadeStep(name="write", body="open('out.txt', 'w').write('1')")
    bench = Bench(pipelines.write_package(home, "held", (step,)), store)
    held: list[bool] = []

    def tell(event: Event) -> None:
        if event.kind == "step_started":
            held.append(is_held(store.place.root / "locks"))  # type: ignore[attr-defined] # a local one

    def once() -> None:
        package = find_package(bench.folder)
        run(package, store=store, scheduler=ONE, parameters=[{}], tell=tell, progress=Silent())

    once()
    bench.edit("write", "'1'", "'2'")
    once()  # what it writes is known from its last run
    pipelines.write_package(home, "held", (replace(step, body="n = 1", writes=("out.txt",)),))
    once()  # or from the notebook's
    assert held == [False, True, True]
    assert not is_held(store.place.root / "locks")  # type: ignore[attr-defined] # a local one


def is_held(locks: Path) -> bool:
    found = list(locks.glob("files-*.lock"))
    for path in found:
        with path.open() as file, pytest.raises(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return bool(found)
