"""What the main job gives back: a registered candidate with everything it was judged on."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from lifecycle_core.schema.base import Record
from lifecycle_core.schema.checkpoint import Checkpoints
from lifecycle_core.schema.finalization import Finalization
from lifecycle_core.schema.release import Release
from lifecycle_core.schema.reproduction import Reproduction


class Packaged(Record):
    """A candidate release.

    Attributes:
        bundle_path: Folder of the bundle on this machine.
        card_path: The model card as one HTML file inside the bundle.
        next: The command to type next.
    """

    schema_: Literal["nbrelease/packaged/1"] = Field(default="nbrelease/packaged/1", alias="schema")
    release: Release
    reproduction: Reproduction
    finalization: Finalization
    checkpoints: Checkpoints
    bundle_path: str
    card_path: str
    next: str
