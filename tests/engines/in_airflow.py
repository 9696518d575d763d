"""Airflow reads a DAG file and runs it; the answer is one line of JSON.

    python -m tests.engines.in_airflow DAG_FOLDER RUNS EXPORTED

`dag.test()` runs every task in one process. So that nothing can travel by staying in it, the
generators are moved before each task.
"""

from __future__ import annotations

import functools
import json
import random
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from airflow.dag_processing.dagbag import DagBag

from tests.engines import digests

if TYPE_CHECKING:
    from collections.abc import Callable

    from airflow.sdk import DAG


def main(dags: Path, runs: Path, exported: dict[str, str]) -> dict[str, Any]:
    """Return the errors of the import, the state of the run, and the digests of its results."""
    bag = DagBag(dag_folder=str(dags))
    answer: dict[str, Any] = {"import_errors": bag.import_errors, "dags": sorted(bag.dags)}
    if bag.import_errors:
        return answer
    (dag,) = bag.dags.values()
    travelled = _watch(dag)
    run = dag.test()
    folders = {task: runs / run.run_id / task for task in dag.task_ids}
    return answer | {
        "state": str(run.state),
        "order": {task.task_id: sorted(task.upstream_task_ids) for task in dag.tasks},
        "travelled": travelled,
        "digests": digests.of_files(folders, exported),
    }


def _watch(dag: DAG) -> list[str]:
    """Move the generators before every task of a DAG, and note the type of what each gives back."""
    given: list[str] = []
    for task in dag.tasks:
        task.python_callable = _watched(task.python_callable, given)
    return given


def _watched(function: Callable[..., Any], given: list[str]) -> Callable[..., Any]:
    @functools.wraps(function)
    def watched(*words: Any, **flags: Any) -> Any:  # noqa: ANN401 - as the one it stands for
        np.random.seed(0)  # noqa: NPY002 - the global one is meant
        random.seed(0)
        result = function(*words, **flags)
        given.append(type(result).__name__)
        return result

    return watched


if __name__ == "__main__":
    found = main(Path(sys.argv[1]), Path(sys.argv[2]), json.loads(sys.argv[3]))
    sys.stdout.write("\n" + json.dumps(found) + "\n")
