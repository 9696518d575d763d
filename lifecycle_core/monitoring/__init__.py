"""What is watched over time: tables that go into a pipeline, and the windows of a release."""

from lifecycle_core.monitoring.alerts import escalation_contact, named, overdue, untold
from lifecycle_core.monitoring.drifting import DriftFound, References
from lifecycle_core.monitoring.keeping import (
    alerts_of,
    content_digest,
    missed_review,
    require_until,
    with_changes,
)
from lifecycle_core.monitoring.planning import Plan, plan_of, require_review
from lifecycle_core.monitoring.review_replay import history_of, readings_of
from lifecycle_core.monitoring.reviewing import Counted, review, reviewed
from lifecycle_core.monitoring.schedule import DueWindow, due_windows, live_since, same_span
from lifecycle_core.monitoring.sureness import before_labels

__all__ = [
    "Counted", "DriftFound", "DueWindow", "Plan", "References", "alerts_of", "before_labels",
    "content_digest", "due_windows", "escalation_contact", "history_of", "live_since",
    "missed_review", "named", "overdue", "plan_of", "readings_of", "require_review",
    "require_until", "review", "reviewed", "same_span", "untold", "with_changes",
]  # fmt: skip
