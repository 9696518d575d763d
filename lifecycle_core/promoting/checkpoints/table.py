"""Every checkpoint by its id, in the order in which they are shown."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lifecycle_core.promoting.checkpoints.base import Checkpoint
    from lifecycle_core.schema.release_file import CheckpointId

_HERE = "lifecycle_core.promoting.checkpoints"
CHECKPOINTS: dict[CheckpointId, str] = {
    "workflow": f"{_HERE}.workflow:WORKFLOW",
    "value": f"{_HERE}.value:VALUE",
    "reproducible": f"{_HERE}.reproducible:REPRODUCIBLE",
    "contract": f"{_HERE}.contract:CONTRACT",
    "owners": f"{_HERE}.owners:OWNERS",
    "review": f"{_HERE}.review:REVIEW",
}


def checkpoints() -> tuple[Checkpoint, ...]:
    """Return the checkpoints in their fixed order."""
    found: list[Checkpoint] = []
    for where in CHECKPOINTS.values():
        module, attribute = where.split(":")
        found.append(getattr(import_module(module), attribute))
    return tuple(found)
