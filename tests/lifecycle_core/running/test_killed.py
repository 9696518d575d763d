"""Runs that are killed, and runs that go on at once: the store stays consistent."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from lifecycle_core.adapters.scheduling import LocalScheduler
from tests.fakes import pipelines
from tests.fakes.bench import Bench, ran

if TYPE_CHECKING:
    from lifecycle_core.adapters.store import Store

KILLS = int(os.environ.get("NBRELEASE_KILLS", "3"))
"""`make kills` sets 100."""
AT_ONCE = int(os.environ.get("NBRELEASE_AT_ONCE", "3"))
"""`make kills` sets 8."""


def start(home: Path, store: Store, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "lifecycle_core.cli", "pipeline", "run", *words,
         "--store", store.address],
        cwd=home,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )  # fmt: skip


def consistent(store: Store) -> None:
    """Every trace names objects that are whole, and no object is other than its name."""
    root = store.place.root  # type: ignore[attr-defined] # a local one
    for path in root.glob("objects/*/*"):
        assert store.objects.is_whole(path.name, path.stat().st_size)
    for folder in root.glob("traces/*/*"):
        names = [path for path in folder.iterdir() if not path.name.startswith(".")]
        traces = store.traces(folder.name)
        assert len(traces) == len(names)
        for trace in traces:
            for value in trace.outputs:
                assert store.objects.is_whole(value.object, value.bytes)


def test_a_run_killed_at_any_moment_leaves_a_store_that_the_next_resumes_from(
    home: Path, store: Store
) -> None:
    count = 8
    body = "import time\ntime.sleep(0.02)\nlarge = bytes(300_000)"
    bench = Bench(pipelines.trivial(home, count, chained=True, body=body), store)
    chance = random.Random(0)  # noqa: S311 - moments, not secrets
    for _ in range(KILLS):
        process = start(home, store, "trivial")
        deadline = time.monotonic() + chance.uniform(0.3, 4.0)
        while time.monotonic() < deadline and process.poll() is None:
            time.sleep(0.01)
        process.kill()
        process.communicate()
        consistent(store)
        done = count - len(bench.stale())
        assert list(bench.stale()) == [f"step_{n}" for n in range(done, count)]
        if done == count:
            break
    made = bench.run()
    assert made.exit == "ok"
    assert bench.value(made, f"value_{count - 1}") == sum(range(count))


def test_children_end_with_their_parent(home: Path, store: Store) -> None:
    body = "import os, time\nopen('pid', 'w').write(str(os.getpid()))\ntime.sleep(600)"
    pipelines.trivial(home, 1, body=body)
    process = start(home, store, "trivial")
    child = waited_for(home / "pid")
    process.kill()
    process.communicate()
    wait_until_gone(child)


def test_ctrl_c_ends_the_children_and_says_so(home: Path, store: Store) -> None:
    body = "import os, time\nopen('pid', 'w').write(str(os.getpid()))\ntime.sleep(600)"
    pipelines.trivial(home, 1, body=body)
    process = start(home, store, "trivial")
    child = waited_for(home / "pid")
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "interrupted; nothing half-written is left" in said
    assert "Traceback" not in said
    assert "failed" not in said
    wait_until_gone(child)
    consistent(store)


def test_runs_at_once_wait_for_each_other_instead_of_computing_twice(
    home: Path, store: Store
) -> None:
    body = "import time\ntime.sleep(0.5)"
    steps = AT_ONCE
    bench = Bench(pipelines.trivial(home, steps, chained=True, body=body), store)
    processes = [start(home, store, "trivial") for _ in range(AT_ONCE)]
    answers = [process.communicate()[0] for process in processes]
    assert [process.returncode for process in processes] == [0] * AT_ONCE
    assert sum(answer.count("✓ ran") for answer in answers) == steps
    consistent(store)
    assert ran(bench.run()) == []


def test_independent_steps_run_at_once(home: Path, store: Store) -> None:
    # Each waits for the other: one after another they would never end.
    meet = """
        import os, time
        open(mine, "w").close()
        while not os.path.exists(other):
            time.sleep(0.01)
    """
    steps = [
        pipelines.MadeStep(
            name=name, body=f"mine, other = {mine!r}, {other!r}" + meet.replace("\n        ", "\n")
        )
        for name, mine, other in (("left", "a", "b"), ("right", "b", "a"))
    ]
    folder = pipelines.write_package(home, "meeting", steps)
    made = Bench(folder, store, LocalScheduler("processes", 2)).run()
    assert made.exit == "ok"
    for path in (home / "a", home / "b"):
        path.unlink()
    other = Bench(folder, type(store)(store.address + "2"), LocalScheduler("threads", 2)).run()
    assert other.exit == "ok"


def waited_for(path: Path) -> int:
    deadline = time.monotonic() + 120
    while not (path.is_file() and path.read_text()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return int(path.read_text())


def wait_until_gone(process: int) -> None:
    deadline = time.monotonic() + 60
    while Path(f"/proc/{process}").exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)
