"""The project's folder: a clean run works in a copy elsewhere, and prints where it is.

Measured: `os.getcwd()`, `Path.resolve()` and messages of readers name the folder of the run.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lifecycle_core.notebooks.normalisers.base import (
    Normaliser,
    Outputs,
    change_text,
    realigned,
    stream,
)
from lifecycle_core.notebooks.surroundings import Surroundings

if TYPE_CHECKING:
    from collections.abc import Iterator

_KINDS = ("text/plain", "text/html", "text/markdown", "application/javascript")


def _normalise(outputs: Outputs, surroundings: Surroundings) -> Outputs:
    spellings = {form for pair in surroundings.roots for root in pair for form in _spelt(root)}
    if not spellings:
        return outputs
    longest_first = sorted(spellings, key=lambda form: (-len(form), form))
    pattern = re.compile(rf"(?<![\w.)])(?:{'|'.join(map(re.escape, longest_first))})(?![\w-]|\.\w)")
    return change_text(
        outputs, realigned(lambda text: pattern.sub("(project)", text)), kinds=_KINDS
    )


def _spelt(root: str) -> Iterator[str]:
    """Yield the ways in which a folder is printed; a root of a file system is none."""
    root = root.rstrip("\\/")
    if len(root) > len("C:/"):
        yield root
        yield root.replace("\\", "\\\\")
        yield root.replace("\\", "/")
        yield root.replace(" ", "%20")


NORMALISER = Normaliser(
    name="project_path",
    normalise=_normalise,
    equal=((stream("/copy/a/data.csv\n"),), (stream("/home/me/project/data.csv\n"),)),
    different=((stream("/copy/a/data.csv\n"),), (stream("/copy/a/other.csv\n"),)),
    surroundings=Surroundings(roots=(("/copy/a", "/home/me/project"),)),
)
