"""What Argo and Kubeflow share: a container per step, started with one script and a few words.

Containers share nothing. Each step's results travel as one folder: the values, the states of the
generators that the step used, and the files that it wrote.
"""

from __future__ import annotations

import posixpath
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lifecycle_core.adapters.exports.code import render
from lifecycle_core.adapters.exports.parameters import word_kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from lifecycle_core.adapters.exports.tasks import Task, Tasks

PYTHON = ("python3", "-c")
OUTPUTS = "outputs"
"""The name of the one artefact that a container gives."""

_READINGS = {
    "text": "words[{at}]",
    "int": "int(json.loads(words[{at}]))",
    "float": "float(words[{at}])",
    "bool": "json.loads(words[{at}].lower())",
    "json": "from_json(words[{at}])",
    "quoted": "unquoted(words[{at}])",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The names that an engine takes, which are plainer than Python's.

    Attributes:
        pipeline: Lower-case letters, digits and hyphens.
        tasks: By step, likewise.
        parameters: By parameter; letters, digits and underscores.
    """

    pipeline: str
    tasks: dict[str, str]
    parameters: dict[str, str]


def names_of(tasks: Tasks) -> Names:
    """Return the names of a pipeline, its steps and its parameters for an engine."""
    return Names(
        pipeline=_label(tasks.name) or "pipeline",
        tasks=_apart((one.name for one in tasks.tasks), _label, otherwise="step", joint="-"),
        parameters=_apart(
            (one.name for one in tasks.parameters), _ascii, otherwise="parameter", joint="_"
        ),
    )


def script_of(tasks: Tasks, task: Task) -> str:
    """Return the script that a step's container runs.

    Its words are a folder for the results, the folders of `task.carriers`, and the values of
    `task.parameters`, in these orders.
    """
    first = 1 + len(task.carriers)
    kinds = [word_kind_of(one) for one in task.parameters]
    readings = [_READINGS[kind].format(at=first + index) for index, kind in enumerate(kinds)]
    return render(
        "container.j2",
        name=tasks.name,
        home=tasks.home,
        task=task,
        brought=[
            {"step": one.step, "index": one.index, "path": one.path, "folder": _folder(one.path)}
            for one in task.brought
        ],
        parameters=[
            {"name": one.name, "reading": reading}
            for one, reading in zip(task.parameters, readings, strict=True)
        ],
        kinds=kinds,
        generators=tuple(task.generators),
    )


def _folder(path: str) -> str:
    return posixpath.dirname(path) or "."


def _apart(
    names: Iterable[str], plainly: Callable[[str], str], *, otherwise: str, joint: str
) -> dict[str, str]:
    """Return a plain name for each name; those that would be the same are numbered."""
    made: dict[str, str] = {}
    for name in names:
        plain = chosen = plainly(name) or otherwise
        number = 1
        while chosen in made.values():
            number += 1
            chosen = f"{plain}{joint}{number}"
        made[name] = chosen
    return made


def _ascii(name: str) -> str:
    known = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return known.strip("_")


def _label(name: str) -> str:
    """Return a name as a label of Kubernetes (RFC 1123), or an empty text.

    Example:
        >>> _label("Load_Données__2")
        'load-donnees-2'
    """
    return re.sub(r"[^a-z0-9]+", "-", _ascii(name).lower()).strip("-")[:50]
