"""Argo Workflows: one `Workflow` whose DAG has a container per step; results are artefacts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.exports.container import OUTPUTS, PYTHON, names_of, script_of
from lifecycle_core.adapters.exports.parameters import word_of
from lifecycle_core.adapters.exports.yaml_text import to_yaml

if TYPE_CHECKING:
    from lifecycle_core.adapters.exports.container import Names
    from lifecycle_core.adapters.exports.tasks import Task, Tasks

TAKES_IMAGE = True
_ENTRY = "pipeline"


def files(tasks: Tasks, *, project: str, image: str) -> dict[str, str]:  # noqa: ARG001 - of others
    """Return the workflow.

    Args:
        tasks: The pipeline.
        project: Not used: the project is in the image.
        image: Of every container.
    """
    names = names_of(tasks)
    defaults = [
        {"name": names.parameters[one.name], "value": word_of(one)} for one in tasks.parameters
    ]
    workflow = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": {"generateName": f"{names.pipeline}-"},
        "spec": {
            "entrypoint": _ENTRY,
            "arguments": {"parameters": defaults},
            "templates": [
                {"name": _ENTRY, "dag": {"tasks": [_node(task, names) for task in tasks.tasks]}},
                *(_template(tasks, task, names, image) for task in tasks.tasks),
            ],
        },
    }
    return {f"{tasks.name}_argo.yaml": to_yaml(workflow)}


def advice(tasks: Tasks) -> str:
    """Return what to do with the file."""
    return (
        "Build the image with the project in its working directory, then: "
        f"argo submit {tasks.name}_argo.yaml -p NAME=VALUE. The cluster needs an artefact store."
    )


def _node(task: Task, names: Names) -> dict[str, Any]:
    parameters = [names.parameters[one.name] for one in task.parameters]
    artifacts = [names.tasks[step] for step in task.carriers]
    earlier = [names.tasks[step] for step in task.earlier]
    return {
        "name": names.tasks[task.name],
        "template": _template_name(task, names),
        **({"dependencies": earlier} if earlier else {}),
        "arguments": {
            "parameters": [
                {"name": name, "value": f"{{{{workflow.parameters.{name}}}}}"}
                for name in parameters
            ],
            "artifacts": [
                {"name": name, "from": f"{{{{tasks.{name}.outputs.artifacts.{OUTPUTS}}}}}"}
                for name in artifacts
            ],
        },
    }


def _template(tasks: Tasks, task: Task, names: Names, image: str) -> dict[str, Any]:
    parameters = [names.parameters[one.name] for one in task.parameters]
    artifacts = [
        {"name": name, "path": f"/tmp/earlier/{name}"}  # noqa: S108 - in a container of its own
        for name in (names.tasks[step] for step in task.carriers)
    ]
    outputs = f"/tmp/{OUTPUTS}"  # noqa: S108 - as above
    words = [outputs, *(one["path"] for one in artifacts)]
    words += [f"{{{{inputs.parameters.{name}}}}}" for name in parameters]
    return {
        "name": _template_name(task, names),
        "inputs": {"parameters": [{"name": name} for name in parameters], "artifacts": artifacts},
        "outputs": {"artifacts": [{"name": OUTPUTS, "path": outputs}]},
        "container": {
            "image": image,
            "command": list(PYTHON),
            "args": [script_of(tasks, task), *words],
        },
    }


def _template_name(task: Task, names: Names) -> str:
    """Return the name of a step's template, which is none that the DAG's own has."""
    return f"run-{names.tasks[task.name]}"
