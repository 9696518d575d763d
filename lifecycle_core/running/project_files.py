"""Files that steps left in the project: put back, and never over what somebody else wrote.

A file's content may be overwritten if the store has it too, for then nothing is lost. What the
store does not have, somebody else wrote: a person, another program, the notebook itself.
"""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, NamedTuple

from lifecycle_core.adapters.stepping import ABSENT, state_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from lifecycle_core.adapters.store import Store
    from lifecycle_core.schema.trace import WrittenFile


class Left(NamedTuple):
    """A file as a step left it; `by` is the place of that step in the pipeline's order."""

    file: WrittenFile
    by: int


class FileChanged(Exception):  # noqa: N818 - the name is the fact
    """A file is not as the steps before left it, and its content is nowhere else."""


def merged(files: Iterable[Mapping[str, Left]]) -> dict[str, Left]:
    """Return what is left at which path: by the last step in the pipeline's order that wrote it.

    Example:
        >>> from lifecycle_core.schema.trace import WrittenFile
        >>> old, new = Left(WrittenFile(object="a"), 0), Left(WrittenFile(object="b"), 1)
        >>> merged([{"x.csv": new}, {"x.csv": old}])["x.csv"].file.object
        'b'
    """
    found: dict[str, Left] = {}
    for each in files:
        for path, left in each.items():
            if path not in found or found[path].by <= left.by:
                found[path] = left
    return found


def is_foreign(path: str, home: Path, store: Store) -> bool:
    """Tell whether a file has a content that the store does not have."""
    state = state_of(path, home)
    if state == ABSENT:
        return False
    try:
        size = (home / path).stat().st_size
    except FileNotFoundError:
        return False
    return not store.objects.is_whole(state, size)


def keep(paths: Iterable[str], home: Path, store: Store) -> Iterator[str]:
    """Keep files that a step is about to overwrite, and yield a sentence about each."""
    for path in paths:
        try:
            name, _ = store.objects.put_file(home / path)
        except FileNotFoundError:
            continue
        yield (
            f"{path} had been changed since this pipeline wrote it; what it held is kept in the "
            f"store {store.address} as {store.objects.path_of(name)}"
        )


def put_back(left: Mapping[str, Left], home: Path, store: Store) -> tuple[str, ...]:
    """Write files back where they are gone or differ, but for those that somebody else changed.

    Returns:
        The paths of those.

    Raises:
        ObjectBroken: The content of one is not in the store.
    """
    others = []
    for path, (file, _) in left.items():
        if not file.object or state_of(path, home) == file.object:
            continue
        if is_foreign(path, home, store):
            others.append(path)
        else:
            store.objects.restore_file(file.object, home / path)
    return tuple(others)


def prepare(left: Mapping[str, Left], home: Path, store: Store) -> None:
    """Put files back before a step that may read them.

    Raises:
        FileChanged: Somebody else changed one; it is left as it is.
        ObjectBroken: The content of one is not in the store.
    """
    others = put_back(left, home, store)
    if others:
        raise FileChanged(
            f"{', '.join(others)}: changed by somebody else since a step before this one wrote it, "
            "and left as it is. Wait until nobody else writes there, or move it away, and run again"
        )


def changed_since(left: Mapping[str, Left], home: Path) -> tuple[str, ...]:
    """Return the paths at which something else is now than what was left."""
    return tuple(
        path for path, (file, _) in left.items() if state_of(path, home) != (file.object or ABSENT)
    )


def lock_name(pipeline: str, home: Path) -> str:
    """Return what a run holds in the store while its steps write files in a folder."""
    place = f"{pipeline}\0{os.path.realpath(home)}"
    return f"files-{hashlib.sha256(place.encode()).hexdigest()[:32]}"
