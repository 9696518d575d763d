"""kfp reads a compiled pipeline and runs it with its own local runner; one line of JSON answers.

    python -m tests.engines.in_kubeflow PIPELINE PROJECT WORK EXPORTED

The local runner starts a process for each container. Two things are otherwise than on a cluster:
it refuses containers that are not made by kfp's own components, a check that is left out here, as
the process finds what the image would hold; and it forgets artefacts that a container does not
list, which the launcher on a cluster takes as they lie.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kfp import components, local
from kfp.local import executor_output_utils
from kfp.local.subprocess_task_handler import SubprocessTaskHandler

from tests.engines import digests

if TYPE_CHECKING:
    from collections.abc import Callable


def main(path: Path, project: Path, work: Path, exported: dict[str, str]) -> dict[str, Any]:
    """Return what kfp read, and the digests of what its run gave."""
    read = components.load_component_from_file(str(path))
    spec = read.pipeline_spec
    tasks = sorted(spec.root.dag.tasks)
    os.chdir(project)
    SubprocessTaskHandler.validate_not_container_component = lambda *_: None
    executor_output_utils.get_outputs_from_executor_output = _with_artifacts(
        executor_output_utils.get_outputs_from_executor_output
    )
    local.init(local.SubprocessRunner(use_venv=False), pipeline_root=str(work))
    read()
    (root,) = work.iterdir()
    folders = {step: root / step.replace("_", "-") / "outputs" for step in exported.values()}
    return {
        "name": read.name,
        "parameters": {
            name: spec.root.input_definitions.parameters[name].parameter_type
            for name in sorted(spec.root.input_definitions.parameters)
        },
        "tasks": tasks,
        "digests": digests.of_files(folders, exported),
    }


def _with_artifacts(read: Callable[..., Any]) -> Callable[..., Any]:
    """Take every artefact that was asked for as it lies."""

    def outputs(*, executor_output: Any, executor_input: Any, component_spec: Any) -> Any:  # noqa: ANN401 - kfp's
        for name, artifacts in executor_input.outputs.artifacts.items():
            executor_output.artifacts[name].CopyFrom(artifacts)
        return read(
            executor_output=executor_output,
            executor_input=executor_input,
            component_spec=component_spec,
        )

    return outputs


if __name__ == "__main__":
    pipeline, project, work = map(Path, sys.argv[1:4])
    found = main(pipeline, project, work, json.loads(sys.argv[4]))
    sys.stdout.write("\n" + json.dumps(found) + "\n")
