"""Prove a case's truth by execution: a faulty notebook fails or differs, another one does not."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat

from tests.corpus.bases import BASES
from tests.corpus.comparing import differences
from tests.corpus.executing import execute
from tests.corpus.serving import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.corpus.case import Case
    from tests.corpus.project import Place

# A race or a random tie may come out the same once; a fault that hides four times is none.
ATTEMPTS = 4


@contextmanager
def _hidden(place: Place) -> Iterator[None]:
    """Take the author's folders away, as on any other machine."""
    with tempfile.TemporaryDirectory(dir=place.project.parents[1]) as attic:
        moved = {
            folder: Path(attic) / str(n) for n, folder in enumerate((place.project, place.outside))
        }
        for folder, away in moved.items():
            folder.rename(away)
        try:
            yield
        finally:
            for folder, away in moved.items():
                away.rename(folder)


def observed(case: Case, path: Path, place: Place, port: int | None) -> str:
    """Execute a copy of a saved project plainly and return what differs, or an empty text."""
    stored = nbformat.read(path, as_version=4)
    with tempfile.TemporaryDirectory(prefix="elsewhere") as other, ExitStack() as stack:
        copy = Path(other) / "copy"
        ignore = shutil.ignore_patterns(*(name.strip("/") for name in case.ignored))
        shutil.copytree(place.project, copy, ignore=ignore)
        if case.there:
            stack.enter_context(_hidden(place))
        if port is not None and case.author.server_stays:
            stack.enter_context(serving(port, case.author.served))
        inside = copy / path.relative_to(place.project)
        fresh = nbformat.read(inside, as_version=4)
        done = execute(fresh, inside.parent, timeout=case.timeout or 120)
    if done.ended != "ok":
        return f"cell {done.cell}: {done.ended}: {done.message}"
    noise = (*case.noise, *(BASES[case.base].noise if case.base else ()))
    return "; ".join(f"cell {index}: {how}" for index, how in differences(stored, fresh, noise))


def confirmed(case: Case, path: Path, place: Place, port: int | None) -> tuple[bool, str]:
    """Return whether the truth holds, and what was seen."""
    seen = ""
    for _ in range(ATTEMPTS if case.kinds else 1):
        seen = observed(case, path, place, port)
        if seen:
            break
    return bool(seen) == bool(case.kinds), seen
