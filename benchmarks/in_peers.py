"""Trivial steps in Kedro and in Ploomber, in their environment; see `peers.py`.

python benchmarks/in_peers.py KIND STEPS FOLDER
"""

from __future__ import annotations

import functools
import json
import logging
import pickle
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def number(value: int) -> int:
    """Do next to nothing, as a step of Kedro's."""
    return 0 + value


def kept_number(product: Any, value: int) -> None:  # noqa: ANN401 - Ploomber's own type
    """Do next to nothing, as a step of Ploomber's, which keeps its results by itself."""
    Path(str(product)).write_bytes(pickle.dumps(0 + value))


def kedro(runner: str, dataset: str, steps: int, folder: Path) -> dict[str, float]:
    """Return the seconds of a run."""
    from kedro.io import DataCatalog, MemoryDataset
    from kedro.pipeline import node, pipeline
    from kedro.runner import SequentialRunner, ThreadRunner
    from kedro_datasets.pickle import PickleDataset

    nodes, sets = [], {}
    for n in range(steps):
        step = functools.update_wrapper(functools.partial(number, n), number)
        nodes.append(node(step, inputs=None, outputs=f"value_{n}", name=f"step_{n}"))
        sets[f"value_{n}"] = (
            MemoryDataset() if dataset == "memory" else PickleDataset(filepath=f"{folder}/{n}.pkl")
        )
    chosen = ThreadRunner(max_workers=2) if runner == "thread" else SequentialRunner()
    whole, catalog = pipeline(nodes), DataCatalog(sets)
    seconds = _seconds(lambda: chosen.run(whole, catalog))
    if catalog.load(f"value_{steps - 1}") != steps - 1:
        raise RuntimeError("Kedro gave something else")
    return {"first": seconds}


def ploomber(executor: str, steps: int, folder: Path) -> dict[str, float]:
    """Return the seconds of a first build, and of another in which nothing is left to do."""
    from ploomber import DAG
    from ploomber.executors import Serial
    from ploomber.products import File
    from ploomber.tasks import PythonCallable

    def build() -> None:
        dag = DAG(executor=Serial(build_in_subprocess=executor == "serial"))
        for n in range(steps):
            product = File(f"{folder}/{n}.pkl")
            PythonCallable(kept_number, product, dag, name=f"step_{n}", params={"value": n})
        dag.build()

    found = {"first": _seconds(build), "again": _seconds(build)}
    if pickle.loads((folder / f"{steps - 1}.pkl").read_bytes()) != steps - 1:  # noqa: S301 - made just now
        raise RuntimeError("Ploomber gave something else")
    return found


def _seconds(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def main(kind: str, steps: int, folder: Path) -> dict[str, float]:
    """Measure one peer, once it has run one step."""
    peer, _, how = kind.partition("-")
    runner, _, dataset = how.partition("-")
    for count in (1, steps):  # the first run loads what the second finds loaded
        place = folder / str(count)
        place.mkdir()
        found = (
            kedro(runner, dataset, count, place)
            if peer == "kedro"
            else ploomber(runner, count, place)
        )
    return found


if __name__ == "__main__":
    logging.disable(logging.WARNING)  # a line for every step would be measured too
    answer = main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
    sys.stdout.write(json.dumps(answer) + "\n")
