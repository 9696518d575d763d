"""The model card: one record from which its Markdown and its HTML are made."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from lifecycle_core.schema.base import Record
from lifecycle_core.schema.bundle import FileDigest, ModelFacts
from lifecycle_core.schema.checkpoint import Checkpoints, Evidence


class EnvironmentSummary(Record):
    """The environment that the notebook really used; the lock itself is in the bundle.

    Attributes:
        lock: `sha256:` digest of the lock's text.
        packages: How many packages it pins.
        hashed: Every package has its hashes.
        note: Why hashes are absent, else empty.
    """

    python: str
    platform: str
    lock: str
    packages: int = Field(ge=0)
    hashed: bool
    note: str = ""


class Card(Record):
    """What a reader needs to judge a release; a part that does not exist is None.

    Attributes:
        files: The bundle's files but the cards themselves, by path.
    """

    schema_: Literal["nbrelease/card/1"] = Field(default="nbrelease/card/1", alias="schema")
    name: str
    evidence: Evidence
    checkpoints: Checkpoints
    model: ModelFacts
    environment: EnvironmentSummary
    files: dict[str, FileDigest]
