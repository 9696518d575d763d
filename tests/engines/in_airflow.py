"""Airflow reads a DAG file and runs it; the answer is one line of JSON.

    python in_airflow.py DAG_FOLDER RUNS EXPORTED

`dag.test()` runs every task in one process. So that nothing can travel by staying in it, the
generators are moved before each task.
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import digests
import numpy as np
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG


def main(dags: Path, runs: Path, exported: dict[str, str]) -> dict[str, Any]:
    """Return the errors of the import, the state of the run, and the digests of its results."""
    bag = DagBag(dag_folder=str(dags), include_examples=False)
    answer: dict[str, Any] = {"import_errors": bag.import_errors, "dags": sorted(bag.dags)}
    if bag.import_errors:
        return answer
    (dag,) = bag.dags.values()
    _disturb(dag)
    run = dag.test()
    folders = {task: runs / run.run_id / task for task in dag.task_ids}
    travelled = {one.task_id: one.xcom_pull(task_ids=one.task_id) for one in run.task_instances}
    return answer | {
        "state": str(run.state),
        "tasks": sorted(dag.task_ids),
        "order": {task.task_id: sorted(task.upstream_task_ids) for task in dag.tasks},
        "travelled": {
            task: Path(unquote(urlsplit(path).path)) == folders[task]
            for task, path in travelled.items()
        },
        "digests": digests.of_files(folders, exported),
    }


def _disturb(dag: DAG) -> None:
    """Move the generators before every task of a DAG."""
    (space,) = {
        id(one): one for one in (task.python_callable.__globals__ for task in dag.tasks)
    }.values()
    before = space["run_task"]

    def run_task(*words: Any, **flags: Any) -> Any:  # noqa: ANN401 - as the one it stands for
        np.random.seed(0)  # noqa: NPY002 - the global one is meant
        random.seed(0)
        return before(*words, **flags)

    space["run_task"] = run_task


if __name__ == "__main__":
    found = main(Path(sys.argv[1]), Path(sys.argv[2]), json.loads(sys.argv[3]))
    sys.stdout.write("\n" + json.dumps(found) + "\n")
