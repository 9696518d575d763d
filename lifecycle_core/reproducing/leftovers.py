"""Files that the notebook itself left and that were not there when it first ran.

A cell that asks for them, as a cache or a count of files does, then says something else than is
stored. Shown by a run in a folder without them: it gives what is stored.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from lifecycle_core.notebooks.plan import numberless
from lifecycle_core.reproducing.ideas import Idea

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lifecycle_core.notebooks.execution import Execution
    from lifecycle_core.notebooks.facts import Site
    from lifecycle_core.reproducing.case import Case

_ASKS = re.compile(
    r"\b(?:i?glob|rglob|listdir|scandir|iterdir|walk|exists|lexists|isfile|is_file|isdir|is_dir"
    r"|l?stat|getsize|FileNotFoundError|OSError)\b|[!%]ls\b|['\"][ax]b?\+?['\"]"
)
"""Code for which it counts which files are there."""
_WRITES = re.compile(
    r"\b(?:write\w*|to_\w+|dump|save\w*|copy\w*|touch|mkdir|makedirs)\(|['\"][awx]b?\+?['\"]"
)
_TRIED = 2
"""Files that are tried one by one, beside the trial without all that a run wrote."""
_HINT = (
    "Write to a folder of its own, or remove what an earlier run left in the first cell, so that "
    "the first run and every later one give the same."
)


def left_over(case: Case, cell: int) -> Iterator[Idea]:
    """Offer to run without the files that the notebook writes, and with those of its cache.

    Args:
        case: What is known.
        cell: The cell that does not come out as stored.
    """
    near = [at for at in case.upstream(cell) if at in case.cells]
    if not any(_ASKS.search(case.cells[at].source) for at in near):
        return
    wrote = _inside(case.first, case.first.facts.writes)
    if wrote:
        names = tuple(dict.fromkeys(wrote))
        yield _idea(names, min(wrote.values()), cell)
    sources = [one.source for one in case.cells.values()]
    if not any(map(_WRITES.search, sources)):
        return
    # A cache that is there is read, not written: whether the notebook makes it, the trial shows.
    known = {numberless(path) for path in wrote}
    read = _inside(case.first, case.first.facts.reads)
    named = [
        path
        for path in read
        if numberless(path) not in known and any(Path(path).name in one for one in sources)
    ]
    for path in named[:_TRIED]:
        yield _idea((path,), None, cell)


def maker(run: Execution, without: frozenset[str]) -> int | None:
    """Return the first cell that wrote one of these files in a run without them, or None."""
    made = _inside(run, run.facts.writes)
    return min((at for path, at in made.items() if numberless(path) in without), default=None)


def _idea(paths: Sequence[str], at: int | None, cell: int) -> Idea:
    name = Path(paths[0]).name
    more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
    return Idea(
        factor="own_files",
        kind="self_modifying_input",
        without=frozenset(map(numberless, paths)),
        cell=at,
        names=tuple(Path(path).name for path in paths[:3]),
        evidence=f"The notebook itself writes {name}{more}. In a folder in which no earlier run "
        f"left that, cell {cell} comes out as stored.",
        hint=_HINT,
    )


def _inside(run: Execution, sites: Sequence[Site]) -> dict[str, int]:
    """Return the files of the copy that sites speak of, relative to it, with their first cell."""
    found: dict[str, int] = {}
    for site in sites:
        for copy, _ in run.roots:
            if site.path.startswith(f"{copy}/") and site.cell >= 0:
                found.setdefault(site.path.removeprefix(f"{copy}/"), site.cell)
    return found
