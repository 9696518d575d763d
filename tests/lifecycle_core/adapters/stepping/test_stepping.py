"""The pieces of a stepper, and the whole of it in processes of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from lifecycle_core.adapters.stepping.failing import origin_of
from lifecycle_core.adapters.stepping.turns import Turns

if TYPE_CHECKING:
    from pathlib import Path

WATCH = """
import json, os, sys, tempfile
from pathlib import Path
from lifecycle_core.adapters.stepping.watching import Observer, Watcher
from lifecycle_core.recorder.imports import Imports
home = Path(sys.argv[1])
os.chdir(home)
watcher = Watcher(home, home, (str(home / "store"),))
imports = Imports()
observer = Observer(imports)
imports.start()
observer.begin(watcher)
{code}
observer.end()
open("after.txt", "w").close()
read = sorted({{**watcher.read, **watcher.listed}})
sys.__stdout__.write(json.dumps(
    [read, sorted(os.path.relpath(path, home) for path in watcher.written)]
))
"""


def watched(home: Path, code: str) -> tuple[list[str], list[str]]:
    done = subprocess.run(
        [sys.executable, "-c", WATCH.format(code=code), str(home)],
        capture_output=True,
        text=True,
        check=True,
    )
    read, written = json.loads(done.stdout)
    return read, written


@pytest.mark.parametrize(
    ("code", "read", "written"),
    [
        ("open('a.csv').read()", ["a.csv"], []),
        ("open('b.csv', 'w').close()", [], ["b.csv"]),
        ("open('b.csv', 'w').close(); open('b.csv').read()", [], ["b.csv"]),
        ("open('a.csv', 'a').close()", ["a.csv"], ["a.csv"]),
        ("open('a.csv', 'r+').close()", ["a.csv"], ["a.csv"]),
        ("open('b.bin', 'w+b').close()", [], ["b.bin"]),
        ("Path('a.csv').rename('c.csv')", ["a.csv"], ["a.csv", "c.csv"]),
        ("os.remove('a.csv')", [], ["a.csv"]),
        ("os.listdir('data')", ["data/"], []),
        ("list(Path('data').glob('*.csv'))", ["data/"], []),
        ("os.path.exists('no.csv')\ntry: open('no.csv')\nexcept OSError: pass", ["no.csv"], []),
        ("import local", [], []),
        ("open('store/x', 'w').close()", [], []),
        ("tempfile.TemporaryFile().close()", [], []),
        ("import importlib.metadata as m; list(m.distributions())", [], []),
        ("import sqlite3; sqlite3.connect('a.db').close()", ["a.db"], ["a.db"]),
        (
            (
                "import threading\nt = threading.Thread(target=lambda: open('a.csv').close())\n"
                "t.start()\nt.join()"
            ),
            ["a.csv"],
            [],
        ),
        (
            (
                "import pyarrow as pa, pyarrow.parquet as pq\n"
                "pq.write_table(pa.table({'a': [1]}), 'b.parquet')\nimport duckdb\n"
                "duckdb.sql(\"select * from 'data/one.csv'\").fetchall()"
            ),
            ["data/one.csv"],
            ["b.parquet"],
        ),
    ],
)
def test_what_is_done_to_files_is_seen(
    tmp_path: Path, code: str, read: list[str], written: list[str]
) -> None:
    home = tmp_path / "project"
    (home / "data").mkdir(parents=True)
    (home / "store").mkdir()
    (home / "a.csv").write_text("1\n")
    (home / "data" / "one.csv").write_text("a\n1\n")
    (home / "local.py").write_text("X = 1\n")
    assert watched(home, code) == (read, written)


def test_lines_between_statements_belong_to_the_one_before() -> None:
    lines = "12:4.1 14:4.3 20:5.1"
    assert origin_of(lines, 11) is None
    assert origin_of(lines, 13) == (4, 2)
    assert origin_of(lines, 21) == (5, 2)
    assert origin_of("", 3) is None


def test_steps_that_disturb_each_other_take_turns() -> None:
    turns = Turns()
    inside: list[str] = []
    most: dict[str, int] = {}
    gate = threading.Barrier(8)

    def work(kind: str) -> None:
        gate.wait()
        for _ in range(50):
            with turns.turn(alone=kind == "alone", generators=kind == "drawing"):
                inside.append(kind)
                most[kind] = max(most.get(kind, 0), inside.count(kind))
                if kind == "alone":
                    assert inside == ["alone"]
                inside.remove(kind)

    kinds = ["alone", "alone", "drawing", "drawing", "free", "free", "free"]
    threads = [threading.Thread(target=work, args=(kind,)) for kind in kinds]
    for thread in threads:
        thread.start()
    gate.wait()
    for thread in threads:
        thread.join()
    assert inside == []
    assert most["alone"] == most["drawing"] == 1
