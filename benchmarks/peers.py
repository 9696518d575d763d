"""What a step costs here, on bare Dask, in Kedro and in Ploomber, measured in one run.

    make peers
    python benchmarks/peers.py [--steps 1000]

The steps do next to nothing, so that all that is measured is what is around them. Kedro and
Ploomber have an environment of their own, `.venv-peers`. Each figure says what stays behind a run:
nothing; the results; or the results with what they were made from, so that a change is noticed.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from lifecycle_core.adapters.scheduling import LocalScheduler

sys.path.insert(0, str(Path(__file__).parents[1]))
from benchmarks.pipeline_run import bare_dask, ran
from tests.fakes import pipelines

_PYTHON = Path(__file__).parents[1] / ".venv-peers" / "bin" / "python"
_PROGRAM = Path(__file__).with_name("in_peers.py")
_PEERS = (
    ("kedro-sequential-memory", "Kedro, SequentialRunner, MemoryDataset: keeps nothing"),
    ("kedro-thread-memory", "Kedro, ThreadRunner of 2, MemoryDataset: keeps nothing"),
    ("kedro-sequential-pickle", "Kedro, SequentialRunner, PickleDataset: keeps results"),
    ("kedro-thread-pickle", "Kedro, ThreadRunner of 2, PickleDataset: keeps results"),
    ("ploomber-one", "Ploomber, Serial in one process: keeps results and code"),
    ("ploomber-serial", "Ploomber, Serial as it comes, a process a step: keeps results and code"),
)
_SLOW = {"ploomber-serial": 10}
"""Of which only one step in so many is run: what a step costs shows in a few, too."""
_QUIET = {"DO_NOT_TRACK": "1", "PLOOMBER_STATS_ENABLED": "false"}


def ours(root: Path, steps: int) -> None:
    """Print what steps cost here, with the start of the children and without, and when fresh."""
    folder = pipelines.trivial(root / "trivial", steps)
    alone = pipelines.trivial(root / "alone", 1)
    for kind in ("processes", "threads"):
        scheduler = LocalScheduler(kind, 2)
        store = root / f"store-{kind}"
        ran(alone, root / f"warm-{kind}", scheduler)  # what it loads shall be loaded
        one, _ = ran(alone, root / f"one-{kind}", scheduler)
        whole, _ = ran(folder, store, scheduler)
        again, _ = ran(folder, store, scheduler)
        name = f"nbrelease, 2 {kind}: keeps results, inputs and code"
        tell(name, whole - one, steps, again=again)
        print(f"    ({one:.1f} s to begin, measured by a run of one step, are left out)")
    tell("bare Dask, 2 processes: keeps nothing", bare_dask(folder, steps), steps)


def tell(name: str, seconds: float, steps: int, *, again: float | None = None) -> None:
    """Print one figure."""
    fresh = "" if again is None else f"; run again: {1000 * again / steps:.2f} ms"
    print(f"{name}: {1000 * seconds / steps:.2f} ms a step{fresh}", flush=True)


def theirs(root: Path, steps: int) -> None:
    """Print what steps cost in each peer, each in a process of its own."""
    for kind, name in _PEERS:
        folder = root / kind
        folder.mkdir()
        count = steps // _SLOW.get(kind, 1)
        done = subprocess.run(
            [_PYTHON, _PROGRAM, kind, str(count), folder],
            cwd=folder,
            env={**os.environ, **_QUIET, "HOME": str(folder)},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{kind} ended with {done.returncode}:\n{done.stderr}")
        measured = json.loads(done.stdout.splitlines()[-1])
        some = "" if count == steps else f" ({count} steps)"
        tell(name + some, measured["first"], count, again=measured.get("again"))


def main() -> None:
    """Measure all, at the size asked for."""
    words = argparse.ArgumentParser()
    words.add_argument("--steps", type=int, default=1000)
    asked = words.parse_args()
    root = Path(tempfile.mkdtemp(prefix="nbrelease-bench-", dir=os.environ.get("BENCH_DIR")))
    print(f"{asked.steps} trivial steps; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    try:
        ours(root, asked.steps)
        theirs(root, asked.steps)
    finally:
        shutil.rmtree(root, ignore_errors=True)


if __name__ == "__main__":
    main()
