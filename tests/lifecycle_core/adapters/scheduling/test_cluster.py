"""A real Dask cluster of two workers gives what this machine gives alone."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from lifecycle_core.adapters.scheduling.cluster import ClusterScheduler
from lifecycle_core.adapters.store import open_store
from lifecycle_core.errors import SchedulerUnavailable
from tests.fakes import pipelines
from tests.fakes.bench import Bench, ran

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CLUSTER = """
import sys
from distributed import LocalCluster

if __name__ == "__main__":
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0"
    ) as cluster:
        print(cluster.scheduler_address, flush=True)
        sys.stdin.read()
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("cluster")
    (folder / "cluster.py").write_text(CLUSTER)
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "cluster.py"],
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            text=True,
        )
    assert process.stdout
    yield process.stdout.readline().strip()
    process.communicate()


def test_two_workers_give_the_same_digests_as_this_machine(address: str, tmp_path: Path) -> None:
    pipelines.drawing(tmp_path)
    folder = pipelines.churn(tmp_path)
    here = Bench(folder, open_store(str(tmp_path / "here")))
    there = Bench(folder, open_store(str(tmp_path / "there")), ClusterScheduler(address))
    alone, apart = here.run(), there.run()
    assert apart.exit == "ok"
    assert apart.scheduler == address
    assert [step.outputs for step in apart.steps] == [step.outputs for step in alone.steps]
    started = [event.step for event in there.events if event.kind == "step_started"]
    assert started == [step.name for step in apart.steps]
    assert ran(there.run()) == []
    assert ran(there.run(C=0.5)) == ["train", "evaluate"]


def test_what_a_step_draws_there_is_shown_here(address: str, tmp_path: Path) -> None:
    body = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.title('There')\nplt.show()"
    folder = pipelines.write_package(tmp_path, "plot", [pipelines.MadeStep(name="plot", body=body)])
    bench = Bench(folder, open_store(str(tmp_path / "store")), ClusterScheduler(address))
    (figure,) = bench.run().steps[0].drawn.figures
    assert (figure.title, figure.png[:11]) == ("There", "iVBORw0KGgo")


def test_a_failure_there_leaves_other_branches(address: str, tmp_path: Path) -> None:
    folder = pipelines.failing(tmp_path)
    (tmp_path / "bad").write_text("no")
    made = Bench(folder, open_store(str(tmp_path / "store")), ClusterScheduler(address)).run()
    status = {step.name: step.status for step in made.steps}
    assert status == {"start": "ran", "breaks": "failed", "behind": "not_run", "beside": "ran"}
    assert (made.steps[1].cell, made.steps[1].line) == (2, 4)


def test_a_step_whose_process_dies_there_is_a_failure(address: str, tmp_path: Path) -> None:
    folder = pipelines.trivial(tmp_path, 2, chained=True, body="import os\nos._exit(7)")
    made = Bench(folder, open_store(str(tmp_path / "store")), ClusterScheduler(address)).run()
    assert [step.status for step in made.steps] == ["failed", "not_run"]
    assert made.steps[0].error == "It did not end: its process left with exit code 7"


def test_a_dask_worker_that_dies_is_a_failure(address: str, tmp_path: Path) -> None:
    body = "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\nimport time\ntime.sleep(60)"
    folder = pipelines.trivial(tmp_path, 2, chained=True, body=body)
    made = Bench(folder, open_store(str(tmp_path / "store")), ClusterScheduler(address)).run()
    assert [step.status for step in made.steps] == ["failed", "not_run"]
    assert "KilledWorker" in made.steps[0].error


def test_a_scheduler_without_workers_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lifecycle_core.adapters.scheduling.cluster._TIMEOUT", "1s")
    program = (
        "import asyncio\nfrom distributed import Scheduler\n"
        "async def main():\n"
        "    async with Scheduler(port=0, dashboard=False) as scheduler:\n"
        "        print(scheduler.address, flush=True)\n"
        "        await asyncio.to_thread(input)\n"
        "asyncio.run(main())\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout
    address = process.stdout.readline().strip()
    bench = Bench(
        pipelines.trivial(tmp_path, 1), open_store(str(tmp_path / "s")), ClusterScheduler(address)
    )
    try:
        with pytest.raises(SchedulerUnavailable, match="has no worker"):
            bench.run()
    finally:
        process.communicate()
