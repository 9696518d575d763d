"""What the recorder sees of one notebook, in a real kernel that runs once for all tests here."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.fakes.clean_runs import clean_run, files, lines, printed

if TYPE_CHECKING:
    from lifecycle_core.notebooks.execution import Execution

_CELLS = {
    "imports": """
import os, pickle, random, secrets, socket, sqlite3, subprocess, tempfile, threading, time, uuid
import urllib.request, warnings
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
import numpy as np, pandas as pd, pyarrow.parquet as pq, duckdb
from sklearn.ensemble import RandomForestClassifier
import mine
""",
    "reads": """\n
frame = pd.read_csv("x.csv")
mine.read("x.csv")
with open("x.csv") as file: text = file.read()
""",
    "magic": """%%time

open("x.csv").close()
total = 0
""",
    "nested": """%%capture

open("x.csv").close()
""",
    "behind": """
frame.to_parquet("x.parquet")
pd.read_parquet("x.parquet")
duckdb.sql("select * from 'x.csv'").fetchall()
pq.read_table("x.parquet")
sqlite3.connect("x.db").execute("create table t (a)").connection.close()
sqlite3.connect("x.db").close()
""",
    "changes": """
os.rename("x.parquet", "y.parquet")
os.remove("y.parquet")
""",
    "unseeded": """
np.random.rand(2)
np.random.default_rng()
np.random.RandomState()
random.random()
random.Random()
uuid.uuid4()
secrets.token_hex(4)
os.urandom(4)
frame.sample(1)
""",
    "forest": "RandomForestClassifier(n_estimators=2).fit([[0], [1]], [0, 1])",
    "seeded": """
np.random.seed(0); random.seed(0)
np.random.rand(); random.random()
np.random.RandomState(1).rand(), np.random.default_rng(1).random(), random.Random(1).random()
pickle.loads(pickle.dumps(np.random.RandomState(1)))
RandomForestClassifier(n_estimators=2, random_state=1).fit([[0], [1]], [0, 1])
tempfile.mkdtemp()
""",
    "clock": """
time.time()
time.strftime("%Y")
datetime.now()
date.today()
pd.Timestamp.now()
time.strftime("%Y", time.gmtime(0)), time.sleep(0), datetime.fromtimestamp(0)
""",
    "network": """
socket.socketpair()
try: socket.create_connection(("127.0.0.1", 9))
except OSError: pass
""",
    "processes": """
subprocess.run(["true"])
os.system("true")
!true
""",
    "threads": """
thread = threading.Thread(target=int); thread.start(); thread.join()
with ThreadPoolExecutor(1) as pool: pool.submit(int).result()
""",
    "warnings": """
warnings.warn("careful")
with warnings.catch_warnings(record=True): warnings.warn("kept")
""",
    "variables": "a = b = [1]\ndel total",
    "as ever": """
class Later(datetime):
    clock = time.perf_counter
    draw = os.urandom
assert isinstance(datetime.now(), datetime) and type(Later.now()) is Later
assert Later.now().clock() and Later.now().draw(2)
for name in (time.time, random.random, os.urandom, np.random.rand, uuid.uuid1):
    assert pickle.loads(pickle.dumps(name)).__name__ == name.__name__
assert pickle.loads(pickle.dumps(datetime.now())) <= datetime.now()
generator = np.random.RandomState(1); generator.seed(2)
assert repr(generator).startswith("RandomState(MT19937)")
""",
    "awaited": """
import asyncio
await asyncio.sleep(0.01)
open("x.csv").close()
""",
}
_INDEX = {name: number for number, name in enumerate(_CELLS)}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Execution:
    folder = tmp_path_factory.mktemp("project")
    (folder / "x.csv").write_text("a,b\n1,2\n3,4\n")
    (folder / "mine.py").write_text("def read(path):\n    return open(path).read()\n")
    found = clean_run(folder, *_CELLS.values())
    assert found.run.exit == "ok", found.run.message
    return found


def test_reads_have_the_line_that_led_to_them(run: Execution) -> None:
    found = list(lines(run.facts.reads, _INDEX["reads"]))
    assert found == [(3, "open", "pandas")]  # once for each file and cell
    assert files(run.facts.reads, _INDEX["magic"]) == {(3, "x.csv")}
    assert files(run.facts.reads, _INDEX["nested"]) == {(3, "x.csv")}
    assert files(run.facts.reads, _INDEX["awaited"]) == {(4, "x.csv")}
    assert (8, "mine.py") in files(run.facts.reads, _INDEX["imports"])
    assert {file.path for file in run.inputs} == {"x.csv", "mine.py"}


def test_readers_that_bypass_python_are_seen(run: Execution) -> None:
    reads = files(run.facts.reads, _INDEX["behind"])
    assert {(3, "x.parquet"), (4, "x.csv")} <= reads
    assert (7, "x.db") in reads
    assert (2, "x.parquet") in files(run.facts.writes, _INDEX["behind"])


def test_changes_of_files_without_opening_them_are_seen(run: Execution) -> None:
    found = {(site.line, site.what, Path(site.path).name) for site in run.facts.writes}
    assert (2, "os.rename", "y.parquet") in found
    assert (3, "os.remove", "y.parquet") in found


def test_unseeded_randomness_is_seen_where_it_is_drawn(run: Execution) -> None:
    found = set(lines(run.facts.random, _INDEX["unseeded"]))
    assert found == {
        (2, "numpy.random.rand", ""),
        (3, "numpy.random", ""),
        (4, "numpy.random.RandomState", ""),
        (5, "random.random", ""),
        (6, "random.Random", ""),
        (7, "uuid.uuid4", ""),
        (8, "secrets.token_hex", ""),
        (9, "os.urandom", ""),
        (10, "random_state=None", "pandas"),
    }
    assert set(run.facts.cells[_INDEX["unseeded"]].generators) == {"numpy", "random"}
    assert (1, "random_state=None", "sklearn") in set(lines(run.facts.random, _INDEX["forest"]))


def test_seeded_randomness_and_imports_are_no_find(run: Execution) -> None:
    seeded = [what for _, what, _ in lines(run.facts.random, _INDEX["seeded"])]
    assert [what for what in seeded if what != "uuid.uuid4"] == []  # joblib names its calls
    assert list(lines(run.facts.random, _INDEX["imports"])) == []


def test_states_of_the_shared_generators_are_kept_before_and_after(run: Execution) -> None:
    unseeded, seeded = (run.facts.cells[_INDEX[name]].generators for name in ("unseeded", "seeded"))
    generator = random.Random(0)  # noqa: S311 - to know what it gives
    generator.random()
    state = ",".join(map(repr, generator.getstate())).encode()
    assert seeded["random"][1] == f"sha256:{hashlib.sha256(state).hexdigest()}"
    assert unseeded["numpy"][1] == run.facts.cells[_INDEX["forest"]].generators["numpy"][0]
    assert all(before != after for before, after in (*unseeded.values(), *seeded.values()))


def test_the_notebooks_own_clock_reads_are_seen(run: Execution) -> None:
    assert set(lines(run.facts.clock, _INDEX["clock"])) == {
        (2, "time.time", ""),
        (3, "time.strftime", ""),
        (4, "datetime.datetime.now", ""),
        (5, "datetime.date.today", ""),
        (6, "datetime.datetime.now", ""),
    }
    assert {site.cell for site in run.facts.clock} == {_INDEX["clock"], _INDEX["as ever"]}


def test_network_processes_threads_and_warnings_are_seen(run: Execution) -> None:
    facts = run.facts
    assert [(site.line, site.what) for site in facts.network] == [
        (3, "look up 127.0.0.1"),
        (3, "connect 127.0.0.1:9"),
    ]
    started = {site.line: site.what for site in facts.processes}
    assert started[2] == started[3] == "true"
    assert 4 in started
    assert list(lines(facts.threads, _INDEX["threads"])) == [
        (2, "threading.Thread", ""),
        (3, "concurrent.futures.thread.ThreadPoolExecutor", ""),
    ]
    shown = list(lines(facts.warnings, _INDEX["warnings"]))
    assert shown == [(2, "UserWarning: careful", "")]


def test_variables_are_digested(run: Execution) -> None:
    cell = run.facts.cells[_INDEX["variables"]]
    assert cell.variables["a"].digest == cell.variables["b"].digest is not None
    assert ("a", "b") in cell.aliases
    assert cell.deleted == ("total",)
    assert set(run.facts.cells) == set(_INDEX.values())


def test_nothing_of_ours_is_visible_by_its_public_name(run: Execution) -> None:
    assert "lifecycle_core" not in run.facts.modules
    assert {"numpy", "pandas", "mine"} <= run.facts.modules
    assert printed(run, _INDEX["as ever"]) == ""
