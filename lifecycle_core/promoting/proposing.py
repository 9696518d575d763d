"""What may happen to a version, before anybody does it: the same rules that moving it obeys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.promoting.returning import previous
from lifecycle_core.schema.proposal import Promotion, Proposal, Return
from lifecycle_core.schema.release import ALIASES

if TYPE_CHECKING:
    from lifecycle_core.schema.checkpoint import Checkpoints
    from lifecycle_core.schema.release import History, Release


def propose(history: History, release: Release, judged: Checkpoints) -> Proposal:
    """Return a version with its checkpoints, and for each alias whether it may move, and why not.

    Args:
        history: The ledger as it is now.
        release: The version that is proposed.
        judged: Its checkpoints.
    """
    aliases = [alias for alias in ALIASES if alias != "candidate"]
    return Proposal(
        release=release,
        checkpoints=judged,
        heads=history.heads,
        promotions=tuple(
            Promotion(alias=alias, blocked=_against_promotion(history, release, judged, alias))
            for alias in aliases
        ),
        returns=tuple(_return(history, alias) for alias in aliases),
    )


def _against_promotion(history: History, release: Release, judged: Checkpoints, alias: str) -> str:
    head = history.heads.get(alias)
    if head and head.version == release.version and alias not in history.broken:
        return f"{alias} points at version {release.version} already."
    if blocking := judged.blocking(alias):
        names = ", ".join(f"{result.id} ({result.result})" for result in blocking)
        return f"{alias} needs checkpoints that are not passed: {names}."
    return ""


def _return(history: History, alias: str) -> Return:
    head, before = history.heads.get(alias), previous(history, alias)
    if head is None:
        return Return(alias=alias, blocked=f"{alias} points nowhere yet.")
    if before is None:
        blocked = f"{alias} pointed nowhere before version {head.version}."
        return Return(alias=alias, from_version=head.version, blocked=blocked)
    return Return(
        alias=alias,
        from_version=head.version,
        to_version=before.target_version,
        bundle_digest=before.bundle_digest,
    )
