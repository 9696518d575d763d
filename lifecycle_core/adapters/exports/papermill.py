"""papermill: a notebook for each step, and a small program that executes them in order."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from lifecycle_core.adapters.exports.code import render
from lifecycle_core.adapters.exports.parameters import kind_of

if TYPE_CHECKING:
    from lifecycle_core.adapters.exports.tasks import Task, Tasks

TAKES_IMAGE = False
_MARK = re.compile(r"^# %% (\w+)\n", re.MULTILINE)
_GETTING = {
    "numpy": "numpy.random.get_state(legacy=False)",
    "random": "random.getstate()",
    "torch": "(torch.get_rng_state(), torch.cuda.get_rng_state_all())",
}
_SETTING = {
    "numpy": "numpy.random.set_state(state)",
    "random": "random.setstate(state)",
    "torch": "torch.set_rng_state(state[0])\ntorch.cuda.set_rng_state_all(state[1])",
}


def files(tasks: Tasks, *, project: str, image: str) -> dict[str, str]:  # noqa: ARG001 - of others
    """Return the program and the notebooks.

    Args:
        tasks: The pipeline.
        project: From the files' folder to the one that holds `pipelines`, POSIX.
        image: Not used.
    """
    taken = {one.name for one in tasks.parameters}
    places = {
        "project": project,
        "project_name": _free("project", taken),
        "runs_name": _free("run_folder", taken),
    }
    width = len(str(len(tasks.tasks)))
    notebooks = {
        f"{number:0{width}}_{task.name}.ipynb": task for number, task in enumerate(tasks.tasks, 1)
    }
    program = render(
        "run.j2",
        name=tasks.name,
        parameters=tasks.parameters,
        texts=[one.name for one in tasks.parameters if kind_of(one) == "text"],
        notebooks={file: [one.name for one in task.parameters] for file, task in notebooks.items()},
        **places,
    )
    written = {file: _notebook(tasks, task, places) for file, task in notebooks.items()}
    return {"run.py": program, **written}


def advice(tasks: Tasks) -> str:
    """Return what to do with the files."""
    parameter = f" -p {tasks.parameters[0].name} VALUE" if tasks.parameters else ""
    return f"python run.py --run-folder DIR{parameter}"


def _notebook(tasks: Tasks, task: Task, places: dict[str, str]) -> str:
    code = render(
        "notebook.j2",
        name=tasks.name,
        home=tasks.home,
        task=task,
        inputs_from=tuple(dict.fromkeys(source for source, _ in task.inputs)),
        getting=_GETTING,
        setting=_SETTING,
        runs="runs/latest",
        **places,
    )
    _, *parts = _MARK.split(code)
    cells = [_code(name, source) for name, source in zip(parts[::2], parts[1::2], strict=True)]
    head = (
        f"# {task.title}\n\nStep `{task.name}` of the pipeline `{tasks.name}`, "
        "made by `nbrelease pipeline export`."
    )
    content = {
        "cells": [{"cell_type": "markdown", "id": "title", "metadata": {}, "source": head}, *cells],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _code(name: str, source: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": name,
        "metadata": {"tags": ["parameters"]} if name == "parameters" else {},
        "outputs": [],
        "source": source.strip(),
    }


def _free(name: str, taken: set[str]) -> str:
    """Return a name that no parameter has."""
    while name in taken:
        name += "_"
    return name
