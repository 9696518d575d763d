"""What a person looks at before an alias moves: a version, its checkpoints, what may happen."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from lifecycle_core.schema.base import Record
from lifecycle_core.schema.checkpoint import Checkpoints
from lifecycle_core.schema.release import Head, Release


class Promotion(Record):
    """Pointing one alias at the proposed version.

    Attributes:
        blocked: Why it is not allowed now, as a sentence; empty when it is.
    """

    alias: str
    blocked: str = ""


class Return(Record):
    """Pointing one alias back at the version it pointed at before.

    Attributes:
        from_version: Where it points now; None if nowhere.
        to_version: Where it would point; None if there is nothing to go back to.
        bundle_digest: Digest of `to_version`; empty if there is none.
        blocked: Why it is not possible, as a sentence; empty when it is.
    """

    alias: str
    from_version: int | None = None
    to_version: int | None = None
    bundle_digest: str = ""
    blocked: str = ""


class Proposal(Record):
    """One version of a release and everything a person needs to decide about it.

    Attributes:
        heads: Where each alias points now, by the ledger.
        promotions: One for each alias that can be promoted to.
        returns: One for each alias that can be rolled back.
    """

    schema_: Literal["nbrelease/proposal/1"] = Field(default="nbrelease/proposal/1", alias="schema")
    release: Release
    checkpoints: Checkpoints
    heads: dict[str, Head] = {}
    promotions: tuple[Promotion, ...]
    returns: tuple[Return, ...]
