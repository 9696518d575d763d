"""What a checkpoint is. To add one: a file beside this one, a line in `table`, its id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from lifecycle_core.schema.checkpoint import Evidence, Outcome
    from lifecycle_core.schema.release_file import CheckpointId

RELEASE = "release.json"  # where evidence lies within a bundle


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found: the result, one sentence with figures, where it shows, what to type next."""

    result: Outcome
    why: str
    evidence: tuple[str, ...] = (RELEASE,)
    next: str = ""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """One gate: what must be true, and how to judge it on evidence."""

    id: CheckpointId
    title: str
    judge: Callable[[Evidence], Finding]


def listed(names: Iterable[str], *, most: int = 3) -> str:
    """Return names as text, the first `most` of them, and how many there are if that is more."""
    every = tuple(names)
    return ", ".join(every[:most]) + (f" and {len(every) - most} more" if len(every) > most else "")


def declare(names: Iterable[str], section: str) -> str:
    """Return what to write for undeclared fields of a section of the release file."""
    lines = ", ".join(f"`{name}: ...`" for name in names)
    return f"Add {lines} under `{section}:` in the %%release cell or release.yaml."
