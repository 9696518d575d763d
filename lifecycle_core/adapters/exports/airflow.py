"""Airflow 3: one file with a TaskFlow DAG."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.adapters.exports.code import render
from lifecycle_core.adapters.exports.parameters import kind_of

if TYPE_CHECKING:
    from lifecycle_core.adapters.exports.tasks import Tasks

TAKES_IMAGE = False
_SCHEMAS = {"text": "string", "int": "integer", "float": "number", "bool": "boolean"}


def files(tasks: Tasks, *, project: str, image: str) -> dict[str, str]:  # noqa: ARG001 - of others
    """Return the DAG file.

    Args:
        tasks: The pipeline.
        project: From the file's folder to the one that holds `pipelines`, POSIX.
        image: Not used.
    """
    parameters = [
        {"name": one.name, "default": one.default, "schema": _SCHEMAS.get(kind_of(one))}
        for one in tasks.parameters
    ]
    code = render(
        "airflow.j2",
        name=tasks.name,
        home=tasks.home,
        project=project,
        parameters=parameters,
        tasks=tasks.tasks,
        generators=tasks.generators,
    )
    return {f"{tasks.name}_dag.py": code}


def advice(tasks: Tasks) -> str:
    """Return what to do with the file."""
    return (
        f"Put {tasks.name}_dag.py into Airflow's DAG folder, set {tasks.name.upper()}_PROJECT to "
        "the folder that holds `pipelines`, on every worker, and unpause the DAG."
    )
