"""Running pipelines: what a step costs beside bare Dask, nothing to do, large frames, processes.

    python benchmarks/pipeline_run.py [--steps 1000] [--gigabytes 1] [--seconds 4]

Smaller sizes show that it works; the bars hold for the defaults.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from lifecycle_core.adapters.pipeline_packages import find_package
from lifecycle_core.adapters.progress import Silent
from lifecycle_core.adapters.scheduling import LocalScheduler
from lifecycle_core.adapters.store import open_store
from lifecycle_core.running import run, show

sys.path.insert(0, str(Path(__file__).parents[1]))
from benchmarks.measuring import report
from tests.fakes import pipelines

if TYPE_CHECKING:
    from lifecycle_core.schema.pipeline_run import StepRun

_BUSY = """
import time
began = time.process_time()
while time.process_time() - began < {seconds}:
    sum(range(1000))
"""
_FRAME = """
import numpy as np
import pandas as pd
rng = np.random.default_rng(0)
frame = pd.DataFrame({{f"c{{n}}": rng.random({rows}) for n in range(8)}})
"""
_TELL_PEAK = """
import re
print(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])
"""


def ran(folder: Path, store: Path, scheduler: LocalScheduler) -> tuple[float, tuple[StepRun, ...]]:
    """Run a package and return the wall seconds and its steps."""
    began = time.perf_counter()
    made = run(
        find_package(folder),
        store=open_store(str(store)),
        scheduler=scheduler,
        parameters=[{}],
        tell=None,
        progress=Silent(),
    ).runs[0]
    if made.exit != "ok":
        raise RuntimeError(made.to_json())
    return time.perf_counter() - began, made.steps


def overhead(root: Path, steps: int) -> None:
    """Compare trivial steps with the same calls on Dask's own process scheduler."""
    folder = pipelines.trivial(root / "trivial", steps)
    alone = pipelines.trivial(root / "one", 1)
    ran(alone, root / "s0", LocalScheduler("processes", 2))  # what it loads shall be loaded
    one, _ = ran(alone, root / "s1", LocalScheduler("processes", 2))
    ours, _ = ran(folder, root / "s2", LocalScheduler("processes", 2))
    theirs = bare_dask(folder, steps)
    each = 1000 * max(ours - one, 0) / steps
    bare = 1000 * theirs / steps
    print(f"bare Dask, which keeps nothing: {bare:.2f} ms a step")
    report("overhead of a step beyond bare Dask", each - bare, 20, unit=" ms")
    again, _ = ran(folder, root / "s2", LocalScheduler("processes", 2))
    print(f"nothing to do in {steps} steps: {again:.2f} s")


def bare_dask(folder: Path, steps: int) -> float:
    """Call the same functions from Dask's graph, in this process's own pool."""
    import importlib
    from concurrent.futures import ProcessPoolExecutor

    import dask.multiprocessing

    sys.path.insert(0, str(folder.parents[1]))
    package = importlib.import_module("pipelines.trivial")
    graph = {f"step_{n}": (getattr(package, f"step_{n}"),) for n in range(steps)}
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(abs, range(4)))  # its processes are there
        began = time.perf_counter()
        dask.multiprocessing.get(graph, list(graph), pool=pool)
        return time.perf_counter() - began


def nothing_to_do(root: Path) -> None:
    """Look at a pipeline of 20 steps in which all is fresh, after imports."""
    folder = pipelines.trivial(root / "fresh", 20, chained=True)
    ran(folder, root / "s3", LocalScheduler())
    again, _ = ran(folder, root / "s3", LocalScheduler())
    report("nothing to do, 20 steps", again, 0.5, unit=" s")
    began = time.perf_counter()
    show(find_package(folder), store=open_store(str(root / "s3")), parameters={})
    print(f"pipeline show: {time.perf_counter() - began:.3f} s")


def large_frame(root: Path, gigabytes: float) -> None:
    """Hand a frame from one step to the next, beside a plain write and read of as much."""
    rows = int(gigabytes * 1e9 / 8 / 8)
    steps = (
        pipelines.MadeStep(name="make", body=_FRAME.format(rows=rows), outputs=("frame",)),
        pipelines.MadeStep(
            name="take", inputs={"frame": "make"}, body="rows = len(frame)", outputs=("rows",)
        ),
    )
    folder = pipelines.write_package(root / "large", "large", steps)
    plain = _plain(root / "plain", int(rows * 64))
    whole, made = ran(folder, root / "s4", LocalScheduler("processes", 1))
    work = sum(step.seconds for step in made)
    bare, _ = ran(
        pipelines.trivial(root / "two", 2, chained=True),
        root / "s5",
        LocalScheduler("processes", 1),
    )
    moved = max(whole - work - bare, 1e-6)
    report("moving a frame, share of the disk's own speed", plain / moved, 0.5, least=True)
    making, taking = (step.peak_bytes / (rows * 64) for step in made if step.peak_bytes)
    alone = _peak_alone(rows) / (rows * 64)
    print(
        f"peak in copies of the frame: made in a bare process {alone:.2f}, in a step {making:.2f}"
    )
    report("memory to hand it on, copies of the frame", making - alone, 1, unit="")
    report("memory to take it, copies of the frame", taking, 1, unit="")


def _peak_alone(rows: int) -> int:
    """Return the most memory in bytes that a process holds which makes the frame, and only that."""
    program = _FRAME.format(rows=rows) + _TELL_PEAK
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    return int(told.stdout) * 1024


def _plain(path: Path, size: int) -> float:
    block = os.urandom(1 << 22)
    began = time.perf_counter()
    with path.open("wb") as file:
        for _ in range(size // len(block)):
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
    with path.open("rb") as file:
        while file.read(len(block)):
            pass
    return time.perf_counter() - began


def two_processes(root: Path, seconds: float) -> None:
    """Run independent steps that keep a processor busy in one process and in two."""
    body = _BUSY.format(seconds=seconds)
    folder = pipelines.trivial(root / "busy", 4, body=body)
    one, _ = ran(folder, root / "s6", LocalScheduler("processes", 1))
    two, _ = ran(folder, root / "s7", LocalScheduler("processes", 2))
    report("two processes, times one", one / two, 1.7, least=True)


def main() -> None:
    """Measure all, at the sizes asked for."""
    words = argparse.ArgumentParser()
    words.add_argument("--steps", type=int, default=1000)
    words.add_argument("--gigabytes", type=float, default=1.0)
    words.add_argument("--seconds", type=float, default=4.0)
    asked = words.parse_args()
    root = Path(tempfile.mkdtemp(prefix="nbrelease-bench-", dir=os.environ.get("BENCH_DIR")))
    try:
        overhead(root, asked.steps)
        nothing_to_do(root)
        large_frame(root, asked.gigabytes)
        two_processes(root, asked.seconds)
    finally:
        shutil.rmtree(root, ignore_errors=True)


if __name__ == "__main__":
    main()
