"""What is watched over time: tables that go into a pipeline, and the windows of a release."""

from lifecycle_core.monitoring.drifting import DriftFound, References
from lifecycle_core.monitoring.reviewing import FIGURES, Counted, Plan, plan_of, review, rules_of

__all__ = [
    "FIGURES", "Counted", "DriftFound", "Plan", "References", "plan_of", "review", "rules_of",
]  # fmt: skip
