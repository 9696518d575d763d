"""Which files of the project a run read before it wrote them, and which it wrote."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from lifecycle_core.adapters.files import digest_file
from lifecycle_core.schema.reproduction import InputFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lifecycle_core.adapters.workspace import Workspace
    from lifecycle_core.notebooks.facts import Facts, Site

_FIRST = -1
"""A line before all others: of something that no line of the cell is known for."""


def inputs(facts: Facts, workspace: Workspace) -> tuple[InputFile, ...]:
    """Return the files of the project that the run read, sorted by path, as they were then.

    A file that the run itself made, or had overwritten before it read it, is no input.
    """
    written = _by_file(facts.writes, workspace)
    found = []
    for file, sites in _by_file(facts.reads, workspace).items():
        original = workspace.source / file.relative_to(workspace.project)
        first = min(map(_moment, written.get(file, ())), default=None)
        readers = [site for site in sites if first is None or _moment(site) <= first]
        if readers and original.is_file():
            with suppress(OSError):
                source = file if _untouched(file, original) else original
                found.append(_input(file, source, readers, workspace))
    return tuple(sorted(found, key=lambda item: item.path))


def written(facts: Facts, workspace: Workspace) -> tuple[InputFile, ...]:
    """Return the files of the project that the run wrote and left, sorted by path.

    A file that was only seen to be read and is no longer what was copied was written, too: a
    database is opened once for both.
    """
    found = []
    wrote = dict(_by_file(facts.writes, workspace))
    for file, sites in _by_file(facts.reads, workspace).items():
        original = workspace.source / file.relative_to(workspace.project)
        with suppress(OSError):
            if file not in wrote and not _untouched(file, original):
                wrote[file] = sites
    for file, sites in wrote.items():
        if file.is_file():
            with suppress(OSError):
                found.append(_input(file, file, sites, workspace))
    return tuple(sorted(found, key=lambda item: item.path))


def _by_file(sites: Iterable[Site], workspace: Workspace) -> Mapping[Path, list[Site]]:
    found: dict[Path, list[Site]] = {}
    for site in sites:
        file = Path(os.path.normpath(site.path))
        if file.is_relative_to(workspace.project):  # a notebook can write facts, too
            found.setdefault(file, []).append(site)
    return found


def _moment(site: Site) -> tuple[int, int]:
    return site.cell, _FIRST if site.line is None else site.line


def _input(file: Path, source: Path, sites: Iterable[Site], workspace: Workspace) -> InputFile:
    return InputFile(
        path=Path(os.path.relpath(file, workspace.notebook.parent)).as_posix(),
        digest=digest_file(source),
        cells=tuple(sorted({site.cell for site in sites if site.cell >= 0})),
    )


def _untouched(copy: Path, original: Path) -> bool:
    """Tell whether the copy still is what was copied: copying keeps size and time."""
    ours, theirs = copy.stat(), original.stat()
    return (ours.st_size, ours.st_mtime_ns) == (theirs.st_size, theirs.st_mtime_ns)
