"""The six checkpoints judged on evidence: nothing is asked of anybody but the records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.promoting.checkpoints.table import checkpoints
from lifecycle_core.schema.checkpoint import CheckpointResult, Checkpoints

if TYPE_CHECKING:
    from lifecycle_core.promoting.checkpoints.base import Checkpoint
    from lifecycle_core.schema.checkpoint import Evidence


def evaluate(evidence: Evidence, *, bundle_digest: str = "") -> Checkpoints:
    """Judge all six checkpoints, in their fixed order.

    Args:
        evidence: What there is to look at; a part that is absent makes a checkpoint `missing`.
        bundle_digest: The bundle that the evidence comes from, once there is one.

    Example:
        >>> from lifecycle_core.schema.checkpoint import Evidence
        >>> from lifecycle_core.schema.release_file import ModelSection, ReleaseFile
        >>> bare = Evidence(release_file=ReleaseFile(model=ModelSection(name="churn")))
        >>> [(found.id, found.result) for found in evaluate(bare).results][:2]
        [('workflow', 'missing'), ('value', 'missing')]
    """
    return Checkpoints(
        release=evidence.release_file.model.name,
        bundle_digest=bundle_digest,
        results=tuple(_judge(checkpoint, evidence) for checkpoint in checkpoints()),
        required=evidence.release_file.policy.required,
    )


def _judge(checkpoint: Checkpoint, evidence: Evidence) -> CheckpointResult:
    """Judge one; a waiver counts only with its reason."""
    finding = checkpoint.judge(evidence)
    reason = evidence.release_file.policy.waived.get(checkpoint.id, "").strip()
    if reason:
        return CheckpointResult(
            id=checkpoint.id,
            title=checkpoint.title,
            result="waived",
            why=reason,
            evidence=finding.evidence,
        )
    return CheckpointResult(
        id=checkpoint.id,
        title=checkpoint.title,
        result=finding.result,
        why=finding.why,
        evidence=finding.evidence,
        next=finding.next,
    )
