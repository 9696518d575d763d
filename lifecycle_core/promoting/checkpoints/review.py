"""Technical health and business effect are reviewed together, with a response for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.promoting.checkpoints.base import Checkpoint, Finding, declare, listed

if TYPE_CHECKING:
    from lifecycle_core.schema.checkpoint import Evidence

_WHEN = ("schedule", "business_cycle")
_RESPONSES = (
    "latency", "errors", "drift", "resources", "adoption", "override", "cost", "revenue",
)  # fmt: skip


def judge(evidence: Evidence) -> Finding:
    """Ask for one schedule, the business cycle that it follows, and the eight responses."""
    review = evidence.release_file.review
    when = [name for name in _WHEN if not (getattr(review, name) or "").strip()]
    responses = [name for name in _RESPONSES if getattr(review, name) is None]
    if absent := when + responses:
        steps = [declare(when, "review")] if when else []
        if responses:
            lines = ", ".join(f"`{name}: {{limit: ..., response: ...}}`" for name in responses)
            steps.append(f"Add {lines} under `review:`.")
        return Finding(
            "missing",
            f"{len(_WHEN) - len(when)} of 2 dates and {len(_RESPONSES) - len(responses)} of 8 "
            f"responses are declared; not yet: {listed(absent, most=10)}.",
            next=" ".join(steps),
        )
    return Finding(
        "pass",
        f"Reviewed {review.schedule}, by the business cycle {review.business_cycle}, with limits "
        "and responses for all 8 figures.",
    )


REVIEW = Checkpoint("review", "Technical health and business effect are reviewed together", judge)
