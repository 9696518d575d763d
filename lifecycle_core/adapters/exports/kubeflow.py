"""Kubeflow Pipelines v2: the compiled pipeline (IR YAML) that a cluster takes.

It is written without kfp, whose pins on protobuf and kubernetes would bind every user of ours; kfp
itself reads and runs it in `make exports`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.exports.container import OUTPUTS, PYTHON, names_of, script_of
from lifecycle_core.adapters.exports.parameters import word_kind_of, word_of
from lifecycle_core.adapters.exports.yaml_text import to_yaml

if TYPE_CHECKING:
    from lifecycle_core.adapters.exports.container import Names
    from lifecycle_core.adapters.exports.tasks import Task, Tasks
    from lifecycle_core.schema.pipeline import Parameter

TAKES_IMAGE = True
_SCHEMA = "2.1.0"
_SDK = "kfp-2.17.3"  # the version that the file's form was read from
_ARTIFACT = {"artifactType": {"schemaTitle": "system.Artifact", "schemaVersion": "0.0.1"}}
_OPTIONAL = {"isOptional": True}
_TYPES = {"int": "NUMBER_INTEGER", "float": "NUMBER_DOUBLE", "bool": "BOOLEAN"}


def files(tasks: Tasks, *, project: str, image: str) -> dict[str, str]:  # noqa: ARG001 - of others
    """Return the pipeline.

    Args:
        tasks: The pipeline.
        project: Not used: the project is in the image.
        image: Of every container.
    """
    names = names_of(tasks)
    run = [(task, names.tasks[task.name]) for task in tasks.tasks]
    root: dict[str, Any] = {"dag": {"tasks": {name: _node(task, names) for task, name in run}}}
    root |= _definitions(
        parameters={
            names.parameters[one.name]: {**_type(one), "defaultValue": _default(one)} | _OPTIONAL
            for one in tasks.parameters
        }
    )
    executors = {
        f"exec-{name}": {"container": _container(tasks, task, names, image)} for task, name in run
    }
    pipeline = {
        "components": {f"comp-{name}": _component(task, names) for task, name in run},
        "deploymentSpec": {"executors": executors},
        "pipelineInfo": {"name": names.pipeline},
        "root": root,
        "schemaVersion": _SCHEMA,
        "sdkVersion": _SDK,
    }
    return {f"{tasks.name}_kubeflow.yaml": to_yaml(pipeline)}


def advice(tasks: Tasks) -> str:
    """Return what to do with the file."""
    return (
        "Build the image with the project in its working directory, then upload "
        f"{tasks.name}_kubeflow.yaml in the Kubeflow Pipelines page, or: "
        f"kfp pipeline create -p {tasks.name} {tasks.name}_kubeflow.yaml."
    )


def _component(task: Task, names: Names) -> dict[str, Any]:
    return {
        "executorLabel": f"exec-{names.tasks[task.name]}",
        **_definitions(
            artifacts={_source(step, names): _ARTIFACT for step in task.carriers},
            parameters={names.parameters[one.name]: _type(one) for one in task.parameters},
        ),
        "outputDefinitions": {"artifacts": {OUTPUTS: _ARTIFACT}},
    }


def _container(tasks: Tasks, task: Task, names: Names, image: str) -> dict[str, Any]:
    earlier = [_source(step, names) for step in task.carriers]
    parameters = [names.parameters[one.name] for one in task.parameters]
    return {
        "image": image,
        "command": [*PYTHON, script_of(tasks, task)],
        "args": [
            f"{{{{$.outputs.artifacts['{OUTPUTS}'].path}}}}",
            *(f"{{{{$.inputs.artifacts['{name}'].path}}}}" for name in earlier),
            *(f"{{{{$.inputs.parameters['{name}']}}}}" for name in parameters),
        ],
    }


def _node(task: Task, names: Names) -> dict[str, Any]:
    name = names.tasks[task.name]
    artifacts = {
        _source(step, names): {
            "taskOutputArtifact": {"outputArtifactKey": OUTPUTS, "producerTask": names.tasks[step]}
        }
        for step in task.carriers
    }
    parameters = {
        parameter: {"componentInputParameter": parameter}
        for parameter in (names.parameters[one.name] for one in task.parameters)
    }
    inputs = _given(artifacts=artifacts, parameters=parameters)
    earlier = sorted(names.tasks[step] for step in task.earlier)
    return {
        "cachingOptions": {},  # no: a step may read data that is not among its inputs
        "componentRef": {"name": f"comp-{name}"},
        **_given(dependentTasks=earlier, inputs=inputs),
        "taskInfo": {"name": name},
    }


def _source(step: str, names: Names) -> str:
    """Return the name of the artefact that a step's results come as; no parameter has a hyphen."""
    return f"from-{names.tasks[step]}"


def _definitions(**inputs: dict[str, Any]) -> dict[str, Any]:
    return _given(inputDefinitions=_given(**inputs))


def _given(**values: Any) -> dict[str, Any]:  # noqa: ANN401 - parts of the document
    """Return the values that are not empty."""
    return {name: value for name, value in values.items() if value}


def _type(parameter: Parameter) -> dict[str, str]:
    return {"parameterType": _TYPES.get(word_kind_of(parameter), "STRING")}


def _default(parameter: Parameter) -> Any:  # noqa: ANN401 - a number, a truth value or a text
    return parameter.default if word_kind_of(parameter) in _TYPES else word_of(parameter)
