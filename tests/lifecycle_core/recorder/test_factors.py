"""Factors held fixed: two kernels give the same values, and Jupyter goes on working."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lifecycle_core.notebooks.factors import Factors
from tests.fakes.clean_runs import clean_run, printed

if TYPE_CHECKING:
    from lifecycle_core.notebooks.execution import Execution

_CELLS = {
    "random": """
import os, random, secrets, uuid
import numpy as np, pandas as pd, polars as pl
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split
rows = np.arange(20).reshape(10, 2)
print(np.random.rand(), np.random.default_rng().random(), np.random.RandomState().rand())
print(pl.DataFrame({"row": range(50)}).sample(4), pl.Series(range(9)).shuffle())
print(random.random(), random.Random().random(), uuid.uuid4(), uuid.uuid1(), os.urandom(4))
print(secrets.token_hex(4), pd.DataFrame(rows).sample(2), train_test_split(rows))
print(RandomForestClassifier(n_estimators=3).fit(rows, rows[:, 0] > 9).predict_proba(rows))
""",
    "clock": """
import logging, sys, time
from datetime import date, datetime
logging.basicConfig(format="%(asctime)s %(message)s", stream=sys.stdout, force=True)
logging.warning("now")
print(time.time(), time.ctime(), time.strftime("%Y"), datetime.now(), date.today())
print(datetime.today())
print(pd.Timestamp.now(), time.perf_counter(), datetime.now().timestamp() == time.time())
""",
    "waiting": """
end, steady = time.time() + 50, time.monotonic() + 50
while time.time() < end: time.sleep(5)
while time.monotonic() < steady: pass
print(time.time())
end = time.time() + 1
while time.time() < end: pass
""",
    "network": """
import socket
where = ("127.0.0.1", 9)
for call in (socket.create_connection, socket.socket().connect):
    try: call(where)
    except OSError as error: print(type(error).__name__, error)
""",
    "threads": """
import joblib, threading
from concurrent.futures import ThreadPoolExecutor, as_completed
order = []
def work(number):
    time.sleep(0.02 * (3 - number)); order.append(number); return number
threads = [threading.Thread(target=work, args=(number,)) for number in range(3)]
for thread in threads: thread.start()
for thread in threads: thread.join()
with ThreadPoolExecutor(3) as pool:
    print([done.result() for done in as_completed([pool.submit(work, n) for n in range(3)])])
joblib.Parallel(n_jobs=3, backend="threading")(joblib.delayed(work)(n) for n in range(3))
print(order, os.cpu_count())
""",
    "jupyter": """
import asyncio
from IPython.display import display
handle = display(1, display_id=True)
await asyncio.sleep(0.01)
""",
}
_INDEX = {name: number for number, name in enumerate(_CELLS)}
_FIXED = Factors(seed=0, clock=1_700_000_000.0, network=False, one_thread=True)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[Execution]:
    folder = tmp_path_factory.mktemp("project")
    found = [clean_run(folder, *_CELLS.values(), factors=_FIXED) for _ in range(2)]
    for run in found:
        assert run.run.exit == "ok", run.run.message
    return found


def test_two_kernels_with_the_same_factors_agree(runs: list[Execution]) -> None:
    for name in ("random", "clock", "waiting", "network", "threads"):
        first, second = (printed(run, _INDEX[name]) for run in runs)
        assert first == second != ""


def test_the_clock_stands(runs: list[Execution]) -> None:
    first = printed(runs[0], _INDEX["clock"])
    assert first.count("2023-11-14") == 5
    assert "1700000000.0 Tue Nov 14" in first
    assert first.endswith("True\n")
    assert printed(runs[0], _INDEX["waiting"]) == "1700000050.0\n"


def test_the_network_is_refused(runs: list[Execution]) -> None:
    refused = printed(runs[0], _INDEX["network"]).splitlines()
    assert refused[0].startswith("gaierror")
    assert refused[1].startswith("ConnectionRefusedError")


def test_one_thing_is_done_at_a_time(runs: list[Execution]) -> None:
    assert printed(runs[0], _INDEX["threads"]) == "[0, 1, 2]\n[0, 1, 2, 0, 1, 2, 0, 1, 2] 1\n"
