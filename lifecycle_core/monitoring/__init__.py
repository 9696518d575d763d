"""What is watched over time: tables that go into a pipeline, and the windows of a release."""

from lifecycle_core.monitoring.drifting import DriftFound, References
from lifecycle_core.monitoring.reviewing import Counted, Plan, plan_of, require_review, review

__all__ = [
    "Counted", "DriftFound", "Plan", "References", "plan_of", "require_review", "review",
]  # fmt: skip
